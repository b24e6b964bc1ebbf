/* SPDX-License-Identifier: MIT */
/*
 * What the backend does with a request:
 *
 *	route -> read -> judge -> book		service_handle
 *	commit -> say so -> answer		service_settle
 */
#include "service.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "backend/decision.h"
#include "entity_tag.h"
#include "event.h"
#include "idempotency_key.h"
#include "lab_clock.h"
#include "problem.h"

#define GROUP_MAX 64 /* requests in a transaction, at most */

/* A request that was handled and is not yet answered. */
struct pending {
	struct exchange *x;
	struct decision decision;
	bool in_transaction;          /* the verdict holds if that commits */
	struct bytes idempotency_key; /* empty: none; ends as the claim does */
	struct defence_claim claim;   /* its windows end with the exchange */
};

struct service {
	struct service_settings settings;
	struct metrics metrics;
	struct pending pending[GROUP_MAX];
	size_t count;
	struct exchange *unanswered; /* the last one, until its client left */
};

struct service *
service_new(const struct service_settings *settings)
{
	struct service *s = calloc(1, sizeof(*s));

	if (s == NULL)
		warn("service");
	else
		s->settings = *settings;
	if (s != NULL && s->settings.nonces == NULL)
		s->settings.nonces = ledger_nonces(settings->ledger);
	return s;
}

void
service_free(struct service *s)
{
	free(s);
}

/* What orders a transfer: the content, or with unsafe-get the query. */
static struct bytes
order_of(const struct http_message *request)
{
	return bytes_equal_text(request->method, "GET") ? http_query(request)
							: request->content;
}

static bool
read_transfer(const struct http_message *request, struct transfer *t)
{
	return bytes_equal_text(request->method, "GET")
		   ? transfer_read_query(order_of(request), t)
		   : transfer_read(order_of(request), t);
}

static void
decide(struct decision *d, enum verdict verdict, enum check check)
{
	d->verdict = verdict;
	d->check = check;
}

static void
decide_by_bank(struct decision *d, enum bank_answer answer)
{
	switch (answer) {
	case BANK_DONE:
		decide(d, VERDICT_ACCEPTED, CHECK_NONE);
		break;
	case BANK_UNKNOWN_ACCOUNT:
		decide(d, VERDICT_UNKNOWN_ACCOUNT, CHECK_BANK);
		break;
	case BANK_INSUFFICIENT_FUNDS:
		decide(d, VERDICT_INSUFFICIENT_FUNDS, CHECK_BANK);
		break;
	case BANK_UNAVAILABLE:
		decide(d, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		break;
	}
}

/* Does a request of this group wait for the disk under the same key? */
static bool
is_running(const struct service *s, const struct pending *p)
{
	for (const struct pending *q = s->pending; q < p; q++)
		if (q->decision.verdict == VERDICT_ACCEPTED &&
		    q->idempotency_key.left > 0 &&
		    bytes_equal(q->idempotency_key, p->idempotency_key) &&
		    bytes_equal(q->claim.keyid, p->claim.keyid))
			return true;
	return false;
}

/* Was this request carried out before, by its idempotency key? */
static void
decide_by_first_answer(
    struct service *s, struct first_answer *first, struct pending *p)
{
	struct decision *d = &p->decision;

	if (is_running(s, p)) {
		decide(d, VERDICT_STILL_RUNNING, CHECK_IDEMPOTENCY);
		return;
	}
	switch (ledger_find_answer(s->settings.ledger, first)) {
	case FIRST_ANSWER_NONE:
		break;
	case FIRST_ANSWER_SAME:
		d->receipt = (struct receipt){first->seq, first->balance};
		decide(d, VERDICT_ANSWERED_BEFORE, CHECK_IDEMPOTENCY);
		break;
	case FIRST_ANSWER_OTHER_REQUEST:
		decide(d, VERDICT_KEY_REUSED, CHECK_IDEMPOTENCY);
		break;
	case FIRST_ANSWER_UNAVAILABLE:
		decide(d, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		break;
	}
}

/*
 * If-Match (RFC 9110 section 13.1.1): a request that was meant for one state of
 * an account stops being good once it has moved the account on.
 */
static void
decide_by_version(
    struct service *s, const struct http_message *request, struct decision *d)
{
	char tag[DECISION_TAG_SIZE];

	if (*d->account.name == '\0')
		return;
	d->version =
	    ledger_account_version(s->settings.ledger, d->account.name);
	if (d->version == -1) {
		decide(d, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		return;
	}
	decision_tag(d, tag);
	switch (if_match_judge(request, bytes_of(tag))) {
	case IF_MATCH_ABSENT:
	case IF_MATCH_HOLDS:
		break;
	case IF_MATCH_FAILS:
		decide(d, VERDICT_PRECONDITION_FAILED, CHECK_VERSION);
		break;
	case IF_MATCH_MALFORMED:
		decide(d, VERDICT_MALFORMED, CHECK_SYNTAX);
		break;
	}
}

/* Move the money, and with a key keep what will be answered. */
static void
book(struct service *s, const struct http_message *request,
    const struct origin *origin, struct pending *p)
{
	struct ledger *ledger = s->settings.ledger;
	struct decision *d = &p->decision;
	struct first_answer first = {.keyid = p->claim.keyid,
	    .key = p->idempotency_key,
	    .request = order_of(request)};

	if (first.key.left > 0)
		decide_by_first_answer(s, &first, p);
	if (d->verdict == VERDICT_ACCEPTED)
		decide_by_version(s, request, d);
	if (d->verdict != VERDICT_ACCEPTED)
		return;
	decide_by_bank(
	    d, ledger_transfer(ledger, &d->transfer, origin, &d->receipt));
	if (d->verdict != VERDICT_ACCEPTED || first.key.left == 0)
		return;
	first.seq = d->receipt.seq;
	first.balance = d->receipt.balance;
	if (ledger_keep_answer(ledger, &first) == -1)
		decide(d, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
}

/* An order that is sent to an account is about that account's money. */
static bool
fits_path(const struct decision *d)
{
	return *d->account.name == '\0' ||
	       strcmp(d->account.name, d->transfer.from) == 0;
}

/* Judge and book in the group's transaction: the nonce goes with the money. */
static void
handle_transfer(
    struct service *s, const struct http_message *request, struct pending *p)
{
	struct ledger *ledger = s->settings.ledger;
	struct origin origin = {.at = true_now()};
	struct defence_claim *claim = &p->claim;
	struct decision *d = &p->decision;

	if (!read_transfer(request, &d->transfer) || !fits_path(d) ||
	    (s->settings.policy.idempotency &&
		idempotency_key_read(request, &p->idempotency_key) ==
		    IDEMPOTENCY_KEY_MALFORMED)) {
		decide(d, VERDICT_MALFORMED, CHECK_SYNTAX);
		return;
	}
	if (ledger_begin(ledger) == -1) {
		decide(d, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		return;
	}
	d->at = lab_now() / NANOSECONDS;
	d->verdict = defence_judge(&s->settings.policy, s->settings.keys,
	    request, d->at, s->settings.nonces, claim);
	d->check = claim->check;
	p->in_transaction =
	    d->verdict == VERDICT_ACCEPTED || d->verdict == VERDICT_REPLAYED;
	if (d->verdict != VERDICT_ACCEPTED)
		return;
	origin.keyid = claim->keyid;
	origin.nonce = claim->nonce;
	origin.src_ip = exchange_peer(p->x, &origin.src_port);
	http_request_fingerprint(request, origin.fingerprint);
	book(s, request, &origin, p);
}

void
service_handle(
    struct exchange *x, const struct http_message *request, void *argument)
{
	struct service *s = argument;
	struct decision *d;
	struct pending *p;

	if (s->count == GROUP_MAX)
		service_settle(s);
	if (s->count == 0)
		s->settings.due(s->settings.argument);
	p = &s->pending[s->count++];
	*p = (struct pending){.x = x};
	d = &p->decision;
	d->route = route_find(request->method, http_path(request), &d->account);
	if (!route_allows(d->route, request->method,
		s->settings.policy.weak[WEAK_UNSAFE_GET])) {
		decide(d, VERDICT_METHOD_NOT_ALLOWED, CHECK_SYNTAX);
		return;
	}
	switch (d->route) {
	case ROUTE_TRANSFER:
		handle_transfer(s, request, p);
		break;
	case ROUTE_NOWHERE:
		decide(d, VERDICT_NOT_FOUND, CHECK_SYNTAX);
		break;
	case ROUTE_BALANCE: /* these look once the group is on disk */
	case ROUTE_HEALTH:
	case ROUTE_METRICS:
		decide(d, VERDICT_ACCEPTED, CHECK_NONE);
		break;
	}
}

static void
announce(const struct pending *p)
{
	const struct decision *d = &p->decision;
	const struct http_message *request = exchange_request(p->x);
	char print[FINGERPRINT_SIZE];

	if (!event_log_is_open())
		return;
	event_begin("request");
	event_text("role", "backend");
	event_bytes("method", request->method);
	event_bytes("path", http_path(request));
	if (d->transfer.id[0] != '\0')
		event_text("id", d->transfer.id);
	event_text(
	    "fingerprint", (http_request_fingerprint(request, print), print));
	event_text("verdict", verdict_name(d->verdict));
	event_text("check", check_name(d->check));
	event_number("status", decision_status(d));
	exchange_put_flow(p->x);
	event_end();
}

/* A server that does its work and is not heard of: its client has left. */
static void
end_unanswered(struct service *s)
{
	struct http_draft draft = {0};

	if (s->unanswered == NULL)
		return;
	problem_draft(&draft, 500, "answer-lost", NULL);
	exchange_answer(s->unanswered, &draft);
	http_draft_clear(&draft);
	s->unanswered = NULL;
}

static void
answer(struct service *s, const struct pending *p)
{
	const struct decision *d = &p->decision;
	struct http_draft draft = {0};

	s->metrics.requests[d->verdict]++;
	announce(p);
	end_unanswered(s);
	if (d->route == ROUTE_TRANSFER && s->settings.lose_answers > 0) {
		s->settings.lose_answers--;
		s->unanswered = p->x;
		return;
	}
	decision_draft(d, &s->settings.policy, &s->metrics, &draft);
	exchange_answer(p->x, &draft);
	http_draft_clear(&draft);
}

/* What stands in a transaction that is not known to be booked. */
static void
take_back(struct service *s, enum verdict verdict)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->pending[i].in_transaction)
			decide(&s->pending[i].decision, verdict, CHECK_STORE);
}

/* WEAK_CHECK_THEN_INSERT: the second step, after whoever came in between. */
static void
add_late_nonces(struct service *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct pending *p = &s->pending[i];

		if (p->claim.add_later &&
		    p->decision.verdict == VERDICT_ACCEPTED)
			(void)nonce_memory_add_if_absent(s->settings.nonces,
			    p->claim.key, p->decision.at, p->claim.expires_at);
	}
}

static void
commit(struct service *s)
{
	size_t held = 0;

	add_late_nonces(s);
	for (size_t i = 0; i < s->count; i++)
		held += s->pending[i].in_transaction;
	switch (ledger_commit(s->settings.ledger)) {
	case LEDGER_BOOKED:
		s->metrics.commits += held > 0;
		s->metrics.committed_requests += held;
		return;
	case LEDGER_NOT_BOOKED:
		take_back(s, VERDICT_STORE_UNAVAILABLE);
		break;
	case LEDGER_IN_DOUBT:
		take_back(s, VERDICT_IN_DOUBT);
		break;
	}
	s->metrics.commit_failures += held > 0;
}

/* What is asked of the ledger once the group is on disk. */
static void
look_up(struct service *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct decision *d = &s->pending[i].decision;

		if (d->route == ROUTE_BALANCE && d->verdict == VERDICT_ACCEPTED)
			decide_by_bank(d,
			    ledger_balance(s->settings.ledger, d->account.name,
				&d->account.balance, &d->version));
	}
}

/*
 * An answer may make the next request of its connection come in at once, which
 * begins the next group: so this one is taken out before.
 */
void
service_settle(struct service *s)
{
	struct pending group[GROUP_MAX];
	size_t count = s->count;

	if (count == 0)
		return;
	commit(s);
	look_up(s);
	memcpy(group, s->pending, count * sizeof(group[0]));
	s->count = 0;
	for (size_t i = 0; i < count; i++)
		answer(s, &group[i]);
}

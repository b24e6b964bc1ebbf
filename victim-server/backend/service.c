/* SPDX-License-Identifier: MIT */
/*
 * What the backend does with a request:
 *
 *	route -> read -> judge -> book		service_handle
 *	commit -> say so -> answer		service_settle
 */
#include "service.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/metrics.h"
#include "entity_tag.h"
#include "event.h"
#include "idempotency_key.h"
#include "json.h"
#include "lab_clock.h"
#include "problem.h"

#define GROUP_MAX 64 /* requests in a transaction, at most */
#define ACCOUNTS "/accounts/"
#define VERSION_TAG "v%" PRId64 /* of an account, between the quotes */

enum route {
	ROUTE_TRANSFER,
	ROUTE_BALANCE,
	ROUTE_HEALTH,
	ROUTE_METRICS,
	ROUTE_NOWHERE,
};

/* A request that was handled and is not yet answered. */
struct pending {
	struct exchange *x;
	enum route route;
	enum verdict verdict;
	enum check check;
	bool in_transaction; /* its verdict holds only if that commits */
	struct transfer transfer;
	struct receipt receipt;
	struct account account; /* that the path names, if it does */
	int64_t version;
	struct bytes idempotency_key; /* empty: none; ends as the claim does */
	struct defence_claim claim;   /* its windows end with the exchange */
	int64_t at;                   /* seconds, by the clock of this host */
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

static enum route
find_route(struct bytes path, struct account *account)
{
	struct bytes prefix;

	if (bytes_equal_text(path, "/transfers"))
		return ROUTE_TRANSFER;
	if (bytes_equal_text(path, "/healthz"))
		return ROUTE_HEALTH;
	if (bytes_equal_text(path, "/metrics"))
		return ROUTE_METRICS;
	if (bytes_take(&path, strlen(ACCOUNTS), &prefix) &&
	    bytes_equal_text(prefix, ACCOUNTS) &&
	    account_name_read(path, account->name))
		return ROUTE_BALANCE;
	return ROUTE_NOWHERE;
}

/* The methods of a route, as the field Allow lists them. */
static const char *
allowed_methods(enum route route)
{
	switch (route) {
	case ROUTE_TRANSFER: /* the weakness unsafe-get does not tell */
		return "POST";
	case ROUTE_BALANCE:
		return "GET, HEAD, POST";
	case ROUTE_HEALTH:
	case ROUTE_METRICS:
		return "GET, HEAD";
	case ROUTE_NOWHERE:
		break;
	}
	return "";
}

static bool
is_allowed(const struct service *s, enum route route, struct bytes method)
{
	bool get = bytes_equal_text(method, "GET");

	if (route == ROUTE_TRANSFER)
		return bytes_equal_text(method, "POST") ||
		       (get && s->settings.policy.weak[WEAK_UNSAFE_GET]);
	return route == ROUTE_NOWHERE || get ||
	       bytes_equal_text(method, "HEAD");
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
decide(struct pending *p, enum verdict verdict, enum check check)
{
	p->verdict = verdict;
	p->check = check;
}

static void
decide_by_bank(struct pending *p, enum bank_answer answer)
{
	switch (answer) {
	case BANK_DONE:
		decide(p, VERDICT_ACCEPTED, CHECK_NONE);
		break;
	case BANK_ALREADY_DONE:
		decide(p, VERDICT_ALREADY_DONE, CHECK_BANK);
		break;
	case BANK_UNKNOWN_ACCOUNT:
		decide(p, VERDICT_UNKNOWN_ACCOUNT, CHECK_BANK);
		break;
	case BANK_INSUFFICIENT_FUNDS:
		decide(p, VERDICT_INSUFFICIENT_FUNDS, CHECK_BANK);
		break;
	case BANK_UNAVAILABLE:
		decide(p, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		break;
	}
}

/* Does a request of this group wait for the disk under the same key? */
static bool
is_running(const struct service *s, const struct pending *p)
{
	for (const struct pending *q = s->pending; q < p; q++)
		if (q->verdict == VERDICT_ACCEPTED &&
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
	if (is_running(s, p)) {
		decide(p, VERDICT_STILL_RUNNING, CHECK_IDEMPOTENCY);
		return;
	}
	switch (ledger_find_answer(s->settings.ledger, first)) {
	case FIRST_ANSWER_NONE:
		break;
	case FIRST_ANSWER_SAME:
		p->receipt = (struct receipt){first->seq, first->balance};
		decide(p, VERDICT_ANSWERED_BEFORE, CHECK_IDEMPOTENCY);
		break;
	case FIRST_ANSWER_OTHER_REQUEST:
		decide(p, VERDICT_KEY_REUSED, CHECK_IDEMPOTENCY);
		break;
	case FIRST_ANSWER_UNAVAILABLE:
		decide(p, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		break;
	}
}

/*
 * If-Match (RFC 9110 section 13.1.1): a request that was meant for one state of
 * an account stops being good once it has moved the account on.
 */
static void
decide_by_version(
    struct service *s, const struct http_message *request, struct pending *p)
{
	char tag[32];

	if (*p->account.name == '\0')
		return;
	p->version =
	    ledger_account_version(s->settings.ledger, p->account.name);
	if (p->version == -1) {
		decide(p, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		return;
	}
	snprintf(tag, sizeof(tag), VERSION_TAG, p->version);
	switch (if_match_judge(request, bytes_of(tag))) {
	case IF_MATCH_ABSENT:
	case IF_MATCH_HOLDS:
		break;
	case IF_MATCH_FAILS:
		decide(p, VERDICT_PRECONDITION_FAILED, CHECK_VERSION);
		break;
	case IF_MATCH_MALFORMED:
		decide(p, VERDICT_MALFORMED, CHECK_SYNTAX);
		break;
	}
}

/* Move the money, and with a key keep what will be answered. */
static void
book(struct service *s, const struct http_message *request,
    const struct origin *origin, struct pending *p)
{
	struct ledger *ledger = s->settings.ledger;
	struct first_answer first = {.keyid = p->claim.keyid,
	    .key = p->idempotency_key,
	    .request = order_of(request)};

	if (first.key.left > 0)
		decide_by_first_answer(s, &first, p);
	if (p->verdict == VERDICT_ACCEPTED)
		decide_by_version(s, request, p);
	if (p->verdict != VERDICT_ACCEPTED)
		return;
	decide_by_bank(
	    p, ledger_transfer(ledger, &p->transfer, origin, &p->receipt));
	if (p->verdict != VERDICT_ACCEPTED || first.key.left == 0)
		return;
	first.seq = p->receipt.seq;
	first.balance = p->receipt.balance;
	if (ledger_keep_answer(ledger, &first) == -1)
		decide(p, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
}

/* An order that is sent to an account is about that account's money. */
static bool
fits_path(const struct pending *p)
{
	return *p->account.name == '\0' ||
	       strcmp(p->account.name, p->transfer.from) == 0;
}

/* Judge and book in the group's transaction: the nonce goes with the money. */
static void
handle_transfer(
    struct service *s, const struct http_message *request, struct pending *p)
{
	struct ledger *ledger = s->settings.ledger;
	struct origin origin = {.at = true_now()};
	struct defence_claim *claim = &p->claim;

	if (!read_transfer(request, &p->transfer) || !fits_path(p) ||
	    idempotency_key_read(request, &p->idempotency_key) ==
		IDEMPOTENCY_KEY_MALFORMED) {
		decide(p, VERDICT_MALFORMED, CHECK_SYNTAX);
		return;
	}
	if (ledger_begin(ledger) == -1) {
		decide(p, VERDICT_STORE_UNAVAILABLE, CHECK_STORE);
		return;
	}
	p->at = lab_now() / NANOSECONDS;
	p->verdict = defence_judge(&s->settings.policy, s->settings.keys,
	    request, p->at, s->settings.nonces, claim);
	p->check = claim->check;
	p->in_transaction =
	    p->verdict == VERDICT_ACCEPTED || p->verdict == VERDICT_REPLAYED;
	if (p->verdict != VERDICT_ACCEPTED)
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
	struct pending *p;

	if (s->count == GROUP_MAX)
		service_settle(s);
	if (s->count == 0)
		s->settings.due(s->settings.argument);
	p = &s->pending[s->count++];
	*p = (struct pending){.x = x};
	p->route = find_route(http_path(request), &p->account);
	if (p->route == ROUTE_BALANCE &&
	    bytes_equal_text(request->method, "POST"))
		p->route = ROUTE_TRANSFER;
	if (!is_allowed(s, p->route, request->method)) {
		decide(p, VERDICT_METHOD_NOT_ALLOWED, CHECK_SYNTAX);
		return;
	}
	switch (p->route) {
	case ROUTE_TRANSFER:
		handle_transfer(s, request, p);
		break;
	case ROUTE_NOWHERE:
		decide(p, VERDICT_NOT_FOUND, CHECK_SYNTAX);
		break;
	case ROUTE_BALANCE: /* these look once the group is on disk */
	case ROUTE_HEALTH:
	case ROUTE_METRICS:
		decide(p, VERDICT_ACCEPTED, CHECK_NONE);
		break;
	}
}

static void
announce(const struct pending *p, int status)
{
	const struct http_message *request = exchange_request(p->x);
	char print[FINGERPRINT_SIZE];

	event_begin("request");
	event_text("role", "backend");
	event_bytes("method", request->method);
	event_bytes("path", http_path(request));
	if (p->transfer.id[0] != '\0')
		event_text("id", p->transfer.id);
	event_text(
	    "fingerprint", (http_request_fingerprint(request, print), print));
	event_text("verdict", verdict_name(p->verdict));
	event_text("check", check_name(p->check));
	event_number("status", status);
	exchange_put_flow(p->x);
	event_end();
}

static void
write_receipt(struct buffer *out, const struct pending *p)
{
	json_open(out, '{');
	json_member_text(out, "id", p->transfer.id);
	json_member_number(out, "seq", p->receipt.seq);
	json_member_number(out, "balance", p->receipt.balance);
	json_close(out, '}');
}

static void
write_balance(struct buffer *out, const struct pending *p)
{
	json_open(out, '{');
	json_member_text(out, "account", p->account.name);
	json_member_number(out, "balance", p->account.balance);
	json_close(out, '}');
}

/* The content of a good answer, and its media type. */
static const char *
write_content(
    const struct service *s, const struct pending *p, struct buffer *out)
{
	switch (p->route) {
	case ROUTE_TRANSFER:
		write_receipt(out, p);
		break;
	case ROUTE_BALANCE:
		write_balance(out, p);
		break;
	case ROUTE_METRICS:
		metrics_write(&s->metrics, out);
		return METRICS_MEDIA_TYPE;
	case ROUTE_HEALTH:
	case ROUTE_NOWHERE:
		buffer_add_text(out, "{\"status\":\"ok\"}");
		break;
	}
	return "application/json";
}

static void
draft_challenge(
    const struct service *s, const struct pending *p, struct http_draft *d)
{
	const struct challenge *issuer = s->settings.policy.issuer;
	enum scheme scheme = s->settings.policy.scheme;
	const char *params = scheme_challenge_params(scheme);
	char nonce[CHALLENGE_SIZE];

	buffer_printf(
	    &d->head, "WWW-Authenticate: %s", scheme_challenge(scheme));
	if (issuer != NULL) {
		challenge_issue(issuer, p->at, nonce);
		buffer_printf(&d->head, " nonce=\"%s\"", nonce);
	}
	if (params[0] != '\0')
		buffer_printf(
		    &d->head, "%s %s", issuer != NULL ? "," : "", params);
	buffer_add_text(&d->head, "\r\n");
}

static void
draft_answer(const struct service *s, const struct pending *p, int status,
    struct http_draft *d)
{
	struct buffer content = {0};
	const char *media_type;
	char tag[32];

	if (status / 100 != 2) {
		problem_draft(d, status, verdict_name(p->verdict),
		    verdict_detail(p->verdict));
		if (status == 401) /* RFC 9110 section 15.5.2 */
			draft_challenge(s, p, d);
		if (status == 405) /* section 15.5.6 */
			http_draft_field(d, "Allow", allowed_methods(p->route));
		return;
	}
	media_type = write_content(s, p, &content);
	http_draft_response(d, status);
	if (p->route == ROUTE_BALANCE) {
		snprintf(tag, sizeof(tag), "\"" VERSION_TAG "\"", p->version);
		http_draft_field(d, "ETag", tag);
	}
	http_draft_content(d, media_type, buffer_bytes(&content));
	buffer_clear(&content);
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
answer(struct service *s, struct pending *p)
{
	struct http_draft draft = {0};
	int status;

	status = p->route == ROUTE_TRANSFER && p->verdict == VERDICT_ACCEPTED
		     ? 201
		     : verdict_status(p->verdict);
	s->metrics.requests[p->verdict]++;
	announce(p, status);
	end_unanswered(s);
	if (p->route == ROUTE_TRANSFER && s->settings.lose_answers > 0) {
		s->settings.lose_answers--;
		s->unanswered = p->x;
		return;
	}
	draft_answer(s, p, status, &draft);
	exchange_answer(p->x, &draft);
	http_draft_clear(&draft);
}

/* What stands in a transaction that is not known to be booked. */
static void
take_back(struct service *s, enum verdict verdict)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->pending[i].in_transaction)
			decide(&s->pending[i], verdict, CHECK_STORE);
}

/* WEAK_CHECK_THEN_INSERT: the second step, after whoever came in between. */
static void
add_late_nonces(struct service *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct pending *p = &s->pending[i];

		if (p->claim.add_later && p->verdict == VERDICT_ACCEPTED)
			(void)nonce_memory_add_if_absent(s->settings.nonces,
			    p->claim.key, p->at, p->claim.expires_at);
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
		struct pending *p = &s->pending[i];

		if (p->route == ROUTE_BALANCE && p->verdict == VERDICT_ACCEPTED)
			decide_by_bank(p,
			    ledger_balance(s->settings.ledger, p->account.name,
				&p->account.balance, &p->version));
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

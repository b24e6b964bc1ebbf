/* SPDX-License-Identifier: MIT */
/*
 * victim-client transfer: one transfer per id, one after the other.
 *
 *	request -> exchange -> report [-> once more]	for each id
 *
 * A lost connection leaves the customer in doubt: was the money moved?  What he
 * does then is --retry.  Fresh is a new request that means the same; the same
 * bytes again let a server with memory see that they are one request.
 *
 * With --at-once all are sent before any answer is awaited.
 */
#include "commands.h"
#include "event.h"
#include "exit_code.h"
#include "json.h"
#include "lab_clock.h"
#include "request.h"
#include "session.h"

#include <err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

enum method { METHOD_POST, METHOD_GET };
enum retry { RETRY_FRESH, RETRY_SAME, RETRY_NEVER };

struct order {
	struct session_settings session;
	struct option_list ids;
	const char *from, *to;
	long amount;
	const char *version;
	const char *idempotency_key; /* "auto": one for each transfer */
	int retry, method;
	bool step, at_once, rekey, challenge;
};

static void
report(const struct order *o, const struct transfer *t, int attempt,
    const struct reply *r)
{
	struct buffer line = {0};

	event_begin("transfer");
	event_text("id", t->id);
	event_number("attempt", attempt);
	reply_put_event(r);
	event_end();
	if (o->session.json) {
		json_open(&line, '{');
		json_member_text(&line, "id", t->id);
		json_member_text(&line, "from", t->from);
		json_member_text(&line, "to", t->to);
		json_member_number(&line, "amount", t->amount);
		json_member_number(&line, "attempt", attempt);
		reply_put_json(r, &line);
		json_close(&line, '}');
		puts(buffer_text(&line));
		buffer_clear(&line);
	} else {
		printf("%s: %ld from %s to %s: ", t->id, t->amount, t->from,
		    t->to);
		reply_print(r);
		putchar('\n');
	}
	fflush(stdout);
}

/* Sent, and nobody knows what became of it. */
static bool
is_in_doubt(const struct reply *r)
{
	return r->outcome == HTTP_CLIENT_LOST ||
	       r->outcome == HTTP_CLIENT_TIMEOUT ||
	       r->outcome == HTTP_CLIENT_UNANSWERED;
}

/* The same order under the server's nonce: -1 if a signal asks for the end. */
static int
answer_challenge(struct session *s, const struct transfer *t,
    struct buffer *request, struct reply *reply)
{
	struct signing signing = *session_signing(s);
	char nonce[sizeof(reply->challenge)];
	int result;

	snprintf(nonce, sizeof(nonce), "%s", reply->challenge);
	signing.fixed_nonce = nonce;
	buffer_reset(request);
	result = request_transfer(request, session_authority(s), t, &signing,
	    lab_now() / NANOSECONDS);
	signing_clear(&signing);
	if (result == -1)
		return -1;
	reply_clear(reply);
	return session_exchange(s, buffer_bytes(request), reply);
}

/* Exit status, or -1 if a signal asks for the end. */
static int
transfer_one(const struct order *o, struct session *s, const struct transfer *t)
{
	struct buffer request = {0};
	struct reply reply = {0};
	int status = EXIT_INTERNAL;

	for (int attempt = 1; attempt <= 2; attempt++) {
		if (attempt == 1 || o->retry == RETRY_FRESH) {
			buffer_reset(&request);
			if (request_transfer(&request, session_authority(s), t,
				session_signing(s),
				lab_now() / NANOSECONDS) == -1)
				break;
		}
		reply_clear(&reply);
		if (session_exchange(s, buffer_bytes(&request), &reply) == -1) {
			status = -1;
			break;
		}
		attempt += reply.again;
		if (o->challenge && reply.challenge[0] != '\0' &&
		    answer_challenge(s, t, &request, &reply) == -1) {
			status = -1;
			break;
		}
		report(o, t, attempt, &reply);
		status =
		    reply_accepted(&reply) ? EXIT_AS_EXPECTED : EXIT_DIFFERS;
		if (o->retry == RETRY_NEVER || !is_in_doubt(&reply))
			break;
	}
	reply_clear(&reply);
	buffer_clear(&request);
	return status;
}

/* All attempts at one transfer share it, which is what it is for. */
static const char *
choose_key(const struct order *o, char into[SIGNING_NONCE_SIZE])
{
	return o->idempotency_key == NULL ||
		       strcmp(o->idempotency_key, "auto") != 0
		   ? o->idempotency_key
		   : signing_nonce(into);
}

/* Its idempotency key may be in `key`, and is another each time. */
static struct transfer
transfer_of(const struct order *o, size_t i, char key[SIGNING_NONCE_SIZE])
{
	return (struct transfer){o->ids.item[i], o->from, o->to, o->amount,
	    choose_key(o, key), o->version, o->method == METHOD_GET};
}

/* Transfer i and all behind it.  Exit status, or -1 as above. */
static int
transfer_at_once(const struct order *o, struct session *s, size_t i)
{
	struct reply replies[OPTION_LIST_MAX] = {0};
	char key[SIGNING_NONCE_SIZE];
	int status = EXIT_AS_EXPECTED, waited;

	for (size_t n = i; n < o->ids.count; n++) {
		const struct transfer t = transfer_of(o, n, key);
		struct buffer request = {0};

		if (request_transfer(&request, session_authority(s), &t,
			session_signing(s), lab_now() / NANOSECONDS) == 0)
			session_send(s, buffer_bytes(&request), &replies[n]);
		else
			status = EXIT_INTERNAL;
		buffer_clear(&request);
	}
	waited = session_await(s);
	for (size_t n = i; n < o->ids.count; n++) {
		const struct transfer t = transfer_of(o, n, key);

		if (waited == 0) {
			report(o, &t, 1, &replies[n]);
			if (!reply_accepted(&replies[n]) &&
			    status == EXIT_AS_EXPECTED)
				status = EXIT_DIFFERS;
		}
		reply_clear(&replies[n]);
	}
	return waited == -1 ? -1 : status;
}

static int
transfer_all(const struct order *o, struct session *s)
{
	int status = EXIT_AS_EXPECTED, one;
	bool rest = false;

	for (size_t i = 0; i < o->ids.count && !rest; i++) {
		char key[SIGNING_NONCE_SIZE];
		const struct transfer t = transfer_of(o, i, key);

		if (i > 0 && o->step &&
		    session_wait(s, "press Enter for the next transfer") ==
			SESSION_END)
			break;
		rest = o->at_once && (i > 0 || !o->step);
		one = rest ? transfer_at_once(o, s, i) : transfer_one(o, s, &t);
		if (one == -1)
			return EXIT_DIFFERS;
		if (one > status)
			status = one;
		if (o->rekey && session_rekey(s) == -1)
			return EXIT_DIFFERS;
	}
	return status;
}

/* Eight random digits tell apart what one person does by hand. */
static const char *
random_id(void)
{
	static char id[sizeof("t-01234567")];
	uint8_t random[4];

	if (RAND_bytes(random, sizeof(random)) != 1)
		errx(EXIT_INTERNAL, "OpenSSL has no random bytes for an id");
	snprintf(id, sizeof(id), "t-%02x%02x%02x%02x", random[0], random[1],
	    random[2], random[3]);
	return id;
}

/* What the table of options cannot say.  -1 after a warning. */
static int
check(struct order *o)
{
	const char *absent = o->from == NULL  ? "from"
			     : o->to == NULL  ? "to"
			     : o->amount == 0 ? "amount"
					      : NULL;

	if (absent != NULL) {
		warnx("victim-client transfer: --%s is needed", absent);
		return -1;
	}
	if (o->method == METHOD_GET && o->version != NULL) {
		warnx("if-match: only with --method POST, to the account");
		return -1;
	}
	if (o->at_once &&
	    (o->rekey || o->challenge || o->retry != RETRY_NEVER)) {
		warnx("victim-client transfer: --at-once goes without --retry, "
		      "--rekey and --challenge");
		return -1;
	}
	if (o->ids.count == 0)
		o->ids.item[o->ids.count++] = random_id();
	return 0;
}

int
transfer_main(int argc, char *argv[])
{
	static const char *const retries[] = {"fresh", "same", NULL};
	static const char *const methods[] = {"POST", "GET", NULL};
	struct order o = {.retry = RETRY_NEVER};
	const struct option_row rows[] = {
	    OPTION_TEXT("from", &o.from, "ACCOUNT", "whose money"),
	    OPTION_TEXT("to", &o.to, "ACCOUNT", "who gets it"),
	    OPTION_NUMBER("amount", &o.amount, 1, 1000000000, "how much"),
	    OPTION_LIST("id", &o.ids, "ID",
		"a transfer of that name, for each; default: a random one"),
	    OPTION_TEXT("idempotency-key", &o.idempotency_key, "KEY",
		"a key for the transfer; or auto: one for each, and its "
		"retries"),
	    OPTION_TEXT("if-match", &o.version, "TAG",
		"only while the account has this entity tag, such as v7"),
	    OPTION_FLAG("challenge", &o.challenge,
		"sign anew with the nonce that a 401 asks for"),
	    OPTION_WORD("method", &o.method, "METHOD", methods,
		"POST; or GET, at a bank that lets it change something"),
	    OPTION_FLAG("step", &o.step,
		"wait for Enter before every transfer but the first"),
	    OPTION_FLAG("at-once", &o.at_once,
		"wait for no answer before the next; with --step, behind the "
		"first"),
	    OPTION_FLAG("rekey", &o.rekey,
		"new keys after every transfer: KeyUpdate or renegotiation"),
	    OPTION_WORD("retry", &o.retry, "HOW", retries,
		"once more after a lost connection or timeout: fresh (signed "
		"anew) or same (the same bytes)"),
	    SESSION_OPTIONS(&o.session),
	    OPTION_END,
	};
	const struct option_usage usage = {"victim-client transfer",
	    "Move money; every id given is a transfer of its own.", NULL, rows,
	    "victim-client transfer --from alice --to bob --amount 100"};
	struct session *s;
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	o.session.tls.renegotiation = o.rekey;
	if (check(&o) == -1 || (s = session_open(&o.session)) == NULL)
		return EXIT_USAGE;
	status = transfer_all(&o, s);
	session_close(s);
	return status;
}

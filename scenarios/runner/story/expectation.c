/* SPDX-License-Identifier: MIT */
/* Reading `expect` lines. */
#include "expectation.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_one_of(const char *word, const char *const list[])
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool
read_times(const char *word, long *times)
{
	char *end;

	if (strcmp(word, "never") == 0)
		*times = 0;
	else if (strcmp(word, "once") == 0)
		*times = 1;
	else if (strcmp(word, "twice") == 0)
		*times = 2;
	else {
		errno = 0;
		*times = strtol(word, &end, 10);
		return errno == 0 && isdigit((unsigned char)*word) &&
		       strcmp(end, "-times") == 0;
	}
	return true;
}

static bool
read_amount(const char *word, long *amount)
{
	char *end;

	errno = 0;
	*amount = strtol(word, &end, 10);
	return errno == 0 && isdigit((unsigned char)*word) && *end == '\0';
}

static bool
fail(char *why, size_t size, const char *sentence)
{
	snprintf(why, size, "%s", sentence);
	return false;
}

/* "backend:nonce" of what may stand behind the colon; a mistake names all. */
static bool
read_detail(const char *word, const char *layer, const char *const list[],
    char *why, size_t size)
{
	size_t length;

	if (is_one_of(&word[strlen(layer)], list))
		return true;
	length = (size_t)snprintf(why, size, "%s takes", layer);
	for (size_t i = 0; list[i] != NULL && length < size; i++)
		length += (size_t)snprintf(&why[length], size - length, "%s %s",
		    i == 0 ? "" : ",", list[i]);
	return false;
}

static bool
read_layer(const char *word, const char *const list[], char *why, size_t size)
{
	static const char backend[] = "backend:", early[] = "tls-early-data:";
	static const char *const checks[] = {"syntax", "authority", "bearer",
	    "signature", "timestamp", "nonce", "early-data", "idempotency",
	    "version", "store", "bank", NULL};

	/* Why early data was rejected: docs/formats.md, event early_data. */
	static const char *const reasons[] = {"seen", "too-soon", "no-memory",
	    "refused", "not-resumed", "not-fresh", "handshake-not-completed",
	    NULL};

	if (strncmp(word, backend, strlen(backend)) == 0)
		return read_detail(word, backend, checks, why, size);
	if (strncmp(word, early, strlen(early)) == 0)
		return read_detail(word, early, reasons, why, size);
	return is_one_of(word, list) ||
	       fail(why, size,
		   "stopped-by takes tcp, tls-record, dtls-record, "
		   "tls-handshake, tls-early-data, tls-early-data:REASON, "
		   "gateway, backend, backend:CHECK or nobody");
}

/* What is said, without for which values. */
static bool
read_claim(char *const words[], size_t count, struct expectation *e, char *why,
    size_t size)
{
	static const char *const layers[] = {"tcp", "tls-record", "dtls-record",
	    "tls-handshake", "tls-early-data", "gateway", "backend", "nobody",
	    NULL};
	static const char *const places[] = {
	    "tcp", "tls", "dtls", "gateway", "backend", NULL};
	static const char *const prices[] = {"connection-lost",
	    "request-swallowed", "honest-refused", "unanswered", NULL};
	const char *what = count > 0 ? words[0] : "";

	if (strcmp(what, "stopped-by") == 0) {
		e->kind = EXPECT_STOPPED_BY;
		if (!read_layer(count == 2 ? words[1] : "", layers, why, size))
			return false;
		e->word = words[1];
	} else if (strcmp(what, "delivered") == 0) {
		e->kind = EXPECT_DELIVERED;
		if (count != 2 || !is_one_of(words[1], places))
			return fail(why, size,
			    "delivered takes tcp, tls, dtls, gateway or "
			    "backend");
		e->word = words[1];
	} else if (strcmp(what, "executed") == 0) {
		e->kind = EXPECT_EXECUTED;
		if (count != 3 || !read_times(words[2], &e->times))
			return fail(why, size,
			    "executed takes a transfer's id and never, once, "
			    "twice or N-times");
		e->id = words[1];
	} else if (strcmp(what, "moved") == 0) {
		e->kind = EXPECT_MOVED;
		if (count != 3 || !read_amount(words[2], &e->amount))
			return fail(why, size,
			    "moved takes a transfer's id and an amount");
		e->id = words[1];
	} else if (strcmp(what, "collateral") == 0) {
		e->kind = EXPECT_COLLATERAL;
		if (count != 3 || !is_one_of(words[1], prices))
			return fail(why, size,
			    "collateral takes connection-lost, "
			    "request-swallowed, honest-refused or unanswered, "
			    "and an id");
		e->word = words[1];
		e->id = words[2];
	} else
		return fail(why, size,
		    "expect takes stopped-by, delivered, executed, moved "
		    "or collateral");
	return true;
}

bool
expectation_read(char *const words[], size_t count, struct expectation *e,
    char *why, size_t size)
{
	size_t claim = 0;

	*e = (struct expectation){0};
	while (claim < count && strcmp(words[claim], "when") != 0)
		claim++;
	if (claim < count) {
		e->when = words + claim + 1;
		e->when_count = count - claim - 1;
		if (e->when_count == 0)
			return fail(why, size, "when takes values of over");
	}
	return read_claim(words, claim, e, why, size);
}

bool
expectation_applies(const struct expectation *e, const char *value)
{
	for (size_t i = 0; i < e->when_count; i++)
		if (value != NULL && strcmp(e->when[i], value) == 0)
			return true;
	return e->when_count == 0;
}

bool
expectation_read_seconds(const char *word, int64_t *nanoseconds)
{
	char *end;
	long seconds = strtol(word, &end, 10);

	if (end == word || strcmp(end, "s") != 0 || seconds > 1000000000L ||
	    seconds < -1000000000L)
		return false;
	*nanoseconds = seconds * INT64_C(1000000000);
	return true;
}

/* SPDX-License-Identifier: MIT */
/* From options to a rule, and the memory of what was taken. */
#include "early_gate.h"

#include <err.h>
#include <string.h>

#include "backend/nonce_buckets.h"
#include "backend/nonce_file.h"
#include "lab.h"
#include "lab_clock.h"

#define HELD_MAX 1000000L /* sessions in a window of eleven seconds */

/*
 * RFC 8446 section 8.2.  Behind the horizon the memory may have forgotten, or
 * may have been another's before a restart: then it is too soon to tell.
 */
static enum early_data_answer
ask(struct bytes secret, void *argument)
{
	struct early_gate *g = argument;
	int64_t now = lab_now() / NANOSECONDS;
	int64_t horizon = nonce_memory_horizon(g->taken);
	uint8_t key[NONCE_KEY_SIZE];

	if (horizon == -1)
		return EARLY_DATA_NO_MEMORY;
	if (now < horizon)
		return EARLY_DATA_TOO_SOON;
	nonce_key(bytes_of("early-data"), secret, key);
	switch (nonce_memory_add_if_absent(
	    g->taken, key, now, now + EARLY_DATA_WINDOW)) {
	case NONCE_FRESH:
		return EARLY_DATA_FRESH;
	case NONCE_SEEN:
		return EARLY_DATA_SEEN;
	case NONCE_FULL:
	case NONCE_UNAVAILABLE:
		break;
	}
	return EARLY_DATA_NO_MEMORY;
}

static struct nonce_memory *
open_memory(const struct early_gate_options *o)
{
	struct nonce_buckets_settings settings = {
	    .capacity = HELD_MAX, .longest = EARLY_DATA_WINDOW};

	if (o->store != NULL && strcmp(o->store, "memory") != 0)
		return nonce_file_open("early-data-store", lab_place(o->store));
	if (o->quarantine)
		settings.horizon =
		    lab_now() / NANOSECONDS + EARLY_DATA_WINDOW + 1;
	return nonce_buckets_new(&settings);
}

/* RFC 9110 section 9.3, and RFC 5789. */
static bool
is_method(struct bytes word)
{
	static const char *const methods[] = {"GET", "HEAD", "POST", "PUT",
	    "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (bytes_equal_text(word, methods[i]))
			return true;
	return false;
}

static bool
are_methods(const char *words)
{
	struct bytes rest = bytes_of(words), word;

	while (bytes_take_until(&rest, ',', &word))
		if (!is_method(word))
			return false;
	return is_method(rest);
}

/* What the table of options cannot say. */
static int
check(const struct early_gate_options *o)
{
	bool file = o->store != NULL && strcmp(o->store, "memory") != 0;
	const char *only = o->quarantine      ? "early-data-quarantine"
			   : o->store != NULL ? "early-data-store"
					      : NULL;

	if (only != NULL && o->rule != EARLY_DATA_ONCE) {
		warnx("%s: only with --early-data once", only);
		return -1;
	}
	if (o->quarantine && file) {
		warnx("early-data-quarantine: a store in a file forgets "
		      "nothing at a restart; only with memory");
		return -1;
	}
	if (o->methods != NULL && o->rule == EARLY_DATA_REFUSE) {
		warnx("early-data-methods: not with --early-data refuse");
		return -1;
	}
	if (o->methods != NULL && !are_methods(o->methods)) {
		warnx("early-data-methods: %s is no list of methods such as "
		      "GET,HEAD",
		    o->methods);
		return -1;
	}
	return 0;
}

int
early_gate_open(struct early_gate *g, const struct early_gate_options *o,
    struct tls_settings *tls)
{
	*g = (struct early_gate){.methods = o->methods};
	if (check(o) == -1)
		return -1;
	if (o->rule == EARLY_DATA_ONCE && (g->taken = open_memory(o)) == NULL)
		return -1;
	tls->early_data = (struct early_data_settings){o->rule, ask, g};
	if (o->ticket_keys != NULL)
		tls->ticket_keys = lab_place(o->ticket_keys);
	return 0;
}

void
early_gate_close(struct early_gate *g)
{
	nonce_memory_free(g->taken);
	g->taken = NULL;
}

bool
early_gate_allows(const struct early_gate *g, struct bytes method)
{
	struct bytes rest, word;

	if (g->methods == NULL)
		return true;
	rest = bytes_of(g->methods);
	while (bytes_take_until(&rest, ',', &word))
		if (bytes_equal(word, method))
			return true;
	return bytes_equal(rest, method);
}

/* SPDX-License-Identifier: MIT */
/* The table of defences by name, in the order of preset_names. */
#include "preset.h"

#include <err.h>
#include <stdio.h>

#define FORGETS_AFTER 300 /* without a time stamp no length is enough */

#define ALL_CHECKS "signature,timestamp,nonce"

static const struct preset {
	const char *check;
	enum nonce_store store;
	long nonce_ttl; /* 0: two windows */
} presets[] = {
    {NULL, STORE_SQLITE, 0},
    {"none", STORE_SQLITE, 0},
    {"signature", STORE_SQLITE, 0},
    {"signature,timestamp", STORE_SQLITE, 0},
    {"signature,nonce", STORE_MEMORY, FORGETS_AFTER},
    {ALL_CHECKS, STORE_MEMORY, 0},
    {ALL_CHECKS, STORE_SHARED, 0},
    {ALL_CHECKS, STORE_FILE, 0},
    {ALL_CHECKS ",idempotency", STORE_FILE, 0},
};

const char *const preset_names[] = {"own-options", "none", "signature", "time",
    "nonce", "own-memory", "shared", "persistent", "idempotent", NULL};

const char *
preset_describe(void)
{
	static char text[1024];
	size_t length;

	length = (size_t)snprintf(
	    text, sizeof(text), "--defence stands for other options:\n");
	for (size_t i = 1; preset_names[i] != NULL; i++) {
		const struct preset *p = &presets[i];

		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    "  %-10s  --check %s", preset_names[i], p->check);
		if (p->store != STORE_SQLITE)
			length += (size_t)snprintf(text + length,
			    sizeof(text) - length, " --nonce-store %s",
			    guard_stores[p->store]);
		if (p->nonce_ttl > 0)
			length += (size_t)snprintf(text + length,
			    sizeof(text) - length, " --nonce-ttl %ld",
			    p->nonce_ttl);
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    "%s", preset_names[i + 1] == NULL ? "" : "\n");
	}
	return text;
}

int
preset_apply(int which, struct guard_options *o)
{
	const struct preset *p = &presets[which];

	if (which == 0)
		return 0;
	if (o->check != NULL || o->nonce_store != STORE_SQLITE ||
	    o->nonce_ttl != 0) {
		warnx("defence: %s stands for --check, --nonce-store and "
		      "--nonce-ttl; see --help",
		    preset_names[which]);
		return -1;
	}
	o->check = p->check;
	o->nonce_store = (int)p->store;
	o->nonce_ttl = p->nonce_ttl;
	return 0;
}

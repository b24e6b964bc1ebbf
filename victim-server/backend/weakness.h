/* SPDX-License-Identifier: MIT */
#ifndef WEAKNESS_H
#define WEAKNESS_H

#include <stdbool.h>

/*
 * Flaws that real servers had, planted by name.  Each is one `if` where the
 * defence is right without it; SECURITY.md has the table of them.
 */
enum weakness {
	WEAK_UNSIGNED_NONCE,         /* freshness from fields nobody signed */
	WEAK_CHECK_IF_PRESENT,       /* no signature, nothing to check */
	WEAK_UNSIGNED_BODY,          /* content-digest need not be covered */
	WEAK_UNSIGNED_TARGET,        /* nor method, authority, path, query */
	WEAK_EMPTY_COVERAGE,         /* nor anything at all */
	WEAK_RAW_TEXT_NONCE,         /* remembered as spelt, not as meant */
	WEAK_CHECK_THEN_INSERT,      /* two steps where one is needed */
	WEAK_NONCE_BEFORE_SIGNATURE, /* remembers what nobody proved */
	WEAK_GLOBAL_NONCE_SPACE,     /* one memory for all key ids */
	WEAK_FAIL_OPEN,              /* nobody knows, so let it in */
	WEAK_UNBOUNDED_NONCE,        /* keeps of a nonce all there is */
	WEAK_SYMMETRIC_WINDOW,       /* forgets before the request is stale */
	WEAK_WALL_CLOCK,             /* believes a clock that was set back */
	WEAK_UNSAFE_GET,             /* a method that should change nothing */
};
#define WEAKNESSES 14

const char *weakness_name(enum weakness weakness); /* "unsigned-nonce" */

/* False if none has that name. */
bool weakness_read(const char *name, enum weakness *weakness);

#endif

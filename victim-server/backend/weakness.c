/* SPDX-License-Identifier: MIT */
/* The names of the planted flaws. */
#include "weakness.h"

#include <string.h>

const char *
weakness_name(enum weakness weakness)
{
	switch (weakness) {
	case WEAK_UNSIGNED_NONCE:
		return "unsigned-nonce";
	case WEAK_CHECK_IF_PRESENT:
		return "check-if-present";
	case WEAK_UNSIGNED_BODY:
		return "unsigned-body";
	case WEAK_UNSIGNED_TARGET:
		return "unsigned-target";
	case WEAK_EMPTY_COVERAGE:
		return "empty-coverage";
	case WEAK_RAW_TEXT_NONCE:
		return "raw-text-nonce";
	case WEAK_CHECK_THEN_INSERT:
		return "check-then-insert";
	case WEAK_NONCE_BEFORE_SIGNATURE:
		return "nonce-before-signature";
	case WEAK_GLOBAL_NONCE_SPACE:
		return "global-nonce-space";
	case WEAK_FAIL_OPEN:
		return "fail-open";
	case WEAK_UNBOUNDED_NONCE:
		return "unbounded-nonce";
	case WEAK_SYMMETRIC_WINDOW:
		return "symmetric-window";
	case WEAK_WALL_CLOCK:
		return "wall-clock";
	case WEAK_UNSAFE_GET:
		return "unsafe-get";
	}
	return "unknown";
}

bool
weakness_read(const char *name, enum weakness *weakness)
{
	for (int i = 0; i < WEAKNESSES; i++) {
		*weakness = (enum weakness)i;
		if (strcmp(name, weakness_name(*weakness)) == 0)
			return true;
	}
	return false;
}

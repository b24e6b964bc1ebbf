/* SPDX-License-Identifier: MIT */
#ifndef EXPLANATION_H
#define EXPLANATION_H

#include "tls_epoch.h"

/*
 * Why a record was refused: the number it was made with, the number that was
 * due, the MAC (or tag) it carries, and the one that would have been right.
 *
 * Found by trying: the record opens with the keys it was made with and with its
 * own number, and with nothing else (RFC 5246 section 6.2.3, RFC 8446 section
 * 5.2).
 */

/* Whose keys it was made with, as its receiver sees it. */
enum explanation_keys {
	EXPLANATION_KEYS_DUE,    /* the very ones: only the number is wrong */
	EXPLANATION_KEYS_FORMER, /* the sender has changed them since */
	EXPLANATION_KEYS_OTHER_SIDE, /* the receiver's own */
	EXPLANATION_KEYS_OTHER_CONNECTION,
};
/* "due", "former", "other-side", "other-connection". */
const char *explanation_keys_name(enum explanation_keys keys);

struct explanation {
	enum explanation_keys keys;
	uint64_t made_as, expected;
	struct tls_authenticator carried, right;
	const char *algorithm; /* static: "HMAC-SHA256", "AES-128-GCM" */
};

enum explanation_verdict {
	EXPLANATION_FOUND,
	EXPLANATION_UNKNOWN_MAKER, /* no epoch of the set made it */
	EXPLANATION_GIVEN_UP,      /* one may have, beyond all trials */
	EXPLANATION_NOT_COMPUTED,  /* OpenSSL cannot */
};

/* So many numbers are tried, the newest first. */
#define EXPLANATION_TRIALS_MAX 65536

/*
 * `receiver` has the keys that the receiver opens records of this direction
 * with, and in `count` the number that is due.
 */
enum explanation_verdict explanation_of(const struct tls_epochs *made,
    const struct tls_epoch *receiver, const struct tls_record *record,
    struct explanation *out);

/*
 * The same of a record that its receiver takes: what it carries, and what it
 * has to carry, computed from its content.  UNKNOWN_MAKER: he does not.
 */
enum explanation_verdict explanation_of_good(const struct tls_epoch *receiver,
    const struct tls_record *record, struct explanation *out);

#endif

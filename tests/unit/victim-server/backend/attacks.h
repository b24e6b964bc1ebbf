/* SPDX-License-Identifier: MIT */
#ifndef ATTACKS_H
#define ATTACKS_H

#include "backend/weakness.h"

#include <stdint.h>

/*
 * What is done to a backend, and what ought to come of it: two tables, put here
 * by thinking, for defence_attacks_test.c.
 */
#define NOW INT64_C(1764000000)
#define W 300 /* the window: seconds a request may be old, or early */
#define N16 "0123456789abcdef"
#define N128 N16 N16 N16 N16 N16 N16 N16 N16

/* The choices of checks, in the order of the tables' columns. */
static const struct {
	const char *words;
	bool unsigned_too; /* no option says so: without the signature */
} checks[] = {
    {"none", false},
    {"signature", false},
    {"timestamp", true},
    {"nonce", true},
    {"timestamp", false},
    {"nonce", false},
    {"timestamp,nonce", true},
    {"timestamp,nonce", false},
};

/* Who signed a request, and how. */
struct sender {
	const char *const *covered; /* NULL: all of it */
	const char *keyid, *secret, *nonce;
	bool without_nonce, without_created;
	int64_t ahead; /* of NOW, by the sender's clock */
};

enum past {
	SAME_BEFORE,    /* the same request came at NOW, as it was signed */
	NOTHING_BEFORE, /* it is the first */
	AT_THE_INSTANT, /* the same, so close that both are being judged */
	OTHER_BEFORE,   /* `before` came at NOW */
	AND_A_NIGHT,    /* the same, then others at night, then a clock back */
};

struct attack {
	const char *what;
	const char *expected; /* a letter a choice of checks, see below */
	enum past past;
	struct sender by, before;
	int64_t at; /* seconds after NOW that it arrives */
	struct {
		const char *from, *to;
	} edit[2];    /* by the attacker */
	bool no_room; /* in the memory of nonces */
};

static const char *const nothing[] = {NULL};
static const char *const digest_only[] = {"content-digest", NULL};
static const char *const all_but_digest[] = {
    "@method", "@authority", "@path", "@query", NULL};

/*
 * . accepted, m malformed, u unsigned, f forged, s stale, e from the future
 * (early), r replayed, x store unavailable
 */
enum attack_name {
	HONEST,
	TWO_AT_ONCE,
	COPY,
	COPY_IN_WINDOW,
	COPY_LATE,
	EARLY_COPY,
	FUTURE,
	WITHHELD,
	CLOCK_BACK,
	BODY,
	NONCE_TEXT,
	TIME_TEXT,
	PATH,
	QUERY,
	METHOD,
	HOST,
	KEYID,
	ALG,
	UNCOVERED,
	STRIPPED,
	NO_VALUE,
	NO_INPUT,
	VALUE_TWICE,
	SECOND,
	BODY_UNSIGNED,
	TARGET_UNSIGNED,
	NOTHING_SIGNED,
	PLAIN_FIELDS,
	BLANK,
	LABEL,
	FIELD_CASE,
	MORE_FIELDS,
	BURNT,
	NAMESAKE,
	LONG_NONCE,
	NO_NONCE,
	NO_CREATED,
	FLOOD,
	ATTACKS
};

/* clang-format off */
static const struct attack attacks[ATTACKS] = {
    /*				 -  S  T  N  ST SN TN STN */
[HONEST] = {"an honest request",
				".  .  .  .  .  .  .  .", NOTHING_BEFORE},
[TWO_AT_ONCE] = {"two of one at the same instant",
				".  .  .  r  .  r  r  r", AT_THE_INSTANT},
[COPY] = {"a copy at once",
				".  .  .  r  .  r  r  r", .at = 1},
[COPY_IN_WINDOW] = {"a copy at the end of the window",
				".  .  .  r  .  r  r  r", .at = W},
[COPY_LATE] = {"a copy after the window",
				".  .  s  .  s  .  s  s", .at = W + 1},
[EARLY_COPY] = {"a copy of an early one, at its very end",
				".  .  .  .  .  .  r  r",
    .by.ahead = W, .at = 2 * W},
[FUTURE] = {"stamped later than a clock may be wrong",
				".  .  e  .  e  .  e  e", NOTHING_BEFORE,
    .by.ahead = W + 1},
[WITHHELD] = {"withheld, and let go too late",
				".  .  s  .  s  .  s  s", NOTHING_BEFORE,
    .at = W + 1},
[CLOCK_BACK] = {"a copy after the clock was set back",
				".  .  .  .  .  .  s  s", AND_A_NIGHT, .at = 1},
[BODY] = {"another amount",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{"\"amount\":1", "\"amount\":9"}}},
[NONCE_TEXT] = {"another nonce",".  f  .  .  f  f  .  f",
    .at = 1, .edit = {{";nonce=\"n-1", ";nonce=\"n-2"}}},
[TIME_TEXT] = {"another time, late",
				".  f  .  .  f  f  r  f",
    .at = W + 1, .edit = {{";created=1764000000", ";created=1764000301"}}},
[PATH] = {"another path",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{"/transfers", "/accounts"}}},
[QUERY] = {"a query added",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{"/transfers", "/transfers?a"}}},
[METHOD] = {"another method",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{"POST ", "PUT "}}},
[HOST] = {"another host",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{"Host: gateway", "Host: another"}}},
[KEYID] = {"another key id",	".  f  .  .  f  f  .  f",
    .at = 1, .edit = {{";keyid=\"client", ";keyid=\"client2"}}},
[ALG] = {"another algorithm",	".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{";keyid=", ";alg=\"ed25519\";keyid="}}},
[UNCOVERED] = {"a component taken out of the list",
				".  f  .  r  f  f  r  f",
    .at = 1, .edit = {{" \"content-digest\"", ""}}},
[STRIPPED] = {"without its signature",
				".  u  u  u  u  u  u  u",
    .at = 1, .edit = {{"\r\nSignature-Input: ", "\r\nX: "},
	{"\r\nSignature: ", "\r\nY: "}}},
[NO_VALUE] = {"without Signature",
				".  m  u  u  m  m  u  m",
    .at = 1, .edit = {{"\r\nSignature: ", "\r\nX: "}}},
[NO_INPUT] = {"without Signature-Input",
				".  m  u  u  m  m  u  m",
    .at = 1, .edit = {{"\r\nSignature-Input: ", "\r\nX: "}}},
[VALUE_TWICE] = {"with Signature twice",
				".  m  u  u  m  m  u  m",
    .at = 1, .edit = {{"\r\nSignature: ",
	"\r\nSignature: a=::\r\nSignature: "}}},
[SECOND] = {"with a second signature in front",
				".  m  u  u  m  m  u  m",
    .at = 1, .edit = {{"\r\nSignature-Input: ", "\r\nSignature-Input: a=(), "},
	{"\r\nSignature: ", "\r\nSignature: a=::, "}}},
[BODY_UNSIGNED] = {"another amount where nobody signed it",
				".  f  .  .  f  f  .  f", NOTHING_BEFORE,
    .by.covered = all_but_digest,
    .edit = {{"\"amount\":1", "\"amount\":9"}}},
[TARGET_UNSIGNED] = {"another host where nobody signed it",
				".  f  .  .  f  f  .  f", NOTHING_BEFORE,
    .by.covered = digest_only, .edit = {{"Host: gateway", "Host: another"}}},
[NOTHING_SIGNED] = {"another amount where nothing is signed",
				".  f  .  .  f  f  .  f", NOTHING_BEFORE,
    .by.covered = nothing, .edit = {{"\"amount\":1", "\"amount\":9"}}},
[PLAIN_FIELDS] = {"a late copy with other plain fields",
				".  .  s  .  s  .  s  s",
    .at = W + 1, .edit = {{"-Created: 1764000000", "-Created: 1764000301"},
	{"Request-Nonce: n-1", "Request-Nonce: n-2"}}},
[BLANK] = {"a copy with a blank more",
				".  .  .  r  .  r  r  r",
    .at = 1, .edit = {{";nonce=", "; nonce="}}},
[LABEL] = {"a copy under another label",
				".  .  .  r  .  r  r  r",
    .at = 1, .edit = {{"Signature-Input: sig", "Signature-Input: a"},
	{"Signature: sig", "Signature: a"}}},
[FIELD_CASE] = {"a copy with other capitals",
				".  .  .  r  .  r  r  r",
    .at = 1, .edit = {{"Signature: ", "signATURE:\t"}}},
[MORE_FIELDS] = {"a copy with a field more",
				".  .  .  r  .  r  r  r",
    .at = 1, .edit = {{"Host: ", "X-Request-Id: 2\r\nHost: "}}},
[BURNT] = {"honest, its nonce used by a forger before",
				".  .  .  r  .  .  r  .", OTHER_BEFORE,
    .before.secret = "guess", .at = 1},
[NAMESAKE] = {"honest, its nonce used by another client",
				".  .  .  .  .  .  .  .", OTHER_BEFORE,
    .before.keyid = "client2", .at = 1},
[LONG_NONCE] = {"a nonce of 129 bytes",
				".  .  .  m  .  m  m  m", NOTHING_BEFORE,
    .by.nonce = N128 "n"},
[NO_NONCE] = {"signed without a nonce",
				".  .  .  u  .  u  u  u", NOTHING_BEFORE,
    .by.without_nonce = true},
[NO_CREATED] = {"signed without a time",
				".  .  u  .  u  .  u  u", NOTHING_BEFORE,
    .by.without_created = true},
[FLOOD] = {"honest, while there is no room for nonces",
				".  .  .  x  .  x  x  x", NOTHING_BEFORE,
    .no_room = true},
};

/* Where a flaw makes a difference, and which; nowhere else. */
#define FLAWS_OF_DEFENCE 13 /* others are somewhere else in the backend */
static const struct {
	enum weakness weakness;
	enum attack_name attack;
	const char *expected;
} differences[] = {
    /*				 -  S  T  N  ST SN TN STN */
    /* The time and the nonce are those of the plain fields. */
    {WEAK_UNSIGNED_NONCE, PLAIN_FIELDS,
				".  .  .  .  .  .  .  ."},
    {WEAK_UNSIGNED_NONCE, NONCE_TEXT,
				".  f  .  r  f  f  r  f"},
    {WEAK_UNSIGNED_NONCE, TIME_TEXT,
				".  f  s  .  s  f  s  s"},
    {WEAK_UNSIGNED_NONCE, NO_NONCE,
				".  .  .  .  .  .  .  ."},
    {WEAK_UNSIGNED_NONCE, NO_CREATED,
				".  .  .  .  .  .  .  ."},
    {WEAK_UNSIGNED_NONCE, STRIPPED,
				".  u  .  .  u  u  .  u"},
    {WEAK_UNSIGNED_NONCE, NO_VALUE,
				".  m  .  .  m  m  .  m"},
    {WEAK_UNSIGNED_NONCE, NO_INPUT,
				".  m  .  .  m  m  .  m"},
    {WEAK_UNSIGNED_NONCE, VALUE_TWICE,
				".  m  .  .  m  m  .  m"},
    {WEAK_UNSIGNED_NONCE, SECOND,
				".  m  .  .  m  m  .  m"},
    /* Without Signature nothing is looked at. */
    {WEAK_CHECK_IF_PRESENT, STRIPPED,
				".  .  .  .  .  .  .  ."},
    {WEAK_CHECK_IF_PRESENT, NO_VALUE,
				".  .  .  .  .  .  .  ."},
    /* What need not be covered can be changed. */
    {WEAK_UNSIGNED_BODY, BODY_UNSIGNED,
				".  .  .  .  .  .  .  ."},
    {WEAK_UNSIGNED_TARGET, TARGET_UNSIGNED,
				".  .  .  .  .  .  .  ."},
    {WEAK_EMPTY_COVERAGE, BODY_UNSIGNED,
				".  .  .  .  .  .  .  ."},
    {WEAK_EMPTY_COVERAGE, TARGET_UNSIGNED,
				".  .  .  .  .  .  .  ."},
    {WEAK_EMPTY_COVERAGE, NOTHING_SIGNED,
				".  .  .  .  .  .  .  ."},
    /* Another spelling of the parameters is another nonce. */
    {WEAK_RAW_TEXT_NONCE, BLANK,".  .  .  .  .  .  .  ."},
    {WEAK_RAW_TEXT_NONCE, TIME_TEXT,
				".  f  .  .  f  f  .  f"},
    {WEAK_RAW_TEXT_NONCE, ALG,	".  f  .  .  f  f  .  f"},
    {WEAK_RAW_TEXT_NONCE, UNCOVERED,
				".  f  .  .  f  f  .  f"},
    /* Two come in before one is added; who only looks finds room. */
    {WEAK_CHECK_THEN_INSERT, TWO_AT_ONCE,
				".  .  .  .  .  .  .  ."},
    {WEAK_CHECK_THEN_INSERT, FLOOD,
				".  .  .  .  .  .  .  ."},
    /* A forger can use up a nonce; and hears of it before of his forgery. */
    {WEAK_NONCE_BEFORE_SIGNATURE, BURNT,
				".  .  .  r  .  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, BODY,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, TIME_TEXT,
				".  f  .  .  f  f  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, PATH,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, QUERY,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, METHOD,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, HOST,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, ALG,
				".  f  .  r  f  r  r  r"},
    {WEAK_NONCE_BEFORE_SIGNATURE, UNCOVERED,
				".  f  .  r  f  r  r  r"},
    /* A nonce is everybody's. */
    {WEAK_GLOBAL_NONCE_SPACE, NAMESAKE,
				".  .  .  r  .  r  r  r"},
    {WEAK_GLOBAL_NONCE_SPACE, KEYID,
				".  f  .  r  f  f  r  f"},
    {WEAK_FAIL_OPEN, FLOOD,	".  .  .  .  .  .  .  ."},
    {WEAK_UNBOUNDED_NONCE, LONG_NONCE,
				".  .  .  .  .  .  .  ."},
    /* A nonce is forgotten a window after it came. */
    {WEAK_SYMMETRIC_WINDOW, EARLY_COPY,
				".  .  .  .  .  .  .  ."},
    {WEAK_SYMMETRIC_WINDOW, TIME_TEXT,
				".  f  .  .  f  f  .  f"},
    {WEAK_WALL_CLOCK, CLOCK_BACK,
				".  .  .  .  .  .  .  ."},
};
/* clang-format on */

#endif

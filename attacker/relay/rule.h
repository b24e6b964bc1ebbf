/* SPDX-License-Identifier: MIT */
#ifndef RULE_H
#define RULE_H

#include "reassemble/selection.h"
#include "unit.h"

/*
 * A rule: what to do with which unit.  It acts once.
 *
 *	client:5  server:7	that record of that side, from 1, counted from
 *				the beginning of its conversation
 *	"request 2"		that request of its conversation
 *	client:next		the next record of that side that begins once
 *	request next		the rule is armed (rules_arm)
 *	client:next+9		the ninth after that one
 */
enum rule_action {
	RULE_HOLD,      /* this and all after it waits until released */
	RULE_DROP,      /* it never arrives */
	RULE_DUPLICATE, /* it arrives twice */
	RULE_SWAP,      /* the next one arrives before it */
	RULE_REFLECT,   /* it arrives, and comes back to its sender */
	RULE_CUT,       /* the stream ends before it */
};
#define RULE_ACTIONS 6
#define RULE_AHEAD_MAX 1000000000
/* The word of option and event: "hold". */
const char *rule_action_name(enum rule_action action);

struct rule {
	enum rule_action action;
	enum unit_kind kind;
	enum side side;
	uint64_t number;     /* 0: not known before the next one begins */
	uint64_t ahead;      /* of the next one */
	size_t conversation; /* 0: the first that has such a one */
	bool armed;          /* what number 0 waits for */
	bool spent;
};

#define RULES_MAX 64

struct rules {
	struct rule rule[RULES_MAX];
	size_t count;
	bool allowed; /* the position is proved: rules may act */
};

/* Add one.  False: the words name no unit, or there are too many rules. */
bool rules_add(struct rules *rules, enum rule_action action, const char *words,
    size_t conversation);

/* Those that wait for it act on the next unit.  How many there were. */
size_t rules_arm(struct rules *rules);
/* Is there one that waits to be armed, or of that action? */
bool rules_wait_for_arming(const struct rules *rules);
bool rules_have(const struct rules *rules, enum rule_action action);

/* The rule for a unit that begins now, or NULL.  It is spent. */
const struct rule *rules_match(struct rules *rules, size_t conversation,
    enum side side, const struct unit_piece *unit);

#endif

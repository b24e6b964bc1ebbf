/* SPDX-License-Identifier: MIT */
#include "rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *
rule_action_name(enum rule_action action)
{
	switch (action) {
	case RULE_HOLD:
		return "hold";
	case RULE_DROP:
		return "drop";
	case RULE_DUPLICATE:
		return "duplicate";
	case RULE_SWAP:
		return "swap";
	case RULE_REFLECT:
		return "reflect";
	case RULE_CUT:
		return "cut";
	}
	return "unknown";
}

/* "next", or "next+9", stands where a selection has a number. */
static bool
read_next(const char *words, const char *before, uint64_t *ahead)
{
	const char *next = "next";
	char *end;

	if (strncmp(words, before, strlen(before)) != 0)
		return false;
	words += strlen(before);
	if (strncmp(words, next, strlen(next)) != 0)
		return false;
	words += strlen(next);
	if (*words == '\0')
		return true;
	if (words[0] != '+' || !isdigit((unsigned char)words[1]))
		return false;
	errno = 0;
	*ahead = strtoull(words + 1, &end, 10);
	return errno == 0 && *end == '\0' && *ahead <= RULE_AHEAD_MAX;
}

static bool
read_unit(const char *words, struct rule *rule)
{
	const char *request = "request ";
	struct selection s;

	if (strncmp(words, request, strlen(request)) == 0) {
		rule->kind = UNIT_REQUEST;
		rule->side = SIDE_CLIENT;
		if (read_next(words, request, &rule->ahead))
			return true;
		words += strlen(request);
		if (!selection_parse(SELECT_REQUEST, words, &s))
			return false;
	} else {
		rule->kind = UNIT_RECORD;
		rule->side = SIDE_CLIENT;
		if (read_next(words, "client:", &rule->ahead))
			return true;
		rule->side = SIDE_SERVER;
		if (read_next(words, "server:", &rule->ahead))
			return true;
		if (!selection_parse(SELECT_RECORD, words, &s))
			return false;
		rule->side = s.side;
	}
	rule->number = s.number;
	return s.number != 0; /* nobody knows live which is the last */
}

bool
rules_add(struct rules *rules, enum rule_action action, const char *words,
    size_t conversation)
{
	struct rule rule = {.action = action, .conversation = conversation};

	if (rules->count == RULES_MAX || !read_unit(words, &rule))
		return false;
	rules->rule[rules->count++] = rule;
	return true;
}

size_t
rules_arm(struct rules *rules)
{
	size_t armed = 0;

	for (size_t i = 0; i < rules->count; i++) {
		struct rule *r = &rules->rule[i];

		if (r->number != 0 || r->armed)
			continue;
		r->armed = true;
		armed++;
	}
	return armed;
}

bool
rules_wait_for_arming(const struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].number == 0 && !rules->rule[i].armed)
			return true;
	return false;
}

bool
rules_have(const struct rules *rules, enum rule_action action)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i].action == action)
			return true;
	return false;
}

/* An armed rule learns from the first unit of its kind which one it means. */
static void
count_from(struct rule *r, size_t conversation, const struct unit_piece *unit)
{
	if (r->number != 0 || !r->armed)
		return;
	r->number = unit->number + r->ahead;
	r->conversation = conversation;
}

static bool
is_meant(struct rule *r, size_t conversation, enum side side,
    const struct unit_piece *unit)
{
	if (r->spent || r->side != side || r->kind != unit->kind)
		return false;
	if (r->conversation != 0 && r->conversation != conversation)
		return false;
	count_from(r, conversation, unit);
	return r->number == unit->number;
}

const struct rule *
rules_match(struct rules *rules, size_t conversation, enum side side,
    const struct unit_piece *unit)
{
	struct rule *found = NULL;

	if (!rules->allowed)
		return NULL;
	/* Every rule sees every unit, for those that count from it. */
	for (size_t i = 0; i < rules->count; i++)
		if (is_meant(&rules->rule[i], conversation, side, unit) &&
		    found == NULL)
			found = &rules->rule[i];
	if (found != NULL)
		found->spent = true;
	return found;
}

/* SPDX-License-Identifier: MIT */
/* Claimed and judged, member by member. */
#include "grade_claim.h"

#include "class/below.h"
#include "evidence/evidence.h"
#include "play/play.h"

#include <string.h>

const char *
grade_claim_word(const cJSON *claimed)
{
	for (int o = PLAY_PASS; o <= PLAY_SKIP; o++)
		if (event_text_is(claimed, "result",
			play_outcome_name((enum play_outcome)o)))
			return play_outcome_name((enum play_outcome)o);
	return "?";
}

/* A word as it may be shown, or a mark in its place. */
static const char *
shown(const cJSON *of, const char *member)
{
	const char *word = event_get_text(of, member);

	return below_is_name(word, 64) ? word : "?";
}

static void
compare_text(const cJSON *claimed, const cJSON *anew, const char *member,
    struct grade_notes *notes)
{
	if (!event_text_is(claimed, member, event_get_text(anew, member)))
		grade_note(notes, "claim", "%s is %s, claimed %s", member,
		    event_get_text(anew, member), shown(claimed, member));
}

static void
compare_verdict(
    const cJSON *claimed, const cJSON *anew, struct grade_notes *notes)
{
	const char *reason = event_get_text(anew, "reason");

	if (!event_text_is(anew, "result", grade_claim_word(claimed)))
		grade_note(notes, "verdict", "judged %s, claimed %s%s%s",
		    event_get_text(anew, "result"), grade_claim_word(claimed),
		    *reason == '\0' ? "" : ": ", reason);
}

/* Why it was refused, and in which frames, is told better as the lab grows. */
static bool
is_telling(const cJSON *member)
{
	return strcmp(member->string, "frames") == 0 ||
	       strcmp(member->string, "explanation") == 0;
}

/* The first member of the second in which they differ; NULL: none. */
static const char *
differing(const cJSON *claimed, const cJSON *anew)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, anew)
	{
		if (!is_telling(member) &&
		    !cJSON_Compare(cJSON_GetObjectItemCaseSensitive(
				       claimed, member->string),
			member, true))
			return member->string;
	}
	return NULL;
}

static void
compare_list(const cJSON *claimed, const cJSON *anew, const char *member,
    struct grade_notes *notes)
{
	const cJSON *a = cJSON_GetObjectItemCaseSensitive(claimed, member);
	const cJSON *b = cJSON_GetObjectItemCaseSensitive(anew, member);
	int count = cJSON_GetArraySize(b), number = 0;
	const cJSON *mine, *yours = a == NULL ? NULL : a->child;
	const char *what;

	if (!cJSON_IsArray(a) || cJSON_GetArraySize(a) != count) {
		grade_note(notes, "claim", "%s: there are %d, claimed %d",
		    member, count, cJSON_GetArraySize(a));
		return;
	}
	cJSON_ArrayForEach(mine, b)
	{
		number++;
		if ((what = differing(yours, mine)) != NULL) {
			grade_note(notes, "claim",
			    "%s: number %d has another %s", member, number,
			    what);
			return;
		}
		yours = yours->next;
	}
}

void
grade_claim_compare(const cJSON *claimed, const cJSON *anew, bool whole,
    struct grade_notes *notes)
{
	static const char *const lists[] = {
	    "executed", "collateral", "expected", "ledger"};

	compare_verdict(claimed, anew, notes);
	compare_text(claimed, anew, "stopped_by", notes);
	compare_text(claimed, anew, "delivered", notes);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		compare_list(claimed, anew, lists[i], notes);
	if (!whole)
		return;
	compare_list(claimed, anew, "copies", notes);
	if (event_get_number(claimed, "frames") !=
	    event_get_number(anew, "frames"))
		grade_note(notes, "claim",
		    "the capture has %lld frames, "
		    "claimed %lld",
		    (long long)event_get_number(anew, "frames"),
		    (long long)event_get_number(claimed, "frames"));
}

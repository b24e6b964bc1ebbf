/* SPDX-License-Identifier: MIT */
#include "edit_report.h"

#include "copy.h"
#include "event.h"

#include <stdio.h>

/* What a rule did, over either. */
struct edited {
	const struct edit *edit;
	enum side side;
	const struct endpoint *end;
	size_t conversation;
};

static void
count(struct edit_counts *counts, const struct edit *edit)
{
	const size_t length = edit->unit.left;

	switch (edit->rule->action) {
	case RULE_HOLD:
		if (edit->arrives) {
			counts->released++;
			return;
		}
		break;
	case RULE_SWAP:
		if (!edit->arrives)
			return; /* the other unit's turn counts */
		break;
	case RULE_DROP:
	case RULE_CUT:
		counts->bytes_removed += length;
		break;
	case RULE_DUPLICATE:
	case RULE_REFLECT:
		counts->bytes_added += length;
		break;
	}
	counts->acted[edit->rule->action]++;
}

static const char *
done(const struct edit *edit)
{
	switch (edit->rule->action) {
	case RULE_HOLD:
		return edit->arrives ? "released" : "held";
	case RULE_DROP:
		return "dropped";
	case RULE_DUPLICATE:
		return "duplicated";
	case RULE_SWAP:
		return edit->arrives ? "sent first" : "to be sent second";
	case RULE_REFLECT:
		return "reflected";
	case RULE_CUT:
		return "cut off from here";
	}
	return "unknown";
}

static void
withheld_event(
    const struct edited *e, const struct copy *copy, const char *kind)
{
	event_begin("withheld");
	event_text("rule", rule_action_name(e->edit->rule->action));
	event_text("kind", kind);
	event_text("side", side_name(e->side));
	event_number("number", (int64_t)e->edit->number);
	event_text("fingerprint", copy->fingerprint);
	event_number("length", (int64_t)copy->length);
	if (copy->id[0] != '\0')
		event_text("id", copy->id);
	copy_event_flow(&e->end[SIDE_CLIENT], &e->end[SIDE_SERVER]);
	if (copy->datagram)
		event_text("proto", "UDP");
	event_end();
}

static void
report(struct edit_counts *counts, const struct edited *e, struct copy *copy)
{
	const struct edit *edit = e->edit;
	const char *kind = unit_kind_name(edit->rule->kind);

	copy->kind =
	    edit->rule->kind == UNIT_RECORD ? SELECT_RECORD : SELECT_REQUEST;
	copy->side =
	    edit->rule->action == RULE_REFLECT ? side_other(e->side) : e->side;
	copy->length = edit->unit.left;
	copy_describe(copy, edit->unit);
	count(counts, edit);
	if (edit->arrives)
		copy_event_sent(
		    copy, &e->end[SIDE_CLIENT], &e->end[SIDE_SERVER]);
	else
		withheld_event(e, copy, kind);
	printf("%s %llu of the %s in conversation %zu (%zu bytes, %s): %s\n",
	    kind, (unsigned long long)edit->number, side_name(e->side),
	    e->conversation, copy->length, copy->fingerprint, done(edit));
	fflush(stdout);
}

void
edit_report(struct edit_counts *counts, const struct tcp_edit *e)
{
	const struct edited edited = {
	    e->edit, e->side, e->pair->end, e->pair->number};
	struct copy copy = {.seq = e->seq, .ack = e->ack, .has_seq = true};

	report(counts, &edited, &copy);
}

void
edit_report_datagram(struct edit_counts *counts, const struct datagram_edit *e)
{
	const struct edited edited = {
	    e->edit, e->side, e->end, e->conversation};
	struct copy copy = {.datagram = true};

	report(counts, &edited, &copy);
}

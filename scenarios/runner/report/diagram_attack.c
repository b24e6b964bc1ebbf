/* SPDX-License-Identifier: MIT */
/* Rows of what the attacker says, and the lab itself. */
#include "drawing.h"

#include "lab_clock.h"

#include <string.h>

/* A stream is a whole recorded connection: mark the line that stands for it. */
static void
mark_recorded(struct drawing *g, const char *original, int64_t before)
{
	const struct frame_seen *frame =
	    frame_list_carrying(g->sources->frames, original, before, false);

	for (size_t i = 0; frame != NULL && i < g->diagram->row_count; i++) {
		struct diagram_row *row = &g->diagram->rows[i];

		if (row->kind == DIAGRAM_CONNECT &&
		    ((endpoint_equal(&row->src, &frame->src) &&
			 endpoint_equal(&row->dest, &frame->dest)) ||
			(endpoint_equal(&row->src, &frame->dest) &&
			    endpoint_equal(&row->dest, &frame->src))))
			row->recorded = true;
	}
}

/* The frame that the testimony found for the copy; 0: none. */
static uint32_t
frame_told(const struct drawing *g, const struct fact *f)
{
	const cJSON *copy;

	cJSON_ArrayForEach(copy,
	    cJSON_GetObjectItemCaseSensitive(g->sources->result, "copies"))
	{
		if (event_get_number(copy, "event") == f - g->facts.facts)
			return (uint32_t)event_get_number(
			    cJSON_GetObjectItemCaseSensitive(copy, "frames"),
			    "replayed");
	}
	return 0;
}

static void
add_copy(struct drawing *g, const struct fact *f)
{
	bool to_client =
	    strcmp(event_get_text(f->event, "side"), "server") == 0;
	const char *kind = event_get_text(f->event, "kind");
	const char *original = event_get_text(f->event, "original");
	struct diagram_row *row = drawing_row(g, DIAGRAM_MESSAGE, f);
	const struct frame_seen *frame = frame_list_carrying(
	    g->sources->frames, f->fingerprint, f->at, true);

	row->copy = true;
	row->to = drawing_host_at(g, f, to_client ? "src_ip" : "dest_ip");
	drawing_say(row, "%s of a %s",
	    *original == '\0' ? "copy" : "changed copy",
	    strcmp(kind, "stream") == 0 ? "whole connection" : kind);
	if (*f->id != '\0')
		drawing_say(row, ", %.40s", f->id);
	drawing_set_frame(
	    row, frame != NULL ? frame : drawing_frame_sent(g, f, !to_client));
	if (frame_told(g, f) != 0)
		row->frame = frame_told(g, f);
	if (strcmp(kind, "stream") == 0)
		mark_recorded(
		    g, *original == '\0' ? f->fingerprint : original, f->at);
}

static void
add_withheld(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = drawing_row(g, DIAGRAM_NOTE, f);

	row->recorded = true;
	drawing_say(row, "%s: keeps back %s %ld of the %s",
	    event_get_text(f->event, "rule"), event_get_text(f->event, "kind"),
	    (long)event_get_number(f->event, "number"),
	    event_get_text(f->event, "side"));
}

static void
add_replayed(struct drawing *g, const struct fact *f)
{
	const char *outcome = event_get_text(f->event, "outcome");
	struct diagram_row *row;

	if (strcmp(outcome, "answered") == 0) {
		row = drawing_row(g, DIAGRAM_ANSWER, f);
		row->from = drawing_peer_of(g, f);
		if (event_get_number(f->event, "status") > 0)
			drawing_say(row, "%ld",
			    (long)event_get_number(f->event, "status"));
		else
			drawing_say(row, "an answer");
		drawing_set_frame(row, frame_list_between(g->sources->frames,
					   &f->dest, &f->src, f->at, false));
	} else if (strcmp(outcome, "timeout") == 0)
		drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "no answer");
}

static void
add_recorded(struct drawing *g, const struct fact *f)
{
	drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "has recorded %ld frames",
	    (long)event_get_number(f->event, "frames"));
}

static void
add_position(struct drawing *g, const struct fact *f)
{
	drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "is in the path: %s",
	    event_get_text(f->event, "between"));
}

static void
add_intercepted(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = drawing_row(g, DIAGRAM_MESSAGE, f);

	row->from = drawing_host_at(g, f, "src_ip");
	row->recorded = true;
	drawing_say(
	    row, "%s, read by the attacker", *f->id == '\0' ? "it" : f->id);
	drawing_set_frame(row, drawing_frame_read(g, f));
}

static void
add_clock(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = drawing_row(g, DIAGRAM_CLOCK, f);

	drawing_say(row, "the clock of %s is %+ld s ahead",
	    event_get_text(f->event, "on"),
	    (long)(event_get_number(f->event, "ahead_ns") / NANOSECONDS));
}

static void
add_drop(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = drawing_row(g, DIAGRAM_NOTE, f);

	row->from = row->to =
	    drawing_host_named(g, event_get_text(f->event, "on"));
	row->copy = true;
	drawing_say(
	    row, "TCP drops it: %s", event_get_text(f->event, "counter"));
}

/* A stock program has its log for events. */
static void
add_said(struct drawing *g, const struct fact *f)
{
	drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "says: %s",
	    event_get_text(f->event, "words"));
}

static void
add_store(struct drawing *g, const struct fact *f)
{
	drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "%s",
	    event_get_text(f->event, "action"));
}

void
drawing_add_attack(struct drawing *g, const struct fact *f)
{
	static const struct {
		const char *type;
		void (*add)(struct drawing *g, const struct fact *f);
	} types[] = {
	    {"recorded", add_recorded},
	    {"copy_sent", add_copy},
	    {"position", add_position},
	    {"intercepted", add_intercepted},
	    {"withheld", add_withheld},
	    {"replayed", add_replayed},
	    {"clock", add_clock},
	    {"said", add_said},
	    {"store", add_store},
	    {"tcp_drop", add_drop},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (fact_is(f, types[i].type))
			types[i].add(g, f);
}

/* SPDX-License-Identifier: MIT */
/* What the makers of rows have in common. */
#include "drawing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct manifest_host *
drawing_host_named(const struct drawing *g, const char *name)
{
	return manifest_host(g->sources->manifest, name);
}

const struct manifest_host *
drawing_host_at(const struct drawing *g, const struct fact *f, const char *end)
{
	return manifest_host_at(
	    g->sources->manifest, event_get_text(f->event, end));
}

/* Who is at the other end of the fact's connection. */
const struct manifest_host *
drawing_peer_of(const struct drawing *g, const struct fact *f)
{
	const struct manifest_host *src = drawing_host_at(g, f, "src_ip");

	return src == drawing_host_named(g, f->host)
		   ? drawing_host_at(g, f, "dest_ip")
		   : src;
}

bool
drawing_sent_by_src(const struct drawing *g, const struct fact *f)
{
	return drawing_host_at(g, f, "src_ip") ==
	       drawing_host_named(g, f->host);
}

struct diagram_row *
drawing_row(struct drawing *g, enum diagram_kind kind, const struct fact *f)
{
	struct diagram *d = g->diagram;
	struct diagram_row *row = &g->spare;

	if (d->row_count < DIAGRAM_ROWS_MAX)
		row = &d->rows[d->row_count++];
	else
		d->left_out++;
	*row = (struct diagram_row){.kind = kind,
	    .event = (size_t)(f - g->facts.facts),
	    .at = f->at,
	    .from = drawing_host_named(g, f->host),
	    .to = drawing_host_named(g, f->host),
	    .src = f->src,
	    .dest = f->dest};
	return row;
}

void
drawing_say(struct diagram_row *row, const char *format, ...)
{
	size_t length = strlen(row->text);
	va_list args;

	va_start(args, format);
	vsnprintf(&row->text[length], sizeof(row->text) - length, format, args);
	va_end(args);
}

void
drawing_set_frame(struct diagram_row *row, const struct frame_seen *frame)
{
	if (frame != NULL)
		row->frame = frame->number;
}

static bool
is_on_flow(const struct frame_seen *frame, const struct fact *f)
{
	return endpoint_equal(&frame->src, &f->src) &&
	       endpoint_equal(&frame->dest, &f->dest);
}

/*
 * A message that was read when the event was written: by its bytes, else by its
 * connection.  The bytes elsewhere are the same words, said another time.
 */
const struct frame_seen *
drawing_frame_read(const struct drawing *g, const struct fact *f)
{
	const struct frame_list *l = g->sources->frames;
	const struct frame_seen *carrying = NULL, *between;

	if (*f->fingerprint != '\0')
		carrying = frame_list_carrying(l, f->fingerprint, f->at, false);
	if (carrying != NULL && is_on_flow(carrying, f))
		return carrying;
	between = frame_list_between(l, &f->src, &f->dest, f->at, false);
	return between != NULL ? between : carrying;
}

/* A message that leaves after its event. */
const struct frame_seen *
drawing_frame_sent(const struct drawing *g, const struct fact *f, bool by_src)
{
	return frame_list_between(g->sources->frames,
	    by_src ? &f->src : &f->dest, by_src ? &f->dest : &f->src, f->at,
	    true);
}

struct diagram_row *
drawing_last_on_flow(
    struct drawing *g, enum diagram_kind kind, const struct fact *f)
{
	for (size_t i = g->diagram->row_count; i-- > 0;) {
		struct diagram_row *row = &g->diagram->rows[i];

		if (row->kind == kind && f->src.family != 0 &&
		    endpoint_equal(&row->src, &f->src) &&
		    endpoint_equal(&row->dest, &f->dest))
			return row;
	}
	return NULL;
}

/* The copy that was sent on the fact's connection, or NULL. */
struct diagram_row *
drawing_copy_on_flow(struct drawing *g, const struct fact *f)
{
	for (size_t i = g->diagram->row_count; i-- > 0;) {
		struct diagram_row *row = &g->diagram->rows[i];
		const struct fact *sent = &g->facts.facts[row->event];

		if (fact_is(sent, "copy_sent") && fact_same_flow(sent, f))
			return row;
	}
	return NULL;
}

bool
drawing_any_copy_sent(const struct drawing *g)
{
	for (size_t i = 0; i < g->diagram->row_count; i++)
		if (g->diagram->rows[i].copy)
			return true;
	return false;
}

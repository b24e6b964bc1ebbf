/* SPDX-License-Identifier: MIT */
/*
 * Drawing.  Rows are equally far apart, whatever the time between them: the
 * time stands at the left, and a wait that is long beside the others is marked
 * as a break.  Lifelines are the background of the whole, one every
 * COLUMN (report_style.c).  Classes are one letter, since a report has
 * thousands of rows:
 *
 *	m message (left out on arrows)	a answer	q honest, not judged
 *	r recorded	c copy		t time		f frame
 *	b break		w clock		s stopped	x took effect
 *
 * An answer with the attacker's bytes is ar or ac; a note adds n, or e where
 * it ends at its lifeline.
 */
#include "diagram_svg.h"

#include "html.h"
#include "lab_clock.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 138
#define MARGIN_LEFT 74
#define MARGIN_RIGHT 60
#define ROW 32
#define BREAK 20
#define BREAK_AFTER (20 * NANOSECONDS / 1000) /* 20 ms */

struct strip {
	struct buffer *out;
	struct buffer body; /* what is drawn so far */
	const struct diagram *diagram;
	long height;
	int64_t last; /* the moment of the row before; 0: none */
	long shown;   /* the millisecond that stands at the left last */
};

static long
column_x(const struct diagram *d, const struct manifest_host *host)
{
	return MARGIN_LEFT + COLUMN * (long)diagram_column(d, host) +
	       COLUMN / 2;
}

static long
width_of(const struct diagram *d)
{
	return MARGIN_LEFT + COLUMN * (long)d->host_count + MARGIN_RIGHT;
}

/* Write the strip out and begin the next one. */
static void
strip_end(struct strip *s)
{
	const struct diagram *d = s->diagram;

	if (s->height > 0) {
		html_printf(s->out,
		    "<svg aria-hidden=true width=%ld height=%ld>", width_of(d),
		    s->height);
		buffer_add_bytes(s->out, buffer_bytes(&s->body));
		html_printf(s->out, "</svg>");
	}
	buffer_reset(&s->body);
	s->height = 0;
}

static void
put_heads(struct strip *s)
{
	const struct diagram *d = s->diagram;

	html_printf(s->out,
	    "<svg aria-hidden=true class=h width=%ld "
	    "height=30><text class=t y=19>ms</text>",
	    width_of(d));
	for (size_t i = 0; i < d->host_count; i++) {
		bool attacker = strcmp(d->hosts[i]->name, "attacker") == 0;

		html_printf(s->out,
		    "<rect x=%ld y=3 width=100 height=24 rx=5 class=\"%s\"/>"
		    "<text x=%ld y=19>%s</text>",
		    column_x(d, d->hosts[i]) - 50, attacker ? "k" : "o",
		    column_x(d, d->hosts[i]), d->hosts[i]->name);
	}
	html_printf(s->out, "<text class=f x=%ld y=19>frame</text></svg>",
	    width_of(d) - 4);
}

/*
 * The class of a row: its kind, and what the attacker has to do with it.
 */
static const char *
class_of(const struct diagram_row *row)
{
	bool answer = row->kind == DIAGRAM_ANSWER;

	if (row->kind == DIAGRAM_QUIET)
		return "q";
	if (row->copy)
		return answer ? "ac" : "c";
	if (row->recorded)
		return answer ? "ar" : "r";
	return answer ? "a" : "m";
}

/* The millisecond where it is another than in the row above, and the frame. */
static void
put_margins(struct strip *s, const struct diagram_row *row, int64_t began)
{
	long now = (long)((row->at - began) / 1000000);

	if (now != s->shown)
		html_printf(&s->body, "<text class=t y=%ld>%ld</text>",
		    s->height + 24, now);
	s->shown = now;
	if (row->frame != 0)
		html_printf(&s->body, "<text class=f x=%ld y=%ld>%ld</text>",
		    width_of(s->diagram) - 4, s->height + 24, (long)row->frame);
}

/* A wait long enough to be marked, above the row that ended it. */
static void
put_break(struct strip *s, const struct diagram_row *row)
{
	int64_t waited = row->at - s->last;

	if (s->last != 0 && waited > BREAK_AFTER) {
		html_printf(&s->body,
		    "<text class=b x=%ld y=%ld>\xe2\x8b\xaf %ld ms later "
		    "\xe2\x8b\xaf</text>",
		    width_of(s->diagram) / 2, s->height + 14,
		    (long)(waited / 1000000));
		s->height += BREAK;
	}
	s->last = row->at;
}

static void
put_arrow(struct strip *s, const struct diagram_row *row)
{
	long from = column_x(s->diagram, row->from);
	long to = column_x(s->diagram, row->to), y = s->height + 24;
	char class[16] = "";

	if (strcmp(class_of(row), "m") != 0)
		snprintf(class, sizeof(class), " class=%s", class_of(row));
	html_printf(&s->body,
	    "<path%s d=\"M%ld %ldH%ld\"/><text%s x=%ld y=%ld>%s%s</text>",
	    class, from, y, from < to ? to - 2 : to + 2, class, (from + to) / 2,
	    y - 6,
	    row->recorded ? "\xe2\x97\x8f "
	    : row->copy   ? "\xe2\x86\xbb "
			  : "",
	    row->text);
}

/* Words beside a lifeline, on the side where there is room. */
static void
put_note(struct strip *s, const struct diagram_row *row)
{
	long x = column_x(s->diagram, row->from), y = s->height + 20;
	bool left = diagram_column(s->diagram, row->from) + 1 ==
			s->diagram->host_count &&
		    s->diagram->host_count > 1;

	html_printf(&s->body,
	    "<circle class=%s cx=%ld cy=%ld r=\"3.5\"/>"
	    "<text class=%s%s x=%ld y=%ld>%s%s</text>",
	    class_of(row), x, y - 4, class_of(row), left ? "e" : "n",
	    left ? x - 9 : x + 9, y, row->recorded ? "\xe2\x97\x8f " : "",
	    row->text);
}

static void
put_verdict(struct strip *s, const struct diagram_row *row)
{
	bool stopped = row->kind == DIAGRAM_STOPPED;
	long half = 16 + (long)strlen(row->text) * 37 / 10;
	long x = column_x(s->diagram, row->from), middle = x;
	long most = width_of(s->diagram) - half - 4;

	if (middle > most)
		middle = most;
	if (middle < half + 4)
		middle = half + 4;
	html_printf(&s->body,
	    "<rect class=%s x=%ld y=%ld width=%ld "
	    "height=22 rx=\"11\"/><text class=v x=%ld y=%ld>"
	    "%s %s</text>",
	    stopped ? "s" : "x", middle - half, s->height + 5, 2 * half, middle,
	    s->height + 20, stopped ? "\xe2\x9c\x95" : "\xe2\x9a\xa0",
	    row->text);
}

static void
put_clock(struct strip *s, const struct diagram_row *row)
{
	html_printf(&s->body,
	    "<path class=b d=\"M%ld %ldh%ld\"/>"
	    "<text class=w x=%ld y=%ld>%s</text>",
	    (long)MARGIN_LEFT, s->height + 18,
	    COLUMN * (long)s->diagram->host_count, width_of(s->diagram) / 2,
	    s->height + 22, row->text);
}

static void
put_row(struct strip *s, const struct diagram_row *row, int64_t began)
{
	put_break(s, row);
	if (row->kind < DIAGRAM_STOPPED)
		put_margins(s, row, began);
	switch (row->kind) {
	case DIAGRAM_CONNECT:
	case DIAGRAM_QUIET:
	case DIAGRAM_MESSAGE:
	case DIAGRAM_ANSWER:
		if (row->from != row->to)
			put_arrow(s, row);
		else
			put_note(s, row);
		break;
	case DIAGRAM_NOTE:
		put_note(s, row);
		break;
	case DIAGRAM_CLOCK:
		put_clock(s, row);
		break;
	case DIAGRAM_STOPPED:
	case DIAGRAM_EXECUTED:
		put_verdict(s, row);
		break;
	}
	s->height += ROW;
}

/* The frames of a handshake, below the line that stands for it. */
static void
put_shake(struct strip *s, const struct diagram_row *row, int64_t began)
{
	strip_end(s);
	html_printf(s->out,
	    "<details><summary><span class=sr>%s, %s to %s</span>", row->text,
	    row->from->name, row->to->name);
	put_row(s, row, began);
	strip_end(s);
	html_printf(s->out, "</summary><ul>");
	for (size_t i = 0; i < row->shake_count; i++) {
		const struct frame_seen *f = row->shake[i];
		bool out = endpoint_equal(&f->src, &row->src);

		html_printf(s->out, "<li>%ld %s: %s", (long)f->number,
		    out ? row->from->name : row->to->name, f->what);
	}
	html_printf(s->out, "</ul></details>");
}

/* The same for those who do not see it, or want to copy it. */
static void
put_words(struct buffer *out, const struct diagram *d)
{
	html_printf(
	    out, "<details class=words><summary>In words</summary><ol>");
	for (size_t i = 0; i < d->row_count; i++) {
		const struct diagram_row *row = &d->rows[i];

		html_printf(out, "<li>");
		if (row->from == NULL)
			html_printf(out, "%s", row->text);
		else if (row->from == row->to)
			html_printf(out, "%s: %s", row->from->name, row->text);
		else
			html_printf(out, "%s to %s: %s", row->from->name,
			    row->to->name, row->text);
		if (row->recorded)
			html_printf(out, " (recorded)");
		if (row->copy && row->kind < DIAGRAM_STOPPED)
			html_printf(out, " (the copy)");
		if (row->frame != 0)
			html_printf(out, ", frame %ld", (long)row->frame);
	}
	html_printf(out, "</ol></details>");
}

void
diagram_write(struct buffer *out, const struct diagram *d, const char *name)
{
	struct strip s = {.out = out, .diagram = d, .shown = -1};
	int64_t began = d->row_count == 0 ? 0 : d->rows[0].at;

	if (d->row_count == 0)
		return;
	html_printf(out,
	    "<div class=seq role=\"group\" tabindex=0 "
	    "aria-label=\"Sequence of %s\"><div>",
	    name);
	put_heads(&s);
	for (size_t i = 0; i < d->row_count; i++) {
		if (d->rows[i].shake_count > 0 &&
		    d->rows[i].from != d->rows[i].to)
			put_shake(&s, &d->rows[i], began);
		else
			put_row(&s, &d->rows[i], began);
	}
	strip_end(&s);
	html_printf(out, "</div></div>");
	if (d->left_out > 0)
		html_printf(out,
		    "<p>%zu more are not drawn; events.jsonl has them.</p>",
		    d->left_out);
	put_words(out, d);
	buffer_clear(&s.body);
}

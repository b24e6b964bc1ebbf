/* SPDX-License-Identifier: MIT */
/*
 * Drawing.  Rows are equally far apart, whatever the time between them: the
 * time stands at the left, and a wait that is long beside the others is marked
 * as a break.  Lifelines are the background of the whole (report_style.c has
 * the same 143 and 138 pixels).  A report has thousands of rows, so all arrows
 * between the same lifelines are one, and classes are short:
 *
 *	of rows   a answer  q honest, not judged  r recorded  c copy  h heads
 *	          b break  w clock  s stopped  x took effect
 *	of words  pN middle, in half columns  nN beside lifeline N
 *	          e beside the last one, at its left  z at the right end
 *
 * In a row: <i> the millisecond, <b> the words, in it <i> what an arrow shows,
 * <u> the frame.
 */
#include "diagram_svg.h"

#include "html.h"
#include "lab_clock.h"

#include <stdio.h>
#include <string.h>

#define FIRST 143
#define COLUMN 138
#define BREAK_AFTER (20 * NANOSECONDS / 1000) /* 20 ms */
/* Letters of a verdict that fit at the last lifeline. */
#define PILL_CENTRED 24

struct drawn {
	struct buffer *out;
	const struct diagram *diagram;
	struct diagram_arrows *arrows;
	int64_t began;
	int64_t last; /* the moment of the row before; 0: none */
	long shown;   /* the millisecond that stands at the left last */
};

static void
put_heads(struct buffer *out, const struct diagram *d)
{
	html_printf(out, "<li class=h><i>ms</i>");
	for (size_t i = 0; i < d->host_count; i++)
		html_printf(out, "<b class=\"p%zu%s\">%s</b>", 2 * i,
		    strcmp(d->hosts[i]->name, "attacker") == 0 ? " k" : "",
		    d->hosts[i]->name);
	html_printf(out, "<u>frame</u>");
}

/*
 * The class of a row: its kind, and what the attacker has to do with it.
 */
static const char *
class_of(const struct diagram_row *row)
{
	switch (row->kind) {
	case DIAGRAM_QUIET:
		return "q";
	case DIAGRAM_CLOCK:
		return "w";
	case DIAGRAM_STOPPED:
		return "s";
	case DIAGRAM_EXECUTED:
		return "x";
	case DIAGRAM_ANSWER:
		return row->copy ? "\"a c\"" : row->recorded ? "\"a r\"" : "a";
	case DIAGRAM_CONNECT:
	case DIAGRAM_MESSAGE:
	case DIAGRAM_NOTE:
		break;
	}
	return row->copy ? "c" : row->recorded ? "r" : "";
}

/* A wait long enough to be marked, above the row that ended it. */
static void
put_break(struct drawn *s, const struct diagram_row *row)
{
	int64_t waited = row->at - s->last;

	if (s->last != 0 && waited > BREAK_AFTER)
		html_printf(s->out,
		    "<li class=b><b>\xe2\x8b\xaf %ld ms later "
		    "\xe2\x8b\xaf</b>",
		    (long)(waited / 1000000));
	s->last = row->at;
}

/* Where it is another than in the row above. */
static void
put_time(struct drawn *s, const struct diagram_row *row)
{
	long now = (long)((row->at - s->began) / 1000000);

	if (now != s->shown)
		html_printf(s->out, "<i>%ld</i>", now);
	s->shown = now;
}

static void
put_arrow(struct drawn *s, const struct diagram_row *row)
{
	size_t from = diagram_column(s->diagram, row->from);
	size_t to = diagram_column(s->diagram, row->to);

	s->arrows->used[from][to] = true;
	html_printf(s->out,
	    "<svg><use href=#a%zu-%zu /></svg><b class=p%zu>"
	    "<i>%s to %s%s: </i>%s%s",
	    from, to, from + to, row->from->name, row->to->name,
	    row->recorded ? ", recorded"
	    : row->copy   ? ", the copy"
			  : "",
	    row->recorded ? "\xe2\x97\x8f "
	    : row->copy   ? "\xe2\x86\xbb "
			  : "",
	    row->text);
}

/* Words beside a lifeline, on the side where there is room. */
static void
put_note(struct drawn *s, const struct diagram_row *row)
{
	const struct diagram *d = s->diagram;
	size_t column = diagram_column(d, row->from);

	if (column + 1 == d->host_count && d->host_count > 1)
		html_printf(s->out, "<b class=e>");
	else
		html_printf(s->out, "<b class=n%zu>", column);
	html_printf(s->out, "<i>%s%s: </i>%s%s", row->from->name,
	    row->copy ? ", the copy" : "", row->recorded ? "\xe2\x97\x8f " : "",
	    row->text);
}

static void
put_verdict(struct drawn *s, const struct diagram_row *row)
{
	const struct diagram *d = s->diagram;
	size_t column = diagram_column(d, row->from);

	if (column + 1 == d->host_count && strlen(row->text) > PILL_CENTRED)
		html_printf(s->out, "<b class=z>");
	else
		html_printf(s->out, "<b class=p%zu>", 2 * column);
	html_printf(s->out, "<i>%s: </i>%s %s", row->from->name,
	    row->kind == DIAGRAM_STOPPED ? "\xe2\x9c\x95" : "\xe2\x9a\xa0",
	    row->text);
}

/* What stands in the row; the words are left open for the frame. */
static void
put_words(struct drawn *s, const struct diagram_row *row)
{
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
		html_printf(s->out, "<b>%s", row->text);
		break;
	case DIAGRAM_STOPPED:
	case DIAGRAM_EXECUTED:
		put_verdict(s, row);
		break;
	}
	html_printf(s->out, "</b>");
	if (row->frame != 0 && row->kind < DIAGRAM_STOPPED)
		html_printf(s->out, "<u>%ld</u>", (long)row->frame);
}

static bool
same_shake(const struct diagram_row *a, const struct diagram_row *b)
{
	if (a->shake_count != b->shake_count)
		return false;
	for (size_t i = 0; i < a->shake_count; i++)
		if (strcmp(a->shake[i]->what, b->shake[i]->what) != 0 ||
		    endpoint_equal(&a->shake[i]->src, &a->src) !=
			endpoint_equal(&b->shake[i]->src, &b->src))
			return false;
	return true;
}

/* Has it frames to unfold that no line above has unfolded already? */
static bool
unfolds(const struct diagram *d, const struct diagram_row *row)
{
	if (row->shake_count == 0 || row->from == row->to)
		return false;
	for (const struct diagram_row *r = d->rows; r < row; r++)
		if (r->from == row->from && r->to == row->to &&
		    same_shake(r, row))
			return false;
	return true;
}

/* The frames of a handshake, below the line that stands for it. */
static void
put_shake(struct buffer *out, const struct diagram_row *row)
{
	html_printf(out, "</summary><ul>");
	for (size_t i = 0; i < row->shake_count; i++) {
		const struct frame_seen *f = row->shake[i];
		bool forth = endpoint_equal(&f->src, &row->src);

		html_printf(out, "<li>%ld %s: %s", (long)f->number,
		    forth ? row->from->name : row->to->name, f->what);
	}
	html_printf(out, "</ul></details>");
}

static void
put_row(struct drawn *s, const struct diagram_row *row)
{
	const char *class = class_of(row);
	bool folded = unfolds(s->diagram, row);

	put_break(s, row);
	html_printf(s->out, *class == '\0' ? "<li>" : "<li class=");
	if (*class != '\0') {
		buffer_add_text(s->out, class);
		html_printf(s->out, ">");
	}
	if (folded)
		html_printf(s->out, "<details><summary>");
	if (row->kind < DIAGRAM_STOPPED)
		put_time(s, row);
	put_words(s, row);
	if (folded)
		put_shake(s->out, row);
}

void
diagram_write(struct buffer *out, const struct diagram *d, const char *name,
    struct diagram_arrows *arrows)
{
	struct drawn s = {.out = out,
	    .diagram = d,
	    .arrows = arrows,
	    .began = d->row_count == 0 ? 0 : d->rows[0].at,
	    .shown = -1};

	if (d->row_count == 0)
		return;
	html_printf(out,
	    "<div class=seq role=group tabindex=0 "
	    "aria-label=\"Sequence of %s\"><ol class=h%zu>",
	    name, d->host_count);
	put_heads(out, d);
	for (size_t i = 0; i < d->row_count; i++)
		put_row(&s, &d->rows[i]);
	html_printf(out, "</ol></div>");
	if (d->left_out > 0)
		html_printf(out,
		    "<p>%zu more are not drawn; events.jsonl has them.</p>",
		    d->left_out);
}

/* A line that ends in a head, which is filled and never dashed. */
static void
put_arrow_shape(struct buffer *out, long from, long to)
{
	long begins = FIRST + COLUMN * from, ends = FIRST + COLUMN * to;
	long back = from < to ? -9 : 9;

	html_printf(out,
	    "<g id=a%ld-%ld><path d=\"M%ld 24H%ld\"/>"
	    "<path class=o d=\"M%ld 24l%ld-4v8z\"/></g>",
	    from, to, begins, ends + back, ends, back);
}

void
diagram_arrows_write(struct buffer *out, const struct diagram_arrows *arrows)
{
	html_printf(out, "<svg class=defs aria-hidden=true><defs>");
	for (long from = 0; from < MANIFEST_HOSTS_MAX; from++)
		for (long to = 0; to < MANIFEST_HOSTS_MAX; to++)
			if (arrows->used[from][to])
				put_arrow_shape(out, from, to);
	html_printf(out, "</defs></svg>");
}

/* SPDX-License-Identifier: MIT */
/*
 * A row of the ledger is dated by the backend's event about it: the n-th row of
 * an id there by the n-th request it accepted under that id.
 */
#include "report_ledger.h"

#include "html.h"

#include <string.h>

#define LEDGER_ROWS_SHOWN 16 /* of each half */

static size_t
first_copy(const struct evidence *e)
{
	size_t i = 0;

	while (i < e->count && !event_is(e->events[i], "copy_sent"))
		i++;
	return i;
}

/* Rows of that id at that backend, from the first up to and with this one. */
static size_t
turn_of(const cJSON *ledger, const cJSON *row)
{
	size_t turn = 0;
	const cJSON *other;

	cJSON_ArrayForEach(other, ledger)
	{
		if (strcmp(event_get_text(other, "id"),
			event_get_text(row, "id")) == 0 &&
		    strcmp(event_get_text(other, "backend"),
			event_get_text(row, "backend")) == 0)
			turn++;
		if (other == row)
			break;
	}
	return turn;
}

/* A database keeps the rows of all backends, and has no events itself. */
static bool
is_about(const cJSON *event, const cJSON *row)
{
	const char *keeper = event_get_text(row, "backend");

	return event_is(event, "request") &&
	       strcmp(event_get_text(event, "verdict"), "accepted") == 0 &&
	       strcmp(event_get_text(event, "id"), event_get_text(row, "id")) ==
		   0 &&
	       (strncmp(keeper, "store", 5) == 0 ||
		   strcmp(event_get_text(event, "host"), keeper) == 0);
}

static bool
took_effect_before(const struct report_play *p, const cJSON *ledger,
    const cJSON *row, size_t limit)
{
	size_t turn = turn_of(ledger, row);

	for (size_t i = 0; i < limit; i++) {
		const cJSON *e = p->evidence.events[i];

		if (is_about(e, row) && --turn == 0)
			return true;
	}
	return false;
}

static size_t
put_half(struct buffer *out, const struct report_play *p, const cJSON *ledger,
    bool before)
{
	size_t limit = first_copy(&p->evidence), count = 0;
	const cJSON *row;

	cJSON_ArrayForEach(row, ledger)
	{
		if (took_effect_before(p, ledger, row, limit) != before ||
		    count++ >= LEDGER_ROWS_SHOWN)
			continue;
		html_printf(out, "<tr><td>%s<td>%ld<td>%s<td>%ld",
		    event_get_text(row, "backend"),
		    (long)event_get_number(row, "seq"),
		    event_get_text(row, "id"),
		    (long)event_get_number(row, "amount"));
	}
	if (count > LEDGER_ROWS_SHOWN)
		html_printf(out, "<tr><td colspan=\"4\">and %zu more",
		    count - LEDGER_ROWS_SHOWN);
	return count;
}

static void
put_body(struct buffer *out, const struct report_play *p, const cJSON *ledger,
    bool before, const char *called)
{
	html_printf(
	    out, "<tbody><tr><th colspan=\"4\" scope=\"rowgroup\">%s", called);
	if (put_half(out, p, ledger, before) == 0)
		html_printf(out, "<tr><td colspan=\"4\">nothing");
}

void
report_ledger(struct buffer *out, const struct report_play *p)
{
	const cJSON *ledger =
	    cJSON_GetObjectItemCaseSensitive(p->result, "ledger");
	bool attacked = first_copy(&p->evidence) < p->evidence.count;

	if (cJSON_GetArraySize(ledger) == 0)
		return;
	html_printf(out,
	    "<table class=\"ledger\"><caption>Ledger</caption><thead><tr>"
	    "<th>backend<th>row<th>payment<th>amount");
	if (attacked) {
		put_body(out, p, ledger, true, "before the copy");
		put_body(out, p, ledger, false, "after it");
	} else
		put_body(out, p, ledger, true, "no copy was sent");
	html_printf(out, "</table>");
}

/* SPDX-License-Identifier: MIT */
/*
 * events -> facts -> rows -> the verdict beside the row that told it ->
 * lifelines, left to right as the network is.
 */
#include "diagram.h"

#include "drawing.h"

#include <stdio.h>
#include <string.h>

/* An event a layer speaks with; the others only tell what passed. */
static bool
is_last_word(const struct fact *f)
{
	return (fact_is(f, "tls_alert") &&
		   strcmp(event_get_text(f->event, "direction"), "sent") ==
		       0) ||
	       (fact_is(f, "request") &&
		   strcmp(event_get_text(f->event, "verdict"), "forwarded") !=
		       0) ||
	       fact_is(f, "tcp_drop") || fact_is(f, "dtls_record") ||
	       fact_is(f, "early_data") || fact_is(f, "said") ||
	       fact_is(f, "transfer") ||
	       (fact_is(f, "connection") &&
		   strcmp(event_get_text(f->event, "action"), "closed") == 0);
}

/* A backend speaks of this copy only if it names the check that refused it. */
static bool
is_about(const struct fact *f, const cJSON *copy)
{
	return !fact_is(f, "request") ||
	       strcmp(event_get_text(f->event, "check"),
		   event_get_text(copy, "check")) == 0;
}

/* Where the fate of the copy that this event announced was told. */
static const struct diagram_row *
row_of_fate(const struct drawing *g, const cJSON *copy, size_t sent)
{
	const char *at = event_get_text(copy, "at");

	for (size_t i = 0; i < g->diagram->row_count; i++) {
		const struct diagram_row *row = &g->diagram->rows[i];

		if (row->event > sent && row->to != NULL &&
		    (strcmp(row->to->name, at) == 0 ||
			strcmp(row->from->name, at) == 0) &&
		    row->kind != DIAGRAM_STOPPED &&
		    row->kind != DIAGRAM_EXECUTED &&
		    is_last_word(&g->facts.facts[row->event]) &&
		    is_about(&g->facts.facts[row->event], copy))
			return row;
	}
	return NULL;
}

/* Make room behind row `place` and put the verdict there. */
static void
insert_verdict(struct diagram *d, size_t place, const char *at_host,
    const struct manifest *m, const char *layer)
{
	struct diagram_row *row = &d->rows[place + 1];
	bool executed = strcmp(layer, "nobody") == 0;

	if (d->row_count == DIAGRAM_ROWS_MAX) {
		d->left_out++;
		d->row_count--;
	}
	memmove(&d->rows[place + 2], row,
	    (d->row_count - place - 1) * sizeof(*row));
	d->row_count++;
	*row = (struct diagram_row){
	    .kind = executed ? DIAGRAM_EXECUTED : DIAGRAM_STOPPED,
	    .event = d->rows[place].event,
	    .at = d->rows[place].at,
	    .from = manifest_host(m, at_host),
	    .to = manifest_host(m, at_host),
	    .copy = true};
	snprintf(row->text, sizeof(row->text),
	    executed ? "nobody stopped the copy" : "stopped by %.60s", layer);
}

/* One verdict a row: copies that met the same fate there share it. */
static void
mark_fates(struct drawing *g)
{
	const cJSON *result = g->sources->result, *copy;
	struct diagram *d = g->diagram;

	cJSON_ArrayForEach(
	    copy, cJSON_GetObjectItemCaseSensitive(result, "copies"))
	{
		const char *check = event_get_text(copy, "check");
		int64_t sent = event_get_number(copy, "event");
		const struct diagram_row *row =
		    row_of_fate(g, copy, sent < 0 ? 0 : (size_t)sent);
		size_t place = row == NULL ? 0 : (size_t)(row - d->rows);
		char layer[64];

		snprintf(layer, sizeof(layer), "%s%.40s",
		    *check == '\0' ? "" : "backend:",
		    *check == '\0' ? event_get_text(result, "stopped_by")
				   : check);
		if (row == NULL || place + 1 >= DIAGRAM_ROWS_MAX ||
		    (place + 1 < d->row_count &&
			d->rows[place + 1].kind >= DIAGRAM_STOPPED))
			continue;
		insert_verdict(d, place, event_get_text(copy, "at"),
		    g->sources->manifest, layer);
	}
}

/* Rows without both ends cannot be drawn. */
static void
drop_endless(struct diagram *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->row_count; i++)
		if (d->rows[i].kind == DIAGRAM_CLOCK ||
		    (d->rows[i].from != NULL && d->rows[i].to != NULL))
			d->rows[kept++] = d->rows[i];
	d->row_count = kept;
}

static bool
takes_part(const struct diagram *d, const struct manifest_host *host)
{
	for (size_t i = 0; i < d->row_count; i++)
		if (d->rows[i].kind != DIAGRAM_CLOCK &&
		    (d->rows[i].from == host || d->rows[i].to == host))
			return true;
	return false;
}

/* Has the attacker to do with a host that is only behind the gateways? */
static bool
attacks_inside(const struct diagram *d, const struct facts *facts,
    const struct manifest *m, const char *outer)
{
	for (size_t i = 0; i < d->row_count; i++) {
		const struct fact *f = &facts->facts[d->rows[i].event];
		const struct manifest_host *target =
		    manifest_host_at(m, event_get_text(f->event, "dest_ip"));

		if (strcmp(f->host, "attacker") == 0 && target != NULL)
			return target->interface_count == 1 &&
			       strcmp(target->interfaces[0].network, outer) !=
				   0;
	}
	return false;
}

/* 0: clients, 2: gateways, 4: behind them; the attacker stands between. */
static int
depth_of(const struct manifest_host *host, const char *outer, bool inside)
{
	if (strcmp(host->name, "attacker") == 0)
		return inside ? 3 : 1;
	if (host->interface_count > 1)
		return 2;
	return strcmp(host->interfaces[0].network, outer) == 0 ? 0 : 4;
}

static void
place_hosts(
    struct diagram *d, const struct facts *facts, const struct manifest *m)
{
	const char *outer =
	    m->host_count == 0 ? "" : m->hosts[0].interfaces[0].network;
	bool inside = attacks_inside(d, facts, m, outer);

	for (int depth = 0; depth <= 4; depth++)
		for (size_t h = 0; h < m->host_count; h++)
			if (depth_of(&m->hosts[h], outer, inside) == depth &&
			    takes_part(d, &m->hosts[h]))
				d->hosts[d->host_count++] = &m->hosts[h];
}

size_t
diagram_column(const struct diagram *d, const struct manifest_host *host)
{
	size_t column = 0;

	while (column < d->host_count && d->hosts[column] != host)
		column++;
	return column;
}

void
diagram_say(const struct diagram *d, struct buffer *out)
{
	for (size_t i = 0; i < d->row_count; i++) {
		const struct diagram_row *row = &d->rows[i];

		buffer_printf(out, "%d %s %s %d %d\t%s\n", (int)row->kind,
		    row->from == NULL ? "-" : row->from->name,
		    row->to == NULL ? "-" : row->to->name, row->recorded,
		    row->copy, row->text);
	}
	if (d->left_out > 0)
		buffer_printf(out, "and\t%zu more\n", d->left_out);
}

bool
diagram_same_arrows(struct bytes said, struct bytes other, struct buffer *words)
{
	struct bytes arrow, other_arrow, text, other_text, last = {0};

	while (bytes_take_until(&said, '\t', &arrow) &&
	       bytes_take_until(&said, '\n', &text)) {
		if (!bytes_take_until(&other, '\t', &other_arrow) ||
		    !bytes_take_until(&other, '\n', &other_text) ||
		    !bytes_equal(arrow, other_arrow))
			return false;
		if (bytes_equal(text, other_text) ||
		    bytes_equal(other_text, last))
			continue;
		last = other_text;
		if (buffer_bytes(words).left > 0)
			buffer_add_text(words, "; ");
		buffer_add_bytes(words, other_text);
	}
	return other.left == 0;
}

void
diagram_build(struct diagram *d, const struct diagram_sources *sources)
{
	struct drawing g = {.diagram = d, .sources = sources};

	*d = (struct diagram){0};
	facts_read(&g.facts, sources->evidence, sources->result);
	for (size_t i = 0; i < g.facts.count; i++)
		drawing_add(&g, i);
	drop_endless(d);
	mark_fates(&g);
	drop_endless(d);
	place_hosts(d, &g.facts, sources->manifest);
	facts_clear(&g.facts);
}

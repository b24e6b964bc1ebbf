/* SPDX-License-Identifier: MIT */
#include "editor.h"

void
editor_init(struct editor *e, enum side side, size_t conversation,
    struct rules *rules, const struct editor_calls *calls, uint32_t first)
{
	*e = (struct editor){.side = side,
	    .conversation = conversation,
	    .rules = rules,
	    .calls = calls,
	    .told = first};
	unit_reader_init(&e->reader, side);
	offset_map_start(&e->map, first);
}

void
editor_clear(struct editor *e)
{
	unit_reader_clear(&e->reader);
	offset_map_clear(&e->map);
	buffer_clear(&e->out);
	buffer_clear(&e->noted);
	buffer_clear(&e->withheld);
	buffer_clear(&e->insertions);
}

static void
pass(struct editor *e, struct bytes bytes)
{
	if (e->was_cut) {
		offset_map_remove(&e->map, (uint32_t)bytes.left);
		return;
	}
	buffer_add_bytes(&e->out, bytes);
	offset_map_pass(&e->map, (uint32_t)bytes.left);
}

static void
insert(struct editor *e, struct bytes bytes)
{
	if (e->was_cut || e->ended)
		return;
	buffer_add_bytes(&e->out, bytes);
	offset_map_insert(&e->map, (uint32_t)bytes.left);
}

static void
pass_withheld(struct editor *e)
{
	pass(e, buffer_bytes(&e->withheld));
	buffer_reset(&e->withheld);
}

static void
remove_withheld(struct editor *e)
{
	offset_map_remove(&e->map, (uint32_t)buffer_bytes(&e->withheld).left);
	buffer_reset(&e->withheld);
}

/* Between two units, and neither of them is kept back. */
static bool
is_at_border(const struct editor *e)
{
	return !e->reader.inside && buffer_bytes(&e->withheld).left == 0;
}

static void
insert_waiting(struct editor *e)
{
	if (!is_at_border(e))
		return;
	insert(e, buffer_bytes(&e->insertions));
	buffer_reset(&e->insertions);
}

static void
tell(struct editor *e, const struct rule *rule, struct bytes unit,
    uint64_t number, bool arrives)
{
	const struct edit edit = {
	    rule, unit, number, arrives, editor_output_end(e)};

	e->calls->edit(e->calls->user, e, &edit);
}

/* Both units of a swap are there: the second goes first. */
static void
swap(struct editor *e, uint64_t second_number)
{
	struct bytes second = buffer_bytes(&e->withheld), first;
	uint32_t length = (uint32_t)second.left;

	if (!bytes_take(&second, e->first_length, &first))
		return;
	tell(e, e->swap, first, e->first_number, false);
	tell(e, e->swap, second, second_number, true);
	buffer_add_bytes(&e->out, second);
	buffer_add_bytes(&e->out, first);
	offset_map_shuffle(&e->map, length);
	buffer_reset(&e->withheld);
	e->swap = NULL;
}

/* The unit that the rule speaks of is whole. */
static void
act(struct editor *e, const struct rule *rule, uint64_t number)
{
	struct bytes withheld = buffer_bytes(&e->withheld);
	struct bytes noted = buffer_bytes(&e->noted);

	switch (rule->action) {
	case RULE_DUPLICATE:
		tell(e, rule, noted, number, true);
		insert(e, noted);
		break;
	case RULE_REFLECT:
		tell(e, rule, noted, number, true);
		break;
	case RULE_DROP:
		tell(e, rule, withheld, number, false);
		remove_withheld(e);
		break;
	case RULE_CUT:
		tell(e, rule, withheld, number, false);
		remove_withheld(e);
		e->was_cut = true;
		e->ended = true;
		offset_map_insert(&e->map, 1); /* FIN */
		break;
	case RULE_HOLD:
		e->holding = true;
		e->first_number = number;
		e->swap = rule;
		tell(e, rule, withheld, number, false);
		break;
	case RULE_SWAP:
		e->first_length = withheld.left;
		e->first_number = number;
		e->swap = rule;
		break;
	}
	buffer_reset(&e->noted);
}

static bool
withholds(const struct rule *rule)
{
	switch (rule->action) {
	case RULE_DUPLICATE:
	case RULE_REFLECT:
		return false;
	case RULE_HOLD:
	case RULE_DROP:
	case RULE_SWAP:
	case RULE_CUT:
		return true;
	}
	return false;
}

/* While one unit waits to be swapped, rules leave the other alone. */
static void
take_piece(struct editor *e, const struct unit_piece *piece)
{
	if (piece->broken) { /* it was no unit after all */
		pass_withheld(e);
		e->rule = e->swap = NULL;
	}
	if (piece->begins && e->swap == NULL && !e->was_cut)
		e->rule =
		    rules_match(e->rules, e->conversation, e->side, piece);
	if (e->swap != NULL || (e->rule != NULL && withholds(e->rule)))
		buffer_add_bytes(&e->withheld, piece->bytes);
	else
		pass(e, piece->bytes);
	if (e->rule != NULL && !withholds(e->rule))
		buffer_add_bytes(&e->noted, piece->bytes);
	if (!piece->ends)
		return;
	if (e->swap != NULL)
		swap(e, piece->number);
	else if (e->rule != NULL)
		act(e, e->rule, piece->number);
	e->rule = NULL;
	insert_waiting(e);
	if (e->calls->unit != NULL)
		e->calls->unit(e->calls->user, e, piece);
}

void
editor_feed(struct editor *e, struct bytes *in)
{
	struct unit_piece piece;

	while (!e->holding && unit_take(&e->reader, in, &piece))
		take_piece(e, &piece);
}

void
editor_end(struct editor *e)
{
	if (e->holding)
		return;
	pass_withheld(e); /* what was begun, or waited for another */
	e->swap = e->rule = NULL;
	if (e->was_cut) {
		offset_map_remove(&e->map, 1);
		return;
	}
	insert(e, buffer_bytes(&e->insertions));
	buffer_reset(&e->insertions);
	e->ended = true;
	offset_map_pass(&e->map, 1); /* FIN takes a number, too */
}

bool
editor_release(struct editor *e)
{
	if (!e->holding)
		return false;
	tell(e, e->swap, buffer_bytes(&e->withheld), e->first_number, true);
	e->holding = false;
	e->swap = NULL;
	pass_withheld(e);
	insert_waiting(e);
	return true;
}

void
editor_insert(struct editor *e, struct bytes unit)
{
	buffer_add_bytes(&e->insertions, unit);
	insert_waiting(e);
}

/* The number of the first byte of out. */
static uint32_t
output_begin(const struct editor *e)
{
	return editor_output_end(e) - (uint32_t)buffer_bytes(&e->out).left;
}

uint32_t
editor_output_end(const struct editor *e)
{
	return e->map.edited_end - (e->ended ? 1 : 0);
}

struct bytes
editor_output(const struct editor *e, uint32_t place)
{
	struct bytes out = buffer_bytes(&e->out);
	int32_t before = (int32_t)(place - output_begin(e));

	if (before > 0 && !bytes_skip(&out, (size_t)before))
		out.left = 0;
	return out;
}

uint32_t
editor_acknowledged(struct editor *e, uint32_t place)
{
	int32_t had = (int32_t)(place - output_begin(e));
	size_t left = buffer_bytes(&e->out).left;
	uint32_t original;

	if (had > 0)
		buffer_drain(&e->out, (size_t)had < left ? (size_t)had : left);
	if (place == e->map.edited_end) {
		e->end_acknowledged = e->ended;
		original = e->map.original_end +
			   (uint32_t)buffer_bytes(&e->withheld).left;
	} else {
		original = offset_map_acknowledged(&e->map, place);
	}
	offset_map_forget(&e->map, place);
	if ((int32_t)(original - e->told) > 0)
		e->told = original;
	return e->told;
}

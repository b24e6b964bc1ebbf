/* SPDX-License-Identifier: MIT */
/* Picking one finding out of a tape. */
#include "selection.h"

#include "capture/tape.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
selection_kind_name(enum selection_kind kind)
{
	switch (kind) {
	case SELECT_SEGMENT:
		return "segment";
	case SELECT_RECORD:
		return "record";
	case SELECT_REQUEST:
		return "request";
	case SELECT_STREAM:
		return "stream";
	}
	return "unknown";
}

/* "client" or "server" at the front of the words. */
static bool
take_side(const char **words, enum side *side)
{
	for (int i = 0; i < SIDES; i++) {
		const char *name = side_name((enum side)i);

		if (strncmp(*words, name, strlen(name)) == 0) {
			*words += strlen(name);
			*side = (enum side)i;
			return true;
		}
	}
	return false;
}

/* "last", or a number from 1. */
static bool
parse_number(const char *word, uint64_t *number)
{
	char *end;

	if (strcmp(word, "last") == 0) {
		*number = 0;
		return true;
	}
	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	*number = strtoull(word, &end, 10);
	return errno == 0 && *end == '\0' && *number > 0;
}

bool
selection_parse(
    enum selection_kind kind, const char *words, struct selection *selection)
{
	*selection = (struct selection){.kind = kind, .side = SIDE_CLIENT};
	switch (kind) {
	case SELECT_SEGMENT:
	case SELECT_RECORD:
		return take_side(&words, &selection->side) && *words == ':' &&
		       parse_number(words + 1, &selection->number);
	case SELECT_REQUEST:
		return parse_number(words, &selection->number);
	case SELECT_STREAM:
		return take_side(&words, &selection->side) && *words == '\0';
	}
	return false;
}

void
selected_clear(struct selected *s)
{
	buffer_clear(&s->bytes);
	*s = (struct selected){0};
}

/* The search under way. */
struct search {
	const struct selection *selection;
	struct selected *selected;
};

static bool
is_of_kind(enum selection_kind wanted, enum finding_kind found)
{
	switch (wanted) {
	case SELECT_SEGMENT:
		return found == FOUND_SEGMENT;
	case SELECT_RECORD:
		return found == FOUND_RECORD;
	case SELECT_REQUEST:
		return found == FOUND_REQUEST;
	case SELECT_STREAM:
		return found == FOUND_DATA;
	}
	return false;
}

static bool
matches(const struct selection *wanted, const struct finding *f)
{
	if (!is_of_kind(wanted->kind, f->kind))
		return false;
	if (wanted->conversation != 0 &&
	    wanted->conversation != f->conversation->number)
		return false;
	if (wanted->kind != SELECT_REQUEST && wanted->side != f->side)
		return false;
	return wanted->number == 0 || wanted->number == f->number;
}

/* The latest replaces what was selected, only a stream grows. */
static void
look_at(void *user, const struct finding *f)
{
	struct search *search = user;
	struct selected *s = search->selected;
	bool grows = search->selection->kind == SELECT_STREAM && s->found &&
		     s->conversation == f->conversation->number;

	if (!matches(search->selection, f))
		return;
	/* Of streams side by side, the one that began last. */
	if (search->selection->kind == SELECT_STREAM && s->found &&
	    s->conversation > f->conversation->number)
		return;
	if (!grows)
		buffer_reset(&s->bytes);
	if (buffer_bytes(&s->bytes).left + f->bytes.left <= SELECTED_STREAM_MAX)
		buffer_add_bytes(&s->bytes, f->bytes);
	s->found = true;
	s->conversation = f->conversation->number;
	s->side = f->side;
	s->number = f->number;
	s->at = f->at;
	s->link_type = f->conversation->link_type;
}

static int
read_tape(const char *path, struct conversations *set)
{
	struct tape *tape = tape_open(path);
	enum tape_verdict verdict;
	struct frame frame;

	if (tape == NULL)
		return -1;
	while ((verdict = tape_next(tape, &frame)) == TAPE_FRAME)
		(void)conversations_feed(set, &frame);
	tape_close(tape);
	return verdict == TAPE_DAMAGED ? -1 : 0;
}

static void
warn_nothing(const char *path, const struct selection *wanted)
{
	char which[32] = "last";

	if (wanted->number != 0)
		snprintf(which, sizeof(which), "%llu",
		    (unsigned long long)wanted->number);
	if (wanted->kind == SELECT_REQUEST)
		warnx("tape %s has no request %s; see attacker show", path,
		    which);
	else
		warnx("tape %s has no %s %s:%s; see attacker show", path,
		    selection_kind_name(wanted->kind), side_name(wanted->side),
		    which);
}

int
selection_find(const char *path, const struct selection *selection,
    struct selected *selected, struct conversations **set)
{
	struct search search = {selection, selected};
	struct conversations *all = conversations_new(look_at, &search);
	int result = read_tape(path, all);

	/* What is fed to them later is not searched. */
	conversations_listen(all, NULL, NULL);
	if (result == 0 && !selected->found) {
		warn_nothing(path, selection);
		result = -1;
	}
	if (set != NULL && result == 0)
		*set = all;
	else
		conversations_free(all);
	return result;
}

/* SPDX-License-Identifier: MIT */
/* Who spoke when: the turns of a recorded conversation. */
#include "flights.h"

#include "capture/tape.h"

void
flights_speak(struct flights *f, struct bytes data)
{
	if (data.left == 0)
		return;
	if ((f->other_spoke || f->count == 0) && f->count < FLIGHTS_MAX)
		f->heard[f->count++] = f->other_records;
	f->other_spoke = false;
	buffer_add_bytes(&f->stream, data);
	f->ends[f->count - 1] = buffer_bytes(&f->stream).left;
}

void
flights_hear(struct flights *f)
{
	f->other_spoke = true;
}

bool
flights_keep(struct flights *f, size_t n)
{
	size_t whole = buffer_bytes(&f->stream).left;

	if (n >= f->count)
		return false;
	f->count = n;
	f->stream.end -= whole - (n == 0 ? 0 : f->ends[n - 1]);
	return true;
}

bool
flights_is_due(const struct flights *f, size_t i, uint64_t records)
{
	return f->heard[i] > 0 && records >= f->heard[i];
}

struct bytes
flights_get(const struct flights *f, size_t i)
{
	struct bytes stream = buffer_bytes(&f->stream), flight = {NULL, 0};
	size_t begin = i == 0 ? 0 : f->ends[i - 1];

	if (bytes_skip(&stream, begin))
		bytes_take(&stream, f->ends[i] - begin, &flight);
	return flight;
}

static void
found(void *user, const struct finding *finding)
{
	struct flights *f = user;

	if (finding->conversation->number != f->conversation)
		return;
	if (finding->kind == FOUND_DATA && finding->side == f->side)
		flights_speak(f, finding->bytes);
	else if (finding->kind == FOUND_DATA)
		flights_hear(f);
	else if (finding->kind == FOUND_RECORD && finding->side != f->side)
		f->other_records++;
}

int
flights_read(
    const char *path, size_t conversation, enum side side, struct flights *f)
{
	struct conversations *set;
	struct tape *tape;
	struct frame frame;
	enum tape_verdict verdict;

	*f = (struct flights){.side = side, .conversation = conversation};
	if ((tape = tape_open(path)) == NULL)
		return -1;
	set = conversations_new(found, f);
	while ((verdict = tape_next(tape, &frame)) == TAPE_FRAME)
		(void)conversations_feed(set, &frame);
	conversations_free(set);
	tape_close(tape);
	return verdict == TAPE_DAMAGED ? -1 : 0;
}

void
flights_clear(struct flights *f)
{
	buffer_clear(&f->stream);
	*f = (struct flights){0};
}

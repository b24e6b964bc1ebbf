/* SPDX-License-Identifier: MIT */
/*
 * An edited stream does not depend on the pieces it comes in, a receiver that
 * acknowledges it bit by bit never makes us acknowledge too much, and once he
 * has all of it the sender has been told so of all his bytes.
 *
 * The input is an action, a number, the pieces' sizes, and the stream.
 */
#include "relay/editor.h"

#include <stdlib.h>

#define FIRST (UINT32_MAX - 100)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trial {
	struct rules rules;
	struct editor_calls calls;
	struct editor editor;
	uint32_t told; /* acknowledged to the sender */
	uint32_t fed;
	struct buffer output;
};

static void
hear_edit(void *user, struct editor *e, const struct edit *edit)
{
	(void)user, (void)e;
	if (edit->unit.left == 0)
		abort(); /* no rule speaks of nothing */
}

static void
begin(struct trial *t, enum rule_action action, uint8_t number)
{
	static const char *const words[] = {"client:1", "client:2", "client:3",
	    "request 1", "request 2", "request 3"};

	*t = (struct trial){.told = FIRST, .rules = {.allowed = true}};
	if (!rules_add(&t->rules, action, words[number % 6], 0))
		abort();
	t->calls = (struct editor_calls){hear_edit, NULL, NULL};
	editor_init(&t->editor, SIDE_CLIENT, 1, &t->rules, &t->calls, FIRST);
}

/* The receiver takes up to `most` bytes more and acknowledges them. */
static void
receive(struct trial *t, size_t most)
{
	uint32_t had = FIRST + (uint32_t)buffer_bytes(&t->output).left, told;
	struct bytes out = editor_output(&t->editor, had), piece;

	if (!bytes_take(&out, out.left < most ? out.left : most, &piece))
		abort();
	buffer_add_bytes(&t->output, piece);
	told = editor_acknowledged(&t->editor, had + (uint32_t)piece.left);
	if ((int32_t)(told - t->told) < 0 ||
	    (int32_t)(told - (FIRST + t->fed)) > 0)
		abort();
	t->told = told;
}

static void
feed(struct trial *t, struct bytes bytes)
{
	size_t before;

	while (bytes.left > 0) {
		before = bytes.left;
		editor_feed(&t->editor, &bytes);
		t->fed += (uint32_t)(before - bytes.left);
		if (bytes.left > 0 && !editor_release(&t->editor))
			abort(); /* only what is held stands still */
	}
}

static void
finish(struct trial *t)
{
	(void)editor_release(&t->editor);
	editor_end(&t->editor);
	t->fed++;
	receive(t, SIZE_MAX);
	if (editor_acknowledged(&t->editor, t->editor.map.edited_end) !=
	    FIRST + t->fed)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, sizes, stream, piece;
	struct trial whole, pieces;
	uint8_t action, number, n = 1;

	if (!bytes_take_u8(&in, &action) || !bytes_take_u8(&in, &number) ||
	    !bytes_take(&in, 8, &sizes))
		return 0;
	begin(&whole, (enum rule_action)(action % RULE_ACTIONS), number);
	begin(&pieces, (enum rule_action)(action % RULE_ACTIONS), number);
	feed(&whole, in);
	finish(&whole);
	stream = in;
	for (struct bytes next = sizes; stream.left > 0;) {
		if (!bytes_take_u8(&next, &n))
			next = sizes;
		if (n == 0)
			n = 1;
		if (!bytes_take(
			&stream, stream.left < n ? stream.left : n, &piece))
			abort();
		feed(&pieces, piece);
		receive(&pieces, n / 2u);
	}
	finish(&pieces);
	if (!bytes_equal(
		buffer_bytes(&whole.output), buffer_bytes(&pieces.output)))
		abort();
	editor_clear(&whole.editor);
	editor_clear(&pieces.editor);
	buffer_clear(&whole.output);
	buffer_clear(&pieces.output);
	return 0;
}

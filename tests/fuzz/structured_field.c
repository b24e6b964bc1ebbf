/* SPDX-License-Identifier: MIT */
/*
 * Structured fields, as dictionary, list and item.
 *
 * Properties: every member moves the cursor forward; its windows lie inside the
 * input; its canonical spelling reads as a member with the same spelling.
 */
#include "structured_field.h"
#include "property.h"

static void
check_member(const struct sf_member *member, struct bytes whole)
{
	struct buffer first = {0}, second = {0};
	struct sf_member again;
	struct bytes text;

	check(is_inside(member->key, whole) && is_inside(member->inner, whole));
	check(is_inside(member->value.text, whole));
	check(is_inside(member->parameters, whole));
	sf_write_member(&first, member);
	text = buffer_bytes(&first);
	check(sf_list_next(&text, &again) == SF_TAKEN && text.left == 0);
	sf_write_member(&second, &again);
	check(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
	buffer_clear(&first);
	buffer_clear(&second);
}

static void
read_all(struct bytes whole,
    enum sf_verdict (*next)(struct bytes *in, struct sf_member *member))
{
	struct bytes in = whole;
	struct sf_member member;
	size_t before = in.left;

	while (next(&in, &member) == SF_TAKEN) {
		check(in.left < before && is_inside(in, whole));
		before = in.left;
		check_member(&member, whole);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes whole = {data, size};
	struct sf_member item;

	read_all(whole, sf_dictionary_next);
	read_all(whole, sf_list_next);
	if (sf_item_read(whole, &item) == SF_TAKEN)
		check_member(&item, whole);
	return 0;
}

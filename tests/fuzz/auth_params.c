/* SPDX-License-Identifier: MIT */
/*
 * Parameters of a challenge.
 *
 * Properties: each one moves the cursor forward, lies inside the input, and
 * written with quotes reads as itself.
 */
#include "auth_params.h"
#include "property.h"

static void
check_again(const struct auth_param *p)
{
	struct buffer text = {0};
	struct auth_param again;
	struct bytes in;

	buffer_add_bytes(&text, p->name);
	buffer_add_text(&text, "=\"");
	buffer_add_bytes(&text, p->value);
	buffer_add_text(&text, "\"");
	in = buffer_bytes(&text);
	check(auth_params_next(&in, &again) == AUTH_PARAM_TAKEN);
	check(bytes_equal(again.name, p->name));
	check(bytes_equal(again.value, p->value));
	check(auth_params_next(&in, &again) == AUTH_PARAM_END);
	buffer_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct auth_param p;
	size_t before = in.left;

	(void)auth_scheme_take(&in, "Signature");
	check(in.left <= before);
	for (before = in.left; auth_params_next(&in, &p) == AUTH_PARAM_TAKEN;
	     before = in.left) {
		check(in.left < before);
		check(p.name.at >= data && p.value.left <= size);
		check_again(&p);
	}
	return 0;
}

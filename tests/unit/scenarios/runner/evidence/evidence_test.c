/* SPDX-License-Identifier: MIT */
/* Events as they come from the programs' pipe. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

static void
lines_may_come_in_pieces_and_bad_ones_are_counted(void **state)
{
	static const char text[] = SERVED "{\"v\":1}\nnot json\n" TOLD;
	struct evidence e;

	(void)state;
	assert_int_equal(evidence_open(&e, "/dev/null"), 0);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		evidence_take(&e, (struct bytes){(const uint8_t *)text + i, 1});
	assert_int_equal(e.count, 4);
	assert_int_equal(e.unreadable, 2);
	evidence_close(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_may_come_in_pieces_and_bad_ones_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

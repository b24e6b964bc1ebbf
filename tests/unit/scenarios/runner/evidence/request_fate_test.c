/* SPDX-License-Identifier: MIT */
/* A copy that is taken for a request is followed along its own path. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

static void
a_copy_the_backend_accepts_was_stopped_by_nobody(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
	/* The alert that follows does not undo the transfer. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ SERVED ALERT, 2,
	    "nobody", "backend");
}

static void
a_copy_the_backend_refuses_names_the_check(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", REFUSED),
	    1, "backend:nonce", "backend");
	/* An honest request refused meanwhile is not the copy. */
	expect(SERVED TOLD REQUEST_COPY AT_BACKEND("bb", REFUSED), 1, "unknown",
	    "nowhere");
}

static void
the_same_bytes_from_an_honest_client_are_not_the_copy(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY SERVED, 2, "unknown", "nowhere");
	/* The copy is refused; the client's own repetition is accepted. */
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", REFUSED)
		   SERVED,
	    2, "backend:nonce", "backend");
	/* On the copied record's own connection, too. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ AT_GATEWAY("bb")
		   AT_BALANCER("bb") AT_BACKEND("bb", ACCEPTED),
	    1, "unknown", "tls");
}

/* A gateway that signs anew: what it had as "aa" goes on as "cc". */
#define SIGNED_COPY                                                            \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\",\"as\":\"cc\"," PASSED(           \
			 "balancer") "," OTHER_FLOW)

static void
a_copy_that_was_signed_anew_is_followed_under_its_new_name(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("cc")
		   AT_BACKEND("cc", ACCEPTED),
	    2, "nobody", "backend");
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("cc")
		   AT_BACKEND("cc", REFUSED),
	    1, "backend:nonce", "backend");
	/* Under its old one somebody else's comes. */
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("aa")
		   AT_BACKEND("aa", REFUSED),
	    1, "unknown", "gateway");
}

static void
an_outage_is_no_defence(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT("balancer", "balancer",
		   "aa", "\"verdict\":\"upstream-unavailable\"", "203.0.113.66",
		   "40001"),
	    1, "unknown", "gateway");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_copy_the_backend_accepts_was_stopped_by_nobody),
	    cmocka_unit_test(a_copy_the_backend_refuses_names_the_check),
	    cmocka_unit_test(
		the_same_bytes_from_an_honest_client_are_not_the_copy),
	    cmocka_unit_test(
		a_copy_that_was_signed_anew_is_followed_under_its_new_name),
	    cmocka_unit_test(an_outage_is_no_defence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

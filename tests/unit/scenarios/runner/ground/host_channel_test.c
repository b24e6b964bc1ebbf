/* SPDX-License-Identifier: MIT */
#include "ground/host_channel.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* The lowest descriptor that is free. */
static int
first_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* Of 0 to 3, which are sent along: what came, and where it is. */
static void
send_with_descriptors(bool takes, struct host_channel *here)
{
	static struct host_channel there;
	const int descriptors[HOST_DESCRIPTORS] = {0, 0, 1, 2};
	struct host_message m = {.kind = HOST_SIGNAL, .pid = 7, .number = 15};
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	there.fd = ends[0];
	here->fd = ends[1];
	here->takes_descriptors = takes;
	assert_int_equal(host_channel_send(&there, &m, descriptors), 0);
	assert_int_equal(host_channel_take(here, &m), 1);
	assert_int_equal(m.kind, HOST_SIGNAL);
	close(ends[0]);
	close(ends[1]);
}

static void
descriptors_come_to_who_takes_them(void **state)
{
	static struct host_channel here;

	(void)state;
	send_with_descriptors(true, &here);
	for (size_t i = 0; i < HOST_DESCRIPTORS; i++) {
		assert_true(fcntl(here.descriptors[i], F_GETFD) & FD_CLOEXEC);
		close(here.descriptors[i]);
	}
}

/* The runner: else a host could leave it without any to spare. */
static void
others_have_none_open(void **state)
{
	static struct host_channel here;
	const int before = first_free();

	(void)state;
	send_with_descriptors(false, &here);
	for (size_t i = 0; i < HOST_DESCRIPTORS; i++)
		assert_int_equal(here.descriptors[i], -1);
	assert_int_equal(first_free(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(descriptors_come_to_who_takes_them),
	    cmocka_unit_test(others_have_none_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

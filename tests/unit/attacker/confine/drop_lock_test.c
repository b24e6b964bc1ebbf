/* SPDX-License-Identifier: MIT */
/* A process that has dropped its rights, and tries what an attacker might. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/drop_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSED 42

/* Runs in a child, for there is no way back. */
static void
in_a_child(bool (*test)(const struct drop *drop))
{
	struct drop drop;
	int status = 0;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(drop_lock_try(&drop) == 0 && test(&drop) ? PASSED : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), PASSED);
}

static bool
has_none(const struct drop *drop)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];

	(void)drop;
	if (syscall(SYS_capget, &header, held) == -1 ||
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return false;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (held[i].effective != 0 || held[i].permitted != 0 ||
		    held[i].inheritable != 0)
			return false;
	return socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == EPERM;
}

static void
it_has_no_capability_and_gets_none(void **state)
{
	(void)state;
	in_a_child(has_none);
}

static bool
opens_nothing(const struct drop *drop)
{
	static const char *const paths[] = {"/", "/etc/hosts", "/dev/null",
	    "/etc/passwd", "drop_lock_test.new"};

	/* Without Landlock there is nothing to be seen of it. */
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (drop->landlock > 0 &&
		    (open(paths[i], i == 4 ? O_CREAT | O_WRONLY : O_RDONLY,
			 0600) != -1 ||
			errno != EACCES))
			return false;
	return true;
}

static void
it_opens_no_file(void **state)
{
	(void)state;
	in_a_child(opens_nothing);
}

static bool
is_refused(long result)
{
	return result == -1 && errno == EPERM;
}

static bool
calls_are_refused(const struct drop *drop)
{
	char *const words[] = {"true", NULL};
	struct perf_event_attr attr = {.size = sizeof(attr)};

	if (!drop->seccomp)
		return true;
	return is_refused(execv("/bin/true", words)) &&
	       is_refused(
		   syscall(SYS_execveat, -1, "/bin/true", words, words, 0)) &&
	       is_refused(unshare(CLONE_NEWUSER)) &&
	       is_refused(setns(-1, CLONE_NEWNET)) && is_refused(chroot("/")) &&
	       is_refused(
		   mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) &&
	       is_refused(syscall(SYS_bpf, 0, NULL, 0)) &&
	       is_refused(syscall(SYS_io_uring_setup, 0, NULL)) &&
	       is_refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)) &&
	       is_refused(syscall(SYS_finit_module, -1, "", 0)) &&
	       is_refused(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0)) &&
	       is_refused(syscall(SYS_clone3, NULL, 0));
}

static void
it_runs_nothing_and_leaves_no_namespace(void **state)
{
	(void)state;
	in_a_child(calls_are_refused);
}

static bool
starts_no_other(const struct drop *drop)
{
#ifdef __SANITIZE_ADDRESS__
	(void)drop; /* which needs both */
	return true;
#else
	pid_t pid;

	if (!drop->seccomp)
		return true;
	if ((pid = fork()) == 0)
		_exit(0);
	return is_refused(pid) &&
	       is_refused(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
#endif
}

static void
it_starts_and_debugs_no_other(void **state)
{
	(void)state;
	in_a_child(starts_no_other);
}

static int ends[2];

/* What a relay does: send over sockets that are open, or open such ones. */
static bool
works_on(const struct drop *drop)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)drop;
	return fd != -1 && write(ends[1], "x", 1) == 1;
}

static void
what_is_open_works_on(void **state)
{
	char read_back = '\0';

	(void)state;
	assert_int_equal(pipe(ends), 0);
	in_a_child(works_on);
	assert_int_equal(read(ends[0], &read_back, 1), 1);
	assert_int_equal(read_back, 'x');
	close(ends[0]);
	close(ends[1]);
}

static bool
twice(const struct drop *first)
{
	struct drop second;

	(void)first;
	return drop_lock_try(&second) == 0;
}

static void
it_may_be_done_again(void **state)
{
	(void)state;
	in_a_child(twice);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_has_no_capability_and_gets_none),
	    cmocka_unit_test(it_opens_no_file),
	    cmocka_unit_test(it_runs_nothing_and_leaves_no_namespace),
	    cmocka_unit_test(it_starts_and_debugs_no_other),
	    cmocka_unit_test(what_is_open_works_on),
	    cmocka_unit_test(it_may_be_done_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* New namespaces by one clone, so that there is never a half-confined lab. */
#include "sandbox.h"

#include "exit_code.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SANDBOX_NAMESPACES                                                     \
	(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |           \
	    CLONE_NEWIPC | CLONE_NEWUTS)

static int __attribute__((format(printf, 2, 3)))
write_file(const char *path, const char *format, ...)
{
	char text[64];
	va_list args;
	int fd, length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return -1;
	if (write(fd, text, (size_t)length) != length) {
		close(fd);
		return -1;
	}
	return close(fd);
}

/* Become uid 0 of the new user namespace (user_namespaces(7)). */
static int
map_ids(uid_t uid, gid_t gid)
{
	if (write_file("/proc/self/setgroups", "deny") == -1 ||
	    write_file("/proc/self/uid_map", "0 %u 1", (unsigned)uid) == -1)
		return -1;
	return write_file("/proc/self/gid_map", "0 %u 1", (unsigned)gid);
}

/*
 * A /proc of the new process namespace where the machine allows one; in some
 * containers it does not, and then the outer /proc serves.
 */
static int
own_mounts(void)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
		warn("making the lab's mounts private");
		return -1;
	}
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		NULL) == -1 &&
	    errno != EPERM) {
		warn("mounting the lab's /proc");
		return -1;
	}
	return 0;
}

pid_t
sandbox_spawn(int (*inside)(void *argument), void *argument)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	const char *missing;
	pid_t pid;

	fflush(NULL);
	pid = (pid_t)syscall(
	    SYS_clone, SANDBOX_NAMESPACES | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == -1) {
		missing = sandbox_missing();
		warnx("no namespaces for the lab: %s",
		    missing == NULL ? strerror(errno) : missing);
		return -1;
	}
	if (pid > 0)
		return pid;
	if (map_ids(uid, gid) == -1) {
		warn("mapping the lab's user");
		_exit(EXIT_INTERNAL);
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || own_mounts() == -1)
		_exit(EXIT_INTERNAL);
	_exit(inside(argument));
}

static int
read_number(const char *path)
{
	char text[16] = "";
	int fd, number = -1;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	if (read(fd, text, sizeof(text) - 1) > 0)
		sscanf(text, "%d", &number);
	close(fd);
	return number;
}

const char *
sandbox_missing(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t pid;
	int status, cause;

	pid = (pid_t)syscall(
	    SYS_clone, SANDBOX_NAMESPACES | SIGCHLD, NULL, NULL, NULL, 0);
	cause = errno;
	/* A security module may grant the namespace and no rights in it. */
	if (pid == 0)
		_exit(
		    map_ids(uid, gid) == -1 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1);
	if (pid > 0) {
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			;
		if (status == 0)
			return NULL;
		if (read_number("/proc/sys/kernel/"
				"apparmor_restrict_unprivileged_userns") == 1)
			return "AppArmor keeps users from namespaces; as root: "
			       "sysctl "
			       "kernel.apparmor_restrict_unprivileged_userns=0";
		return "a user namespace can be made, but gives no rights; a "
		       "security module or a container forbids it";
	}
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "users may not make user namespaces; as root: sysctl "
		       "kernel.unprivileged_userns_clone=1";
	if (read_number("/proc/sys/user/max_user_namespaces") == 0)
		return "no user namespaces at all; as root: sysctl "
		       "user.max_user_namespaces=10000";
	if (cause == EPERM)
		return "the kernel refuses user namespaces here; inside a "
		       "container, its seccomp profile must allow clone with "
		       "CLONE_NEWUSER";
	if (cause == ENOSPC || cause == EUSERS)
		return "too many namespaces already; raise "
		       "user.max_user_namespaces or run fewer labs (-j)";
	if (cause == EINVAL)
		return "the kernel was built without user, network or process "
		       "namespaces";
	return strerror(cause);
}

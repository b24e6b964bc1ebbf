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
#include <stdbool.h>
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

#define ID_MAP_MAX 4096 /* the kernel's own limit is a page */

static int __attribute__((format(printf, 2, 3)))
write_file(const char *path, const char *format, ...)
{
	char text[ID_MAP_MAX];
	va_list args;
	int fd, length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text) ||
	    (fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return -1;
	if (write(fd, text, (size_t)length) != length) {
		close(fd);
		return -1;
	}
	return close(fd);
}

/* Every id that there is here, under its own number. */
static int
map_all(const char *kind, pid_t pid)
{
	char path[48], text[ID_MAP_MAX] = "";
	unsigned int first, outer, count;
	size_t length = 0;
	FILE *here;

	snprintf(path, sizeof(path), "/proc/self/%s", kind);
	if ((here = fopen(path, "re")) == NULL)
		return -1;
	while (length < sizeof(text) &&
	       fscanf(here, "%u %u %u", &first, &outer, &count) == 3)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		    "%u %u %u\n", first, first, count);
	fclose(here);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, kind);
	return length >= sizeof(text) ? -1 : write_file(path, "%s", text);
}

/*
 * Root stays who may write everywhere: with a single id mapped it would be
 * kept out of the folders of others, such as a checkout in somebody's home.
 * Only from outside may more than one be mapped.  Tells the child whether.
 */
static void
map_from_outside(pid_t pid, int tell)
{
	char mapped = geteuid() == 0 && map_all("gid_map", pid) == 0 &&
		      map_all("uid_map", pid) == 0;

	if (write(tell, &mapped, 1) != 1)
		warn("mapping the lab's users");
}

/* Become uid 0 of the new user namespace (user_namespaces(7)). */
static int
map_ids(uid_t uid, gid_t gid, int told)
{
	char mapped;
	ssize_t length;

	while ((length = read(told, &mapped, 1)) == -1 && errno == EINTR)
		;
	if (length != 1)
		return -1;
	if (mapped)
		return 0;
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

/*
 * A child in new namespaces: fork(2).  In the child *mapped says whether it is
 * uid 0 there.
 */
static pid_t
clone_mapped(bool *mapped)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int ends[2], cause;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	pid = (pid_t)syscall(
	    SYS_clone, SANDBOX_NAMESPACES | SIGCHLD, NULL, NULL, NULL, 0);
	cause = errno;
	if (pid > 0)
		map_from_outside(pid, ends[1]);
	close(ends[1]);
	if (pid == 0)
		*mapped = map_ids(uid, gid, ends[0]) == 0;
	close(ends[0]);
	if (pid == -1)
		errno = cause;
	return pid;
}

pid_t
sandbox_spawn(int (*inside)(void *argument), void *argument)
{
	const char *missing;
	bool mapped;
	pid_t pid;

	fflush(NULL);
	if ((pid = clone_mapped(&mapped)) == -1) {
		missing = sandbox_missing();
		warnx("no namespaces for the lab: %s",
		    missing == NULL ? strerror(errno) : missing);
		return -1;
	}
	if (pid > 0)
		return pid;
	if (!mapped) {
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

/* What the first process of namespaces found that it may do. */
enum rights {
	RIGHTS_ALL,
	RIGHTS_NONE,
	RIGHTS_STAY, /* it cannot make, or go to, a host's namespaces */
};

static enum rights
try_rights(bool mapped)
{
	int home;

	/* A security module may grant the namespace and no rights in it. */
	if (!mapped ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return RIGHTS_NONE;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET | CLONE_NEWUTS) == -1 ||
	    setns(home, CLONE_NEWNET) == -1)
		/* Of anything else the lab itself says more. */
		return errno == EPERM || errno == ENOSYS ? RIGHTS_STAY
							 : RIGHTS_ALL;
	return RIGHTS_ALL;
}

static const char *
rights_missing(enum rights found)
{
	if (found == RIGHTS_ALL)
		return NULL;
	if (found == RIGHTS_STAY)
		return "the lab's hosts cannot be made; inside a container, "
		       "its seccomp profile must allow unshare and setns";
	if (read_number("/proc/sys/kernel/"
			"apparmor_restrict_unprivileged_userns") == 1)
		return "AppArmor keeps users from namespaces; as root: sysctl "
		       "kernel.apparmor_restrict_unprivileged_userns=0";
	return "a user namespace can be made, but gives no rights; a security "
	       "module or a container forbids it";
}

static const char *
clone_missing(int cause)
{
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

const char *
sandbox_missing(void)
{
	bool mapped;
	pid_t pid = clone_mapped(&mapped);
	int status, cause = errno;

	if (pid == -1)
		return clone_missing(cause);
	if (pid == 0)
		_exit(try_rights(mapped));
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return rights_missing(
	    WIFEXITED(status) ? (enum rights)WEXITSTATUS(status) : RIGHTS_NONE);
}

/* SPDX-License-Identifier: MIT */
/* Lock 7.  All of it is for this process, and for good. */
#include "drop_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refusal.h"

/* glibc has no wrapper for it; libcap's would be all we take from there. */
static int
set_no_capabilities(void)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return (int)syscall(SYS_capset, &header, none);
}

/*
 * The bounding set first, which takes a capability to empty.  Without that one
 * it stays full, and is of no use: a program that were run gets nothing of it
 * under PR_SET_NO_NEW_PRIVS.
 */
static int
drop_capabilities(void)
{
	for (int i = 0; prctl(PR_CAPBSET_READ, i) != -1; i++)
		if (prctl(PR_CAPBSET_DROP, i) == -1 && errno != EPERM)
			return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return set_no_capabilities();
}

/* LeakSanitizer looks at its own process when that ends. */
static void
let_sanitizer_read(int rules)
{
#ifdef __SANITIZE_ADDRESS__
	struct landlock_path_beneath_attr proc = {
	    .allowed_access =
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	    .parent_fd = open("/proc", O_PATH | O_CLOEXEC)};

	(void)syscall(
	    SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &proc, 0);
	close(proc.parent_fd);
#else
	(void)rules;
#endif
}

/* Every access to files that this version knows, and no rule that allows it. */
static bool
close_files(int version)
{
	static const int rights[] = {0, 13, 14, 15, 15, 16}; /* by version */
	size_t known = sizeof(rights) / sizeof(rights[0]) - 1;
	struct landlock_ruleset_attr all = {
	    .handled_access_fs =
		(UINT64_C(1) << rights[(size_t)version < known ? (size_t)version
							       : known]) -
		1};
	int rules =
	    (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	bool closed;

	if (rules == -1)
		return false;
	let_sanitizer_read(rules);
	closed = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return closed;
}

static int
landlock(void)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 && close_files(version) ? version : 0;
}

static bool
refuse_calls(void)
{
	static const int never[] = {
	    SCMP_SYS(execve),
	    SCMP_SYS(execveat),
	    SCMP_SYS(fork),
	    SCMP_SYS(vfork),
	    SCMP_SYS(clone3),
	    SCMP_SYS(unshare),
	    SCMP_SYS(setns),
	    SCMP_SYS(chroot),
	    SCMP_SYS(mount),
	    SCMP_SYS(umount2),
	    SCMP_SYS(pivot_root),
	    SCMP_SYS(open_tree),
	    SCMP_SYS(move_mount),
	    SCMP_SYS(fsopen),
	    SCMP_SYS(open_by_handle_at),
	    SCMP_SYS(process_vm_readv),
	    SCMP_SYS(process_vm_writev),
	    SCMP_SYS(pidfd_getfd),
	    SCMP_SYS(perf_event_open),
	    SCMP_SYS(userfaultfd),
	    SCMP_SYS(bpf),
	    /* Its work is not seen by this filter. */
	    SCMP_SYS(io_uring_setup),
	    SCMP_SYS(init_module),
	    SCMP_SYS(finit_module),
	    SCMP_SYS(delete_module),
	    SCMP_SYS(kexec_load),
	    SCMP_SYS(add_key),
	    SCMP_SYS(request_key),
	    SCMP_SYS(keyctl),
#ifndef __SANITIZE_ADDRESS__ /* see let_sanitizer_read */
	    SCMP_SYS(clone),
	    SCMP_SYS(ptrace),
#endif
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool good = filter != NULL;

	for (size_t i = 0; good && i < sizeof(never) / sizeof(never[0]); i++)
		good = seccomp_rule_add(
			   filter, SCMP_ACT_ERRNO(EPERM), never[i], 0) == 0;
	good = good && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return good;
}

int
drop_lock_try(struct drop *drop)
{
	if (drop_capabilities() == -1)
		return confine_refuse(LOCK_DROP, "capabilities-kept",
		    "the kernel does not take our capabilities (%s)",
		    strerror(errno));
	drop->landlock = landlock();
	drop->seccomp = refuse_calls();
	return 0;
}

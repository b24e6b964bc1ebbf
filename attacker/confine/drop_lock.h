/* SPDX-License-Identifier: MIT */
#ifndef DROP_LOCK_H
#define DROP_LOCK_H

#include <stdbool.h>

/*
 * Lock 7: who has opened what he needs gives up the right to open more.
 *
 *	capabilities	none is left, and none can come back (capabilities(7),
 *			PR_SET_NO_NEW_PRIVS)
 *	files		none can be opened, by any name (Landlock)
 *	calls		those that an attacker never makes are refused: to run
 *			or become another program, another namespace, a
 *			debugger, a part of the kernel (seccomp(2))
 *
 * The first must succeed.  Landlock and seccomp are left out where the kernel
 * does not have them, or a container forbids them; *drop says so.
 */
struct drop {
	int landlock; /* the version of its interface; 0: there is none */
	bool seccomp;
};

/* 0, or -1 when capabilities would be kept (reported). */
int drop_lock_try(struct drop *drop) __attribute__((warn_unused_result));

#endif

/* SPDX-License-Identifier: MIT */
#ifndef CHANGE_LOCK_H
#define CHANGE_LOCK_H

/*
 * Lock 6: what a network was when we entered it, it may not be any more.  The
 * kernel tells of every link, address, route and rule that comes or goes, and
 * of every change to the filter; then the network is judged anew, as by lock 3.
 *
 *	change_lock_listen -> (look: lock 3) -> change_lock_listen_egress ->
 *	    (look: lock 5) -> (news: change_lock_try) ...
 *
 * Listen first: whatever changes after a look is then heard.
 */

/*
 * `news`, an epoll(7) descriptor, becomes readable when something has changed.
 * 0, or -1 when there is nothing to be heard (reported).
 */
int change_lock_listen(int news) __attribute__((warn_unused_result));
int change_lock_listen_egress(int news) __attribute__((warn_unused_result));

/* Judge what has changed, if anything.  0, or -1 (reported). */
int change_lock_try(void) __attribute__((warn_unused_result));

#endif

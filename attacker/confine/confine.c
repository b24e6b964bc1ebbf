/* SPDX-License-Identifier: MIT */
/*
 * The locks in their order.  Each is a file of its own; what they decide by
 * is pure and has its truth table in the unit tests.
 *
 *	namespace_lock	1 and 2
 *	network_lock	3: network_message -> network_policy
 *	target_lock	4
 *	egress_lock	5: egress_message
 *	change_lock	6: network_lock, egress_lock again
 *	drop_lock	7
 */
#include "confine.h"

#include <poll.h>
#include <stdlib.h>

#include <openssl/ssl.h>

#include "change_lock.h"
#include "drop_lock.h"
#include "egress_lock.h"
#include "event.h"
#include "exit_code.h"
#include "lab_clock.h"
#include "namespace_lock.h"
#include "network_lock.h"
#include "target_lock.h"

int
confine_enter(struct manifest *targets)
{
	if (namespace_lock_try() == -1 || change_lock_listen() == -1 ||
	    network_lock_try(LOCK_NETWORK) == -1 ||
	    target_lock_try(targets) == -1)
		return -1;
	if (targets->egress && change_lock_listen_egress() == -1)
		return -1;
	return egress_lock_try(targets);
}

int
confine_fd(void)
{
	return change_lock_fd();
}

void
confine_check(void)
{
	if (change_lock_try() == -1)
		exit(EXIT_REFUSED);
}

void
confine_drop(void)
{
	struct drop drop;

	/* What OpenSSL would read later, it reads now. */
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, NULL);
	if (drop_lock_try(&drop) == -1)
		exit(EXIT_REFUSED);
	event_begin("confined");
	event_bool("egress", egress_lock_holds());
	event_number("landlock", drop.landlock);
	event_bool("seccomp", drop.seccomp);
	event_end();
}

int
confine_poll(int fd, short events, int timeout_ms)
{
	struct pollfd fds[] = {{fd, events, 0}, {confine_fd(), POLLIN, 0}};
	int64_t deadline = true_now() + timeout_ms * INT64_C(1000000), left;
	int n;

	while ((n = poll(fds, 2, timeout_ms)) > 0) {
		confine_check();
		if (fds[0].revents != 0)
			return 1;
		left = (deadline - true_now()) / 1000000;
		if (timeout_ms >= 0)
			timeout_ms = left < 0 ? 0 : (int)left;
	}
	return n;
}

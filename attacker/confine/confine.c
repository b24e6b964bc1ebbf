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
 *	budget_lock	8
 */
#include "confine.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <openssl/ssl.h>

#include "budget_lock.h"
#include "change_lock.h"
#include "drop_lock.h"
#include "egress_lock.h"
#include "event.h"
#include "exit_code.h"
#include "lab_clock.h"
#include "namespace_lock.h"
#include "network_lock.h"
#include "refusal.h"
#include "target_lock.h"

/* epoll(7) over what locks 6 and 8 wait for. */
static int news = -1;

static int
open_news(void)
{
	if ((news = epoll_create1(EPOLL_CLOEXEC)) != -1)
		return 0;
	return confine_refuse(LOCK_CHANGE, "no-news",
	    "this kernel gives no epoll (%s)", strerror(errno));
}

int
confine_enter(struct manifest *targets)
{
	if (namespace_lock_try() == -1 || open_news() == -1 ||
	    change_lock_listen(news) == -1 ||
	    network_lock_try(LOCK_NETWORK) == -1 ||
	    target_lock_try(targets) == -1)
		return -1;
	if (targets->egress && change_lock_listen_egress(news) == -1)
		return -1;
	if (egress_lock_try(targets) == -1)
		return -1;
	return budget_lock_start(news);
}

int
confine_fd(void)
{
	return news;
}

void
confine_check(void)
{
	struct epoll_event any;

	/* One question for all, since it is asked before every frame. */
	if (news == -1 || epoll_wait(news, &any, 1, 0) == 0)
		return;
	if (change_lock_try() == -1 || budget_lock_try() == -1)
		exit(EXIT_REFUSED);
}

void
confine_spend(void)
{
	confine_check();
	if (budget_lock_spend() == -1)
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

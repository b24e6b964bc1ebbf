/* SPDX-License-Identifier: MIT */
/* Lock 8: a timer that goes on while the machine sleeps, and a counter. */
#include "budget_lock.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "refusal.h"

static long seconds, copies = BUDGET_COPIES, spent;
static int timer = -1;

bool
budget_read(const char *text, long most, long *number)
{
	char *end;

	*number = most;
	if (text == NULL)
		return true;
	if (*text < '1' || *text > '9') /* no sign, no space */
		return false;
	errno = 0;
	*number = strtol(text, &end, 10);
	return errno == 0 && *end == '\0' && *number <= most;
}

int
budget_lock_start(int news)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct itimerspec when = {0};

	if (!budget_read(
		getenv("REPLAYLAB_SECONDS_MAX"), BUDGET_SECONDS, &seconds) ||
	    !budget_read(
		getenv("REPLAYLAB_COPIES_MAX"), BUDGET_COPIES, &copies))
		return confine_refuse(LOCK_BUDGET, "budget-unreadable",
		    "REPLAYLAB_SECONDS_MAX takes 1 to %d, REPLAYLAB_COPIES_MAX "
		    "1 to %d",
		    BUDGET_SECONDS, BUDGET_COPIES);
	when.it_value.tv_sec = seconds;
	timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer == -1 || timerfd_settime(timer, 0, &when, NULL) == -1 ||
	    epoll_ctl(news, EPOLL_CTL_ADD, timer, &event) == -1)
		return confine_refuse(LOCK_BUDGET, "no-timer",
		    "this kernel gives no timer (%s)", strerror(errno));
	return 0;
}

int
budget_lock_try(void)
{
	uint64_t expired;

	if (timer == -1 ||
	    read(timer, &expired, sizeof(expired)) != sizeof(expired))
		return 0;
	return confine_refuse(LOCK_BUDGET, "time-spent",
	    "it has worked for %ld seconds, which no lab takes", seconds);
}

int
budget_lock_spend(void)
{
	if (spent++ < copies)
		return 0;
	return confine_refuse(LOCK_BUDGET, "copies-spent",
	    "it has sent %ld copies, which no lab takes", copies);
}

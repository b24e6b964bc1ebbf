/* SPDX-License-Identifier: MIT */
/* How a lock says that it holds. */
#include "refusal.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>

#include "event.h"

static const char *
lock_name(enum confine_lock lock)
{
	switch (lock) {
	case LOCK_NAMESPACE:
		return "namespace";
	case LOCK_OWNER:
		return "owner";
	case LOCK_NETWORK:
		return "network";
	case LOCK_TARGET:
		return "target";
	case LOCK_EGRESS:
		return "egress";
	case LOCK_CHANGE:
		return "change";
	case LOCK_DROP:
		return "drop";
	case LOCK_BUDGET:
		return "budget";
	}
	return "unknown";
}

int
confine_refuse(
    enum confine_lock lock, const char *reason, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	event_begin("refused");
	event_number("lock", lock);
	event_text("reason", reason);
	event_end();
	warnx("refused by lock %d (%s): %s; %s", (int)lock, lock_name(lock),
	    text,
	    lock == LOCK_BUDGET ? "start it again if that is what you want"
				: "run it inside `replaylab run` or `replaylab "
				  "shell attacker`");
	return -1;
}

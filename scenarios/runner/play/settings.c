/* SPDX-License-Identifier: MIT */
/* The environment of the lab's programs. */
#include "settings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3)))
add(struct settings *s, const char *format, ...)
{
	size_t n = 0;
	va_list args;

	while (s->list[n] != NULL)
		n++;
	va_start(args, format);
	vsnprintf(s->text[n], sizeof(s->text[n]), format, args);
	va_end(args);
	s->list[n] = s->text[n];
}

/* The victims tell their TLS secrets to the evidence, not to him. */
static bool
is_told_secrets(const char *host, const char *program)
{
	return strcmp(host, "attacker") != 0 &&
	       strcmp(program, "attacker") != 0;
}

void
settings_make(struct settings *s, const char *host, const char *program,
    const char *folder, const char *programs)
{
	const char *path = getenv("PATH");

	memset(s->list, 0, sizeof(s->list));
	if (programs != NULL)
		add(s, "PATH=%s:%s", programs,
		    path == NULL ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
	add(s, "REPLAYLAB_DIR=%s", folder);
	add(s, "REPLAYLAB_EVENTS=%d", SETTINGS_EVENTS_FD);
	if (getenv("TERM") != NULL)
		add(s, "TERM=%s", getenv("TERM"));
	/*
	 * A replayed ClientHello has a random that the log of its first sender
	 * has, too: servers keep logs of their own.
	 */
	if (!is_told_secrets(host, program))
		add(s, "SSLKEYLOGFILE");
	else if (strncmp(host, "client", 6) == 0)
		add(s, "SSLKEYLOGFILE=%s/keys.log", folder);
	else
		add(s, "SSLKEYLOGFILE=%s/keys-%s.log", folder, host);
}

void
settings_use(const struct settings *s)
{
	for (size_t i = 0; s->list[i] != NULL; i++)
		putenv((char *)(uintptr_t)s->list[i]);
}

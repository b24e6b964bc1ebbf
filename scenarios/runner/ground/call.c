/* SPDX-License-Identifier: MIT */
/* Another program as a child, and what it says. */
#include "call.h"

#include "exit_code.h"
#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_MS 120000

void
call_add(struct call *c, const char *format, ...)
{
	va_list args;
	int length;

	if (c->count == CALL_WORDS_MAX)
		errx(EXIT_INTERNAL, "%s: too many words", c->words[0]);
	va_start(args, format);
	length = vasprintf(&c->words[c->count++], format, args);
	va_end(args);
	if (length == -1)
		err(EXIT_INTERNAL, "a command line");
}

void
call_add_words(struct call *c, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++)
		call_add(c, "%s", words[i]);
}

/* In the child.  It is told to end by nobody but itself. */
static void
become(const struct call *c, int out, int errors)
{
	int in = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* Ctrl-C is the runner's to act on, which then needs it. */
	setpgid(0, 0);
	if (in == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(errors, STDERR_FILENO) == -1)
		_exit(127);
	execvp(c->words[0], c->words);
	warn("%s", c->words[0]);
	_exit(127);
}

/* Files, not pipes: what stays behind of a program may hold them open. */
int
call_start(struct call *c)
{
	c->out = memfd_create("out", MFD_CLOEXEC);
	c->errors = memfd_create("errors", MFD_CLOEXEC);
	fflush(NULL);
	c->pid = c->out == -1 || c->errors == -1 ? -1 : fork();
	if (c->pid == 0)
		become(c, c->out, c->errors);
	if (c->pid == -1)
		warn("%s", c->words[0]);
	return c->pid == -1 ? -1 : 0;
}

static void
read_all(int fd, struct buffer *out)
{
	char chunk[4096];
	ssize_t length;

	lseek(fd, 0, SEEK_SET);
	while ((length = read(fd, chunk, sizeof(chunk))) > 0)
		if (out != NULL)
			buffer_add(out, chunk, (size_t)length);
}

static void
note_last_line(struct call *c)
{
	struct buffer text = {0};
	struct bytes all, line;

	read_all(c->errors, &text);
	if (buffer_bytes(&text).left > 0)
		buffer_add_u8(&text, '\n');
	all = buffer_bytes(&text);
	while (bytes_take_until(&all, '\n', &line))
		if (line.left > 0)
			snprintf(c->said, sizeof(c->said), "%.*s",
			    (int)line.left, (const char *)line.at);
	buffer_clear(&text);
}

void
call_clear(struct call *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->words[i]);
	c->count = 0;
}

/* If not, it is killed, and what it started that stayed with it. */
static bool
ends_in_time(pid_t pid, int deadline_ms)
{
	int64_t deadline = true_now() + (int64_t)deadline_ms * 1000000;
	struct pollfd end = {pidfd_open(pid, 0), POLLIN, 0};
	int64_t left;
	bool in_time = end.fd == -1;

	while (!in_time && (left = (deadline - true_now()) / 1000000) > 0)
		in_time = poll(&end, 1, (int)left) == 1;
	if (end.fd != -1)
		close(end.fd);
	if (!in_time)
		kill(-pid, SIGKILL);
	return in_time;
}

int
call_end(struct call *c, struct buffer *out)
{
	int status = 127 << 8;
	int deadline = c->deadline_ms == 0 ? DEADLINE_MS : c->deadline_ms;
	bool late = c->pid > 0 && !ends_in_time(c->pid, deadline);

	while (
	    c->pid > 0 && waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		;
	if (c->pid > 0) {
		read_all(c->out, out);
		note_last_line(c);
	}
	if (late)
		snprintf(c->said, sizeof(c->said), "no answer within %d s",
		    (deadline + 999) / 1000);
	if (c->out != -1)
		close(c->out);
	if (c->errors != -1)
		close(c->errors);
	call_clear(c);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
call_run(struct call *c, struct buffer *out)
{
	(void)call_start(c);
	return call_end(c, out);
}

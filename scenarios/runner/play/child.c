/* SPDX-License-Identifier: MIT */
/* Running other programs. */
#include "child.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (1 << 20)

static void
become(const char *const words[], int output, bool quiet)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing == -1 || dup2(nothing, 0) == -1 ||
	    dup2(output == -1 ? nothing : output, 1) == -1 ||
	    (quiet && dup2(nothing, 2) == -1))
		_exit(127);
	execvp(words[0], (char **)words);
	warn("%s", words[0]);
	_exit(127);
}

pid_t
child_start(const char *const words[])
{
	pid_t pid = fork();

	if (pid == -1)
		warn("%s", words[0]);
	if (pid == 0)
		become(words, -1, false);
	return pid;
}

int
child_run(const char *const words[], bool quiet, struct buffer *out)
{
	char chunk[4096];
	int ends[2], status;
	ssize_t length;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		warn("%s", words[0]);
		return -1;
	}
	if (pid == 0)
		become(words, ends[1], quiet);
	close(ends[1]);
	while ((length = read(ends[0], chunk, sizeof(chunk))) > 0 ||
	       (length == -1 && errno == EINTR))
		if (length > 0 && buffer_bytes(out).left < OUTPUT_MAX)
			buffer_add(out, chunk, (size_t)length);
	close(ends[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* SPDX-License-Identifier: MIT */
/* A pseudoterminal (pty(7)) and the process at its near end. */
#include "terminal.h"

#include "exit_code.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int near_end;

bool
terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static void
pass_size(int signal)
{
	struct winsize size;

	(void)signal;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		(void)ioctl(near_end, TIOCSWINSZ, &size);
}

/* What there is to read; false if nothing ever will be. */
static bool
carry(int from, int to)
{
	char chunk[4096];
	ssize_t length = read(from, chunk, sizeof(chunk)), done = 0, n;

	if (length == -1 && errno == EINTR)
		return true;
	while (done < length) {
		n = write(to, &chunk[done], (size_t)(length - done));
		if (n == -1 && errno != EINTR)
			return false;
		done += n > 0 ? n : 0;
	}
	return length > 0;
}

/* A far end that nobody holds any more reads as an error. */
static void
carry_all(void)
{
	struct pollfd fds[] = {
	    {near_end, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

	for (;;) {
		if (poll(fds, 2, -1) == -1) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (fds[0].revents != 0 && !carry(near_end, STDOUT_FILENO))
			return;
		if (fds[1].revents != 0 && !carry(STDIN_FILENO, near_end))
			fds[1].fd = -1;
	}
}

static void
serve(void)
{
	struct sigaction resized = {.sa_handler = pass_size};
	struct termios before, raw;

	sigaction(SIGWINCH, &resized, NULL);
	if (tcgetattr(STDIN_FILENO, &before) == -1)
		err(EXIT_INTERNAL, "terminal");
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	carry_all();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	_exit(EXIT_AS_EXPECTED);
}

int
terminal_open(pid_t *carrier)
{
	int far = -1;

	near_end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (near_end != -1 && grantpt(near_end) == 0 && unlockpt(near_end) == 0)
		far =
		    ioctl(near_end, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (far == -1) {
		warn("a terminal");
		return -1;
	}
	pass_size(0);
	if ((*carrier = fork()) == 0) {
		close(far);
		serve();
	}
	close(near_end);
	if (*carrier != -1)
		return far;
	warn("a terminal");
	close(far);
	return -1;
}

void
terminal_wait(pid_t carrier)
{
	while (waitpid(carrier, NULL, 0) == -1 && errno == EINTR)
		;
}

/* SPDX-License-Identifier: MIT */
/* Judging where nothing can go wrong for anybody else. */
#include "grade.h"

#include "class/below.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 10 /* a play of the lab's takes a hundredth of one */
#define MEMORY (1UL << 30)

static void
limit(int what, rlim_t most)
{
	const struct rlimit both = {most, most};

	if (setrlimit(what, &both) == -1)
		_exit(1);
}

/* Not to write, not to grow, not to last; what it reads is open already. */
static void
confine(void)
{
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__ /* its shadow is larger than any limit */
	limit(RLIMIT_AS, MEMORY);
#endif
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		_exit(1);
}

static void __attribute__((noreturn))
judge_and_tell(int to, int folder, const char *name, const struct library *l)
{
	static struct grade g;
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* What parsers have to say of a stranger's file is a note. */
	if (nowhere == -1 || dup2(nowhere, STDERR_FILENO) == -1)
		_exit(1);
	confine();
	grade_play(&g, folder, name, l);
	/* A pipe holds more than this, so it is one write. */
	_exit(write(to, &g, sizeof(g)) == (ssize_t)sizeof(g) ? 0 : 1);
}

int
grade_child_begin(struct grade_child *c, int folder, const char *name,
    const struct library *l)
{
	int ends[2];

	_Static_assert(sizeof(struct grade) <= 16384, "a pipe holds it");
	if (pipe2(ends, O_CLOEXEC) == -1) {
		warn("pipe");
		return -1;
	}
	if ((c->pid = fork()) == 0)
		judge_and_tell(ends[1], folder, name, l);
	close(ends[1]);
	if (c->pid == -1) {
		warn("fork");
		close(ends[0]);
		return -1;
	}
	c->from = ends[0];
	return 0;
}

/* How a child that told nothing has ended. */
static const char *
why(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU ||
					  WTERMSIG(status) == SIGKILL)
		   ? "it takes too long"
		   : "it cannot be read";
}

/* Who reads hostile bytes may be turned: what it tells is text and in range. */
static void
make_sound(struct grade *g)
{
	struct grade_marks *m = &g->marks;

	g->story[sizeof(g->story) - 1] = '\0';
	g->claimed[sizeof(g->claimed) - 1] = '\0';
	g->judged[sizeof(g->judged) - 1] = '\0';
	g->notes.text[sizeof(g->notes.text) - 1] = '\0';
	for (int kind = 0; kind < GRADE_MARK_KINDS; kind++) {
		if (m->count[kind] > GRADE_MARKS_MAX)
			m->count[kind] = GRADE_MARKS_MAX;
		for (size_t i = 0; i < GRADE_MARKS_MAX; i++)
			m->names[kind][i][FINGERPRINT_SIZE - 1] = '\0';
	}
}

void
grade_child_end(struct grade_child *c, const char *name, struct grade *g)
{
	ssize_t length;
	int status = 0;

	do
		length = read(c->from, g, sizeof(*g));
	while (length == -1 && errno == EINTR);
	close(c->from);
	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		;
	if (length == (ssize_t)sizeof(*g) && status == 0) {
		make_sound(g);
		return;
	}
	*g = (struct grade){.claimed = "?", .judged = "-"};
	snprintf(g->story, sizeof(g->story), "%s",
	    below_is_name(name, sizeof(g->story)) ? name : "?");
	grade_note(&g->notes, "file", "%s", why(status));
}

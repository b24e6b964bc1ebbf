/* SPDX-License-Identifier: MIT */
/* Starting a class, and ending it. */
#include "class.h"

#include "class_container.h"
#include "class_users.h"
#include "exit_code.h"
#include "play/child.h"
#include "play/installed.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Containers in the making: more only wait for each other. */
#define AT_ONCE 4

/* What of the limits is not set in this lab, in words; what cannot be asked. */
static bool
has_limits(const struct class *c, const char *name)
{
	struct buffer printed = {0}, missing = {0};
	bool all_set;

	/* Without an answer nothing is set. */
	(void)class_container_run(c, name, lab_limits_command, &printed);
	all_set = lab_limits_missing(
		      &c->limits, buffer_text(&printed), &missing) == 0;
	if (!all_set)
		warnx("%s does not limit the labs' %s here%s", c->engine,
		    buffer_text(&missing),
		    c->unlimited ? ""
				 : "; without root it takes cgroup v2 and its "
				   "delegation; --unlimited goes without");
	buffer_clear(&printed);
	buffer_clear(&missing);
	return all_set;
}

/* Can a lab be made in this container? */
static bool
works(const struct class *c, const char *name)
{
	struct buffer printed = {0};
	int status = class_container_run(c, name,
	    "replaylab shell client --empty --runs /tmp/check -- true",
	    &printed);

	if (status != 0)
		warnx("no lab can be made in such a container");
	buffer_clear(&printed);
	return status == 0;
}

static void
tell_progress(size_t done, size_t all)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu of %zu labs%s", done, all,
		    done == all ? "\n" : "");
}

/* One that was started has come up, or not: 0 or -1. */
static int
await_one(void)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) == -1 && errno == EINTR)
		;
	return pid != -1 && status == 0 ? 0 : -1;
}

/* All of the roster, a few at a time.  How many did not come up. */
static size_t
start_all(const struct class *c, const struct roster *users,
    const struct roster *those, size_t first)
{
	size_t failed = 0, begun = 0, ended = first;

	for (size_t i = first; i < those->count || begun > 0;) {
		if (i < those->count && begun < AT_ONCE) {
			const char *name = those->names[i++];

			if (class_container_start(c, name,
				class_users_id(c, users, name)) == -1) {
				failed++;
				ended++;
			} else {
				begun++;
			}
			continue;
		}
		failed += await_one() == -1;
		begun--;
		tell_progress(++ended, those->count);
	}
	return failed;
}

/* NULL, or why no lab can be started. */
static const char *
cannot(const struct class *c)
{
	const char *const words[] = {
	    c->engine, "image", "inspect", c->image, NULL};
	struct buffer out = {0};
	int status;

	if (!is_installed(c->engine))
		return "it is not installed";
	status = child_run(words, true, &out);
	buffer_clear(&out);
	return status == 0 ? NULL
			   : "the image is not there; in a checkout "
			     "containers/build makes it";
}

/* Together they may want more than there is. */
static void
tell_sum(const struct class *c, size_t labs)
{
	double have = (double)sysconf(_SC_PHYS_PAGES) *
		      (double)sysconf(_SC_PAGESIZE) / (1 << 30),
	       want = (double)labs * (double)c->limits.memory_mib / 1024;

	if (c->unlimited) {
		printf("labs that run: %zu\n", labs);
		return;
	}
	printf(
	    "labs that run: %zu; each may have %.2f processors, %ld MiB, %ld "
	    "processes\n",
	    labs, c->limits.cpus, c->limits.memory_mib, c->limits.processes);
	if (want > have)
		warnx("all at their limit want %.1f GiB of memory, and this "
		      "machine has %.1f",
		    want, have);
}

/* The roster's labs that have ended make room for new ones. */
static int
choose(const struct class *c, struct roster *running, struct roster *rest)
{
	static struct roster there, ended;

	if (class_container_list(c, false, running) == -1 ||
	    class_container_list(c, true, &there) == -1)
		return -1;
	ended = *rest = (struct roster){0};
	for (size_t i = 0; i < c->roster.count; i++) {
		const char *name = c->roster.names[i];

		if (roster_has(running, name))
			continue;
		roster_add(rest, name);
		if (roster_has(&there, name))
			roster_add(&ended, name);
	}
	return class_container_remove(c, &ended);
}

int
class_start(const struct class *c)
{
	static struct roster users, running, first, rest;
	const char *why = cannot(c);
	size_t failed = 0;

	if (why != NULL) {
		warnx("%s: %s", c->engine, why);
		return EXIT_SKIPPED;
	}
	if (choose(c, &running, &rest) == -1 ||
	    class_users_add(c, &users) == -1)
		return EXIT_INTERNAL;
	if (rest.count > 0) {
		roster_add(&first, rest.names[0]);
		if (start_all(c, &users, &first, 0) > 0) {
			class_container_drop_home(c, first.names[0]);
			return EXIT_INTERNAL;
		}
		/* The first lab tells for all. */
		if ((!has_limits(c, first.names[0]) && !c->unlimited) ||
		    !works(c, first.names[0])) {
			class_container_remove(c, &first);
			class_container_drop_home(c, first.names[0]);
			return EXIT_SKIPPED;
		}
		failed = start_all(c, &users, &rest, 1);
	}
	tell_sum(c, running.count + rest.count - failed);
	return failed == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
}

int
class_stop(const struct class *c)
{
	static struct roster there, those;

	if (class_container_list(c, true, &there) == -1)
		return EXIT_INTERNAL;
	those = (struct roster){0};
	for (size_t i = 0; i < there.count; i++)
		if (c->roster.count == 0 ||
		    roster_has(&c->roster, there.names[i]))
			roster_add(&those, there.names[i]);
	if (those.count > 10)
		fprintf(stderr, "ending %zu labs\n", those.count);
	if (class_container_remove(c, &those) == -1)
		return EXIT_INTERNAL;
	printf("labs ended: %zu; the folders stay in %s\n", those.count,
	    c->folder);
	return EXIT_AS_EXPECTED;
}

/* SPDX-License-Identifier: MIT */
/*
 * The labs of a class as containers.  Each has a user of its own, since some
 * limits of the kernel are counted by user, and nothing of the machine but its
 * home.  Its first process sleeps, and waits for orphans to end.
 */
#include "class.h"

#include "child.h"
#include "exit_code.h"
#include "installed.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTAINER_SIZE 128
#define AT_ONCE                                                                \
	4 /* containers in the making: more only wait for each other           \
	   */
#define WORDS_MAX 64

/* FOLDER-NAME. */
static const char *
container(const struct class *c, const char *name, char into[CONTAINER_SIZE])
{
	snprintf(into, CONTAINER_SIZE, "%.*s-%s",
	    CONTAINER_SIZE - ROSTER_NAME_SIZE - 1, strrchr(c->folder, '/') + 1,
	    name);
	return into;
}

static void
take_names(const struct class *c, struct bytes text, struct roster *r)
{
	char line[CONTAINER_SIZE + 1], wanted[CONTAINER_SIZE];
	size_t length = 0;
	uint8_t byte;

	while (bytes_take_u8(&text, &byte)) {
		const char *dash;

		if (byte != '\n') {
			if (length < CONTAINER_SIZE)
				line[length++] = (char)byte;
			continue;
		}
		line[length] = '\0';
		length = 0;
		dash = line + strlen(container(c, "", wanted));
		if (strncmp(line, wanted, strlen(wanted)) == 0)
			roster_add(r, dash);
	}
}

int
class_running(const struct class *c, bool all, struct roster *r)
{
	char label[3200];
	const char *const words[] = {c->engine, "ps", "--filter", label,
	    "--format", "{{.Names}}", all ? "--all" : NULL, NULL};
	struct buffer out = {0};
	int status;

	snprintf(label, sizeof(label), "label=replaylab.class=%s", c->folder);
	*r = (struct roster){0};
	if ((status = child_run(words, false, &out)) == 0)
		take_names(c, buffer_bytes(&out), r);
	buffer_clear(&out);
	return status == 0 ? 0 : -1;
}

/*
 * A student's user id, the same in every start.  That two may share one costs
 * them a limit that is counted by user, and nothing else.
 */
static unsigned int
user_id(const char *name)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619;
	return 2000 + hash % 60000;
}

/* The home, which rootful Docker does not give away by itself. */
static int
make_home(const struct class *c, const char *path, unsigned int id)
{
	if (mkdir(path, 0755) == -1 && errno != EEXIST) {
		warn("%s", path);
		return -1;
	}
	if (geteuid() == 0 && strcmp(c->engine, "docker") == 0 &&
	    chown(path, id, id) == -1) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

/*
 * Docker's profile for AppArmor, and others made of it, let nobody mount, not
 * even in namespaces of his own.
 */
static const char *
apparmor(void)
{
	FILE *enabled = fopen("/sys/module/apparmor/parameters/enabled", "re");
	int answer = enabled == NULL ? 'N' : fgetc(enabled);

	if (enabled != NULL)
		fclose(enabled);
	/* The second is there anyway. */
	return answer == 'Y' ? "apparmor=unconfined" : "no-new-privileges";
}

/* The container's own words; the strings live until the next call. */
static const char *const *
start_words(const struct class *c, const char *name)
{
	static char own[CONTAINER_SIZE], label[3200], seccomp[4200], cpus[32],
	    memory[32], processes[32], user[32], home[3200];
	static const char *words[WORDS_MAX];
	const unsigned int id = user_id(name);
	const char *const all[] = {c->engine, "run", "--detach", "--name",
	    container(c, name, own), "--hostname", name, "--label", label,
	    "--pull", "never", "--network", "none", "--cap-drop", "all",
	    "--security-opt", "no-new-privileges", "--security-opt", apparmor(),
	    "--security-opt", seccomp, "--read-only", "--tmpfs", "/tmp",
	    "--cpus", cpus, "--memory", memory, "--memory-swap", memory,
	    "--pids-limit", processes, "--user", user, "--volume", home,
	    "--workdir", "/home/student", "--env", "HOME=/home/student",
	    "--entrypoint", "/bin/sh", c->image, "-c",
	    "trap 'exit 0' TERM; while :; do sleep 86400 & wait; done"};

	snprintf(label, sizeof(label), "replaylab.class=%s", c->folder);
	snprintf(seccomp, sizeof(seccomp), "seccomp=%s", c->seccomp);
	snprintf(cpus, sizeof(cpus), "%.2f", c->limits.cpus);
	snprintf(memory, sizeof(memory), "%ldm", c->limits.memory_mib);
	snprintf(processes, sizeof(processes), "%ld", c->limits.processes);
	snprintf(user, sizeof(user), "%u:%u", id, id);
	snprintf(home, sizeof(home), "%s/%s:/home/student%s", c->folder, name,
	    strcmp(c->engine, "podman") == 0 ? ":U,Z" : ":Z");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		words[i] = all[i];
	words[sizeof(all) / sizeof(all[0])] = NULL;
	return words;
}

static pid_t
start_one(const struct class *c, const char *name)
{
	char path[3200];

	snprintf(path, sizeof(path), "%s/%s", c->folder, name);
	if (make_home(c, path, user_id(name)) == -1)
		return -1;
	return child_start(start_words(c, name));
}

/* Run a shell's line in a student's lab. */
static int
run_inside(const struct class *c, const char *name, const char *line,
    struct buffer *out)
{
	char own[CONTAINER_SIZE];
	const char *const words[] = {c->engine, "exec", container(c, name, own),
	    "/bin/sh", "-c", line, NULL};

	return child_run(words, false, out);
}

static int
remove_labs(const struct class *c, const struct roster *those)
{
	static char own[ROSTER_MAX][CONTAINER_SIZE];
	static const char *words[ROSTER_MAX + 4];
	struct buffer out = {0};
	size_t count = 0;
	int status;

	words[count++] = c->engine;
	words[count++] = "rm";
	words[count++] = "--force";
	for (size_t i = 0; i < those->count; i++)
		words[count++] = container(c, those->names[i], own[i]);
	words[count] = NULL;
	status = those->count == 0 ? 0 : child_run(words, false, &out);
	buffer_clear(&out);
	return status == 0 ? 0 : -1;
}

/* The first lab tells for all: do its limits hold, and can a lab be made? */
static int
check_first(const struct class *c, const char *name)
{
	struct buffer out = {0};
	const char *missing = NULL;
	int outcome = -1;

	if (run_inside(c, name, lab_limits_command, &out) == 0)
		missing = lab_limits_missing(&c->limits, buffer_text(&out));
	else
		missing = "nothing";
	buffer_reset(&out);
	if (missing != NULL)
		warnx("%s does not limit the labs' %s here%s", c->engine,
		    missing,
		    c->unlimited ? ""
				 : "; it needs cgroup v2, and without root "
				   "its delegation; --unlimited goes without");
	if (missing == NULL || c->unlimited) {
		outcome = run_inside(c, name,
		    "replaylab shell client --empty --runs /tmp/check -- true",
		    &out);
		if (outcome != 0)
			warnx("no lab can be made in such a container");
	}
	buffer_clear(&out);
	return outcome == 0 ? 0 : -1;
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
start_all(const struct class *c, const struct roster *those, size_t first)
{
	size_t failed = 0, begun = 0, ended = first;

	for (size_t i = first; i < those->count || begun > 0;) {
		if (i < those->count && begun < AT_ONCE) {
			if (start_one(c, those->names[i++]) == -1) {
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

	printf("%zu labs run, each with at most %.2f processors, %ld MiB, %ld "
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

	if (class_running(c, false, running) == -1 ||
	    class_running(c, true, &there) == -1)
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
	return remove_labs(c, &ended);
}

int
class_start(const struct class *c)
{
	static struct roster running, first, rest;
	const char *why = cannot(c);
	size_t failed = 0;

	if (why != NULL) {
		warnx("%s: %s", c->engine, why);
		return EXIT_SKIPPED;
	}
	if (choose(c, &running, &rest) == -1)
		return EXIT_INTERNAL;
	if (rest.count > 0) {
		roster_add(&first, rest.names[0]);
		if (start_all(c, &first, 0) > 0)
			return EXIT_INTERNAL;
		if (check_first(c, first.names[0]) == -1) {
			remove_labs(c, &first);
			return EXIT_SKIPPED;
		}
		failed = start_all(c, &rest, 1);
	}
	tell_sum(c, running.count + rest.count - failed);
	return failed == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
}

/* What sshd was asked for if it runs this instead, or a login shell. */
static const char *const *
usual_words(const char *words[4])
{
	const char *asked = getenv("SSH_ORIGINAL_COMMAND");

	words[0] = "/bin/bash";
	words[1] = asked == NULL ? "--login" : "-c";
	words[2] = asked;
	words[3] = NULL;
	return words;
}

int
class_enter(const struct class *c, const char *name, char *const given[])
{
	char own[CONTAINER_SIZE];
	const char *words[WORDS_MAX], *usual[4];
	const char *const *rest =
	    *given != NULL ? (const char *const *)given : usual_words(usual);
	size_t count = 0;

	words[count++] = c->engine;
	words[count++] = "exec";
	words[count++] = "--interactive";
	if (isatty(STDIN_FILENO))
		words[count++] = "--tty";
	words[count++] = container(c, name, own);
	while (*rest != NULL && count + 1 < WORDS_MAX)
		words[count++] = *rest++;
	words[count] = NULL;
	if (*rest != NULL) {
		warnx("more than %d words", WORDS_MAX - 6);
		return EXIT_USAGE;
	}
	execvp(words[0], (char **)words);
	warn("%s", words[0]);
	return EXIT_SKIPPED;
}

int
class_stop(const struct class *c)
{
	static struct roster there, those;

	if (class_running(c, true, &there) == -1)
		return EXIT_INTERNAL;
	those = (struct roster){0};
	for (size_t i = 0; i < there.count; i++)
		if (c->roster.count == 0 ||
		    roster_has(&c->roster, there.names[i]))
			roster_add(&those, there.names[i]);
	if (those.count > 10)
		fprintf(stderr, "ending %zu labs\n", those.count);
	if (remove_labs(c, &those) == -1)
		return EXIT_INTERNAL;
	printf("%zu labs ended; their folders stay in %s\n", those.count,
	    c->folder);
	return EXIT_AS_EXPECTED;
}

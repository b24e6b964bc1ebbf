/* SPDX-License-Identifier: MIT */
/*
 * The labs of a class as containers.  Each has a user of its own, since some
 * limits of the kernel are counted by user, and nothing of the machine but its
 * home.  Its first process sleeps, and waits for orphans to end.
 */
#include "class_container.h"

#include "exit_code.h"
#include "play/child.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTAINER_SIZE 64
#define WORDS_MAX 64
#define OUTSIDE "0:1879048192:65536"

/* Two classes may be called the same, and their folders elsewhere. */
static const char *
container(const struct class *c, const char *name, char into[CONTAINER_SIZE])
{
	snprintf(into, CONTAINER_SIZE, "class-%08x-%s", c->number, name);
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
class_container_list(const struct class *c, bool all, struct roster *r)
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

/*
 * Root's podman would give a user its own number outside, where an account may
 * have it; so it gets one above all accounts.  A user's podman has the user's
 * subordinate ids, and Docker's daemon its own setting, userns-remap.
 */
static size_t
add_mapping(const struct class *c, const char *words[], size_t count)
{
	static const char *const map[] = {
	    "--uidmap", OUTSIDE, "--gidmap", OUTSIDE};

	if (geteuid() != 0 || strcmp(c->engine, "podman") != 0)
		return count;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		words[count++] = map[i];
	return count;
}

/* The container's own words; the strings live until the next call. */
static const char *const *
start_words(const struct class *c, const char *name, unsigned int id)
{
	static char own[CONTAINER_SIZE], label[3200], seccomp[4200], cpus[32],
	    memory[32], processes[32], user[32], home[3200];
	static const char *words[WORDS_MAX];
	size_t count = 0;
	const char *const all[] = {"--detach", "--name",
	    container(c, name, own), "--hostname", name, "--label", label,
	    "--pull", "never", "--network", "none", "--cap-drop", "all",
	    "--security-opt", "no-new-privileges", "--security-opt", apparmor(),
	    "--security-opt", seccomp, "--read-only", "--tmpfs", "/tmp",
	    "--ipc", "none", "--tmpfs", "/dev/shm", "--cpus", cpus, "--memory",
	    memory, "--memory-swap", memory, "--pids-limit", processes,
	    "--user", user, "--volume", home, "--workdir", "/home/student",
	    "--env", "HOME=/home/student", "--entrypoint", "/bin/sh", c->image,
	    "-c", "trap 'exit 0' TERM; while :; do sleep 86400 & wait; done"};

	snprintf(label, sizeof(label), "replaylab.class=%s", c->folder);
	snprintf(seccomp, sizeof(seccomp), "seccomp=%s", c->seccomp);
	snprintf(cpus, sizeof(cpus), "%.2f", c->limits.cpus);
	snprintf(memory, sizeof(memory), "%ldm", c->limits.memory_mib);
	snprintf(processes, sizeof(processes), "%ld", c->limits.processes);
	snprintf(user, sizeof(user), "%u:%u", id, id);
	snprintf(home, sizeof(home), "%s/%s:/home/student%s", c->folder, name,
	    strcmp(c->engine, "podman") == 0 ? ":U,Z" : ":Z");
	words[count++] = c->engine;
	words[count++] = "run";
	count = add_mapping(c, words, count);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		words[count++] = all[i];
	words[count] = NULL;
	return words;
}

pid_t
class_container_start(const struct class *c, const char *name, unsigned int id)
{
	char path[3200];

	snprintf(path, sizeof(path), "%s/%s", c->folder, name);
	if (make_home(c, path, id) == -1)
		return -1;
	return child_start(start_words(c, name, id));
}

void
class_container_drop_home(const struct class *c, const char *name)
{
	char path[3200];

	snprintf(path, sizeof(path), "%s/%s", c->folder, name);
	if (rmdir(path) == -1 && errno != ENOTEMPTY)
		warn("%s", path);
}

int
class_container_run(const struct class *c, const char *name, const char *line,
    struct buffer *out)
{
	char own[CONTAINER_SIZE];
	const char *const words[] = {c->engine, "exec", container(c, name, own),
	    "/bin/sh", "-c", line, NULL};

	return child_run(words, false, out);
}

int
class_container_remove(const struct class *c, const struct roster *those)
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

/* -1, or an exit status and a line. */
static int
cannot_enter(const struct class *c, const char *name)
{
	static struct roster running;

	if (class_container_list(c, false, &running) == -1)
		return EXIT_INTERNAL;
	if (roster_has(&running, name))
		return -1;
	warnx("%s's lab does not run; replaylab class start %s", name, name);
	return EXIT_USAGE;
}

int
class_container_enter(
    const struct class *c, const char *name, char *const given[])
{
	char own[CONTAINER_SIZE];
	const char *words[WORDS_MAX], *usual[4];
	const char *const *rest =
	    *given != NULL ? (const char *const *)given : usual_words(usual);
	size_t count = 0;
	int status = cannot_enter(c, name);

	if (status != -1)
		return status;
	words[count++] = c->engine;
	words[count++] = "exec";
	words[count++] = "--interactive";
	/* A terminal would add carriage returns to a file. */
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
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

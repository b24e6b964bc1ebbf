/* SPDX-License-Identifier: MIT */
/* Some limits of the kernel are counted by user, so that no two may share. */
#include "class_users.h"

#include "evidence/read_file.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FIRST_ID 2000
#define BLOCKS 60 /* of ROSTER_MAX ids: classes seldom share one */
#define USERS_FILE_MAX (ROSTER_MAX * 64)

/* Has an editor left the last line without its end? */
static bool
is_open(struct bytes text)
{
	return text.left > 0 && text.at[text.left - 1] != '\n';
}

/* The file's own names, and which of the roster it does not have. */
static int
compare(const struct class *c, const char *path, struct roster *users,
    struct buffer *new)
{
	struct buffer text = {0};
	enum roster_verdict v = ROSTER_ADDED;
	unsigned int line = 0;

	*users = (struct roster){0};
	if (read_file(path, USERS_FILE_MAX, &text) == -1)
		return -1;
	v = roster_parse(users, buffer_bytes(&text), &line);
	if (is_open(buffer_bytes(&text)))
		buffer_add_text(new, "\n");
	buffer_clear(&text);
	for (size_t i = 0; i < c->roster.count && v == ROSTER_ADDED; i++) {
		const char *name = c->roster.names[i];

		if (roster_has(users, name))
			continue;
		v = roster_add(users, name);
		buffer_printf(new, "%s\n", name);
	}
	if (v == ROSTER_ADDED)
		return 0;
	warnx("%s: %s", path, roster_verdict_text(v));
	return -1;
}

int
class_users_add(const struct class *c, struct roster *users)
{
	char path[3200];
	struct buffer new = {0};
	int fd, outcome = -1;

	snprintf(path, sizeof(path), "%s/.users", c->folder);
	fd = open(
	    path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
	/* Until it is closed, another start of this class waits. */
	if (fd == -1 || flock(fd, LOCK_EX) == -1) {
		warn("%s", path);
	} else if (compare(c, path, users, &new) == 0) {
		struct bytes names = buffer_bytes(&new);

		if (write(fd, names.at, names.left) == (ssize_t)names.left)
			outcome = 0;
		else
			warn("%s", path);
	}
	buffer_clear(&new);
	if (fd != -1)
		close(fd);
	return outcome;
}

unsigned int
class_users_id(
    const struct class *c, const struct roster *users, const char *name)
{
	size_t place = 0;

	while (place < users->count && strcmp(users->names[place], name) != 0)
		place++;
	return FIRST_ID + c->number % BLOCKS * ROSTER_MAX + (unsigned int)place;
}

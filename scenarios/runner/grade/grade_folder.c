/* SPDX-License-Identifier: MIT */
/* Finding plays. */
#include "grade_folder.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#define NAMES_MAX 4096 /* in a folder */

/* "20261126-143634-26551" */
static bool
is_run(const char *name)
{
	for (size_t i = 0; i < 15; i++)
		if (i == 8 ? name[i] != '-' : !isdigit((unsigned char)name[i]))
			return false;
	return name[15] == '-';
}

static bool
is_labs_own(const char *name)
{
	return *name == '\0' || strcmp(name, ".") == 0 ||
	       strcmp(name, "runs") == 0 || strcmp(name, "latest") == 0 ||
	       is_run(name);
}

/* The part of a path behind its last slash, which is cut off. */
static void
cut_name(char *path, char name[BELOW_NAME_MAX])
{
	char *slash = strrchr(path, '/');

	snprintf(
	    name, BELOW_NAME_MAX, "%.255s", slash == NULL ? path : slash + 1);
	*(slash == NULL ? path : slash) = '\0';
}

void
grade_folder_student(const char *path, char into[BELOW_NAME_MAX])
{
	char rest[PATH_MAX];

	snprintf(rest, sizeof(rest), "%s", path);
	do
		cut_name(rest, into);
	while (is_labs_own(into) && *rest != '\0');
}

void
grade_folder_names(const struct grade_folder *f, size_t i,
    char play[BELOW_NAME_MAX], char run[BELOW_NAME_MAX])
{
	char rest[sizeof(f->path) + BELOW_PATH_MAX];

	/* A play below it is "./" and the way there. */
	snprintf(rest, sizeof(rest), "%s%s", f->path, &f->plays[i][1]);
	cut_name(rest, play);
	cut_name(rest, run);
}

static void
add_play(struct grade_folder *f, const char *path)
{
	if (f->count % 64 == 0)
		f->plays =
		    reallocarray(f->plays, f->count + 64, sizeof(f->plays[0]));
	if (f->plays == NULL)
		err(EX_SOFTWARE, "%zu plays", f->count);
	strcpy(f->plays[f->count++], path);
}

static bool
is_there(int folder, const char *path, const char *name)
{
	char whole[BELOW_PATH_MAX + 16];
	struct stat status;

	snprintf(whole, sizeof(whole), "%s/%s", path, name);
	return fstatat(folder, whole, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
is_play(int folder, const char *path)
{
	return is_there(folder, path, "result.json") ||
	       is_there(folder, path, "scenario.scn");
}

static void
look_into(struct grade_folder *f, const char *path, int depth)
{
	char(*names)[BELOW_NAME_MAX], inner[BELOW_PATH_MAX];
	int fd = below_open(f->fd, path, O_RDONLY | O_DIRECTORY);
	size_t count;

	if (fd == -1)
		return;
	if (f->visits++ >= GRADE_VISITS_MAX)
		depth = 0;
	if (is_play(fd, ".")) {
		close(fd);
		if (f->count < GRADE_PLAYS_MAX)
			add_play(f, path);
		return;
	}
	if ((names = calloc(NAMES_MAX, sizeof(names[0]))) == NULL)
		err(EX_SOFTWARE, "folder");
	count = depth == 0 ? 0 : below_list(fd, names, NAMES_MAX);
	for (size_t i = 0; i < count; i++)
		if (snprintf(inner, sizeof(inner), "%s/%s", path, names[i]) <
		    (int)sizeof(inner))
			look_into(f, inner, depth - 1);
	if (depth == 0)
		close(fd);
	free(names);
}

/* The last part of a path may be such a link as runs/latest, and no other. */
static int
open_operand(const char *path)
{
	char above[PATH_MAX], name[BELOW_NAME_MAX];
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	int parent, fd;

	snprintf(above, sizeof(above), "%s", path);
	cut_name(above, name);
	parent = open(*above != '\0' ? above
		      : *path == '/' ? "/"
				     : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent == -1)
		return -1;
	fd = (int)syscall(
	    SYS_openat2, parent, *name == '\0' ? "." : name, &how, sizeof(how));
	close(parent);
	return fd;
}

/* Without slashes at its end; ".." and "." have no name of their own. */
static bool
spell_out(struct grade_folder *f, const char *path)
{
	char whole[PATH_MAX];
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (strspn(path, "./") == strlen(path) && realpath(path, whole) != NULL)
		return snprintf(f->path, sizeof(f->path), "%s", whole) <
		       (int)sizeof(f->path);
	return snprintf(f->path, sizeof(f->path), "%.*s", (int)length, path) <
	       (int)sizeof(f->path);
}

int
grade_folder_open(struct grade_folder *f, const char *path)
{
	char above[sizeof(f->path)], name[BELOW_NAME_MAX];

	*f = (struct grade_folder){.fd = -1};
	errno = ENAMETOOLONG;
	if (!spell_out(f, path) || (f->fd = open_operand(f->path)) == -1) {
		warn("%s", path);
		return -1;
	}
	look_into(f, ".", GRADE_DEPTH_MAX);
	strcpy(above, f->path);
	if (f->count == 1 && strcmp(f->plays[0], ".") == 0)
		cut_name(above, name); /* it is a play */
	grade_folder_student(above, f->student);
	if (f->count == GRADE_PLAYS_MAX || f->visits > GRADE_VISITS_MAX)
		warnx("%s: it holds too much, and not all is looked at", path);
	return 0;
}

void
grade_folder_close(struct grade_folder *f)
{
	if (f->fd != -1)
		close(f->fd);
	free(f->plays);
	*f = (struct grade_folder){.fd = -1};
}

int
grade_folder_play(const struct grade_folder *f, size_t i)
{
	return below_open(f->fd, f->plays[i], O_RDONLY | O_DIRECTORY);
}

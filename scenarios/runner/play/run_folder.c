/* SPDX-License-Identifier: MIT */
/* Evidence folders, and the cleaning up after calls that were killed. */
#include "run_folder.h"

#include "evidence/read_file.h"
#include "pki.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_NAME ".unfinished"
#define COPY_MAX 65536

/* What pki_create makes; plays share it. */
static const char *const shared[] = {"ca.pem", "gateway.pem", "inner.pem",
    "client.pem", "misissued.pem", "keys.json", NULL};

/* From folder to folder: containers of a call that was killed may still run. */
static void
remove_tree(const char *path)
{
	char *roots[] = {(char *)path, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL, NULL);
	FTSENT *entry;

	while (tree != NULL && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_DP)
			rmdir(entry->fts_accpath);
		else if (entry->fts_info != FTS_D)
			unlink(entry->fts_accpath);
	}
	if (tree != NULL)
		fts_close(tree);
}

/*
 * Take the lock of a folder: a descriptor, or -1 if it is held or not there.
 * It is not there either if its holder removed it after we opened it: that
 * folder is finished, or gone.
 */
static int
take_lock(const char *folder, int flags)
{
	char path[PATH_MAX];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, LOCK_NAME);
	if ((fd = open(path, O_RDWR | O_CLOEXEC | flags, 0644)) == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 || fstat(fd, &status) == -1 ||
	    status.st_nlink == 0) {
		close(fd);
		return -1;
	}
	return fd;
}

const char *
run_folder_shown(const struct run_folder *f)
{
	char here[PATH_MAX];
	size_t length;

	if (getcwd(here, sizeof(here)) == NULL)
		return f->path;
	length = strlen(here);
	if (strncmp(f->path, here, length) == 0 && f->path[length] == '/')
		return f->path + length + 1;
	return f->path;
}

bool
run_folder_is_held(const char *path)
{
	char name[PATH_MAX];
	int lock;

	snprintf(name, sizeof(name), "%s/%s", path, LOCK_NAME);
	if ((lock = take_lock(path, 0)) == -1)
		return access(name, F_OK) == 0;
	close(lock);
	return false;
}

static void
remove_unfinished(const char *runs)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder = opendir(runs);
	int lock;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", runs, entry->d_name);
		if ((lock = take_lock(path, 0)) == -1)
			continue;
		remove_tree(path);
		close(lock);
	}
	if (folder != NULL)
		closedir(folder);
}

/*
 * A folder that others see is locked: it gets its name, which remove_unfinished
 * looks at, once the lock is held.
 */
static int
make_locked(struct run_folder *f, const char *runs, const char *name)
{
	char hidden[PATH_MAX];

	snprintf(f->path, sizeof(f->path), "%s/%s", runs, name);
	snprintf(hidden, sizeof(hidden), "%s/.%s", runs, name);
	if (mkdir(hidden, 0700) == -1) {
		warn("%s", f->path);
		return -1;
	}
	if ((f->lock = take_lock(hidden, O_CREAT)) != -1 &&
	    rename(hidden, f->path) == 0)
		return 0;
	warn("%s", f->path);
	remove_tree(hidden);
	if (f->lock != -1)
		close(f->lock);
	return -1;
}

int
run_folder_create(struct run_folder *f, const char *runs)
{
	time_t now = time(NULL);
	char stamp[32], name[64], *absolute;
	struct tm local;
	int outcome;

	if (mkdir(runs, 0755) == -1 && errno != EEXIST) {
		warn("%s", runs);
		return -1;
	}
	if ((absolute = realpath(runs, NULL)) == NULL) {
		warn("%s", runs);
		return -1;
	}
	remove_unfinished(absolute);
	strftime(
	    stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime_r(&now, &local));
	snprintf(name, sizeof(name), "%s-%d", stamp, (int)getpid());
	outcome = make_locked(f, absolute, name);
	free(absolute);
	if (outcome == -1)
		return -1;
	if (pki_create(f->path) == -1) {
		run_folder_remove(f, NULL);
		return -1;
	}
	return 0;
}

static int
copy_file(const char *from, const char *to)
{
	struct buffer text = {0};
	struct bytes all;
	FILE *file;
	int outcome = -1;

	if (read_file(from, COPY_MAX, &text) == -1)
		goto out;
	all = buffer_bytes(&text);
	if ((file = fopen(to, "we")) != NULL &&
	    fwrite(all.at, 1, all.left, file) == all.left)
		outcome = 0;
	if (file != NULL && fclose(file) == EOF)
		outcome = -1;
	if (outcome == -1)
		warn("%s", to);
out:
	buffer_clear(&text);
	return outcome;
}

int
run_folder_add(const struct run_folder *f, const char *name,
    const char *scenario, char *path, size_t size)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (snprintf(path, size, "%s/%s", f->path, name) >= (int)size ||
	    mkdir(path, 0755) == -1) {
		warn("%s/%s", f->path, name);
		return -1;
	}
	for (size_t i = 0; shared[i] != NULL; i++) {
		snprintf(from, sizeof(from), "%s/%s", f->path, shared[i]);
		snprintf(to, sizeof(to), "%s/%s/%s", f->path, name, shared[i]);
		if (link(from, to) == -1) {
			warn("%s", to);
			return -1;
		}
	}
	if (scenario == NULL)
		return 0;
	snprintf(to, sizeof(to), "%s/%s/scenario.scn", f->path, name);
	return copy_file(scenario, to);
}

void
run_folder_remove(const struct run_folder *f, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s%s", f->path, name == NULL ? "" : "/",
	    name == NULL ? "" : name);
	remove_tree(path);
}

void
run_folder_finish(struct run_folder *f)
{
	char path[PATH_MAX], latest[PATH_MAX];
	const char *name = strrchr(f->path, '/') + 1;
	int above = (int)(name - 1 - f->path);

	snprintf(path, sizeof(path), "%s/%s", f->path, LOCK_NAME);
	unlink(path);
	close(f->lock);
	/* By one step, for another run may end at the same time. */
	snprintf(latest, sizeof(latest), "%.*s/latest", above, f->path);
	snprintf(path, sizeof(path), "%.*s/.latest-%s", above, f->path, name);
	if (symlink(name, path) == -1 || rename(path, latest) == -1)
		warn("%s", latest);
}

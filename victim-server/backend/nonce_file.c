/* SPDX-License-Identifier: MIT */
/* The table of nonce_table.h with a transaction around each question. */
#include "nonce_file.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "backend/nonce_table.h"

struct nonce_file {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct store *store;
	int users; /* locked while this one is open, or -1 */
	struct nonce_memory *table;
};

static struct nonce_file *
file_of(struct nonce_memory *m)
{
	return (struct nonce_file *)m;
}

/* What was not committed is not known to anybody. */
static enum nonce_answer
finish(struct nonce_file *f, enum nonce_answer answer)
{
	return store_commit(f->store) == -1 ? NONCE_UNAVAILABLE : answer;
}

static enum nonce_answer
file_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	struct nonce_file *f = file_of(m);

	if (store_begin(f->store) == -1)
		return NONCE_UNAVAILABLE;
	return finish(
	    f, nonce_memory_add_if_absent(f->table, key, now, expires_at));
}

static enum nonce_answer
file_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	struct nonce_file *f = file_of(m);

	if (store_begin(f->store) == -1)
		return NONCE_UNAVAILABLE;
	return finish(f, nonce_memory_look(f->table, key, now));
}

static int64_t
file_horizon(struct nonce_memory *m)
{
	struct nonce_file *f = file_of(m);
	int64_t horizon;

	if (store_begin(f->store) == -1)
		return -1;
	horizon = nonce_memory_horizon(f->table);
	return store_commit(f->store) == -1 ? -1 : horizon;
}

static void
file_free(struct nonce_memory *m)
{
	struct nonce_file *f = file_of(m);

	nonce_memory_free(f->table);
	store_close(f->store);
	if (f->users != -1)
		close(f->users);
	free(f);
}

static void
remove_file(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

/*
 * Join those who have the file open; the first of them removes what others
 * left.  A file of its own is locked: SQLite's locks on the other one end when
 * any descriptor of it is closed.  The lock, or -1 after a warning.
 */
static int
join_users(const char *option, const char *path)
{
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s-users", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		remove_file(path);
	if (fd != -1 && flock(fd, LOCK_SH) == 0)
		return fd;
	warn("%s %s", option, name);
	if (fd != -1)
		close(fd);
	return -1;
}

static struct nonce_memory *
open_with(const char *option, const char *path, int users)
{
	static const struct nonce_memory_kind kind = {
	    file_add, file_look, file_horizon, file_free};
	struct nonce_file *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		warn("%s %s", option, path);
		if (users != -1)
			close(users);
		return NULL;
	}
	f->memory.kind = &kind;
	f->users = users;
	if ((f->store = store_open_for(option, path, 0)) == NULL ||
	    (f->table = nonce_table_new(f->store, NONCE_TABLE_LIMIT)) == NULL) {
		file_free(&f->memory);
		return NULL;
	}
	return &f->memory;
}

struct nonce_memory *
nonce_file_open(const char *option, const char *path)
{
	return open_with(option, path, -1);
}

struct nonce_memory *
nonce_file_open_shared(const char *option, const char *path)
{
	int users = join_users(option, path);

	return users == -1 ? NULL : open_with(option, path, users);
}

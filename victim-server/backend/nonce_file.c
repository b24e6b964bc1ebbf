/* SPDX-License-Identifier: MIT */
/* The table of nonce_table.h with a transaction around each question. */
#include "nonce_file.h"

#include <err.h>
#include <stdlib.h>

#include "backend/nonce_table.h"

struct nonce_file {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct store *store;
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
	free(f);
}

struct nonce_memory *
nonce_file_open(const char *option, const char *path)
{
	static const struct nonce_memory_kind kind = {
	    file_add, file_look, file_horizon, file_free};
	struct nonce_file *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		warn("%s %s", option, path);
		return NULL;
	}
	f->memory.kind = &kind;
	if ((f->store = store_open_for(option, path, 0)) == NULL ||
	    (f->table = nonce_table_new(f->store, NONCE_TABLE_LIMIT)) == NULL) {
		file_free(&f->memory);
		return NULL;
	}
	return &f->memory;
}

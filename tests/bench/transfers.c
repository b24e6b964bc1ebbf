/* SPDX-License-Identifier: MIT */
/*
 * transfers ours|bare FILE COUNT	booked transfers a second, on disk
 *
 * The ledger books nonce and money as the backend does, a group of requests to
 * a transaction.  Bare is SQLite with the same tables, the same rows in and out
 * of them and the same groups, by somebody who trusts every request: he does
 * not ask for the nonce, the balance or how many there are.
 */
#include "backend/ledger_sqlite.h"

#include <err.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#define GROUP 64 /* requests in a transaction */
#define LIFE 300 /* seconds a nonce lives */
#define START INT64_C(1700000000)

static const struct transfer order = {"t-1", "alice", "bob", 1};
static struct origin origin = {.fingerprint = "0011223344556677",
    .src_ip = "198.51.100.10",
    .src_port = 40000};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A request: its nonce, and when it came.  The clock runs through two lives. */
static int64_t
take_request(size_t number, size_t count, uint8_t key[NONCE_KEY_SIZE])
{
	static char nonce[24];

	snprintf(nonce, sizeof(nonce), "nonce-%016zx", number);
	origin.keyid = bytes_of("client");
	origin.nonce = bytes_of(nonce);
	origin.at = (START + (int64_t)(number * 2 * LIFE / count)) * 1000000000;
	nonce_key(origin.keyid, origin.nonce, key);
	return origin.at / 1000000000;
}

static void
book_group(struct ledger *l, size_t first, size_t count)
{
	uint8_t key[NONCE_KEY_SIZE];
	struct receipt receipt;

	if (ledger_begin(l) == -1)
		exit(EX_IOERR);
	for (size_t i = first; i < first + GROUP; i++) {
		int64_t at = take_request(i, count, key);

		if (nonce_memory_add_if_absent(
			ledger_nonces(l), key, at, at + LIFE) != NONCE_FRESH ||
		    ledger_transfer(l, &order, &origin, &receipt) != BANK_DONE)
			errx(EX_SOFTWARE, "transfer %zu is not accepted", i);
	}
	if (ledger_commit(l) != LEDGER_BOOKED)
		exit(EX_IOERR);
}

static struct ledger *
open_ledger(const char *path)
{
	static const struct account accounts[] = {
	    {"alice", INT64_C(1) << 40}, {"bob", 0}};
	struct ledger *l =
	    ledger_sqlite_open(&(struct ledger_sqlite_settings){.path = path});

	for (size_t i = 0; i < 2; i++)
		if (l == NULL || ledger_open_account(l, &accounts[i]) == -1)
			exit(EX_CANTCREAT);
	return l;
}

static void
ours(struct ledger *l, const char *path, size_t count)
{
	(void)path;
	for (size_t i = 0; i < count; i += GROUP)
		book_group(l, i, count);
}

enum statement { FORGET, ADD, CHANGE, APPEND, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [FORGET] = "DELETE FROM nonce WHERE expires_at < ?1",
    [ADD] = "INSERT INTO nonce (key, expires_at) VALUES (?1, ?2)",
    [CHANGE] = "UPDATE account SET balance = balance + ?2 WHERE name = ?1",
    [APPEND] = "INSERT INTO transfer (id, from_account, to_account, amount, "
	       "keyid, nonce, fingerprint, src_ip, src_port, at) "
	       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
};

struct bare {
	sqlite3 *db;
	sqlite3_stmt *statement[STATEMENTS];
};

static void
run(struct bare *b, enum statement which)
{
	if (sqlite3_step(b->statement[which]) != SQLITE_DONE)
		errx(EX_IOERR, "SQLite: %s", sqlite3_errmsg(b->db));
	sqlite3_reset(b->statement[which]);
}

static void
script(struct bare *b, const char *text)
{
	if (sqlite3_exec(b->db, text, NULL, NULL, NULL) != SQLITE_OK)
		errx(EX_IOERR, "SQLite: %s", sqlite3_errmsg(b->db));
}

static void
bind_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static void
bare_change(struct bare *b, const char *name, int64_t by)
{
	bind_text(b->statement[CHANGE], 1, name);
	sqlite3_bind_int64(b->statement[CHANGE], 2, by);
	run(b, CHANGE);
}

static void
bare_append(struct bare *b)
{
	sqlite3_stmt *s = b->statement[APPEND];

	bind_text(s, 1, order.id);
	bind_text(s, 2, order.from);
	bind_text(s, 3, order.to);
	sqlite3_bind_int64(s, 4, order.amount);
	bind_text(s, 5, (const char *)origin.keyid.at);
	bind_text(s, 6, (const char *)origin.nonce.at);
	bind_text(s, 7, origin.fingerprint);
	bind_text(s, 8, origin.src_ip);
	sqlite3_bind_int64(s, 9, origin.src_port);
	sqlite3_bind_int64(s, 10, origin.at);
	run(b, APPEND);
}

static void
bare_group(struct bare *b, size_t first, size_t count)
{
	uint8_t key[NONCE_KEY_SIZE];
	sqlite3_stmt *add = b->statement[ADD];

	script(b, "BEGIN IMMEDIATE");
	for (size_t i = first; i < first + GROUP; i++) {
		int64_t at = take_request(i, count, key);

		if (i == first) {
			sqlite3_bind_int64(b->statement[FORGET], 1, at);
			run(b, FORGET);
		}
		sqlite3_bind_blob(add, 1, key, sizeof(key), SQLITE_STATIC);
		sqlite3_bind_int64(add, 2, at + LIFE);
		run(b, ADD);
		bare_change(b, order.from, -order.amount);
		bare_change(b, order.to, order.amount);
		bare_append(b);
	}
	script(b, "COMMIT");
}

/* The ledger has made the tables; only its connection has to be ours. */
static void
bare(struct ledger *l, const char *path, size_t count)
{
	struct bare b;

	(void)l;
	if (sqlite3_open(path, &b.db) != SQLITE_OK)
		errx(EX_NOINPUT, "SQLite: %s", sqlite3_errmsg(b.db));
	script(&b, "PRAGMA synchronous = FULL");
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(b.db, sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &b.statement[i],
			NULL) != SQLITE_OK)
			errx(EX_SOFTWARE, "SQLite: %s", sqlite3_errmsg(b.db));
	for (size_t i = 0; i < count; i += GROUP)
		bare_group(&b, i, count);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(b.statement[i]);
	sqlite3_close(b.db);
}

int
main(int argc, char *argv[])
{
	size_t count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct ledger *l;
	double began;

	if (count == 0)
		errx(EX_USAGE, "usage: transfers ours|bare FILE COUNT");
	count = (count + GROUP - 1) / GROUP * GROUP;
	l = open_ledger(argv[2]);
	began = now();
	(strcmp(argv[1], "ours") == 0 ? ours : bare)(l, argv[2], count);
	printf("%.0f\n", (double)count / (now() - began));
	ledger_close(l);
	return 0;
}

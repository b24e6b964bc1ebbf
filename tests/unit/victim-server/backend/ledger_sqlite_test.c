/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/ledger_sqlite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct transfer one = {"t-1", "alice", "bob", 100};
static const struct origin from_client = {
    .fingerprint = "0011223344556677", .src_ip = "203.0.113.20", .at = 1};

struct place {
	char path[32];
	struct ledger *ledger;
};

static void
open_again(struct place *p, const struct ledger_sqlite_settings *settings)
{
	struct ledger_sqlite_settings there = *settings;

	there.path = p->path;
	assert_non_null(p->ledger = ledger_sqlite_open(&there));
}

static void
open_place(struct place *p, const struct ledger_sqlite_settings *settings)
{
	static const struct account accounts[] = {
	    {"alice", 1000000000}, {"bob", 0}};

	strcpy(p->path, "/tmp/ledgerXXXXXX");
	close(mkstemp(p->path));
	open_again(p, settings);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    ledger_open_account(p->ledger, &accounts[i]), 0);
}

static void
close_place(struct place *p)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[64];

	ledger_close(p->ledger);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", p->path, ends[i]);
		unlink(name);
	}
}

static int64_t
balance_of(struct place *p, const char *name)
{
	int64_t balance = -1, version = -1;

	assert_int_equal(
	    ledger_balance(p->ledger, name, &balance, &version), BANK_DONE);
	return balance;
}

static enum nonce_answer
remember(struct place *p, uint8_t which)
{
	uint8_t key[NONCE_KEY_SIZE] = {which};

	return nonce_memory_add_if_absent(
	    ledger_nonces(p->ledger), key, 1000, 2000);
}

static const struct ledger_sqlite_settings usual;

static void
a_group_of_transfers_is_one_transaction(void **state)
{
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	assert_int_equal(ledger_begin(p.ledger), 0);
	for (int i = 1; i <= 50; i++) {
		assert_int_equal(ledger_begin(p.ledger), 0);
		assert_int_equal(
		    ledger_transfer(p.ledger, &one, &from_client, &receipt),
		    BANK_DONE);
		assert_int_equal(receipt.seq, i);
		assert_int_equal(receipt.balance, 1000000000 - 100 * i);
	}
	assert_int_equal(ledger_commit(p.ledger), LEDGER_BOOKED);
	assert_int_equal(balance_of(&p, "bob"), 5000);
	close_place(&p);
}

static void
the_same_id_is_carried_out_as_often_as_it_comes(void **state)
{
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(ledger_begin(p.ledger), 0);
		assert_int_equal(
		    ledger_transfer(p.ledger, &one, &from_client, &receipt),
		    BANK_DONE);
		assert_int_equal(ledger_commit(p.ledger), LEDGER_BOOKED);
		assert_int_equal(receipt.seq, i);
	}
	close_place(&p);
}

static void
a_transfer_the_bank_refuses_leaves_the_rest_of_its_group(void **state)
{
	static const struct transfer poor = {"t-2", "bob", "alice", 101};
	static const struct transfer nobody = {"t-3", "zoe", "alice", 1};
	static const struct transfer nowhere = {"t-4", "alice", "zoe", 1};
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	ledger_begin(p.ledger);
	assert_int_equal(
	    ledger_transfer(p.ledger, &one, &from_client, &receipt), BANK_DONE);
	assert_int_equal(
	    ledger_transfer(p.ledger, &poor, &from_client, &receipt),
	    BANK_INSUFFICIENT_FUNDS);
	assert_int_equal(
	    ledger_transfer(p.ledger, &nobody, &from_client, &receipt),
	    BANK_UNKNOWN_ACCOUNT);
	assert_int_equal(
	    ledger_transfer(p.ledger, &nowhere, &from_client, &receipt),
	    BANK_UNKNOWN_ACCOUNT);
	assert_int_equal(ledger_commit(p.ledger), LEDGER_BOOKED);
	assert_int_equal(balance_of(&p, "bob"), 100);
	assert_int_equal(balance_of(&p, "alice"), 1000000000 - 100);
	close_place(&p);
}

static void
nothing_is_done_outside_a_transaction(void **state)
{
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	assert_int_equal(
	    ledger_transfer(p.ledger, &one, &from_client, &receipt),
	    BANK_UNAVAILABLE);
	assert_int_equal(remember(&p, 1), NONCE_UNAVAILABLE);
	assert_int_equal(ledger_commit(p.ledger), LEDGER_NOT_BOOKED);
	assert_int_equal(balance_of(&p, "bob"), 0);
	close_place(&p);
}

static void
a_restart_keeps_transfers_balances_and_nonces(void **state)
{
	static const struct account again = {"alice", 5};
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 1), NONCE_FRESH);
	ledger_transfer(p.ledger, &one, &from_client, &receipt);
	assert_int_equal(ledger_commit(p.ledger), LEDGER_BOOKED);
	ledger_close(p.ledger);

	open_again(&p, &usual);
	assert_int_equal(ledger_open_account(p.ledger, &again), 0);
	assert_int_equal(balance_of(&p, "alice"), 1000000000 - 100);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 1), NONCE_SEEN);
	ledger_transfer(p.ledger, &one, &from_client, &receipt);
	assert_int_equal(receipt.seq, 2);
	ledger_commit(p.ledger);
	close_place(&p);
}

/* A process that dies between the two has acknowledged nothing. */
static void
what_was_not_committed_is_gone_with_its_nonce(void **state)
{
	struct receipt receipt;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 1), NONCE_FRESH);
	ledger_transfer(p.ledger, &one, &from_client, &receipt);
	ledger_close(p.ledger);

	open_again(&p, &usual);
	assert_int_equal(balance_of(&p, "bob"), 0);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 1), NONCE_FRESH);
	ledger_commit(p.ledger);
	close_place(&p);
}

/* Fill it in groups of ten; the balance is that of the committed groups. */
static int
fill(struct place *p)
{
	struct receipt receipt;
	int groups = 0;

	for (; groups < 2000; groups++) {
		if (ledger_begin(p->ledger) == -1)
			break;
		for (int i = 0; i < 10; i++)
			ledger_transfer(
			    p->ledger, &one, &from_client, &receipt);
		if (ledger_commit(p->ledger) != LEDGER_BOOKED)
			break;
	}
	return groups;
}

static void
a_full_disk_loses_nothing_that_was_committed(void **state)
{
	const struct ledger_sqlite_settings small = {.page_limit = 24};
	struct place p;
	int groups;

	(void)state;
	open_place(&p, &small);
	groups = fill(&p);
	assert_in_range(groups, 1, 1999);
	assert_int_equal(balance_of(&p, "bob"), 1000 * groups);
	assert_int_equal(fill(&p), 0); /* still full, still whole */
	ledger_close(p.ledger);

	open_again(&p, &usual); /* room again */
	assert_int_equal(balance_of(&p, "bob"), 1000 * groups);
	assert_true(fill(&p) > 0);
	close_place(&p);
}

static void
a_file_that_may_not_grow_loses_nothing_that_was_committed(void **state)
{
	const struct rlimit narrow = {200000, RLIM_INFINITY};
	struct rlimit before;
	struct place p;
	int groups;

	(void)state;
	open_place(&p, &usual);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &narrow), 0);
	groups = fill(&p);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_in_range(groups, 1, 1999);
	assert_int_equal(balance_of(&p, "bob"), 1000 * groups);
	close_place(&p);
}

static void
a_nonce_of_a_failed_group_is_fresh_again(void **state)
{
	const struct ledger_sqlite_settings small = {.page_limit = 24};
	struct receipt receipt;
	enum bank_answer answer = BANK_DONE;
	struct place p;

	(void)state;
	open_place(&p, &small);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 7), NONCE_FRESH);
	for (int i = 0; i < 20000 && answer == BANK_DONE; i++)
		answer =
		    ledger_transfer(p.ledger, &one, &from_client, &receipt);
	assert_int_equal(answer, BANK_UNAVAILABLE);
	/* SQLite may have rolled back; nothing may commit by itself now. */
	assert_int_equal(remember(&p, 8), NONCE_UNAVAILABLE);
	assert_int_equal(ledger_commit(p.ledger), LEDGER_NOT_BOOKED);
	assert_int_equal(balance_of(&p, "bob"), 0);
	ledger_begin(p.ledger);
	assert_int_equal(remember(&p, 7), NONCE_FRESH);
	assert_int_equal(remember(&p, 8), NONCE_FRESH);
	assert_int_equal(ledger_commit(p.ledger), LEDGER_BOOKED);
	close_place(&p);
}

static void
a_place_that_cannot_be_written_is_no_ledger(void **state)
{
	const struct ledger_sqlite_settings wrong = {.path = "/nowhere/ledger"};

	(void)state;
	assert_null(ledger_sqlite_open(&wrong));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_group_of_transfers_is_one_transaction),
	    cmocka_unit_test(the_same_id_is_carried_out_as_often_as_it_comes),
	    cmocka_unit_test(
		a_transfer_the_bank_refuses_leaves_the_rest_of_its_group),
	    cmocka_unit_test(nothing_is_done_outside_a_transaction),
	    cmocka_unit_test(a_restart_keeps_transfers_balances_and_nonces),
	    cmocka_unit_test(what_was_not_committed_is_gone_with_its_nonce),
	    cmocka_unit_test(a_full_disk_loses_nothing_that_was_committed),
	    cmocka_unit_test(
		a_file_that_may_not_grow_loses_nothing_that_was_committed),
	    cmocka_unit_test(a_nonce_of_a_failed_group_is_fresh_again),
	    cmocka_unit_test(a_place_that_cannot_be_written_is_no_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

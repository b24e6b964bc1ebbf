/* SPDX-License-Identifier: MIT */
/*
 * Connections of stock OpenSSL, read from what they put on the wire and their
 * key log: every honest record is good as the number that is due, and of every
 * copy it is found which number it was made with.
 */
#include "explanation.h"

#include "tls_dump.h"
#include "tls_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const ciphers[] = {"ECDHE-RSA-AES128-SHA256",
    "AES256-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256",
    "ECDHE-RSA-CHACHA20-POLY1305", "NULL-SHA256", "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};
#define CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

/* What a lab has: all key logs, all epochs, and a reader a connection. */
struct desk {
	struct key_log log;
	struct tls_epochs epochs;
	struct tls_dump dump[2];
	struct tls_reader reader[2];
	struct tls_opened opened[2][DUMP_RECORDS_MAX]; /* epoch only */
	enum tls_read read[2][DUMP_RECORDS_MAX];
};

static void
read_on(struct desk *d, size_t n)
{
	struct tls_record record;

	for (size_t i = 0; i < d->dump[n].count; i++) {
		record = dump_record(&d->dump[n], i);
		d->read[n][i] = tls_reader_take(&d->reader[n],
		    d->dump[n].record[i].server, &record, &d->opened[n][i]);
	}
}

/* Two connections, a few words each way on both. */
static void
sit_down(struct desk *d, const char *cipher)
{
	memset(d, 0, sizeof(*d));
	for (size_t n = 0; n < 2; n++) {
		tls_dump_open(&d->dump[n], cipher);
		dump_say(&d->dump[n], false, "a request");
		dump_say(&d->dump[n], true, "its answer");
		dump_say(&d->dump[n], false, "another request");
		if (strncmp(cipher, "TLS_", 4) == 0)
			SSL_key_update(
			    d->dump[n].end[0], SSL_KEY_UPDATE_NOT_REQUESTED);
		dump_say(&d->dump[n], false, "the last one");
		key_log_add(&d->log, buffer_bytes(&d->dump[n].key_log));
		tls_reader_init(&d->reader[n], &d->log, &d->epochs, n + 1);
		read_on(d, n);
	}
}

static void
stand_up(struct desk *d)
{
	for (size_t n = 0; n < 2; n++) {
		tls_reader_clear(&d->reader[n]);
		tls_dump_close(&d->dump[n]);
	}
	tls_epochs_clear(&d->epochs);
	key_log_clear(&d->log);
}

static struct desk desk;

/* With the record's own number: what it carries is what is right. */
static void
expect_right(const struct tls_epoch *own, const struct tls_record *record)
{
	struct explanation e;

	assert_int_equal(
	    explanation_of(&desk.epochs, own, record, &e), EXPLANATION_FOUND);
	assert_int_equal(e.keys, EXPLANATION_KEYS_DUE);
	assert_int_equal(e.made_as, own->count);
	assert_int_equal(e.expected, own->count);
	assert_int_equal(e.carried.size, e.right.size);
	assert_memory_equal(e.carried.octets, e.right.octets, e.carried.size);
}

static void
every_honest_record_is_good_as_the_number_that_is_due(void **state)
{
	size_t opened;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		opened = 0;
		for (size_t i = 0; i < desk.dump[0].count; i++) {
			struct tls_record record =
			    dump_record(&desk.dump[0], i);

			assert_true(desk.read[0][i] == TLS_READ_CLEAR ||
				    desk.read[0][i] == TLS_READ_OPENED);
			if (desk.read[0][i] != TLS_READ_OPENED)
				continue;
			opened++;
			expect_right(&desk.opened[0][i].epoch, &record);
		}
		assert_true(opened >= 6); /* two Finished, four of data */
		stand_up(&desk);
	}
}

static void
of_a_good_record_the_same_is_computed_that_it_carries(void **state)
{
	struct explanation e;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		for (size_t i = 0; i < desk.dump[0].count; i++) {
			struct tls_record record =
			    dump_record(&desk.dump[0], i);
			struct tls_epoch epoch = desk.opened[0][i].epoch;

			if (desk.read[0][i] != TLS_READ_OPENED)
				continue;
			assert_int_equal(
			    explanation_of_good(&epoch, &record, &e),
			    EXPLANATION_FOUND);
			assert_int_equal(e.made_as, epoch.count);
			assert_int_equal(e.right.size, e.carried.size);
			assert_true(e.right.size >= 16);
			assert_memory_equal(
			    e.right.octets, e.carried.octets, e.right.size);
			epoch.count++;
			assert_int_equal(
			    explanation_of_good(&epoch, &record, &e),
			    EXPLANATION_UNKNOWN_MAKER);
		}
		stand_up(&desk);
	}
}

static void
each_finished_says_what_it_must(void **state)
{
	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		for (int side = 0; side < 2; side++) {
			const struct tls_finished *f =
			    &desk.reader[0].side[side].finished;

			assert_true(f->carried_size >= 12);
			assert_int_equal(f->carried_size, f->due_size);
			assert_memory_equal(
			    f->carried, f->due, f->carried_size);
		}
		stand_up(&desk);
	}
}

/* Sent again at once, each is refused: it was made one number earlier. */
static void
of_a_copy_the_number_is_found(void **state)
{
	struct explanation e;
	struct tls_epoch receiver;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		for (size_t i = 0; i < desk.dump[0].count; i++) {
			struct tls_record copy = dump_record(&desk.dump[0], i);

			if (desk.read[0][i] != TLS_READ_OPENED)
				continue;
			receiver = desk.opened[0][i].epoch;
			receiver.count += 1 + i % 3;
			assert_int_equal(
			    explanation_of(&desk.epochs, &receiver, &copy, &e),
			    EXPLANATION_FOUND);
			assert_int_equal(e.keys, EXPLANATION_KEYS_DUE);
			assert_int_equal(
			    e.made_as, desk.opened[0][i].epoch.count);
			assert_int_equal(e.expected, receiver.count);
			assert_memory_not_equal(
			    e.carried.octets, e.right.octets, e.right.size);
		}
		stand_up(&desk);
	}
}

/* The last record of that sender in the dump; opened. */
static size_t
last_of(size_t n, bool server)
{
	size_t i = desk.dump[n].count;

	while (desk.dump[n].record[--i].server != server)
		;
	return i;
}

static void
expect_keys(const struct tls_epoch *receiver, size_t n, size_t i,
    enum explanation_keys keys)
{
	struct tls_record copy = dump_record(&desk.dump[n], i);
	struct explanation e;

	assert_int_equal(explanation_of(&desk.epochs, receiver, &copy, &e),
	    EXPLANATION_FOUND);
	assert_int_equal(e.keys, keys);
	assert_int_equal(e.made_as, desk.opened[n][i].epoch.count);
}

static void
whose_keys_a_copy_was_made_with_is_found(void **state)
{
	const struct tls_epoch *receiver;
	size_t first;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		receiver = &desk.opened[0][last_of(0, false)].epoch;
		expect_keys(
		    receiver, 0, last_of(0, true), EXPLANATION_KEYS_OTHER_SIDE);
		expect_keys(receiver, 1, last_of(1, false),
		    EXPLANATION_KEYS_OTHER_CONNECTION);
		for (first = 0; desk.read[0][first] != TLS_READ_OPENED ||
				desk.dump[0].record[first].server;
		     first++)
			;
		/* TLS 1.3 has other keys for its Finished. */
		expect_keys(receiver, 0, first,
		    strncmp(ciphers[c], "TLS_", 4) == 0
			? EXPLANATION_KEYS_FORMER
			: EXPLANATION_KEYS_DUE);
		stand_up(&desk);
	}
}

static void
a_record_that_nobody_made_is_not_explained(void **state)
{
	struct explanation e;
	struct tls_record record;
	uint8_t changed[512];
	size_t i;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		struct bytes in;

		sit_down(&desk, ciphers[c]);
		i = last_of(0, false);
		record = dump_record(&desk.dump[0], i);
		memcpy(changed, record.whole.at, record.whole.left);
		changed[record.whole.left - 1] ^= 1;
		in = (struct bytes){changed, record.whole.left};
		assert_int_equal(
		    tls_record_take(&in, &record), TLS_RECORD_COMPLETE);
		assert_int_equal(explanation_of(&desk.epochs,
				     &desk.opened[0][i].epoch, &record, &e),
		    EXPLANATION_UNKNOWN_MAKER);
		/* And one that is too short for anything. */
		in = (struct bytes){changed, 6};
		changed[3] = 0;
		changed[4] = 1;
		assert_int_equal(
		    tls_record_take(&in, &record), TLS_RECORD_COMPLETE);
		assert_int_equal(explanation_of(&desk.epochs,
				     &desk.opened[0][i].epoch, &record, &e),
		    EXPLANATION_UNKNOWN_MAKER);
		stand_up(&desk);
	}
}

/* Of a long connection the end is searched, and no more is claimed. */
static void
what_is_beyond_all_trials_is_not_called_changed(void **state)
{
	struct explanation e;
	struct tls_epoch epoch;
	struct tls_record record;
	struct tls_epochs made = {&epoch, 1, 1};
	size_t i;

	(void)state;
	sit_down(&desk, ciphers[0]);
	i = last_of(0, false);
	record = dump_record(&desk.dump[0], i);
	epoch = desk.opened[0][i].epoch;
	epoch.count += EXPLANATION_TRIALS_MAX;
	assert_int_equal(
	    explanation_of(&made, &epoch, &record, &e), EXPLANATION_FOUND);
	assert_int_equal(e.made_as, desk.opened[0][i].epoch.count);
	epoch.count++;
	assert_int_equal(
	    explanation_of(&made, &epoch, &record, &e), EXPLANATION_GIVEN_UP);
	stand_up(&desk);
}

/* The reader itself refuses a copy, and goes on with the honest record. */
static void
a_reader_refuses_the_copy_and_reads_on(void **state)
{
	struct tls_opened out;
	struct tls_record record;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		tls_reader_clear(&desk.reader[0]);
		tls_reader_init(&desk.reader[0], &desk.log, NULL, 3);
		for (size_t i = 0; i < desk.dump[0].count; i++) {
			bool server = desk.dump[0].record[i].server;

			record = dump_record(&desk.dump[0], i);
			assert_int_equal(tls_reader_take(&desk.reader[0],
					     server, &record, &out),
			    desk.read[0][i]);
			/* Not behind a change of keys: it begins with any. */
			if (desk.read[0][i] == TLS_READ_OPENED &&
			    out.plaintext.type == TLS_APPLICATION_DATA) {
				assert_int_equal(
				    tls_reader_take(
					&desk.reader[0], server, &record, &out),
				    TLS_READ_REFUSED);
				assert_int_equal(out.epoch.count,
				    desk.opened[0][i].epoch.count + 1);
			}
		}
		stand_up(&desk);
	}
}

/*
 * The same random twice, with two secrets: a replayed ClientHello.  The one
 * that opens a record is the one, wherever it stands.
 */
static void
of_two_secrets_the_one_that_opens_is_taken(void **state)
{
	struct key_log both = {0};
	struct key_log_line wrong;

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		sit_down(&desk, ciphers[c]);
		for (size_t i = 0; i < desk.log.count; i++) {
			struct buffer text = {0};

			wrong = desk.log.lines[i];
			wrong.secret[0] ^= 1;
			key_log_line_write(&wrong, &text);
			key_log_line_write(&desk.log.lines[i], &text);
			wrong.secret[1] ^= 1;
			key_log_line_write(&wrong, &text);
			key_log_add(&both, buffer_bytes(&text));
			buffer_clear(&text);
		}
		tls_reader_clear(&desk.reader[1]);
		tls_reader_init(&desk.reader[1], &both, NULL, 7);
		read_on(&desk, 1);
		for (size_t i = 0; i < desk.dump[1].count; i++)
			assert_true(desk.read[1][i] == TLS_READ_CLEAR ||
				    desk.read[1][i] == TLS_READ_OPENED);
		for (size_t i = 0; i < both.count; i++)
			assert_true(both.lines[i].user == 0 || i % 3 == 1);
		key_log_clear(&both);
		stand_up(&desk);
	}
}

static void
without_secrets_nothing_opens(void **state)
{
	struct key_log none = {0};

	(void)state;
	sit_down(&desk, ciphers[0]);
	tls_reader_clear(&desk.reader[0]);
	tls_reader_init(&desk.reader[0], &none, NULL, 1);
	read_on(&desk, 0);
	for (size_t i = 0; i < desk.dump[0].count; i++)
		assert_true(desk.read[0][i] == TLS_READ_CLEAR ||
			    desk.read[0][i] == TLS_READ_NO_KEYS);
	stand_up(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_honest_record_is_good_as_the_number_that_is_due),
	    cmocka_unit_test(
		of_a_good_record_the_same_is_computed_that_it_carries),
	    cmocka_unit_test(each_finished_says_what_it_must),
	    cmocka_unit_test(of_a_copy_the_number_is_found),
	    cmocka_unit_test(whose_keys_a_copy_was_made_with_is_found),
	    cmocka_unit_test(a_record_that_nobody_made_is_not_explained),
	    cmocka_unit_test(what_is_beyond_all_trials_is_not_called_changed),
	    cmocka_unit_test(a_reader_refuses_the_copy_and_reads_on),
	    cmocka_unit_test(of_two_secrets_the_one_that_opens_is_taken),
	    cmocka_unit_test(without_secrets_nothing_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a DTLS record that comes twice, late, too late or forged,
 * with the window on, off and moved too early: the stories D1 to D4.
 */
#include "dtls_record_layer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A suite of each kind: MAC, CBC, AEAD with and without a sent nonce. */
static const uint16_t suites[] = {0x003B, 0xC027, 0xC02F, 0xCCA8};
#define SUITES (sizeof(suites) / sizeof(suites[0]))
#define GCM 0xC02F
#define EPOCH 1
#define RECORDS 100

static struct dtls_record_layer sender, receiver;
static struct buffer wire[RECORDS];
static struct tls_plaintext plaintext;

static void
begin(uint16_t suite, enum dtls_window use, uint64_t size)
{
	const struct dtls_window_settings settings = {use, size};
	struct tls_record_keys keys = {.suite = tls_record_suite_find(suite)};

	memset(keys.key, 1, sizeof(keys.key));
	memset(keys.mac_key, 2, sizeof(keys.mac_key));
	memset(keys.iv, 3, sizeof(keys.iv));
	assert_true(
	    dtls_record_layer_init(&sender, &keys, EPOCH, &settings, true));
	assert_true(
	    dtls_record_layer_init(&receiver, &keys, EPOCH, &settings, false));
	for (int i = 0; i < RECORDS; i++) {
		char text[16];

		snprintf(text, sizeof(text), "record %d", i);
		assert_true(dtls_record_protect(
		    &sender, TLS_APPLICATION_DATA, bytes_of(text), &wire[i]));
	}
}

static void
end(void)
{
	dtls_record_layer_clear(&sender);
	dtls_record_layer_clear(&receiver);
	for (int i = 0; i < RECORDS; i++)
		buffer_clear(&wire[i]);
}

static struct dtls_record
record(int i)
{
	struct bytes in = buffer_bytes(&wire[i]);
	struct dtls_record r;

	assert_true(dtls_record_take(&in, &r) && in.left == 0);
	return r;
}

static enum dtls_verdict
judge(int i)
{
	const struct dtls_record r = record(i);

	return dtls_record_judge(&receiver, &r, &plaintext);
}

/* The same record with another number in its header. */
static enum dtls_verdict
judge_renumbered(int i, uint64_t number)
{
	struct dtls_record r = record(i);

	r.number = number;
	return dtls_record_judge(&receiver, &r, &plaintext);
}

static void
in_every_suite_it_arrives_as_it_was(void **state)
{
	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_ON, 64);
		assert_int_equal(judge(3), DTLS_ACCEPTED);
		assert_int_equal(plaintext.type, TLS_APPLICATION_DATA);
		assert_true(bytes_equal_text(plaintext.content, "record 3"));
		assert_int_equal(record(3).number, 3);
		assert_int_equal(record(3).epoch, EPOCH);
		end();
	}
}

static void
a_copy_is_dropped_and_the_next_record_accepted(void **state)
{
	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_ON, 64);
		assert_int_equal(judge(0), DTLS_ACCEPTED);
		for (int copies = 0; copies < 3; copies++)
			assert_int_equal(judge(0), DTLS_SEEN);
		assert_int_equal(judge(1), DTLS_ACCEPTED);
		assert_int_equal(judge(0), DTLS_SEEN);
		assert_int_equal(judge(99), DTLS_ACCEPTED);
		assert_int_equal(judge(0), DTLS_TOO_OLD);
		end();
	}
}

static void
without_the_window_every_copy_is_good(void **state)
{
	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_OFF, 64);
		assert_int_equal(judge(99), DTLS_ACCEPTED);
		for (int copies = 0; copies < 3; copies++)
			assert_int_equal(judge(0), DTLS_ACCEPTED);
		/* The number is still under the MAC. */
		assert_int_equal(judge_renumbered(0, 7), DTLS_BAD_RECORD_MAC);
		end();
	}
}

static void
late_is_good_once_inside_the_window_and_never_outside(void **state)
{
	(void)state;
	begin(GCM, DTLS_WINDOW_ON, 8);
	assert_int_equal(judge(10), DTLS_ACCEPTED);
	assert_int_equal(judge(3), DTLS_ACCEPTED); /* the leftmost */
	assert_int_equal(judge(3), DTLS_SEEN);
	assert_int_equal(judge(2), DTLS_TOO_OLD); /* never seen */
	end();
}

static void
a_forged_number_moves_nothing(void **state)
{
	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_ON, 64);
		assert_int_equal(judge(0), DTLS_ACCEPTED);
		assert_int_equal(
		    judge_renumbered(0, DTLS_NUMBER_MAX), DTLS_BAD_RECORD_MAC);
		assert_int_equal(judge(1), DTLS_ACCEPTED);
		end();
	}
}

static void
moved_before_the_mac_one_forgery_shuts_everybody_out(void **state)
{
	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_FIRST, 64);
		assert_int_equal(judge(0), DTLS_ACCEPTED);
		assert_int_equal(judge(0), DTLS_SEEN);
		assert_int_equal(
		    judge_renumbered(0, DTLS_NUMBER_MAX), DTLS_BAD_RECORD_MAC);
		assert_int_equal(judge(1), DTLS_TOO_OLD);
		assert_int_equal(judge(99), DTLS_TOO_OLD);
		end();
	}
}

static void
another_epoch_has_other_keys(void **state)
{
	struct dtls_record r;

	(void)state;
	begin(GCM, DTLS_WINDOW_ON, 64);
	r = record(0);
	r.epoch = 0;
	assert_int_equal(
	    dtls_record_judge(&receiver, &r, &plaintext), DTLS_OTHER_EPOCH);
	r.epoch = 2;
	assert_int_equal(
	    dtls_record_judge(&receiver, &r, &plaintext), DTLS_OTHER_EPOCH);
	assert_int_equal(judge(0), DTLS_ACCEPTED);
	end();
}

/* Each byte of the header and of the fragment is under the MAC, or judged. */
static void
no_changed_byte_is_accepted(void **state)
{
	uint8_t changed[256];
	struct bytes whole, in;
	struct dtls_record r;

	(void)state;
	for (size_t s = 0; s < SUITES; s++) {
		begin(suites[s], DTLS_WINDOW_ON, 64);
		whole = buffer_bytes(&wire[5]);
		for (size_t i = 0; i < whole.left; i++) {
			memcpy(changed, whole.at, whole.left);
			changed[i] ^= 1;
			in = (struct bytes){changed, whole.left};
			if (!dtls_record_take(&in, &r))
				continue;
			assert_int_not_equal(
			    dtls_record_judge(&receiver, &r, &plaintext),
			    DTLS_ACCEPTED);
		}
		assert_int_equal(judge(5), DTLS_ACCEPTED);
		end();
	}
}

static void
the_last_number_is_not_sent(void **state)
{
	struct buffer out = {0};

	(void)state;
	begin(GCM, DTLS_WINDOW_ON, 64);
	dtls_record_layer_start(&sender, DTLS_NUMBER_MAX - 1);
	assert_true(dtls_record_protect(
	    &sender, TLS_APPLICATION_DATA, bytes_of("a"), &out));
	buffer_reset(&out);
	assert_false(dtls_record_protect(
	    &sender, TLS_APPLICATION_DATA, bytes_of("b"), &out));
	assert_int_equal(buffer_bytes(&out).left, 0);
	buffer_clear(&out);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_every_suite_it_arrives_as_it_was),
	    cmocka_unit_test(a_copy_is_dropped_and_the_next_record_accepted),
	    cmocka_unit_test(without_the_window_every_copy_is_good),
	    cmocka_unit_test(
		late_is_good_once_inside_the_window_and_never_outside),
	    cmocka_unit_test(a_forged_number_moves_nothing),
	    cmocka_unit_test(
		moved_before_the_mac_one_forgery_shuts_everybody_out),
	    cmocka_unit_test(another_epoch_has_other_keys),
	    cmocka_unit_test(no_changed_byte_is_accepted),
	    cmocka_unit_test(the_last_number_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

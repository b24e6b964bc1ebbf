/* SPDX-License-Identifier: MIT */
/*
 * The lab's record layer by itself: what it takes, what it refuses and with
 * which word, and what the sequence number has to do with it.
 */
#include "tls_record_layer.h"

#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One suite of each kind, and each hash. */
static const uint16_t suites[] = {
    0xC027, 0x003D, 0xC02F, 0xC030, 0xCCA8, 0x003B, 0x1301, 0x1302, 0x1303};
#define SUITES (sizeof(suites) / sizeof(suites[0]))
#define CBC 0xC027
#define NO_CIPHER 0x003B
#define AEAD_1_3 0x1301

/* Both ends of one direction. */
static struct tls_record_layer sender, receiver;
static struct buffer wire;
static struct tls_plaintext plaintext;

static struct tls_record_keys
keys_of(uint16_t suite)
{
	struct tls_record_keys keys = {.suite = tls_record_suite_find(suite)};

	assert_non_null(keys.suite);
	memset(keys.key, 1, sizeof(keys.key));
	memset(keys.mac_key, 2, sizeof(keys.mac_key));
	memset(keys.iv, 3, sizeof(keys.iv));
	return keys;
}

static void
begin(uint16_t suite, enum tls_numbering numbering)
{
	const struct tls_record_keys keys = keys_of(suite);

	assert_true(tls_record_layer_init(&sender, &keys, numbering, true));
	assert_true(tls_record_layer_init(&receiver, &keys, numbering, false));
	buffer_reset(&wire);
}

static void
end(void)
{
	tls_record_layer_clear(&sender);
	tls_record_layer_clear(&receiver);
	buffer_clear(&wire);
}

static enum tls_layer_outcome
protect(uint8_t type, struct bytes content)
{
	return tls_record_protect(&sender, type, content, &wire);
}

static struct bytes
one_record(const char *text)
{
	buffer_reset(&wire);
	assert_int_equal(
	    protect(TLS_APPLICATION_DATA, bytes_of(text)), TLS_LAYER_GOOD);
	return buffer_bytes(&wire);
}

static enum tls_layer_outcome
unprotect(struct bytes record)
{
	return tls_record_unprotect(&receiver, &record, &plaintext);
}

/* The record with one byte changed. */
static enum tls_layer_outcome
unprotect_changed(struct bytes record, size_t at, uint8_t mask)
{
	uint8_t changed[512];

	assert_true(record.left <= sizeof(changed));
	memcpy(changed, record.at, record.left);
	changed[at] ^= mask;
	return unprotect((struct bytes){changed, record.left});
}

static void
what_is_protected_is_unprotected_with_its_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		for (int round = 0; round < 3; round++) {
			assert_int_equal(
			    unprotect(one_record("hello")), TLS_LAYER_GOOD);
			assert_true(
			    bytes_equal_text(plaintext.content, "hello"));
			assert_int_equal(plaintext.type, TLS_APPLICATION_DATA);
		}
		buffer_reset(&wire);
		protect(TLS_ALERT, bytes_of("ab"));
		assert_int_equal(
		    unprotect(buffer_bytes(&wire)), TLS_LAYER_GOOD);
		assert_int_equal(plaintext.type, TLS_ALERT);
		end();
	}
}

static void
several_records_are_taken_one_by_one(void **state)
{
	struct bytes in;

	(void)state;
	begin(CBC, TLS_NUMBERING_IMPLICIT);
	protect(TLS_APPLICATION_DATA, bytes_of("one"));
	protect(TLS_APPLICATION_DATA, bytes_of(""));
	protect(TLS_APPLICATION_DATA, bytes_of("three"));
	in = buffer_bytes(&wire);
	for (size_t i = 0; i < 3; i++) {
		static const char *const texts[] = {"one", "", "three"};

		assert_int_equal(
		    tls_record_unprotect(&receiver, &in, &plaintext),
		    TLS_LAYER_GOOD);
		assert_true(bytes_equal_text(plaintext.content, texts[i]));
	}
	assert_int_equal(in.left, 0);
	assert_int_equal(tls_record_unprotect(&receiver, &in, &plaintext),
	    TLS_LAYER_PARTIAL);
	end();
}

static void
every_shorter_prefix_is_partial_and_consumes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		record = one_record("hello");
		for (size_t n = 0; n < record.left; n++) {
			struct bytes in = {record.at, n};

			assert_int_equal(
			    tls_record_unprotect(&receiver, &in, &plaintext),
			    TLS_LAYER_PARTIAL);
			assert_true(in.at == record.at && in.left == n);
		}
		assert_int_equal(receiver.number, 0);
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		end();
	}
}

static void
the_longest_content_is_protected_and_one_byte_more_refused(void **state)
{
	static const uint8_t content[TLS_RECORD_CONTENT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		assert_int_equal(
		    protect(TLS_APPLICATION_DATA,
			(struct bytes){content, TLS_RECORD_CONTENT_MAX + 1}),
		    TLS_LAYER_RECORD_OVERFLOW);
		assert_int_equal(buffer_bytes(&wire).left, 0);
		assert_int_equal(sender.number, 0);
		assert_int_equal(
		    protect(TLS_APPLICATION_DATA,
			(struct bytes){content, TLS_RECORD_CONTENT_MAX}),
		    TLS_LAYER_GOOD);
		assert_int_equal(
		    unprotect(buffer_bytes(&wire)), TLS_LAYER_GOOD);
		assert_int_equal(
		    plaintext.content.left, TLS_RECORD_CONTENT_MAX);
		end();
	}
}

static void
any_flipped_bit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		record = one_record("hello");
		for (size_t bit = 0; bit < 8 * record.left; bit++)
			assert_int_not_equal(unprotect_changed(record, bit / 8,
						 (uint8_t)(1U << bit % 8)),
			    TLS_LAYER_GOOD);
		/* Behind the header there is one word for all of them. */
		for (size_t bit = 8 * TLS_RECORD_HEADER_SIZE;
		     bit < 8 * record.left; bit++)
			assert_int_equal(unprotect_changed(record, bit / 8,
					     (uint8_t)(1U << bit % 8)),
			    TLS_LAYER_BAD_RECORD_MAC);
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		end();
	}
}

static void
a_fragment_cut_short_is_a_bad_mac(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;
		uint8_t cut[512];

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		record = one_record("hello");
		memcpy(cut, record.at, record.left);
		for (size_t n = 0; n < record.left - TLS_RECORD_HEADER_SIZE;
		     n++) {
			cut[4] = (uint8_t)n;
			assert_int_equal(unprotect((struct bytes){
					     cut, TLS_RECORD_HEADER_SIZE + n}),
			    TLS_LAYER_BAD_RECORD_MAC);
		}
		end();
	}
}

static void
a_record_is_good_in_one_place_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		sender.number = 7;
		record = one_record("hello");
		for (uint64_t number = 0; number < 16; number++) {
			receiver.number = number;
			assert_int_equal(unprotect(record),
			    number == 7 ? TLS_LAYER_GOOD
					: TLS_LAYER_BAD_RECORD_MAC);
		}
		/* All eight bytes of the number count. */
		for (int shift = 0; shift < 64; shift += 8) {
			receiver.number = 7 ^ UINT64_C(1) << shift;
			assert_int_equal(
			    unprotect(record), TLS_LAYER_BAD_RECORD_MAC);
		}
		end();
	}
}

static void
a_copy_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		record = one_record("hello");
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		assert_int_equal(unprotect(record), TLS_LAYER_BAD_RECORD_MAC);
		end();
	}
}

static void
without_the_number_a_copy_is_as_good_as_the_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_LEFT_OUT);
		record = one_record("hello");
		for (int copy = 0; copy < 3; copy++)
			assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		assert_true(bytes_equal_text(plaintext.content, "hello"));
		end();
	}
}

static void
without_the_number_dropped_and_swapped_records_go_unnoticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct buffer first = {0}, third = {0};

		begin(suites[i], TLS_NUMBERING_LEFT_OUT);
		buffer_add_bytes(&first, one_record("first"));
		one_record("second, which is dropped");
		buffer_add_bytes(&third, one_record("third"));
		assert_int_equal(
		    unprotect(buffer_bytes(&third)), TLS_LAYER_GOOD);
		assert_int_equal(
		    unprotect(buffer_bytes(&first)), TLS_LAYER_GOOD);
		buffer_clear(&first);
		buffer_clear(&third);
		end();
	}
}

/* What is left out is the number and nothing else. */
static void
without_the_number_every_other_change_is_still_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_LEFT_OUT);
		record = one_record("hello");
		for (size_t bit = 0; bit < 8 * record.left; bit++)
			assert_int_not_equal(unprotect_changed(record, bit / 8,
						 (uint8_t)(1U << bit % 8)),
			    TLS_LAYER_GOOD);
		end();
	}
}

static void
the_wire_looks_the_same_without_the_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		size_t with, without;

		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		with = one_record("hello").left;
		end();
		begin(suites[i], TLS_NUMBERING_LEFT_OUT);
		without = one_record("hello").left;
		end();
		assert_int_equal(with, without);
	}
}

static void
a_number_that_is_sent_is_checked_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		struct bytes record;

		begin(suites[i], TLS_NUMBERING_SENT);
		record = one_record("hello");
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		assert_int_equal(unprotect(record), TLS_LAYER_BAD_RECORD_MAC);
		end();
		begin(suites[i], TLS_NUMBERING_SENT_UNCHECKED);
		record = one_record("hello");
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		assert_int_equal(unprotect(record), TLS_LAYER_GOOD);
		/* It is believed, but it cannot be changed. */
		for (size_t at = 5; at < 13; at++)
			assert_int_equal(unprotect_changed(record, at, 1),
			    TLS_LAYER_BAD_RECORD_MAC);
		end();
	}
}

static void
numbers_do_not_start_again(void **state)
{
	(void)state;
	begin(CBC, TLS_NUMBERING_IMPLICIT);
	sender.number = receiver.number = UINT64_MAX - 1;
	assert_int_equal(unprotect(one_record("last")), TLS_LAYER_GOOD);
	assert_int_equal(protect(TLS_APPLICATION_DATA, bytes_of("one more")),
	    TLS_LAYER_INTERNAL_ERROR);
	end();
}

/* The record of `plain` (content, MAC and padding), made by hand. */
static void
encrypt_cbc(struct bytes plain)
{
	const struct tls_record_keys keys = keys_of(CBC);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	const uint8_t iv[16] = {0};
	uint8_t out[1024];
	int length;

	assert_true(
	    EVP_EncryptInit_ex2(c, EVP_aes_128_cbc(), keys.key, iv, NULL));
	EVP_CIPHER_CTX_set_padding(c, 0);
	assert_true(
	    EVP_EncryptUpdate(c, out, &length, plain.at, (int)plain.left));
	EVP_CIPHER_CTX_free(c);
	buffer_reset(&wire);
	buffer_add_u8(&wire, TLS_APPLICATION_DATA);
	buffer_add_u16(&wire, TLS_1_2);
	buffer_add_u16(&wire, (uint16_t)(sizeof(iv) + (size_t)length));
	buffer_add(&wire, iv, sizeof(iv));
	buffer_add(&wire, out, (size_t)length);
}

/*
 * The content, its MAC as the suite without a cipher makes it, and n bytes of
 * padding; the byte `wrong` of them, counted from the end, is not as it should.
 */
static enum tls_layer_outcome
unprotect_padded(const char *content, size_t n, size_t wrong)
{
	struct buffer plain = {0};
	struct bytes record;
	enum tls_layer_outcome outcome;

	begin(NO_CIPHER, TLS_NUMBERING_IMPLICIT);
	record = one_record(content);
	bytes_skip(&record, TLS_RECORD_HEADER_SIZE);
	buffer_add_bytes(&plain, record);
	for (size_t i = n; i > 0; i--)
		buffer_add_u8(&plain,
		    (uint8_t)(n - 1) ^ (uint8_t)(i - 1 == wrong ? 0x40 : 0));
	end();
	begin(CBC, TLS_NUMBERING_IMPLICIT);
	encrypt_cbc(buffer_bytes(&plain));
	outcome = unprotect(buffer_bytes(&wire));
	end();
	buffer_clear(&plain);
	return outcome;
}

#define NONE_WRONG 1000

static void
any_length_of_padding_is_taken(void **state)
{
	(void)state;
	for (size_t n = 11; n <= 256; n += 16) /* 37 + n is whole blocks */
		assert_int_equal(
		    unprotect_padded("hello", n, NONE_WRONG), TLS_LAYER_GOOD);
}

static void
wrong_padding_is_a_bad_mac_wherever_it_is_wrong(void **state)
{
	(void)state;
	for (size_t n = 11; n <= 256; n += 48)
		for (size_t wrong = 0; wrong < n; wrong++)
			assert_int_equal(unprotect_padded("hello", n, wrong),
			    TLS_LAYER_BAD_RECORD_MAC);
}

/* Though the MAC would be right where no padding is. */
static void
no_padding_is_a_bad_mac(void **state)
{
	(void)state;
	assert_int_equal(unprotect_padded("sixteen bytes...", 0, NONE_WRONG),
	    TLS_LAYER_BAD_RECORD_MAC);
	assert_int_equal(unprotect_padded("sixteen bytes...", 16, NONE_WRONG),
	    TLS_LAYER_GOOD);
}

/* In TLS 1.3 what a sender calls the content may end as if it were padded. */
static enum tls_layer_outcome
unprotect_inner(struct bytes inner)
{
	enum tls_layer_outcome outcome;

	begin(AEAD_1_3, TLS_NUMBERING_IMPLICIT);
	assert_int_equal(protect(0, inner), TLS_LAYER_GOOD);
	outcome = unprotect(buffer_bytes(&wire));
	end();
	return outcome;
}

static void
tls_1_3_zeros_behind_the_type_are_padding(void **state)
{
	static const uint8_t padded[] = {'h', 'i', 23, 0, 0, 0};
	static const uint8_t zeros[300];
	uint8_t longest[TLS_RECORD_CONTENT_MAX] = {'x', 23};

	(void)state;
	assert_int_equal(
	    unprotect_inner((struct bytes){padded, sizeof(padded)}),
	    TLS_LAYER_GOOD);
	assert_int_equal(plaintext.type, TLS_APPLICATION_DATA);
	assert_int_equal(plaintext.content.left, 2);
	assert_int_equal(
	    unprotect_inner((struct bytes){longest, sizeof(longest)}),
	    TLS_LAYER_GOOD);
	assert_int_equal(plaintext.content.left, 1);
	assert_int_equal(unprotect_inner((struct bytes){zeros, sizeof(zeros)}),
	    TLS_LAYER_UNEXPECTED_MESSAGE);
}

static void
an_empty_alert_or_message_is_unexpected(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUITES; i++) {
		begin(suites[i], TLS_NUMBERING_IMPLICIT);
		protect(TLS_ALERT, bytes_of(""));
		assert_int_equal(unprotect(buffer_bytes(&wire)),
		    TLS_LAYER_UNEXPECTED_MESSAGE);
		end();
	}
}

static enum tls_layer_outcome
unprotect_header(uint16_t suite, uint8_t type, size_t length)
{
	static const uint8_t zeros[TLS_RECORD_FRAGMENT_MAX + 1];
	enum tls_layer_outcome outcome;

	begin(suite, TLS_NUMBERING_IMPLICIT);
	buffer_add_u8(&wire, type);
	buffer_add_u16(&wire, TLS_1_2);
	buffer_add_u16(&wire, (uint16_t)length);
	buffer_add(&wire, zeros, length);
	outcome = unprotect(buffer_bytes(&wire));
	end();
	return outcome;
}

static void
a_record_over_the_limit_is_an_overflow(void **state)
{
	const size_t most_1_2 = TLS_RECORD_CONTENT_MAX + 2048;
	const size_t most_1_3 = TLS_RECORD_CONTENT_MAX + 256;

	(void)state;
	assert_int_equal(
	    unprotect_header(CBC, 23, most_1_2), TLS_LAYER_BAD_RECORD_MAC);
	assert_int_equal(
	    unprotect_header(CBC, 23, most_1_2 + 1), TLS_LAYER_RECORD_OVERFLOW);
	assert_int_equal(
	    unprotect_header(AEAD_1_3, 23, most_1_3), TLS_LAYER_BAD_RECORD_MAC);
	assert_int_equal(unprotect_header(AEAD_1_3, 23, most_1_3 + 1),
	    TLS_LAYER_RECORD_OVERFLOW);
}

static void
what_is_no_record_or_in_clear_is_unexpected(void **state)
{
	(void)state;
	assert_int_equal(
	    unprotect_header(CBC, 'G', 10), TLS_LAYER_UNEXPECTED_MESSAGE);
	assert_int_equal(
	    unprotect_header(CBC, 24, 10), TLS_LAYER_UNEXPECTED_MESSAGE);
	assert_int_equal(unprotect_header(AEAD_1_3, TLS_ALERT, 2),
	    TLS_LAYER_UNEXPECTED_MESSAGE);
	assert_int_equal(unprotect_header(AEAD_1_3, TLS_CHANGE_CIPHER_SPEC, 1),
	    TLS_LAYER_UNEXPECTED_MESSAGE);
}

/* Too much plaintext in a record that is authentic: only an insider can. */
static void
content_over_the_limit_is_an_overflow(void **state)
{
	static const uint8_t content[TLS_RECORD_CONTENT_MAX + 1];
	const uint8_t bound[] = {0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, 0x40, 1};
	struct tls_record_keys keys = keys_of(NO_CIPHER);
	uint8_t mac[32];
	size_t size;
	EVP_MAC_CTX *hmac;

	(void)state;
	begin(NO_CIPHER, TLS_NUMBERING_IMPLICIT);
	hmac = EVP_MAC_CTX_dup(sender.mac);
	assert_true(EVP_MAC_init(hmac, keys.mac_key, 32, NULL));
	EVP_MAC_update(hmac, bound, sizeof(bound));
	EVP_MAC_update(hmac, content, sizeof(content));
	EVP_MAC_final(hmac, mac, &size, sizeof(mac));
	EVP_MAC_CTX_free(hmac);
	buffer_add(&wire, &bound[8], 3);
	buffer_add_u16(&wire, sizeof(content) + sizeof(mac));
	buffer_add(&wire, content, sizeof(content));
	buffer_add(&wire, mac, sizeof(mac));
	assert_int_equal(
	    unprotect(buffer_bytes(&wire)), TLS_LAYER_RECORD_OVERFLOW);
	end();
}

static void
outcomes_are_alerts(void **state)
{
	(void)state;
	assert_string_equal(
	    tls_layer_outcome_name(TLS_LAYER_BAD_RECORD_MAC), "bad_record_mac");
	assert_int_equal(tls_layer_outcome_alert(TLS_LAYER_BAD_RECORD_MAC), 20);
	assert_int_equal(
	    tls_layer_outcome_alert(TLS_LAYER_RECORD_OVERFLOW), 22);
	assert_int_equal(
	    tls_layer_outcome_alert(TLS_LAYER_UNEXPECTED_MESSAGE), 10);
	assert_int_equal(tls_layer_outcome_alert(TLS_LAYER_INTERNAL_ERROR), 80);
	assert_null(tls_record_suite_find(0x0005)); /* RC4 */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_protected_is_unprotected_with_its_type),
	    cmocka_unit_test(several_records_are_taken_one_by_one),
	    cmocka_unit_test(
		every_shorter_prefix_is_partial_and_consumes_nothing),
	    cmocka_unit_test(
		the_longest_content_is_protected_and_one_byte_more_refused),
	    cmocka_unit_test(any_flipped_bit_is_refused),
	    cmocka_unit_test(a_fragment_cut_short_is_a_bad_mac),
	    cmocka_unit_test(a_record_is_good_in_one_place_only),
	    cmocka_unit_test(a_copy_is_refused),
	    cmocka_unit_test(
		without_the_number_a_copy_is_as_good_as_the_record),
	    cmocka_unit_test(
		without_the_number_dropped_and_swapped_records_go_unnoticed),
	    cmocka_unit_test(
		without_the_number_every_other_change_is_still_refused),
	    cmocka_unit_test(the_wire_looks_the_same_without_the_number),
	    cmocka_unit_test(a_number_that_is_sent_is_checked_or_not),
	    cmocka_unit_test(numbers_do_not_start_again),
	    cmocka_unit_test(any_length_of_padding_is_taken),
	    cmocka_unit_test(wrong_padding_is_a_bad_mac_wherever_it_is_wrong),
	    cmocka_unit_test(no_padding_is_a_bad_mac),
	    cmocka_unit_test(tls_1_3_zeros_behind_the_type_are_padding),
	    cmocka_unit_test(an_empty_alert_or_message_is_unexpected),
	    cmocka_unit_test(a_record_over_the_limit_is_an_overflow),
	    cmocka_unit_test(what_is_no_record_or_in_clear_is_unexpected),
	    cmocka_unit_test(content_over_the_limit_is_an_overflow),
	    cmocka_unit_test(outcomes_are_alerts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Associations of stock OpenSSL, read from what they put on the wire and their
 * key log, in each suite of DTLS 1.2 that the lab has: every record opens as
 * the number in its header, in any order; a copy had come before; and of a
 * record that says another number it is found which one it was made with.
 */
#include "dtls_reader.h"

#include "explanation.h"
#include "tls_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* "+": with the MAC outside, as OpenSSL has it if it is let (RFC 7366). */
static const char *const ciphers[] = {"ECDHE-RSA-AES128-SHA256",
    "+AES128-SHA256", "AES256-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
    "NULL-SHA256"};
#define CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))
#define RECORDS_MAX 64
#define LINK_MTU 1400

static struct wire {
	SSL *end[2]; /* client, server */
	BIO *in[2], *out[2];
	struct buffer bytes, log;
	struct sent {
		bool server;
		struct dtls_record record;
	} sent[RECORDS_MAX];
	size_t count;
} wire;

static struct key_log key_log;
static struct tls_epochs epochs;
static struct dtls_reader reader;
static struct dtls_opened opened;

static void
log_line(const SSL *tls, const char *line)
{
	(void)tls;
	buffer_printf(&wire.log, "%s\n", line);
}

static void
move(bool server)
{
	static uint8_t chunk[1 << 16];
	int length = BIO_read(wire.out[server], chunk, sizeof(chunk));

	if (length <= 0)
		return;
	BIO_write(wire.in[!server], chunk, length);
	buffer_add_u8(&wire.bytes, server);
	buffer_add_u16(&wire.bytes, (uint16_t)length);
	buffer_add(&wire.bytes, chunk, (size_t)length);
}

static void
say(bool server, const char *text)
{
	uint8_t read[64];
	int length = (int)strlen(text);

	assert_int_equal(SSL_write(wire.end[server], text, length), length);
	move(server);
	assert_int_equal(
	    SSL_read(wire.end[!server], read, sizeof(read)), length);
}

static void
open_ends(const char *cipher)
{
	bool mac_last = *cipher == '+';

	for (int i = 0; i < 2; i++) {
		SSL_CTX *ctx = SSL_CTX_new(
		    i == 0 ? DTLS_client_method() : DTLS_server_method());

		SSL_CTX_set_security_level(ctx, 0);
		SSL_CTX_set_options(
		    ctx, SSL_OP_NO_QUERY_MTU |
			     (mac_last ? 0 : SSL_OP_NO_ENCRYPT_THEN_MAC));
		assert_int_equal(
		    SSL_CTX_set_cipher_list(ctx, cipher + mac_last), 1);
		SSL_CTX_set_keylog_callback(ctx, i == 0 ? log_line : NULL);
		if (i == 1)
			pair_certify(ctx);
		wire.end[i] = SSL_new(ctx);
		SSL_CTX_free(ctx);
		wire.in[i] = BIO_new(BIO_s_mem());
		wire.out[i] = BIO_new(BIO_s_mem());
		BIO_set_mem_eof_return(wire.in[i], -1);
		BIO_set_mem_eof_return(wire.out[i], -1);
		SSL_set_bio(wire.end[i], wire.in[i], wire.out[i]);
		DTLS_set_link_mtu(wire.end[i], LINK_MTU);
	}
}

/* What was sent, as records. */
static void
list_sent(void)
{
	struct bytes in = buffer_bytes(&wire.bytes), datagrams;
	uint16_t length;
	uint8_t server;

	while (bytes_take_u8(&in, &server) && bytes_take_u16(&in, &length) &&
	       bytes_take(&in, length, &datagrams))
		for (; datagrams.left > 0; wire.count++) {
			assert_true(wire.count < RECORDS_MAX);
			wire.sent[wire.count].server = server;
			assert_true(dtls_record_take(
			    &datagrams, &wire.sent[wire.count].record));
		}
}

static void
talk(const char *cipher)
{
	open_ends(cipher);
	SSL_set_connect_state(wire.end[0]);
	SSL_set_accept_state(wire.end[1]);
	for (int i = 0; i < 6; i++) {
		SSL_do_handshake(wire.end[i % 2]);
		move(i % 2);
	}
	say(false, "a request");
	say(true, "its answer");
	say(false, "another request");
	say(false, "the last one");
	list_sent();
	key_log_add(&key_log, buffer_bytes(&wire.log));
	dtls_reader_init(&reader, &key_log, &epochs, 1);
}

static void
fall_silent(void)
{
	for (int i = 0; i < 2; i++)
		SSL_free(wire.end[i]);
	buffer_clear(&wire.bytes);
	buffer_clear(&wire.log);
	memset(&wire, 0, sizeof(wire));
	dtls_reader_clear(&reader);
	tls_epochs_clear(&epochs);
	key_log_clear(&key_log);
}

static enum tls_read
take(size_t i)
{
	return dtls_reader_take(
	    &reader, wire.sent[i].server, &wire.sent[i].record, &opened);
}

static struct explanation
explain(const struct dtls_record *record)
{
	const struct tls_record as_tls = dtls_record_as_tls(record);
	struct explanation e;

	assert_int_equal(explanation_of(&epochs, &opened.epoch, &as_tls, &e),
	    EXPLANATION_FOUND);
	assert_int_equal(e.keys, EXPLANATION_KEYS_DUE);
	assert_int_equal(e.expected, record->number);
	assert_int_equal(e.carried.size, e.right.size);
	return e;
}

static bool
is_right(const struct explanation *e)
{
	return memcmp(e->carried.octets, e->right.octets, e->right.size) == 0;
}

static void
every_record_opens_as_the_number_it_says(void **state)
{
	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		size_t count = 0;

		talk(ciphers[c]);
		for (size_t i = 0; i < wire.count; i++) {
			const struct dtls_record *r = &wire.sent[i].record;
			struct explanation e;

			if (r->epoch == 0) {
				assert_int_equal(take(i), TLS_READ_CLEAR);
				continue;
			}
			assert_int_equal(take(i), TLS_READ_OPENED);
			assert_int_equal(opened.came, REPLAY_FRESH);
			assert_int_equal(opened.epoch.count, r->number);
			assert_int_equal(opened.begun, r->number > 0);
			assert_int_equal(
			    opened.highest, r->number > 0 ? r->number - 1 : 0);
			e = explain(r);
			assert_int_equal(e.made_as, r->number);
			assert_true(is_right(&e));
			count++;
		}
		assert_int_equal(count, 6); /* two Finished, four of data */
		fall_silent();
	}
}

/* The data of the client, last first, and all of it once more. */
static void
in_any_order_each_is_new_once(void **state)
{
	static const enum replay_verdict came[] = {REPLAY_FRESH, REPLAY_SEEN};

	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		size_t count = 0;

		talk(ciphers[c]);
		for (size_t i = 0; i < wire.count; i++)
			if (wire.sent[i].record.epoch == 0)
				take(i);
		for (int again = 0; again < 2; again++)
			for (size_t i = wire.count; i-- > 0;) {
				if (wire.sent[i].record.epoch == 0)
					continue;
				assert_int_equal(take(i), TLS_READ_OPENED);
				assert_int_equal(opened.came, came[again]);
				count++;
			}
		assert_int_equal(count, 12);
		assert_true(opened.begun);
		fall_silent();
	}
}

static void
a_number_written_in_is_not_the_one_of_the_mac(void **state)
{
	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		struct dtls_record forged;
		struct explanation e;

		talk(ciphers[c]);
		for (size_t i = 0; i < wire.count; i++)
			take(i);
		forged = wire.sent[wire.count - 1].record;
		forged.number = DTLS_NUMBER_MAX;
		assert_int_equal(
		    dtls_reader_take(&reader, false, &forged, &opened),
		    TLS_READ_REFUSED);
		assert_int_equal(opened.came, REPLAY_FRESH);
		assert_int_equal(opened.highest, 3);
		e = explain(&forged);
		assert_int_equal(e.made_as, 3);
		assert_false(is_right(&e));
		/* And nothing was moved by it. */
		assert_int_equal(take(wire.count - 1), TLS_READ_OPENED);
		assert_int_equal(opened.came, REPLAY_SEEN);
		assert_int_equal(opened.highest, 3);
		fall_silent();
	}
}

static void
without_hellos_or_keys_nothing_opens(void **state)
{
	struct key_log empty = {0};

	(void)state;
	talk(ciphers[0]);
	assert_int_equal(take(wire.count - 1), TLS_READ_NO_KEYS);
	dtls_reader_clear(&reader);
	dtls_reader_init(&reader, &empty, NULL, 1);
	for (size_t i = 0; i < wire.count; i++)
		assert_int_equal(take(i), wire.sent[i].record.epoch == 0
					      ? TLS_READ_CLEAR
					      : TLS_READ_NO_KEYS);
	fall_silent();
}

/* What the first hello of that type says, with another random. */
static void
take_other_hello(uint8_t type)
{
	for (size_t i = 0; i < wire.count; i++) {
		struct dtls_record forged = wire.sent[i].record;
		struct bytes in = forged.fragment;
		uint8_t octets[LINK_MTU], found;

		if (forged.type != TLS_HANDSHAKE || forged.epoch != 0 ||
		    !bytes_take_u8(&in, &found) || found != type)
			continue;
		memcpy(octets, forged.fragment.at, forged.fragment.left);
		octets[12 + 2] ^= 1; /* behind header and version */
		forged.fragment.at = octets;
		assert_int_equal(dtls_reader_take(&reader, wire.sent[i].server,
				     &forged, &opened),
		    TLS_READ_CLEAR);
		return;
	}
	fail();
}

/* Anybody can write them (RFC 6347 section 4.2.8). */
static void
hellos_alone_end_nothing(void **state)
{
	(void)state;
	for (size_t c = 0; c < CIPHERS; c++) {
		talk(ciphers[c]);
		for (size_t i = 0; i < wire.count; i++)
			take(i);
		for (int i = 0; i < 2; i++) {
			if (i == 1)
				take_other_hello(TLS_CLIENT_HELLO);
			take_other_hello(TLS_SERVER_HELLO);
			assert_int_equal(take(wire.count - 1), TLS_READ_OPENED);
			assert_int_equal(opened.came, REPLAY_SEEN);
			assert_int_equal(opened.highest, 3);
			explain(&wire.sent[wire.count - 1].record);
		}
		fall_silent();
	}
}

/* A server whose ClientHello was not captured has keys that nobody knows. */
static void
a_hello_is_not_joined_to_that_of_another_handshake(void **state)
{
	struct dtls_record forged;

	(void)state;
	talk(ciphers[0]);
	for (size_t i = 0; i < wire.count; i++)
		take(i);
	take_other_hello(TLS_SERVER_HELLO);
	forged = wire.sent[wire.count - 1].record;
	forged.number ^= 1;
	assert_int_equal(dtls_reader_take(&reader, false, &forged, &opened),
	    TLS_READ_NO_KEYS);
	fall_silent();
}

static void
on_the_same_ports_the_next_handshake_takes_over(void **state)
{
	const struct dtls_record *old;
	const struct sent *last;
	struct tls_record as_tls;
	struct explanation e;
	struct wire first;

	(void)state;
	talk(ciphers[3]);
	first = wire;
	memset(&wire, 0, sizeof(wire));
	talk(ciphers[3]);
	for (size_t i = 0; i < first.count; i++)
		dtls_reader_take(&reader, first.sent[i].server,
		    &first.sent[i].record, &opened);
	for (size_t i = 0; i < wire.count; i++) {
		if (wire.sent[i].record.epoch == 0) {
			take(i);
			continue;
		}
		assert_int_equal(take(i), TLS_READ_OPENED);
		assert_int_equal(opened.came, REPLAY_FRESH);
		assert_int_equal(opened.begun, wire.sent[i].record.number > 0);
	}
	last = &first.sent[first.count - 1];
	old = &last->record;
	assert_int_equal(dtls_reader_take(&reader, last->server, old, &opened),
	    TLS_READ_REFUSED);
	as_tls = dtls_record_as_tls(old);
	assert_int_equal(explanation_of(&epochs, &opened.epoch, &as_tls, &e),
	    EXPLANATION_FOUND);
	assert_int_equal(e.keys, EXPLANATION_KEYS_FORMER);
	assert_int_equal(e.made_as, old->number);
	for (int i = 0; i < 2; i++)
		SSL_free(first.end[i]);
	buffer_clear(&first.bytes);
	buffer_clear(&first.log);
	fall_silent();
}

/* Read without a set of epochs, what is opened is the same. */
static void
epochs_are_not_needed(void **state)
{
	(void)state;
	talk(ciphers[3]);
	dtls_reader_clear(&reader);
	dtls_reader_init(&reader, &key_log, NULL, 1);
	for (size_t i = 0; i < wire.count; i++)
		assert_int_equal(take(i), wire.sent[i].record.epoch == 0
					      ? TLS_READ_CLEAR
					      : TLS_READ_OPENED);
	fall_silent();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_record_opens_as_the_number_it_says),
	    cmocka_unit_test(in_any_order_each_is_new_once),
	    cmocka_unit_test(a_number_written_in_is_not_the_one_of_the_mac),
	    cmocka_unit_test(without_hellos_or_keys_nothing_opens),
	    cmocka_unit_test(hellos_alone_end_nothing),
	    cmocka_unit_test(
		a_hello_is_not_joined_to_that_of_another_handshake),
	    cmocka_unit_test(on_the_same_ports_the_next_handshake_takes_over),
	    cmocka_unit_test(epochs_are_not_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

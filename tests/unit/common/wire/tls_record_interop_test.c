/* SPDX-License-Identifier: MIT */
/*
 * The lab's record layer against OpenSSL's, over OpenSSL's own handshake: each
 * end reads what the other writes, in every suite and of every length.
 */
#include "tls_record_layer.h"

#include "tls_pair.h"

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

static uint8_t content[TLS_RECORD_CONTENT_MAX];

/* Every length up to 300, then in steps, and both sides of the limits. */
static size_t
next_length(size_t length)
{
	if (length < 300)
		return length + 1;
	if (length >= TLS_RECORD_CONTENT_MAX - 2)
		return length + 1;
	return length + 617 < TLS_RECORD_CONTENT_MAX - 2
		   ? length + 617
		   : TLS_RECORD_CONTENT_MAX - 2;
}

static void
make_layer(struct tls_record_layer *l, const struct tls_pair *p, bool client,
    bool sends, enum tls_numbering numbering)
{
	assert_true(tls_record_layer_init(
	    l, client ? &p->client_keys : &p->server_keys, numbering, sends));
	l->number = p->number;
}

static void
send_ours(const struct tls_pair *p, bool client)
{
	static struct tls_record_layer l;
	SSL *reader = client ? p->server : p->client;
	BIO *way = client ? p->to_server : p->to_client;
	uint8_t read[TLS_RECORD_CONTENT_MAX];
	struct buffer record = {0};

	make_layer(&l, p, client, true, TLS_NUMBERING_IMPLICIT);
	for (size_t n = 0; n <= TLS_RECORD_CONTENT_MAX; n = next_length(n)) {
		buffer_reset(&record);
		assert_int_equal(tls_record_protect(&l, TLS_APPLICATION_DATA,
				     (struct bytes){content, n}, &record),
		    TLS_LAYER_GOOD);
		BIO_write(way, buffer_bytes(&record).at,
		    (int)buffer_bytes(&record).left);
		if (n == 0) /* nothing to read, and no complaint */
			assert_int_equal(
			    SSL_get_error(
				reader, SSL_read(reader, read, sizeof(read))),
			    SSL_ERROR_WANT_READ);
		else {
			assert_int_equal(
			    SSL_read(reader, read, sizeof(read)), n);
			assert_memory_equal(read, content, n);
		}
	}
	buffer_clear(&record);
	tls_record_layer_clear(&l);
}

static void
receive_theirs(const struct tls_pair *p, bool client)
{
	static struct tls_record_layer l;
	SSL *writer = client ? p->client : p->server;
	BIO *way = client ? p->to_server : p->to_client;
	uint8_t wire[TLS_RECORD_HEADER_SIZE + TLS_RECORD_FRAGMENT_MAX];
	struct tls_plaintext plaintext;

	make_layer(&l, p, client, false, TLS_NUMBERING_IMPLICIT);
	for (size_t n = 1; n <= TLS_RECORD_CONTENT_MAX; n = next_length(n)) {
		struct bytes in = {wire, 0};

		assert_int_equal(SSL_write(writer, content, (int)n), n);
		in.left = (size_t)BIO_read(way, wire, sizeof(wire));
		assert_int_equal(
		    tls_record_unprotect(&l, &in, &plaintext), TLS_LAYER_GOOD);
		assert_int_equal(in.left, 0);
		assert_int_equal(plaintext.type, TLS_APPLICATION_DATA);
		assert_int_equal(plaintext.content.left, n);
		assert_memory_equal(plaintext.content.at, content, n);
	}
	tls_record_layer_clear(&l);
}

static void
openssl_reads_what_we_protect(void **state)
{
	(void)state;
	for (size_t i = 0; i < CIPHERS; i++) {
		struct tls_pair p = tls_pair_new(ciphers[i]);

		send_ours(&p, true);
		send_ours(&p, false);
		tls_pair_free(&p);
	}
}

static void
we_read_what_openssl_protects(void **state)
{
	(void)state;
	for (size_t i = 0; i < CIPHERS; i++) {
		struct tls_pair p = tls_pair_new(ciphers[i]);

		receive_theirs(&p, true);
		receive_theirs(&p, false);
		tls_pair_free(&p);
	}
}

static void
an_alert_of_ours_is_an_alert_to_openssl(void **state)
{
	static struct tls_record_layer l;
	const uint8_t close_notify[] = {1, 0};
	uint8_t read[1];

	(void)state;
	for (size_t i = 0; i < CIPHERS; i++) {
		struct tls_pair p = tls_pair_new(ciphers[i]);
		struct buffer record = {0};

		make_layer(&l, &p, true, true, TLS_NUMBERING_IMPLICIT);
		assert_int_equal(tls_record_protect(&l, TLS_ALERT,
				     (struct bytes){close_notify, 2}, &record),
		    TLS_LAYER_GOOD);
		BIO_write(p.to_server, buffer_bytes(&record).at,
		    (int)buffer_bytes(&record).left);
		assert_int_equal(SSL_get_error(p.server,
				     SSL_read(p.server, read, sizeof(read))),
		    SSL_ERROR_ZERO_RETURN);
		buffer_clear(&record);
		tls_record_layer_clear(&l);
		tls_pair_free(&p);
	}
}

/*
 * Without the number nobody but our own other end understands a record.
 */
static void
openssl_refuses_a_record_without_its_number(void **state)
{
	static struct tls_record_layer l;
	uint8_t read[64];

	(void)state;
	for (size_t i = 0; i < CIPHERS; i++) {
		struct tls_pair p = tls_pair_new(ciphers[i]);
		struct buffer record = {0};

		/* Not at number 0, which an AEAD's nonce does not show. */
		if (p.number == 0) {
			make_layer(&l, &p, true, true, TLS_NUMBERING_LEFT_OUT);
			tls_record_protect(
			    &l, TLS_APPLICATION_DATA, bytes_of("x"), &record);
			BIO_write(p.to_server, buffer_bytes(&record).at,
			    (int)buffer_bytes(&record).left);
			assert_int_equal(
			    SSL_read(p.server, read, sizeof(read)), 1);
			buffer_reset(&record);
			tls_record_layer_clear(&l);
		}
		make_layer(&l, &p, true, true, TLS_NUMBERING_LEFT_OUT);
		tls_record_protect(
		    &l, TLS_APPLICATION_DATA, bytes_of("x"), &record);
		BIO_write(p.to_server, buffer_bytes(&record).at,
		    (int)buffer_bytes(&record).left);
		assert_int_equal(SSL_get_error(p.server,
				     SSL_read(p.server, read, sizeof(read))),
		    SSL_ERROR_SSL);
		buffer_clear(&record);
		tls_record_layer_clear(&l);
		tls_pair_free(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(openssl_reads_what_we_protect),
	    cmocka_unit_test(we_read_what_openssl_protects),
	    cmocka_unit_test(an_alert_of_ours_is_an_alert_to_openssl),
	    cmocka_unit_test(openssl_refuses_a_record_without_its_number),
	};

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 + i / 256);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#ifndef TLS_DUMP_H
#define TLS_DUMP_H

#include "buffer.h"
#include "tls_pair.h"
#include "tls_record.h"

/*
 * A connection between two ends of stock OpenSSL, from the first byte on, with
 * all that they say to each other and the key log that one of them writes.
 */
#define DUMP_RECORDS_MAX 64

struct tls_dump {
	SSL *end[2]; /* client, server */
	BIO *in[2], *out[2];
	struct buffer key_log;
	struct buffer wire; /* all records, as they were sent */
	struct dumped {
		bool server;
		size_t at, length; /* in wire */
	} record[DUMP_RECORDS_MAX];
	size_t count;
};

static struct tls_dump *dump_under_way;

static inline void
dump_log(const SSL *tls, const char *line)
{
	(void)tls;
	buffer_printf(&dump_under_way->key_log, "%s\n", line);
}

static inline struct tls_record
dump_record(const struct tls_dump *d, size_t i)
{
	struct bytes wire = buffer_bytes(&d->wire);
	struct tls_record record;

	assert(bytes_skip(&wire, d->record[i].at));
	assert(tls_record_take(&wire, &record) == TLS_RECORD_COMPLETE);
	return record;
}

/* What that end has to say goes to the other one, and into the dump. */
static inline void
dump_move(struct tls_dump *d, bool server)
{
	static uint8_t chunk[1 << 17];
	int length = BIO_read(d->out[server], chunk, sizeof(chunk));
	struct bytes said = {chunk, length > 0 ? (size_t)length : 0};
	size_t before = said.left;
	struct tls_record record;

	if (length > 0)
		BIO_write(d->in[!server], chunk, length);
	for (; tls_record_take(&said, &record) == TLS_RECORD_COMPLETE;
	     before = said.left) {
		assert(d->count < DUMP_RECORDS_MAX);
		d->record[d->count++] = (struct dumped){
		    server, buffer_bytes(&d->wire).left, before - said.left};
		buffer_add_bytes(&d->wire, record.whole);
	}
	assert(said.left == 0);
}

static inline void
dump_say(struct tls_dump *d, bool server, const char *text)
{
	uint8_t read[64];
	int length = (int)strlen(text);

	assert(SSL_write(d->end[server], text, length) == length);
	dump_move(d, server);
	assert(SSL_read(d->end[!server], read, sizeof(read)) == length);
	dump_move(d, !server);
}

static inline void
tls_dump_open(struct tls_dump *d, const char *cipher)
{
	bool tls13 = strncmp(cipher, "TLS_", 4) == 0;
	SSL_CTX *ctx[] = {pair_context(TLS_client_method(), cipher, tls13),
	    pair_context(TLS_server_method(), cipher, tls13)};

	memset(d, 0, sizeof(*d));
	dump_under_way = d;
	pair_certify(ctx[1]);
	SSL_CTX_set_keylog_callback(ctx[0], dump_log);
	for (int i = 0; i < 2; i++) {
		d->end[i] = SSL_new(ctx[i]);
		d->in[i] = BIO_new(BIO_s_mem());
		d->out[i] = BIO_new(BIO_s_mem());
		BIO_set_mem_eof_return(d->in[i], -1);
		BIO_set_mem_eof_return(d->out[i], -1);
		SSL_set_bio(d->end[i], d->in[i], d->out[i]);
		SSL_CTX_free(ctx[i]);
	}
	SSL_set_connect_state(d->end[0]);
	SSL_set_accept_state(d->end[1]);
	for (int i = 0; i < 6; i++) {
		SSL_do_handshake(d->end[i % 2]);
		dump_move(d, i % 2);
	}
	assert(
	    SSL_is_init_finished(d->end[0]) && SSL_is_init_finished(d->end[1]));
}

static inline void
tls_dump_close(struct tls_dump *d)
{
	SSL_free(d->end[0]);
	SSL_free(d->end[1]);
	buffer_clear(&d->key_log);
	buffer_clear(&d->wire);
}

#endif

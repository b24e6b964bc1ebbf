/* SPDX-License-Identifier: MIT */
/*
 * A message is the same whether its bytes come at once or one by one, and
 * whatever is read of it lies within it.
 */
#include "tls_handshake.h"
#include "buffer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
within(struct bytes outer, struct bytes inner)
{
	if (inner.left == 0)
		return;
	if (inner.at < outer.at ||
	    inner.at + inner.left > outer.at + outer.left)
		abort();
}

static void
read_body(const struct tls_handshake *m)
{
	char subject[TLS_SUBJECT_SIZE];
	struct bytes certificate;
	struct tls_offered_psk psk;
	struct tls_hello hello;
	uint16_t group;

	if (tls_client_hello_read(m->body, &hello) ||
	    tls_server_hello_read(m->body, &hello)) {
		within(m->body, hello.random);
		within(m->body, hello.session_id);
		within(m->body, hello.suites);
		within(m->body, hello.versions);
		within(m->body, hello.server_name);
		within(m->body, hello.protocols);
		within(m->body, hello.pre_shared_key);
		if (tls_offered_psk_read(hello.pre_shared_key, &psk)) {
			within(hello.pre_shared_key, psk.identity);
			within(hello.pre_shared_key, psk.binder);
		}
	}
	if (tls_certificate_read(m->body, &certificate)) {
		within(m->body, certificate);
		(void)tls_certificate_subject(certificate, subject);
	}
	(void)tls_server_key_exchange_group(m->body, &group);
	(void)tls_handshake_name(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, fed = in, byte, window;
	struct tls_handshake m, again;
	struct buffer b = {0};

	while (tls_handshake_take(&in, &m) == TLS_HANDSHAKE_COMPLETE) {
		read_body(&m);
		do {
			if (!bytes_take(&fed, 1, &byte))
				abort();
			buffer_add_bytes(&b, byte);
			window = buffer_bytes(&b);
		} while (tls_handshake_take(&window, &again) !=
			 TLS_HANDSHAKE_COMPLETE);
		if (!bytes_equal(again.whole, m.whole) || window.left != 0)
			abort();
		buffer_reset(&b);
	}
	buffer_clear(&b);
	return 0;
}

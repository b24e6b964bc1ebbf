/* SPDX-License-Identifier: MIT */
/*
 * Digest: the input is Authorization.
 *
 * Properties: what is borrowed lies inside the field; what may come once is the
 * nonce, a colon and eight digits; no key of ours verifies it, and only
 * one qop reads it.
 */
#include <string.h>

#include "http_digest.h"
#include "property.h"

static bool
read_under(const struct http_message *m, enum http_digest_qop qop)
{
	static const uint8_t material[32] = {9};
	const struct signature_key key = {
	    SIGNATURE_HMAC_SHA256, {material, sizeof(material)}};
	struct bytes whole = m->fields[1].value;
	struct http_signature sig;

	if (http_digest_read(m, qop, &sig) != SIGNATURE_GOOD)
		return false;
	check(is_inside(sig.keyid, whole) && is_inside(sig.value, whole) &&
	      is_inside(sig.nonce, whole));
	check(strlen(sig.own) == sig.nonce.left + 9);
	check(memcmp(sig.own, sig.nonce.at, sig.nonce.left) == 0);
	check(sig.own[sig.nonce.left] == ':');
	check(http_digest_verify(m, qop, &sig, &key) != SIGNATURE_GOOD);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_message m = {.kind = HTTP_REQUEST, .field_count = 2};

	m.method = bytes_of("GET");
	m.target = bytes_of("/");
	m.fields[0] = (struct http_field){bytes_of("Host"), bytes_of("a")};
	m.fields[1] =
	    (struct http_field){bytes_of("Authorization"), {data, size}};
	if (read_under(&m, DIGEST_AUTH))
		check(!read_under(&m, DIGEST_AUTH_INT));
	else
		read_under(&m, DIGEST_AUTH_INT);
	return 0;
}

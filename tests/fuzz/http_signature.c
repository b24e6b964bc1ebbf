/* SPDX-License-Identifier: MIT */
/*
 * Signatures: the input is Signature-Input, a line feed, Signature.
 *
 * Properties: what a signature borrows lies inside the message; its base ends
 * in parameters that read as the same parameters; no key of ours verifies it.
 */
#include <string.h>

#include "content_digest.h"
#include "http_signature.h"
#include "property.h"

static void
check_windows(
    const struct http_signature *sig, struct bytes input, struct bytes value)
{
	check(sig->component_count <= SIGNATURE_COMPONENTS_MAX);
	for (size_t i = 0; i < sig->component_count; i++)
		check(is_inside(sig->components[i], input));
	check(is_inside(sig->label, input) && is_inside(sig->params, input));
	check(is_inside(sig->nonce, input) && is_inside(sig->keyid, input));
	check(is_inside(sig->alg, input) && is_inside(sig->value, value));
}

/* The base of a signature over the canonical parameters is the same base. */
static void
check_canonical(const struct http_message *m, struct http_signature sig)
{
	static const char title[] = "\"@signature-params\": ";
	struct buffer first = {0}, second = {0};
	struct bytes line;

	if (http_signature_base(m, &sig, &first) == SIGNATURE_GOOD) {
		sig.params = buffer_bytes(&first);
		while (bytes_take_until(&sig.params, '\n', &line))
			continue;
		check(bytes_skip(&sig.params, strlen(title)));
		check(http_signature_base(m, &sig, &second) == SIGNATURE_GOOD);
		check(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
	}
	buffer_clear(&first);
	buffer_clear(&second);
}

static void
check_request(const struct http_message *m)
{
	static const uint8_t material[32] = {9};
	struct signature_key key = {SIGNATURE_HMAC_SHA256, {material, 32}};
	struct http_signature sig;

	(void)!content_digest_check(m);
	if (http_signature_read(m, &sig) != SIGNATURE_GOOD)
		return;
	check_windows(&sig, http_field(m, "Signature-Input", NULL)->value,
	    http_field(m, "Signature", NULL)->value);
	check_canonical(m, sig);
	check(http_signature_verify(m, &sig, &key) != SIGNATURE_GOOD);
	key.algorithm = SIGNATURE_ED25519;
	check(http_signature_verify(m, &sig, &key) != SIGNATURE_GOOD);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	struct bytes value = {data, size}, input;
	const struct http_message *m;
	struct buffer text = {0};
	struct bytes in;

	if (bytes_take_until(&value, '\n', &input)) {
		buffer_add_text(&text, "GET /a?b HTTP/1.1\r\nHost: a\r\n"
				       "Date: now\r\nSignature-Input: ");
		buffer_add_bytes(&text, input);
		buffer_add_text(&text, "\r\nContent-Digest: ");
		buffer_add_bytes(&text, value);
		buffer_add_text(&text, "\r\nSignature: ");
		buffer_add_bytes(&text, value);
		buffer_add_text(&text, "\r\n\r\n");
		in = buffer_bytes(&text);
		if (http_reader_feed(r, &in, &m) == HTTP_COMPLETE)
			check_request(m);
	}
	buffer_clear(&text);
	http_reader_free(r);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * DPoP: the input is header and payload, a line feed between them, or any text
 * as a whole proof.
 *
 * Properties: a jti that is read is within its limit; no key of ours verifies
 * what it did not sign; base64url that is read is written the same.
 */
#include <string.h>

#include "base64url.h"
#include "http_dpop.h"
#include "property.h"

static void
check_proof(struct bytes proof)
{
	static const uint8_t public[32] = {9};
	const struct signature_key key = {SIGNATURE_ED25519, {public, 32}};
	struct http_message m = {.kind = HTTP_REQUEST, .field_count = 3};
	struct http_signature sig;

	m.method = bytes_of("GET");
	m.target = bytes_of("/");
	m.fields[0] = (struct http_field){bytes_of("Host"), bytes_of("a")};
	m.fields[1] =
	    (struct http_field){bytes_of("Authorization"), bytes_of("DPoP k")};
	m.fields[2] = (struct http_field){bytes_of("DPoP"), proof};
	if (http_dpop_read(&m, &sig) != SIGNATURE_GOOD)
		return;
	check(sig.nonce.left > 0 && sig.nonce.left < sizeof(sig.own));
	check(sig.created >= 0);
	check(http_dpop_verify(&m, &sig, &key) != SIGNATURE_GOOD);
}

static void
check_base64url(struct bytes text)
{
	uint8_t raw[DPOP_PROOF_MAX];
	struct buffer again = {0};
	size_t length;

	if (!base64url_read(text, raw, sizeof(raw), &length))
		return;
	base64url_write(&again, (struct bytes){raw, length});
	check(bytes_equal(buffer_bytes(&again), text));
	buffer_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t signature[64];
	struct bytes payload = {data, size}, header;
	struct buffer proof = {0};

	check_proof(payload);
	check_base64url(payload);
	if (bytes_take_until(&payload, '\n', &header)) {
		base64url_write(&proof, header);
		buffer_add_text(&proof, ".");
		base64url_write(&proof, payload);
		buffer_add_text(&proof, ".");
		base64url_write(&proof, (struct bytes){signature, 64});
		check_proof(buffer_bytes(&proof));
	}
	buffer_clear(&proof);
	return 0;
}

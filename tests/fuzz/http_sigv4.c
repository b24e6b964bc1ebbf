/* SPDX-License-Identifier: MIT */
/*
 * SigV4 style: the input is X-Amz-Date, a line feed, Authorization.
 *
 * Properties: what is borrowed lies inside the message; host and date are among
 * what is signed; a date that is read is one of a year that has four digits; no
 * key of ours verifies it.
 */
#include <stdlib.h>

#include "http_sigv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool condition)
{
	if (!condition)
		abort();
}

static bool
is_inside(struct bytes part, struct bytes whole)
{
	return part.left == 0 ||
	       (part.at >= whole.at &&
		   (size_t)(part.at - whole.at) + part.left <= whole.left);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t material[32] = {9};
	const struct signature_key key = {
	    SIGNATURE_HMAC_SHA256, {material, sizeof(material)}};
	struct http_message m = {.kind = HTTP_REQUEST, .field_count = 3};
	struct bytes rest = {data, size}, date;
	struct http_signature sig;

	if (!bytes_take_until(&rest, '\n', &date))
		return 0;
	m.method = bytes_of("GET");
	m.target = bytes_of("/");
	m.fields[0] = (struct http_field){bytes_of("Host"), bytes_of("a")};
	m.fields[1] = (struct http_field){bytes_of("X-Amz-Date"), date};
	m.fields[2] = (struct http_field){bytes_of("Authorization"), rest};
	if (http_sigv4_read(&m, &sig) != SIGNATURE_GOOD)
		return 0;
	check(is_inside(sig.keyid, rest) && is_inside(sig.value, rest));
	check(sig.component_count >= 2 &&
	      sig.component_count <= SIGNATURE_COMPONENTS_MAX);
	for (size_t i = 0; i < sig.component_count; i++)
		check(is_inside(sig.components[i], rest));
	check(http_signature_covers(&sig, "host") &&
	      http_signature_covers(&sig, "x-amz-date"));
	check(sig.has_created && sig.created > INT64_C(-99999999999) &&
	      sig.created < INT64_C(253402300800));
	check(http_sigv4_verify(&m, &sig, &key) != SIGNATURE_GOOD);
	return 0;
}

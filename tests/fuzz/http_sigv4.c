/* SPDX-License-Identifier: MIT */
/*
 * SigV4 style: the input is X-Amz-Date, a line feed, Authorization.
 *
 * Properties: what is borrowed lies inside the message; host and date are among
 * what is signed; a date that is read is one of a year that has four digits; no
 * key of ours verifies it.
 */
#include "http_sigv4.h"
#include "dated_request.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct signature_key key = dated_request_key();
	struct http_signature sig;
	struct http_message m;

	if (!dated_request((struct bytes){data, size}, "X-Amz-Date", &m) ||
	    http_sigv4_read(&m, &sig) != SIGNATURE_GOOD)
		return 0;
	dated_request_check(&m, &sig);
	check(sig.component_count >= 2 &&
	      sig.component_count <= SIGNATURE_COMPONENTS_MAX);
	for (size_t i = 0; i < sig.component_count; i++)
		check(is_inside(sig.components[i], m.fields[2].value));
	check(http_signature_covers(&sig, "host") &&
	      http_signature_covers(&sig, "x-amz-date"));
	check(http_sigv4_verify(&m, &sig, &key) != SIGNATURE_GOOD);
	return 0;
}

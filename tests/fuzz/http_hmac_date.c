/* SPDX-License-Identifier: MIT */
/*
 * Date and HMAC: the input is Date, a line feed, Authorization.
 *
 * Properties: what is borrowed lies inside the message; a date that is read is
 * one of a year that has four digits; no key of ours verifies it.
 */
#include "http_hmac_date.h"
#include "dated_request.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct signature_key key = dated_request_key();
	struct http_signature sig;
	struct http_message m;

	if (!dated_request((struct bytes){data, size}, "Date", &m) ||
	    http_hmac_date_read(&m, &sig) != SIGNATURE_GOOD)
		return 0;
	dated_request_check(&m, &sig);
	check(http_hmac_date_verify(&m, &sig, &key) != SIGNATURE_GOOD);
	return 0;
}

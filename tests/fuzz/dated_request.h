/* SPDX-License-Identifier: MIT */
#ifndef DATED_REQUEST_H
#define DATED_REQUEST_H

#include "http_signature.h"
#include "property.h"

/*
 * A request under a date and credentials: the input is the date, a line feed,
 * and Authorization.  False: there is no line feed.
 */
static inline bool
dated_request(struct bytes in, const char *date_field, struct http_message *m)
{
	struct bytes date;

	*m = (struct http_message){.kind = HTTP_REQUEST, .field_count = 3};
	if (!bytes_take_until(&in, '\n', &date))
		return false;
	m->method = bytes_of("GET");
	m->target = bytes_of("/");
	m->fields[0] = (struct http_field){bytes_of("Host"), bytes_of("a")};
	m->fields[1] = (struct http_field){bytes_of(date_field), date};
	m->fields[2] = (struct http_field){bytes_of("Authorization"), in};
	return true;
}

/* What was read of it: its own bytes, and a date of four digits for a year. */
static inline void
dated_request_check(
    const struct http_message *m, const struct http_signature *sig)
{
	check(is_inside(sig->keyid, m->fields[2].value));
	check(is_inside(sig->value, m->fields[2].value));
	check(sig->has_created && sig->created > INT64_C(-99999999999) &&
	      sig->created < INT64_C(253402300800));
}

/* A key that made none of the inputs. */
static inline struct signature_key
dated_request_key(void)
{
	static const uint8_t material[32] = {9};

	return (struct signature_key){
	    SIGNATURE_HMAC_SHA256, {material, sizeof(material)}};
}

#endif

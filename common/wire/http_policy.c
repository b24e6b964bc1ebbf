/* SPDX-License-Identifier: MIT */
/*
 * The policy: what we refuse although some reader would accept it.  Every rule
 * stops two hops from reading one byte stream as different requests.
 */
#include "http_head.h"

#include <string.h>

/* Only bytes of that set, and at least one. */
static bool
is_made_of(struct bytes text, const char *set)
{
	uint8_t c;

	if (text.left == 0)
		return false;
	while (bytes_take_u8(&text, &c))
		if (c == '\0' || strchr(set, c) == NULL)
			return false;
	return true;
}

static enum http_verdict
check_target(const struct http_message *m)
{
	struct bytes target = m->target;
	uint8_t c;

	if (m->kind != HTTP_REQUEST)
		return HTTP_COMPLETE;
	if (target.left == 0 || target.at[0] != '/')
		return HTTP_TARGET_UNSUPPORTED;
	while (bytes_take_u8(&target, &c))
		if (c < 0x21 || c > 0x7e || c == '#')
			return HTTP_TARGET_UNSUPPORTED;
	return HTTP_COMPLETE;
}

/* One name and maybe a port: no list, no user, no path. */
static enum http_verdict
check_host(const struct http_message *m)
{
	size_t count;
	const struct http_field *host = http_field(m, "Host", &count);

	if (m->kind != HTTP_REQUEST)
		return HTTP_COMPLETE;
	if (host == NULL || host->value.left == 0)
		return HTTP_HOST_MISSING;
	if (count > 1)
		return HTTP_HOST_REPEATED;
	return is_made_of(host->value, "0123456789.-_~%:[]"
				       "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		   ? HTTP_COMPLETE
		   : HTTP_MALFORMED;
}

static enum http_verdict
check_length(const struct http_message *m)
{
	size_t lengths, codings, value = 0;
	const struct http_field *length =
	    http_field(m, "Content-Length", &lengths);
	struct bytes text;
	uint8_t digit;

	http_field(m, "Transfer-Encoding", &codings);
	if (lengths == 0)
		return HTTP_COMPLETE;
	if (codings > 0)
		return HTTP_LENGTH_AND_CODING;
	if (lengths > 1 || memchr(length->value.at, ',', length->value.left))
		return HTTP_LENGTH_REPEATED;
	if (!is_made_of(length->value, "0123456789"))
		return HTTP_MALFORMED;
	text = length->value;
	while (bytes_take_u8(&text, &digit)) {
		value = value * 10 + digit - '0';
		if (value > HTTP_CONTENT_MAX)
			return HTTP_CONTENT_TOO_LARGE;
	}
	return HTTP_COMPLETE;
}

/* Chunked, once.  HTTP/1.0 knows no codings (RFC 9112 section 6.1). */
static enum http_verdict
check_coding(const struct http_message *m)
{
	size_t count;
	const struct http_field *coding =
	    http_field(m, "Transfer-Encoding", &count);

	if (count == 0)
		return HTTP_COMPLETE;
	if (count > 1 || m->minor == 0 ||
	    !bytes_equal_text_nocase(coding->value, "chunked"))
		return HTTP_CODING_UNKNOWN;
	return HTTP_COMPLETE;
}

enum http_verdict
http_policy_check(const struct http_message *m)
{
	static enum http_verdict (*const rules[])(
	    const struct http_message *m) = {
	    check_target,
	    check_host,
	    check_length,
	    check_coding,
	};
	enum http_verdict verdict = HTTP_COMPLETE;

	for (size_t i = 0;
	     i < sizeof(rules) / sizeof(rules[0]) && verdict == HTTP_COMPLETE;
	     i++)
		verdict = rules[i](m);
	return verdict;
}

const char *
http_verdict_name(enum http_verdict verdict)
{
	switch (verdict) {
	case HTTP_COMPLETE:
		return "complete";
	case HTTP_PARTIAL:
		return "partial";
	case HTTP_MALFORMED:
		return "malformed";
	case HTTP_HOST_MISSING:
		return "host-missing";
	case HTTP_HOST_REPEATED:
		return "host-repeated";
	case HTTP_LENGTH_AND_CODING:
		return "length-and-coding";
	case HTTP_LENGTH_REPEATED:
		return "length-repeated";
	case HTTP_CODING_UNKNOWN:
		return "coding-unknown";
	case HTTP_FIELD_FOLDED:
		return "field-folded";
	case HTTP_FIELD_BAD_OCTET:
		return "field-bad-octet";
	case HTTP_TARGET_UNSUPPORTED:
		return "target-unsupported";
	case HTTP_VERSION_UNSUPPORTED:
		return "version-unsupported";
	case HTTP_UPGRADE_UNSUPPORTED:
		return "upgrade-unsupported";
	case HTTP_HEAD_TOO_LARGE:
		return "head-too-large";
	case HTTP_CONTENT_TOO_LARGE:
		return "content-too-large";
	}
	return "unknown";
}

int
http_verdict_status(enum http_verdict verdict)
{
	switch (verdict) {
	case HTTP_COMPLETE:
	case HTTP_PARTIAL:
	case HTTP_MALFORMED:
	case HTTP_HOST_MISSING:
	case HTTP_HOST_REPEATED:
	case HTTP_LENGTH_AND_CODING:
	case HTTP_LENGTH_REPEATED:
	case HTTP_FIELD_FOLDED:
	case HTTP_FIELD_BAD_OCTET:
	case HTTP_TARGET_UNSUPPORTED:
		return 400;
	case HTTP_CONTENT_TOO_LARGE:
		return 413;
	case HTTP_HEAD_TOO_LARGE:
		return 431;
	case HTTP_CODING_UNKNOWN:
	case HTTP_UPGRADE_UNSUPPORTED:
		return 501;
	case HTTP_VERSION_UNSUPPORTED:
		return 505;
	}
	return 400;
}

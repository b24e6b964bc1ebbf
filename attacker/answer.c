/* SPDX-License-Identifier: MIT */
/* Reading an answer: an HTTP response, or TLS records up to an alert. */
#include "answer.h"

#include "tls_record.h"

const char *
answer_outcome_name(enum answer_outcome outcome)
{
	switch (outcome) {
	case ANSWER_PENDING:
		return "pending";
	case ANSWER_ANSWERED:
		return "answered";
	case ANSWER_ALERT:
		return "alert";
	case ANSWER_CLOSED:
		return "closed";
	case ANSWER_TIMEOUT:
		return "timeout";
	}
	return "unknown";
}

void
answer_begin(struct answer *a, uint64_t records_expected)
{
	*a = (struct answer){.records_expected = records_expected};
}

void
answer_clear(struct answer *a)
{
	http_reader_free(a->http);
	buffer_clear(&a->raw);
	*a = (struct answer){0};
}

static void
read_http(struct answer *a, struct bytes in)
{
	const struct http_message *message;

	if (a->http == NULL)
		a->http = http_reader_new(HTTP_RESPONSE);
	switch (http_reader_feed(a->http, &in, &message)) {
	case HTTP_COMPLETE:
		a->status = message->status;
		a->outcome = ANSWER_ANSWERED;
		return;
	case HTTP_PARTIAL:
		return;
	case HTTP_MALFORMED:
	case HTTP_HOST_MISSING:
	case HTTP_HOST_REPEATED:
	case HTTP_LENGTH_AND_CODING:
	case HTTP_LENGTH_REPEATED:
	case HTTP_CODING_UNKNOWN:
	case HTTP_FIELD_FOLDED:
	case HTTP_FIELD_BAD_OCTET:
	case HTTP_TARGET_UNSUPPORTED:
	case HTTP_VERSION_UNSUPPORTED:
	case HTTP_UPGRADE_UNSUPPORTED:
	case HTTP_HEAD_TOO_LARGE:
	case HTTP_CONTENT_TOO_LARGE:
		/* It answered, if not in words we read. */
		a->outcome = ANSWER_ANSWERED;
		return;
	}
}

/* RFC 5246 section 7.2: in clear an alert is two bytes. */
static void
read_record(struct answer *a, struct tls_record *record)
{
	struct bytes *in = &record->fragment;

	a->records++;
	if (record->type == TLS_CHANGE_CIPHER_SPEC)
		a->ciphering = true;
	else if (record->type == TLS_ALERT && !a->ciphering && in->left == 2 &&
		 bytes_take_u8(in, &a->level) &&
		 bytes_take_u8(in, &a->description))
		a->outcome = ANSWER_ALERT;
}

static void
read_tls(struct answer *a, struct bytes in)
{
	enum tls_record_verdict verdict;
	struct tls_record record;
	struct bytes rest;

	buffer_add_bytes(&a->raw, in);
	rest = buffer_bytes(&a->raw);
	while ((verdict = tls_record_take(&rest, &record)) ==
		   TLS_RECORD_COMPLETE &&
	       a->outcome != ANSWER_ALERT)
		read_record(a, &record);
	if (verdict == TLS_RECORD_NOT_TLS && a->outcome != ANSWER_ALERT)
		a->outcome = ANSWER_ANSWERED;
	else if (a->outcome == ANSWER_PENDING && a->records_expected > 0 &&
		 a->records >= a->records_expected)
		a->outcome = ANSWER_ANSWERED;
	buffer_drain(&a->raw, buffer_bytes(&a->raw).left - rest.left);
}

enum answer_outcome
answer_feed(struct answer *a, struct bytes in)
{
	struct bytes rest = in;
	uint8_t first;

	/* An alert after an answer is only its end: close_notify. */
	if (a->outcome != ANSWER_PENDING || !bytes_take_u8(&rest, &first))
		return a->outcome;
	if (a->http == NULL && !a->is_tls)
		a->is_tls = first >= TLS_CHANGE_CIPHER_SPEC &&
			    first <= TLS_APPLICATION_DATA;
	if (a->is_tls)
		read_tls(a, in);
	else
		read_http(a, in);
	return a->outcome;
}

enum answer_outcome
answer_end(struct answer *a)
{
	const struct http_message *message;

	if (a->outcome != ANSWER_PENDING)
		return a->outcome;
	a->outcome = ANSWER_CLOSED;
	if (a->http != NULL &&
	    http_reader_end(a->http, &message) == HTTP_COMPLETE) {
		a->status = message->status;
		a->outcome = ANSWER_ANSWERED;
	}
	return a->outcome;
}

enum answer_outcome
answer_enough(struct answer *a)
{
	if (a->outcome == ANSWER_PENDING && a->records > 0)
		a->outcome = ANSWER_ANSWERED;
	return answer_timeout(a);
}

enum answer_outcome
answer_timeout(struct answer *a)
{
	if (a->outcome == ANSWER_PENDING)
		a->outcome = ANSWER_TIMEOUT;
	return a->outcome;
}

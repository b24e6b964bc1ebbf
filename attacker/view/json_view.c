/* SPDX-License-Identifier: MIT */
/* A conversation for programs: the facts of text_view.c, and all of them. */
#include "conversation_view.h"
#include "describe.h"
#include "json.h"
#include "lab_clock.h"

#include <stdio.h>

static const char *
kind_name(enum finding_kind kind)
{
	switch (kind) {
	case FOUND_SYN:
		return "syn";
	case FOUND_SYN_ACK:
		return "syn-ack";
	case FOUND_ACK:
		return "ack";
	case FOUND_SEGMENT:
		return "segment";
	case FOUND_DATA:
		return "data";
	case FOUND_RECORD:
		return "record";
	case FOUND_HANDSHAKE:
		return "handshake";
	case FOUND_ENCRYPTED_HANDSHAKE:
		return "encrypted-handshake";
	case FOUND_CHANGE_CIPHER_SPEC:
		return "change-cipher-spec";
	case FOUND_ENCRYPTION:
		return "encryption";
	case FOUND_ALERT:
		return "alert";
	case FOUND_REQUEST:
		return "request";
	case FOUND_RESPONSE:
		return "response";
	case FOUND_UNREADABLE:
		return "unreadable";
	case FOUND_GAP:
		return "gap";
	case FOUND_FIN:
		return "fin";
	case FOUND_RST:
		return "rst";
	}
	return "unknown";
}

static const char *
content_name(enum conversation_content content)
{
	switch (content) {
	case CONTENT_UNKNOWN:
		return "none";
	case CONTENT_TLS:
		return "tls";
	case CONTENT_DTLS:
		return "dtls";
	case CONTENT_HTTP:
		return "http";
	case CONTENT_OTHER:
		return "other";
	}
	return "other";
}

static void
member_index(struct buffer *b, const struct finding *f, uint64_t number)
{
	char index[32];

	snprintf(index, sizeof(index), "%s:%llu", side_name(f->side),
	    (unsigned long long)number);
	json_member_text(b, "index", index);
}

static void
record_members(struct buffer *b, const struct finding *f)
{
	char print[FINGERPRINT_SIZE];

	member_index(b, f, f->number);
	json_member_text(b, "type", tls_content_type_name(f->record->type));
	if (f->dtls != NULL) {
		json_member_number(b, "epoch", f->dtls->epoch);
		json_member_number(b, "number", (int64_t)f->dtls->number);
	}
	json_member_number(b, "length", (int64_t)f->record->fragment.left);
	json_member_bool(b, "encrypted", f->encrypted);
	json_member_text(b, "fingerprint", fingerprint(&f->bytes, 1, print));
}

static void
handshake_members(struct buffer *b, const struct finding *f)
{
	member_index(b, f, f->conversation->records[f->side]);
	json_member_text(b, "name", tls_handshake_name(f->handshake));
	json_member_number(b, "length", (int64_t)f->handshake->body.left);
	describe_handshake_json(b, f->handshake);
}

static void
alert_members(struct buffer *b, const struct finding *f)
{
	char number[NUMBER_NAME_SIZE];

	member_index(b, f, f->conversation->records[f->side]);
	json_member_bool(b, "encrypted", f->encrypted);
	if (f->encrypted)
		return;
	json_member_text(b, "level", f->alert_level == 2 ? "fatal" : "warning");
	json_member_text(b, "description",
	    name_or_number(tls_alert_name(f->alert_description),
		f->alert_description, number));
}

static void
request_members(struct buffer *b, const struct finding *f)
{
	char print[FINGERPRINT_SIZE];

	json_member_number(b, "number", (int64_t)f->number);
	json_member_bytes(b, "method", f->message->method);
	json_member_bytes(b, "target", f->message->target);
	json_member_number(b, "length", (int64_t)f->bytes.left);
	http_request_fingerprint(f->message, print);
	json_member_text(b, "fingerprint", print);
}

static void
tcp_members(struct buffer *b, const struct finding *f)
{
	json_member_number(b, "seq", f->segment->seq);
	if (f->segment->flags & TCP_FLAG_ACK)
		json_member_number(b, "ack", f->segment->ack);
	json_member_number(b, "length", (int64_t)f->segment->payload.left);
}

static void
members(struct buffer *b, const struct finding *f)
{
	switch (f->kind) {
	case FOUND_SEGMENT:
		member_index(b, f, f->number);
		tcp_members(b, f);
		break;
	case FOUND_SYN:
	case FOUND_SYN_ACK:
	case FOUND_ACK:
	case FOUND_FIN:
	case FOUND_RST:
		tcp_members(b, f);
		break;
	case FOUND_RECORD:
		record_members(b, f);
		break;
	case FOUND_HANDSHAKE:
		handshake_members(b, f);
		break;
	case FOUND_ENCRYPTED_HANDSHAKE:
	case FOUND_CHANGE_CIPHER_SPEC:
		member_index(b, f, f->conversation->records[f->side]);
		json_member_number(b, "length", (int64_t)f->bytes.left);
		break;
	case FOUND_ALERT:
		alert_members(b, f);
		break;
	case FOUND_REQUEST:
		request_members(b, f);
		break;
	case FOUND_RESPONSE:
		json_member_number(b, "status", f->message->status);
		json_member_number(b, "length", (int64_t)f->bytes.left);
		break;
	case FOUND_UNREADABLE:
		json_member_text(b, "reason", f->reason);
		break;
	case FOUND_GAP:
		json_member_number(b, "missing", (int64_t)f->missing);
		break;
	case FOUND_DATA:
	case FOUND_ENCRYPTION:
		break;
	}
}

void
json_view_add(struct conversation_view *v, const struct finding *f)
{
	struct buffer *b = &v->lines;
	char at[RFC3339_SIZE];

	v->conversation = f->conversation;
	if (f->kind == FOUND_DATA)
		return;
	json_open(b, '{');
	json_member_text(b, "ts", rfc3339(f->at, at));
	json_member_text(b, "kind", kind_name(f->kind));
	json_member_text(b, "side", side_name(f->side));
	members(b, f);
	json_close(b, '}');
}

static void
member_endpoint(struct buffer *b, const struct conversation *c, enum side side)
{
	const struct endpoint *e = &c->side[side].endpoint;
	char address[INET6_ADDRSTRLEN];

	json_key(b, side_name(side));
	json_open(b, '{');
	json_member_text(b, "ip", endpoint_address(e, address));
	json_member_number(b, "port", e->port);
	json_member_number(b, "records", (int64_t)c->records[side]);
	json_member_number(b, "segments", (int64_t)c->segments[side]);
	json_close(b, '}');
}

void
json_view_finish(struct conversation_view *v, struct buffer *out)
{
	const struct conversation *c = v->conversation;
	char at[RFC3339_SIZE], number[NUMBER_NAME_SIZE];

	json_open(out, '{');
	json_member_number(out, "number", (int64_t)c->number);
	json_member_text(out, "began", rfc3339(c->began_at, at));
	member_endpoint(out, c, SIDE_CLIENT);
	member_endpoint(out, c, SIDE_SERVER);
	json_member_number(out, "frames", (int64_t)c->frames);
	json_member_bool(out, "from_the_middle", c->from_the_middle);
	json_member_bool(out, "reset", c->reset);
	json_member_text(out, "content", content_name(c->content));
	if (c->tls_version != 0) {
		json_member_text(out, "tls_version",
		    name_or_number(tls_version_name(c->tls_version),
			c->tls_version, number));
		json_member_text(out, "cipher_suite",
		    name_or_number(
			tls_suite_name(c->tls_suite), c->tls_suite, number));
	}
	json_member_number(out, "requests", (int64_t)c->requests);
	json_key(out, "findings");
	json_open(out, '[');
	buffer_add_bytes(out, buffer_bytes(&v->lines));
	json_close(out, ']');
	json_close(out, '}');
}

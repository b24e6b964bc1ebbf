/* SPDX-License-Identifier: MIT */
/*
 * A conversation for people, in the three steps of every lecture on HTTPS:
 *
 *	1  TCP's handshake	SYN, SYN-ACK, ACK
 *	2  TLS's handshake	its messages by name, until encryption starts
 *	3  encrypted data	of which type and length are all that shows
 *
 * One line a finding:  time  index  arrow  name  what it carries
 */
#include "conversation_view.h"
#include "describe.h"
#include "lab_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 100
#define NAME_COLUMN 28
#define DETAIL_COLUMN 49 /* what a message carries stands from here on */
#define NAME_WIDTH (DETAIL_COLUMN - NAME_COLUMN - 1)
#define TLS13 0x0304

/* Datagrams have nothing like TCP's handshake. */
static const char *
step_title(const struct conversation_view *v)
{
	bool dtls = v->conversation->datagrams;

	switch (v->step) {
	case STEP_NONE:
		break;
	case STEP_TCP:
		return "1. TCP handshake";
	case STEP_TLS:
		return dtls ? "1. DTLS handshake" : "2. TLS handshake";
	case STEP_PROTECTED:
		return dtls ? "2. Encrypted communication"
			    : "3. Encrypted communication";
	case STEP_CLEAR:
		return "2. HTTP in clear";
	}
	return "";
}

static void
enter_step(struct conversation_view *v, enum view_step step)
{
	if (v->step >= step)
		return;
	v->step = step;
	buffer_printf(&v->lines, "  %s\n", step_title(v));
}

/* Phrases with ", " between them, broken where the line is full. */
static void
add_wrapped(struct buffer *out, const char *text)
{
	size_t column = DETAIL_COLUMN, length;
	const char *end;

	while (*text != '\0') {
		end = strstr(text, ", ");
		length = end == NULL ? strlen(text) : (size_t)(end - text) + 1;
		if (column + 1 + length > COLUMNS && column > DETAIL_COLUMN) {
			buffer_printf(out, "\n%*s", DETAIL_COLUMN, "");
			column = DETAIL_COLUMN;
		}
		if (column > DETAIL_COLUMN) {
			buffer_add_u8(out, ' ');
			column++;
		}
		buffer_add(out, text, length);
		column += length;
		text += length;
		text += strspn(text, " ");
	}
}

/* `index` is what a command can name this by; "" if nothing can. */
static void
add_line(struct conversation_view *v, const struct finding *f,
    const char *index, const char *name, const char *detail)
{
	int64_t after = f->at - f->conversation->began_at;

	buffer_printf(&v->lines, "  %4" PRId64 ".%06" PRId64 " %-11s%s %-*s ",
	    after / NANOSECONDS,
	    (after < 0 ? -after : after) % NANOSECONDS / 1000, index,
	    f->side == SIDE_CLIENT ? "->" : "<-", NAME_WIDTH, name);
	if (*detail != '\0') {
		add_wrapped(&v->lines, detail);
	}
	while (buffer_text(&v->lines)[buffer_bytes(&v->lines).left - 1] == ' ')
		v->lines.end--;
	buffer_add_u8(&v->lines, '\n');
}

#define INDEX_SIZE 32
/* "client:3": the record this was found in. */
static const char *
record_index(const struct finding *f, char into[INDEX_SIZE])
{
	snprintf(into, INDEX_SIZE, "%s:%" PRIu64, side_name(f->side),
	    f->conversation->records[f->side]);
	return into;
}

static void
add_tcp(struct conversation_view *v, const struct finding *f, const char *name)
{
	const struct segment *s = f->segment;
	char detail[96];

	enter_step(v, STEP_TCP);
	if (s->flags & TCP_FLAG_ACK)
		snprintf(
		    detail, sizeof(detail), "seq %u, ack %u", s->seq, s->ack);
	else
		snprintf(detail, sizeof(detail), "seq %u", s->seq);
	add_line(v, f, "", name, detail);
}

static void
add_handshake(struct conversation_view *v, const struct finding *f)
{
	struct buffer detail = {0};
	char index[INDEX_SIZE];

	enter_step(v, STEP_TLS);
	describe_handshake(&detail, f->handshake);
	add_line(v, f, record_index(f, index), tls_handshake_name(f->handshake),
	    buffer_text(&detail));
	buffer_clear(&detail);
}

static bool
is_null_cipher(uint16_t suite)
{
	const char *name = tls_suite_name(suite);

	return name != NULL && strstr(name, "_WITH_NULL_") != NULL;
}

static void
add_encryption(struct conversation_view *v, const struct finding *f)
{
	const char *side = side_name(f->side);
	const char *what = is_null_cipher(f->conversation->tls_suite)
			       ? "has a MAC but is not encrypted"
			       : "is encrypted";

	enter_step(v, STEP_TLS);
	if (f->conversation->tls_version == TLS13)
		buffer_printf(&v->lines,
		    "  ---- from here on both sides encrypt, the rest of the "
		    "handshake too ----\n");
	else
		buffer_printf(&v->lines,
		    "  ---- from here on what the %s sends %s ----\n", side,
		    what);
}

/*
 * TLS 1.3 hides what a record holds.  Before the client's first one the server
 * can hardly send anything but the rest of its handshake, and that first one
 * holds the client's.
 */
static const char *
guess_tls13(struct conversation_view *v, const struct finding *f)
{
	if (f->conversation->tls_version == 0 && v->step == STEP_TLS) {
		v->early_data = true; /* no ServerHello yet */
		return "early data";
	}
	if (f->conversation->tls_version != TLS13)
		return NULL;
	if (v->client_spoke_protected)
		return NULL;
	if (f->side == SIDE_SERVER)
		return "part of EncryptedExtensions..Finished";
	if (v->early_data) {
		v->early_data = false;
		return "most likely EndOfEarlyData";
	}
	v->client_spoke_protected = true;
	return "most likely Finished";
}

/* The message a record begins with, where it can be read. */
static const char *
dtls_name(const struct finding *f)
{
	struct bytes in = f->record->fragment;
	struct tls_handshake message = {0};

	if (f->record->type == TLS_CHANGE_CIPHER_SPEC)
		return "ChangeCipherSpec";
	if (f->record->type == TLS_HANDSHAKE && !f->encrypted &&
	    bytes_take_u8(&in, &message.type))
		return tls_handshake_name(&message);
	if (f->record->type == TLS_HANDSHAKE)
		return "Encrypted Handshake Message";
	return tls_content_type_name(f->record->type);
}

/* Every record has a line, for a number of its own stands in it. */
static void
add_dtls_record(struct conversation_view *v, const struct finding *f)
{
	char index[INDEX_SIZE], detail[96];

	enter_step(v, f->record->type == TLS_APPLICATION_DATA ? STEP_PROTECTED
							      : STEP_TLS);
	snprintf(detail, sizeof(detail),
	    "epoch %u, number %" PRIu64 ", %zu bytes", f->dtls->epoch,
	    f->dtls->number, f->record->fragment.left);
	add_line(v, f, record_index(f, index), dtls_name(f), detail);
}

static void
add_record(struct conversation_view *v, const struct finding *f)
{
	const struct tls_record *record = f->record;
	char index[INDEX_SIZE], detail[96];
	const char *guess;

	if (f->dtls != NULL) {
		add_dtls_record(v, f);
		return;
	}
	if (record->type != TLS_APPLICATION_DATA)
		return; /* what it holds has a line */
	guess = guess_tls13(v, f);
	if (guess == NULL)
		enter_step(v, STEP_PROTECTED);
	snprintf(detail, sizeof(detail), "%zu bytes%s%s", record->fragment.left,
	    guess == NULL ? "" : ", ", guess == NULL ? "" : guess);
	add_line(v, f, record_index(f, index), "application_data", detail);
}

static void
add_encrypted_handshake(struct conversation_view *v, const struct finding *f)
{
	char index[INDEX_SIZE], detail[64];

	enter_step(v, STEP_TLS);
	snprintf(detail, sizeof(detail), "%zu bytes%s", f->bytes.left,
	    v->step == STEP_TLS ? ", most likely Finished" : "");
	add_line(v, f, record_index(f, index), "Encrypted Handshake Message",
	    detail);
}

static void
add_alert(struct conversation_view *v, const struct finding *f)
{
	const char *name = tls_alert_name(f->alert_description);
	char index[INDEX_SIZE], detail[64], number[NUMBER_NAME_SIZE];

	if (f->encrypted)
		snprintf(detail, sizeof(detail), "%zu bytes, encrypted",
		    f->bytes.left);
	else
		snprintf(detail, sizeof(detail), "%s: %s",
		    f->alert_level == 2 ? "fatal" : "warning",
		    name_or_number(name, f->alert_description, number));
	add_line(v, f, record_index(f, index), "Alert", detail);
}

static void
add_change(struct conversation_view *v, const struct finding *f)
{
	char index[INDEX_SIZE];

	add_line(v, f, record_index(f, index), "ChangeCipherSpec",
	    f->conversation->tls_version == TLS13 ? "without meaning in TLSv1.3"
						  : "");
}

static void
add_request(struct conversation_view *v, const struct finding *f)
{
	char index[INDEX_SIZE];
	struct buffer detail = {0};

	enter_step(v, STEP_CLEAR);
	snprintf(index, sizeof(index), "request %" PRIu64, f->number);
	describe_text(&detail, f->message->method, 16);
	buffer_add_u8(&detail, ' ');
	describe_text(&detail, f->message->target, 30);
	buffer_printf(&detail, ", %zu bytes", f->bytes.left);
	add_line(v, f, index, "Request", buffer_text(&detail));
	buffer_clear(&detail);
}

static void
add_response(struct conversation_view *v, const struct finding *f)
{
	char detail[64];

	enter_step(v, STEP_CLEAR);
	snprintf(detail, sizeof(detail), "%d %s, %zu bytes", f->message->status,
	    http_reason(f->message->status), f->bytes.left);
	add_line(v, f, "", "Response", detail);
}

static void
add_segment(struct conversation_view *v, const struct finding *f)
{
	char index[INDEX_SIZE], detail[64];

	if (!v->with_segments)
		return;
	snprintf(
	    index, sizeof(index), "%s:%" PRIu64, side_name(f->side), f->number);
	if (f->segment->datagram)
		snprintf(detail, sizeof(detail), "%zu bytes",
		    f->segment->payload.left);
	else
		snprintf(detail, sizeof(detail), "seq %u, %zu bytes",
		    f->segment->seq, f->segment->payload.left);
	add_line(v, f, index, f->segment->datagram ? "(datagram)" : "(segment)",
	    detail);
}

static void
add_note(struct conversation_view *v, const struct finding *f)
{
	char detail[96];

	if (f->kind == FOUND_GAP)
		snprintf(detail, sizeof(detail),
		    "%" PRIu64 " bytes are not in the capture", f->missing);
	else
		snprintf(
		    detail, sizeof(detail), "%s, not read further", f->reason);
	add_line(
	    v, f, "", f->kind == FOUND_GAP ? "(gap)" : "(unreadable)", detail);
}

void
text_view_add(struct conversation_view *v, const struct finding *f)
{
	v->conversation = f->conversation;
	switch (f->kind) {
	case FOUND_SYN:
		add_tcp(v, f, "SYN");
		break;
	case FOUND_SYN_ACK:
		add_tcp(v, f, "SYN-ACK");
		break;
	case FOUND_ACK:
		add_tcp(v, f, "ACK");
		break;
	case FOUND_SEGMENT:
		add_segment(v, f);
		break;
	case FOUND_DATA:
		break; /* its content is found, too */
	case FOUND_RECORD:
		add_record(v, f);
		break;
	case FOUND_HANDSHAKE:
		add_handshake(v, f);
		break;
	case FOUND_ENCRYPTED_HANDSHAKE:
		add_encrypted_handshake(v, f);
		break;
	case FOUND_CHANGE_CIPHER_SPEC:
		add_change(v, f);
		break;
	case FOUND_ENCRYPTION:
		add_encryption(v, f);
		break;
	case FOUND_ALERT:
		add_alert(v, f);
		break;
	case FOUND_REQUEST:
		add_request(v, f);
		break;
	case FOUND_RESPONSE:
		add_response(v, f);
		break;
	case FOUND_UNREADABLE:
	case FOUND_GAP:
		add_note(v, f);
		break;
	case FOUND_FIN:
		add_line(v, f, "", "FIN", "");
		break;
	case FOUND_RST:
		add_line(v, f, "", "RST", "");
		break;
	}
}

/* "TLSv1.3, TLS_AES_256_GCM_SHA384", "HTTP in clear, 2 requests". */
static void
describe_content(struct buffer *out, const struct conversation *c)
{
	char number[NUMBER_NAME_SIZE];

	switch (c->content) {
	case CONTENT_UNKNOWN:
		buffer_add_text(out, "no data");
		break;
	case CONTENT_TLS:
	case CONTENT_DTLS:
		if (c->tls_version == 0) {
			buffer_add_text(
			    out, c->content == CONTENT_TLS ? "TLS" : "DTLS");
			break;
		}
		buffer_printf(out, "%s, ",
		    name_or_number(tls_version_name(c->tls_version),
			c->tls_version, number));
		buffer_add_text(
		    out, name_or_number(tls_suite_name(c->tls_suite),
			     c->tls_suite, number));
		break;
	case CONTENT_HTTP:
		buffer_printf(out, "HTTP in clear, %" PRIu64 " request%s",
		    c->requests, c->requests == 1 ? "" : "s");
		break;
	case CONTENT_OTHER:
		buffer_add_text(out, "neither TLS nor HTTP");
		break;
	}
}

void
text_view_print(struct conversation_view *v)
{
	const struct conversation *c = v->conversation;
	char client[ENDPOINT_SIZE], server[ENDPOINT_SIZE], began[RFC3339_SIZE];
	struct buffer content = {0};

	describe_content(&content, c);
	printf("conversation %zu  client %s -> server %s\n", c->number,
	    endpoint_text(&c->side[SIDE_CLIENT].endpoint, client),
	    endpoint_text(&c->side[SIDE_SERVER].endpoint, server));
	printf("  %s, %" PRIu64 " frames%s\n  %s\n",
	    rfc3339(c->began_at, began), c->frames,
	    c->from_the_middle ? ", from the middle: its SYN is not there" : "",
	    buffer_text(&content));
	fputs(buffer_text(&v->lines), stdout);
	buffer_clear(&content);
}

/* SPDX-License-Identifier: MIT */
/*
 * The head of a message, split.  llhttp decides whether the syntax is right;
 * this only finds the parts, strictly enough that no other reader could find
 * different ones: single spaces, names that are tokens.
 */
#include "http_head.h"

#include <string.h>

static bool
is_token(struct bytes text)
{
	uint8_t c;

	if (text.left == 0)
		return false;
	while (bytes_take_u8(&text, &c))
		if (c == '\0' || strchr("!#$%&'*+-.^_`|~0123456789"
					"abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
				     c) == NULL)
			return false;
	return true;
}

static struct bytes
trimmed(struct bytes text)
{
	while (text.left > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
		bytes_skip(&text, 1);
	while (text.left > 0 && (text.at[text.left - 1] == ' ' ||
				    text.at[text.left - 1] == '\t'))
		text.left--;
	return text;
}

/* RFC 9112 section 2.3; the one digit of a minor version goes to *minor. */
static enum http_verdict
read_version(struct bytes text, enum http_kind kind, int *minor)
{
	struct bytes name;

	if (text.left != 8 || !bytes_take(&text, 5, &name) ||
	    !bytes_equal_text(name, "HTTP/") || text.at[1] != '.' ||
	    text.at[0] < '0' || text.at[0] > '9' || text.at[2] < '0' ||
	    text.at[2] > '9')
		return HTTP_MALFORMED;
	*minor = text.at[2] - '0';
	if (text.at[0] != '1' || *minor > 1 ||
	    (*minor == 0 && kind == HTTP_REQUEST))
		return HTTP_VERSION_UNSUPPORTED;
	return HTTP_COMPLETE;
}

static enum http_verdict
read_request_line(struct bytes line, struct http_message *m)
{
	if (!bytes_take_until(&line, ' ', &m->method) ||
	    !bytes_take_until(&line, ' ', &m->target) || !is_token(m->method) ||
	    m->target.left == 0)
		return HTTP_MALFORMED;
	return read_version(line, m->kind, &m->minor);
}

static enum http_verdict
read_status_line(struct bytes line, struct http_message *m)
{
	struct bytes version;
	enum http_verdict verdict;
	uint8_t digit;

	if (!bytes_take_until(&line, ' ', &version))
		return HTTP_MALFORMED;
	if ((verdict = read_version(version, m->kind, &m->minor)) !=
	    HTTP_COMPLETE)
		return verdict;
	for (int i = 0; i < 3; i++) {
		if (!bytes_take_u8(&line, &digit) || digit < '0' || digit > '9')
			return HTTP_MALFORMED;
		m->status = m->status * 10 + digit - '0';
	}
	/* Many servers leave the space out with the reason. */
	if (line.left > 0 && line.at[0] != ' ')
		return HTTP_MALFORMED;
	return m->status >= 100 && m->status <= 599 ? HTTP_COMPLETE
						    : HTTP_MALFORMED;
}

static enum http_verdict
read_field(struct bytes line, struct http_message *m)
{
	struct http_field *field;

	if (m->field_count == HTTP_FIELDS_MAX)
		return HTTP_HEAD_TOO_LARGE;
	field = &m->fields[m->field_count];
	if (!bytes_take_until(&line, ':', &field->name) ||
	    !is_token(field->name))
		return HTTP_MALFORMED;
	field->value = trimmed(line);
	m->field_count++;
	return HTTP_COMPLETE;
}

/* A line without its CRLF. */
static bool
take_line(struct bytes *head, struct bytes *line)
{
	return bytes_take_until(head, '\r', line) && bytes_skip(head, 1);
}

enum http_verdict
http_head_read(struct bytes head, struct http_message *m)
{
	enum http_verdict verdict;
	struct bytes line;

	if (!take_line(&head, &line))
		return HTTP_MALFORMED;
	verdict = m->kind == HTTP_REQUEST ? read_request_line(line, m)
					  : read_status_line(line, m);
	while (verdict == HTTP_COMPLETE && take_line(&head, &line) &&
	       line.left > 0)
		verdict = read_field(line, m);
	return verdict;
}

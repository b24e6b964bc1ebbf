/* SPDX-License-Identifier: MIT */
/* The writers: a message passed on, and a message built field by field. */
#include "http_message.h"

#include <string.h>

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {201, "Created"},
	    {204, "No Content"},
	    {304, "Not Modified"},
	    {400, "Bad Request"},
	    {401, "Unauthorized"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {409, "Conflict"},
	    {412, "Precondition Failed"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {422, "Unprocessable Content"},
	    {421, "Misdirected Request"},
	    {425, "Too Early"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {501, "Not Implemented"},
	    {502, "Bad Gateway"},
	    {503, "Service Unavailable"},
	    {504, "Gateway Timeout"},
	    {505, "HTTP Version Not Supported"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

/* RFC 9110 section 8.6: these promise no content by themselves. */
static bool
is_length_optional(struct bytes method)
{
	return bytes_equal_text(method, "GET") ||
	       bytes_equal_text(method, "HEAD") ||
	       bytes_equal_text(method, "DELETE");
}

static bool
is_length_forbidden(int status)
{
	return status / 100 == 1 || status == 204 || status == 304;
}

/* Does one Connection field name it (RFC 9110 section 7.6.1)? */
static bool
is_named(struct bytes list, struct bytes name)
{
	struct bytes option;
	bool more = true;

	while (more) {
		if (!(more = bytes_take_until(&list, ',', &option)))
			option = list;
		while (option.left > 0 && strchr(" \t", option.at[0]) != NULL)
			bytes_skip(&option, 1);
		while (option.left > 0 &&
		       strchr(" \t", option.at[option.left - 1]) != NULL)
			option.left--;
		if (option.left == name.left &&
		    strncasecmp((const char *)option.at, (const char *)name.at,
			name.left) == 0)
			return true;
	}
	return false;
}

static bool
is_left_out(const struct http_message *m, struct bytes name)
{
	static const char *const names[] = {"Connection", "Keep-Alive",
	    "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
	    "Content-Length", "Expect"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bytes_equal_text_nocase(name, names[i]))
			return true;
	/*
	 * Without Host it would be no request; and whoever could have hops
	 * remove Early-Data could hide what it says (RFC 8470 section 5.1).
	 */
	if (bytes_equal_text_nocase(name, "Host") ||
	    bytes_equal_text_nocase(name, "Early-Data"))
		return false;
	for (size_t i = 0; i < m->field_count; i++)
		if (bytes_equal_text_nocase(m->fields[i].name, "Connection") &&
		    is_named(m->fields[i].value, name))
			return true;
	return false;
}

static void
write_field(struct buffer *out, const struct http_field *field)
{
	buffer_add_bytes(out, field->name);
	buffer_add_text(out, ": ");
	buffer_add_bytes(out, field->value);
	buffer_add_text(out, "\r\n");
}

/* What stands after the other fields. */
static void
write_end(struct buffer *out, bool with_length, struct bytes content)
{
	if (with_length)
		buffer_printf(out, "Content-Length: %zu\r\n", content.left);
	buffer_add_text(out, "\r\n");
	buffer_add_bytes(out, content);
}

static void
write_request_line(struct buffer *out, const struct http_message *m)
{
	buffer_add_bytes(out, m->method);
	buffer_add_text(out, " ");
	buffer_add_bytes(out, m->target);
	buffer_add_text(out, " HTTP/1.1\r\n");
}

static void
write_status_line(struct buffer *out, int status)
{
	buffer_printf(out, "HTTP/1.1 %03d %s\r\n", status, http_reason(status));
}

static void
write_fields(struct buffer *out, const struct http_message *m)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (!is_left_out(m, m->fields[i].name))
			write_field(out, &m->fields[i]);
}

void
http_write(struct buffer *out, const struct http_message *m)
{
	if (m->kind == HTTP_REQUEST)
		http_write_request(out, m, NULL);
	else
		http_write_answer(out, m, false, false);
}

void
http_write_request(struct buffer *out, const struct http_message *m,
    const struct http_field *field)
{
	write_request_line(out, m);
	write_fields(out, m);
	if (field != NULL)
		write_field(out, field);
	write_end(out, m->content.left > 0 || !is_length_optional(m->method),
	    m->content);
}

void
http_write_answer(
    struct buffer *out, const struct http_message *m, bool to_head, bool last)
{
	const struct http_field *length = http_field(m, "Content-Length", NULL);

	write_status_line(out, m->status);
	write_fields(out, m);
	if (last)
		buffer_add_text(out, "Connection: close\r\n");
	if (to_head && length != NULL)
		write_field(out, length);
	write_end(out, !to_head && !is_length_forbidden(m->status), m->content);
}

void
http_draft_request(struct http_draft *d, const char *method, const char *target,
    const char *host)
{
	http_draft_clear(d);
	d->length_optional = is_length_optional(bytes_of(method));
	buffer_printf(
	    &d->head, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host);
}

void
http_draft_copy(struct http_draft *d, const struct http_message *request)
{
	http_draft_clear(d);
	d->length_optional = is_length_optional(request->method);
	write_request_line(&d->head, request);
	write_fields(&d->head, request);
	buffer_add_bytes(&d->content, request->content);
}

void
http_draft_response(struct http_draft *d, int status)
{
	http_draft_clear(d);
	d->length_optional = is_length_forbidden(status);
	write_status_line(&d->head, status);
}

void
http_draft_field(struct http_draft *d, const char *name, const char *value)
{
	buffer_printf(&d->head, "%s: %s\r\n", name, value);
}

void
http_draft_content(
    struct http_draft *d, const char *media_type, struct bytes content)
{
	http_draft_field(d, "Content-Type", media_type);
	buffer_reset(&d->content);
	buffer_add_bytes(&d->content, content);
}

void
http_draft_write(const struct http_draft *d, struct buffer *out)
{
	struct bytes content = buffer_bytes(&d->content);

	buffer_add_bytes(out, buffer_bytes(&d->head));
	write_end(out, content.left > 0 || !d->length_optional, content);
}

void
http_draft_clear(struct http_draft *d)
{
	buffer_clear(&d->head);
	buffer_clear(&d->content);
	d->length_optional = false;
}

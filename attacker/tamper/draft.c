/* SPDX-License-Identifier: MIT */
/* A request in parts. */
#include "draft.h"

#include <string.h>

void
draft_put(struct buffer *part, struct bytes with)
{
	buffer_reset(part);
	buffer_add_bytes(part, with);
}

void
draft_init(struct draft *d, const struct http_message *request)
{
	*d = (struct draft){.count = request->field_count};
	draft_put(&d->method, request->method);
	draft_put(&d->target, request->target);
	draft_put(&d->content, request->content);
	for (size_t i = 0; i < d->count; i++) {
		draft_put(&d->fields[i].name, request->fields[i].name);
		draft_put(&d->fields[i].value, request->fields[i].value);
	}
}

static void
clear_field(struct draft_field *field)
{
	buffer_clear(&field->name);
	buffer_clear(&field->value);
}

void
draft_clear(struct draft *d)
{
	buffer_clear(&d->method);
	buffer_clear(&d->target);
	buffer_clear(&d->content);
	for (size_t i = 0; i < d->count; i++)
		clear_field(&d->fields[i]);
	d->count = 0;
}

static bool
is_named(const struct draft_field *field, struct bytes name)
{
	struct bytes own = buffer_bytes(&field->name);

	return own.left == name.left &&
	       strncasecmp(
		   (const char *)own.at, (const char *)name.at, name.left) == 0;
}

struct draft_field *
draft_find(struct draft *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (is_named(&d->fields[i], bytes_of(name)))
			return &d->fields[i];
	return NULL;
}

/* Fields of that name from the i-th on; how many they were. */
static size_t
drop_from(struct draft *d, size_t i, struct bytes name)
{
	size_t kept = i, dropped;

	for (; i < d->count; i++) {
		if (is_named(&d->fields[i], name))
			clear_field(&d->fields[i]);
		else
			d->fields[kept++] = d->fields[i];
	}
	dropped = d->count - kept;
	d->count = kept;
	return dropped;
}

bool
draft_drop(struct draft *d, const char *name)
{
	return drop_from(d, 0, bytes_of(name)) > 0;
}

bool
draft_set(struct draft *d, struct bytes name, struct bytes value)
{
	size_t i = 0;

	while (i < d->count && !is_named(&d->fields[i], name))
		i++;
	if (i == d->count) {
		if (d->count == HTTP_FIELDS_MAX)
			return false;
		d->fields[d->count++] = (struct draft_field){0};
		draft_put(&d->fields[i].name, name);
	}
	draft_put(&d->fields[i].value, value);
	drop_from(d, i + 1, name);
	return true;
}

bool
draft_fit_length(struct draft *d)
{
	struct draft_field *coding = draft_find(d, "Transfer-Encoding");
	struct buffer length = {0};
	bool room = true;

	buffer_printf(&length, "%zu", buffer_bytes(&d->content).left);
	if (coding != NULL) { /* it was read: the copy is in one piece */
		draft_put(&coding->name, bytes_of("Content-Length"));
		draft_put(&coding->value, buffer_bytes(&length));
	} else if (d->content_changed) {
		room = draft_set(
		    d, bytes_of("Content-Length"), buffer_bytes(&length));
	}
	buffer_clear(&length);
	return room;
}

void
draft_write(const struct draft *d, struct buffer *out)
{
	buffer_add_bytes(out, buffer_bytes(&d->method));
	buffer_add_text(out, " ");
	buffer_add_bytes(out, buffer_bytes(&d->target));
	buffer_add_text(out, " HTTP/1.1\r\n");
	for (size_t i = 0; i < d->count; i++) {
		buffer_add_bytes(out, buffer_bytes(&d->fields[i].name));
		buffer_add_text(out, ": ");
		buffer_add_bytes(out, buffer_bytes(&d->fields[i].value));
		buffer_add_text(out, "\r\n");
	}
	buffer_add_text(out, "\r\n");
	buffer_add_bytes(out, buffer_bytes(&d->content));
}

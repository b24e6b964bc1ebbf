/* SPDX-License-Identifier: MIT */
/* The messages, byte by byte. */
#include "host_message.h"

#include <string.h>

static bool
take_text(struct bytes *in, const char **text)
{
	struct bytes vector;

	if (!bytes_take_vector16(in, &vector) || vector.left == 0 ||
	    memchr(vector.at, '\0', vector.left) != &vector.at[vector.left - 1])
		return false;
	*text = (const char *)vector.at;
	return true;
}

static bool
take_texts(struct bytes *in, const char *texts[], size_t most)
{
	uint8_t count;

	if (!bytes_take_u8(in, &count) || count > most)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!take_text(in, &texts[i]))
			return false;
	texts[count] = NULL;
	return true;
}

static bool
take_fields(struct bytes *in, struct host_message *m)
{
	switch (m->kind) {
	case HOST_HELLO:
		return bytes_take_u8(in, &m->number) && take_text(in, &m->name);
	case HOST_RUN:
		return take_texts(in, m->words, HOST_WORDS_MAX) &&
		       take_texts(in, m->settings, HOST_SETTINGS_MAX) &&
		       m->words[0] != NULL;
	case HOST_STARTED:
		return bytes_take_u32(in, &m->pid) &&
		       bytes_take_u32(in, &m->why);
	case HOST_SIGNAL:
		return bytes_take_u32(in, &m->pid) &&
		       bytes_take_u8(in, &m->number);
	case HOST_ENDED:
		return bytes_take_u32(in, &m->pid) &&
		       bytes_take_u8(in, &m->number) &&
		       bytes_take_u8(in, &m->exit_code);
	case HOST_FIND:
		return take_text(in, &m->name);
	case HOST_FOUND:
		return bytes_take_u8(in, &m->number) && m->number <= 1;
	}
	return false;
}

bool
host_message_read(struct bytes in, struct host_message *m)
{
	uint8_t kind;

	*m = (struct host_message){0};
	if (in.left > HOST_MESSAGE_MAX || !bytes_take_u8(&in, &kind))
		return false;
	m->kind = (enum host_message_kind)kind;
	return take_fields(&in, m) && in.left == 0;
}

static bool
add_text(struct buffer *out, const char *text)
{
	size_t length = strlen(text) + 1;

	if (length > UINT16_MAX)
		return false;
	buffer_add_u16(out, (uint16_t)length);
	buffer_add(out, text, length);
	return true;
}

static bool
add_texts(struct buffer *out, const char *const texts[], size_t most)
{
	size_t count = 0;

	while (texts[count] != NULL)
		if (count++ == most)
			return false;
	buffer_add_u8(out, (uint8_t)count);
	for (size_t i = 0; i < count; i++)
		if (!add_text(out, texts[i]))
			return false;
	return true;
}

static bool
add_fields(struct buffer *out, const struct host_message *m)
{
	switch (m->kind) {
	case HOST_HELLO:
		buffer_add_u8(out, m->number);
		return add_text(out, m->name);
	case HOST_RUN:
		return add_texts(out, m->words, HOST_WORDS_MAX) &&
		       add_texts(out, m->settings, HOST_SETTINGS_MAX);
	case HOST_STARTED:
		buffer_add_u32(out, m->pid);
		buffer_add_u32(out, m->why);
		return true;
	case HOST_SIGNAL:
		buffer_add_u32(out, m->pid);
		buffer_add_u8(out, m->number);
		return true;
	case HOST_ENDED:
		buffer_add_u32(out, m->pid);
		buffer_add_u8(out, m->number);
		buffer_add_u8(out, m->exit_code);
		return true;
	case HOST_FIND:
		return add_text(out, m->name);
	case HOST_FOUND:
		buffer_add_u8(out, m->number);
		return true;
	}
	return false;
}

bool
host_message_write(const struct host_message *m, struct buffer *out)
{
	buffer_add_u8(out, (uint8_t)m->kind);
	return add_fields(out, m) && buffer_bytes(out).left <= HOST_MESSAGE_MAX;
}

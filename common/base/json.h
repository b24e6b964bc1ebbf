/* SPDX-License-Identifier: MIT */
#ifndef JSON_H
#define JSON_H

#include "buffer.h"

/*
 * JSON (RFC 8259), written.  Reading is cJSON's work.
 *
 * Calls append to a buffer in document order and put the commas themselves:
 *
 *	json_open(b, '{'); json_key(b, "id"); json_text(b, "t-1");
 *	json_key(b, "seen"); json_open(b, '['); json_number(b, 1);
 *	json_close(b, ']'); json_close(b, '}');
 *
 * Bytes outside printable ASCII are written as \u00XX, so any input gives
 * valid JSON on one line.
 */
void json_open(struct buffer *b, char bracket);
void json_close(struct buffer *b, char bracket);
void json_key(struct buffer *b, const char *name);
void json_text(struct buffer *b, const char *value); /* NULL writes null */
void json_bytes(struct buffer *b, struct bytes value);
void json_number(struct buffer *b, int64_t value);
void json_bool(struct buffer *b, bool value);

/* A key and its value in one call. */
void json_member_text(struct buffer *b, const char *name, const char *value);
void json_member_bytes(struct buffer *b, const char *name, struct bytes value);
void json_member_number(struct buffer *b, const char *name, int64_t value);
void json_member_bool(struct buffer *b, const char *name, bool value);

/*
 * What cJSON has read: the text of an object's member, borrowed from it; "" if
 * it has no such member or that is no text.
 */
struct cJSON;
const char *json_get_text(const struct cJSON *object, const char *name);

#endif

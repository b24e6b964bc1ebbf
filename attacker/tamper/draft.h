/* SPDX-License-Identifier: MIT */
#ifndef DRAFT_H
#define DRAFT_H

#include "http_message.h"

/*
 * A request taken apart, each part in storage of its own.
 *
 *	draft_init -> draft_set, draft_drop, draft_put ... -> draft_fit_length
 *	    -> draft_write -> draft_clear
 */
struct draft_field {
	struct buffer name, value;
};

struct draft {
	struct buffer method, target, content;
	struct draft_field fields[HTTP_FIELDS_MAX];
	size_t count;
	bool content_changed;
};

void draft_init(struct draft *d, const struct http_message *request);
void draft_clear(struct draft *d);

/* Replace what a part holds. */
void draft_put(struct buffer *part, struct bytes with);

/* The first field of that name, or NULL. */
struct draft_field *draft_find(struct draft *d, const char *name);

/*
 * The one field of that name has this value: the first one's place, or behind
 * the others.  False if there is no room for one more.
 */
bool draft_set(struct draft *d, struct bytes name, struct bytes value);

/* Every field of that name; false if there is none. */
bool draft_drop(struct draft *d, const char *name);

/*
 * One right Content-Length where the content was changed or came in chunks.
 * False if there is no room for it.
 */
bool draft_fit_length(struct draft *d);

void draft_write(const struct draft *d, struct buffer *out);

#endif

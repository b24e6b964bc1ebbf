/* SPDX-License-Identifier: MIT */
#ifndef STRUCTURED_FIELD_H
#define STRUCTURED_FIELD_H

#include "buffer.h"

/*
 * Structured field values (RFC 9651), read from the front of a window.
 *
 *	dictionary, list:	sf_dictionary_next ..., sf_list_next ...
 *	  an inner list:	  sf_inner_next ... over its `inner`
 *	  parameters:		  sf_parameters_next ... over `parameters`
 *	single item:		sf_item_read
 *
 * All windows borrow the input.  Nothing is decoded on the way; a string keeps
 * its backslashes, which costs nothing when strings are compared, since RFC
 * 9651 knows exactly one spelling of each.  A key given twice comes out twice:
 * the later one counts (section 3.2), unless the caller is stricter.
 */

enum sf_type {
	SF_INTEGER,
	SF_DECIMAL,
	SF_STRING,
	SF_TOKEN,
	SF_BYTES,
	SF_BOOLEAN,
	SF_DATE,
	SF_DISPLAY_STRING,
};

struct sf_value {
	enum sf_type type;
	int64_t number;    /* integer; date: seconds; decimal: thousandths */
	bool truth;        /* boolean */
	struct bytes text; /* string, display string, token, base64: bare */
};

/* A member of a list or dictionary, an item of an inner list, or an item. */
struct sf_member {
	struct bytes key; /* dictionaries */
	bool is_inner_list;
	struct sf_value value;   /* unless it is an inner list */
	struct bytes inner;      /* what is between the parentheses */
	struct bytes parameters; /* from the first ";" on; may be empty */
};

struct sf_parameter {
	struct bytes key;
	struct sf_value value;
};

enum sf_verdict {
	SF_TAKEN, /* *member or *parameter is set */
	SF_END,   /* there is no more */
	SF_MALFORMED,
};

enum sf_verdict sf_dictionary_next(struct bytes *in, struct sf_member *member);
enum sf_verdict sf_list_next(struct bytes *in, struct sf_member *member);
enum sf_verdict sf_inner_next(struct bytes *inner, struct sf_member *item);
enum sf_verdict sf_parameters_next(
    struct bytes *parameters, struct sf_parameter *parameter);

/* A field that is one item and nothing else: SF_TAKEN or SF_MALFORMED. */
enum sf_verdict sf_item_read(struct bytes field, struct sf_member *item);

/*
 * Decode a byte sequence.  Missing padding and stray bits are let pass (RFC
 * 9651 section 4.2.7); false if the text is no base64 or more than `size`
 * bytes.
 */
bool sf_bytes_decode(
    struct bytes base64, uint8_t *into, size_t size, size_t *length);

/* Write as section 4.1 wants it.  A string must be printable ASCII. */
bool sf_write_string(struct buffer *out, struct bytes text);
void sf_write_bytes(struct buffer *out, struct bytes data);

/* What was read, in its one canonical spelling.  Not its key. */
void sf_write_member(struct buffer *out, const struct sf_member *member);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef EDIT_H
#define EDIT_H

#include "http_message.h"
#include "option.h"

/*
 * What an attacker who sees a request can change in it before he sends it on:
 * everything, only that a signature over it no longer holds.  Pure.
 *
 * Edits are made in the order of the members below, whatever order they were
 * asked for in.  What is not asked for stays as it was, to the byte: the order
 * of the fields, their spelling, the parameters of a signature.  Only the
 * length of the content follows the content, and content that came in chunks
 * goes out in one piece.
 */
struct edits {
	const char *method, *path, *host; /* NULL: as they were */
	struct option_list drop;          /* NAME */
	struct option_list set;           /* NAME=VALUE; added if absent */
	const char *created;              /* seconds, in digits */
	const char *nonce;
	const char *content;
	const char *amount;         /* digits: the JSON member of that name */
	bool fix_digest;            /* Content-Digest anew, over the content */
	struct option_list respace; /* NAME: a space behind each ";" */
	struct option_list recase;  /* NAME: upper case for lower and so on */
};

enum edit_verdict {
	EDIT_DONE,
	EDIT_NO_FIELD,     /* the request has no field of that name */
	EDIT_NO_PARAMETER, /* neither a signature parameter nor a plain field */
	EDIT_NO_AMOUNT,    /* the content is no JSON object with an amount */
	EDIT_BAD_WORD,     /* what should go in cannot stand there */
	EDIT_TOO_MANY,     /* fields */
	EDIT_NO_REQUEST,   /* the outcome would be no request to anybody */
};

/* The rest of a sentence that begins with the word. */
const char *edit_verdict_text(enum edit_verdict verdict);

/*
 * Append the edited request to *out.  Unless EDIT_DONE, *out is as it was and
 * *word is what could not be done; borrowed from *edits, or static.
 *
 * `created` and `nonce` go where the request has them: into the parameters of
 * Signature-Input, into the plain fields Request-Created and Request-Nonce,
 * or both.
 */
enum edit_verdict edit_request(const struct http_message *request,
    const struct edits *edits, struct buffer *out, const char **word)
    __attribute__((warn_unused_result));

#endif

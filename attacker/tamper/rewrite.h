/* SPDX-License-Identifier: MIT */
#ifndef REWRITE_H
#define REWRITE_H

#include "buffer.h"

/*
 * Rewriting one text with one thing in it changed and all else to the byte.
 * Each appends to *out.
 */

/*
 * A dictionary of one member (RFC 9651), such as Signature-Input, with that
 * parameter's value spelt so.  False, and nothing appended, if it has no such
 * parameter or is none.
 */
bool rewrite_parameter(struct bytes field, const char *parameter,
    struct bytes spelt, struct buffer *out);

/*
 * A JSON object with the number of its own member "amount" replaced.  False,
 * and nothing appended, if there is no such number, or `digits` is none.
 */
bool rewrite_amount(struct bytes json, struct bytes digits, struct buffer *out);

/* One space more behind each ";" outside of quotes: RFC 9651 lets it pass. */
void rewrite_spaces(struct bytes text, struct buffer *out);

/* Upper case letters for lower case ones and the other way round. */
void rewrite_case(struct bytes text, struct buffer *out);

#endif

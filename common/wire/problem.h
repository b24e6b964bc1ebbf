/* SPDX-License-Identifier: MIT */
#ifndef PROBLEM_H
#define PROBLEM_H

#include "http_message.h"

/*
 * Problem documents (RFC 9457): an error that says which one it is.  The type
 * is a URN of the lab, urn:replaylab:problem:WORD, so WORD is all that differs.
 */
#define PROBLEM_MEDIA_TYPE "application/problem+json"

/* A whole response; clear the draft afterwards. */
void problem_draft(
    struct http_draft *d, int status, const char *word, const char *detail);

/* The WORD of a problem document's type; false if the content is none. */
bool problem_read(struct bytes content, char *word, size_t size);

#endif

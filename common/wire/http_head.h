/* SPDX-License-Identifier: MIT */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http_message.h"

/*
 * Two judges of a head, between the line discipline before them (http_lines.h)
 * and llhttp after them (http_framing.h).
 */

/*
 * Split a head, CRLF-ended lines and an empty one, into *m, whose windows
 * borrow it.  HTTP_COMPLETE, or what is wrong with its form.
 */
enum http_verdict http_head_read(struct bytes head, struct http_message *m);

/* May it pass?  HTTP_COMPLETE, or the first rule of the policy it breaks. */
enum http_verdict http_policy_check(const struct http_message *m);

#endif

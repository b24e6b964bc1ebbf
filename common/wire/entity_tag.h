/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_TAG_H
#define ENTITY_TAG_H

#include "http_message.h"

/*
 * Entity tags (RFC 9110 section 8.8.3), and the condition by which a request
 * takes effect only on the state that its sender knew (section 13.1.1):
 *
 *	ETag: "v7"
 *	If-Match: "v7", "v8"
 */
enum if_match_verdict {
	IF_MATCH_ABSENT,
	IF_MATCH_HOLDS,
	IF_MATCH_FAILS,
	IF_MATCH_MALFORMED, /* no list of entity tags, nor "*"; or two fields */
};

/*
 * `tag` is what stands between the quotes of the current one.  Strong
 * comparison: a weak tag never matches (section 8.8.3.2).  "*" matches what
 * exists.
 */
enum if_match_verdict if_match_judge(
    const struct http_message *request, struct bytes tag);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "buffer.h"

/*
 * llhttp, asked two things: is this HTTP/1.1, and where does the message end?
 *
 *	http_framing_new -> (begin -> feed ... [-> end]) ... -> free
 *
 * Its own file because llhttp.h claims names that we use too.
 */
struct http_framing;

enum http_framing_verdict {
	HTTP_FRAMING_MORE,  /* all consumed, the message goes on */
	HTTP_FRAMING_ENDED, /* what is left in *in is not this message's */
	HTTP_FRAMING_BROKEN,
	HTTP_FRAMING_TOO_LARGE,
	HTTP_FRAMING_UPGRADE,
};

struct http_framing *http_framing_new(bool requests); /* never NULL */
void http_framing_free(struct http_framing *f);       /* NULL is allowed */

/*
 * A new message.  `bodiless`: whatever its fields say, it has no content (the
 * answer to HEAD, 1xx, 204, 304; RFC 9112 section 6.3).  Decoded content is
 * appended to `content`, at most `most` bytes.
 */
void http_framing_begin(
    struct http_framing *f, bool bodiless, struct buffer *content, size_t most);

enum http_framing_verdict http_framing_feed(
    struct http_framing *f, struct bytes *in);

/* The peer closed: ENDED if that is how the content ends, else BROKEN. */
enum http_framing_verdict http_framing_end(struct http_framing *f);

/* After ENDED: may the connection carry another message? */
bool http_framing_keep_alive(const struct http_framing *f);

#endif

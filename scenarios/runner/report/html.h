/* SPDX-License-Identifier: MIT */
#ifndef HTML_H
#define HTML_H

#include "buffer.h"

/*
 * HTML, written.  Markup stands in the format, everything else goes through
 * one escape: what a hostile program put into an event is shown, never obeyed.
 */

/*
 * As printf; the format is the markup.  %s is escaped for text and for quoted
 * attributes alike; %ld and %zu are the only other conversions.
 */
void html_printf(struct buffer *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The escape: & < > " ' become references.  U+FFFD stands for what HTML does
 * not allow or a reader could be misled by: control bytes, bytes that are no
 * UTF-8 (RFC 3629), and the characters that turn the writing direction.
 */
void html_text(struct buffer *out, const char *text);

/*
 * A path as a relative reference (RFC 3986 section 4.2) that no scheme can
 * begin: "./" and the path, with everything but unreserved characters and "/"
 * percent-encoded.
 */
void html_reference(struct buffer *out, const char *path);

/* A Content-Security-Policy source for an inline element: 'sha256-...'. */
void html_hash(struct buffer *out, const char *content);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef HTTP_LINES_H
#define HTTP_LINES_H

#include "bytes.h"

/*
 * The lines of HTTP/1.1, watched byte by byte: they end in CRLF, never in a
 * bare CR or LF, none continues the one before (RFC 9112 sections 2.2, 5.2),
 * and no control character but the tab stands in them (RFC 9110 section 5.5).
 * Two parties that disagree about where a line ends can be made to disagree
 * about where a request ends.
 */
struct http_lines {
	size_t number; /* lines that have ended */
	size_t column; /* bytes of the present line */
	bool cr;       /* the last byte was CR */
};

enum http_lines_verdict {
	HTTP_LINES_GO_ON,
	HTTP_LINES_BLANK,     /* this byte ended an empty line */
	HTTP_LINES_FOLDED,    /* white space at the start of a line */
	HTTP_LINES_BAD_OCTET, /* CR or LF alone, or another control character */
};

/* The next byte.  Starts from a struct of zeros. */
enum http_lines_verdict http_lines_next(struct http_lines *lines, uint8_t c);

#endif

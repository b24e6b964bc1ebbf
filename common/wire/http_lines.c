/* SPDX-License-Identifier: MIT */
/* Line discipline: no memory of the text, so any split of it judges alike. */
#include "http_lines.h"

static enum http_lines_verdict
end_line(struct http_lines *lines)
{
	bool blank = lines->column == 0;

	*lines = (struct http_lines){.number = lines->number + 1};
	return blank ? HTTP_LINES_BLANK : HTTP_LINES_GO_ON;
}

enum http_lines_verdict
http_lines_next(struct http_lines *lines, uint8_t c)
{
	if (lines->cr)
		return c == '\n' ? end_line(lines) : HTTP_LINES_BAD_OCTET;
	if (c == '\r') {
		lines->cr = true;
		return HTTP_LINES_GO_ON;
	}
	if (lines->column == 0 && (c == ' ' || c == '\t'))
		return HTTP_LINES_FOLDED;
	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return HTTP_LINES_BAD_OCTET;
	lines->column++;
	return HTTP_LINES_GO_ON;
}

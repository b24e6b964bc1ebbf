/* SPDX-License-Identifier: MIT */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

/*
 * Where a server is, as a user types it: https://gateway, http://10.0.0.1:8080.
 * A path is no part of it: the paths are the bank's.
 */
#define URL_HOST_MAX 253 /* RFC 1035 section 2.3.4, as text */

struct url {
	bool tls;       /* https, dtls */
	bool datagrams; /* dtls: the lab's word, for HTTP over DTLS */
	char host[URL_HOST_MAX + 1];
	long port;
	/* Host; port, unless it is the scheme's own (RFC 9110 section 4.2). */
	char authority[URL_HOST_MAX + sizeof(":65535")];
};

enum url_verdict {
	URL_GOOD,
	URL_SCHEME_UNKNOWN,   /* none of http://, https://, dtls:// */
	URL_HOST_BAD,         /* empty, too long, or no name or IPv4 address */
	URL_IPV6_UNSUPPORTED, /* a lab's network has IPv4 only */
	URL_PORT_BAD,         /* not 1 to 65535 */
	URL_PATH_GIVEN,       /* more than one "/" after the authority */
};
/* What is wrong, as the end of a sentence that starts with the URL. */
const char *url_verdict_text(enum url_verdict verdict);

enum url_verdict url_read(const char *text, struct url *url);

#endif

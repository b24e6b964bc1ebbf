/* SPDX-License-Identifier: MIT */
/* URLs, as far as a client of one server needs them (RFC 3986). */
#include "url.h"

#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define NAME_OCTETS                                                            \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-._"

const char *
url_verdict_text(enum url_verdict verdict)
{
	switch (verdict) {
	case URL_GOOD:
		return "is good";
	case URL_SCHEME_UNKNOWN:
		return "does not start with http://, https:// or dtls://";
	case URL_HOST_BAD:
		return "names no host; write https://gateway";
	case URL_IPV6_UNSUPPORTED:
		return "has an IPv6 address; write a name or an IPv4 address";
	case URL_PORT_BAD:
		return "has no port from 1 to 65535 after its \":\"";
	case URL_PATH_GIVEN:
		return "goes on after the host; give only https://gateway";
	}
	return "is not understood";
}

/* Takes one to five digits; false if they are no port. */
static bool
take_port(const char **text, long *port)
{
	size_t digits = strspn(*text, DIGITS);

	if (digits == 0 || digits > 5)
		return false;
	*port = 0;
	for (; digits > 0; digits--, (*text)++)
		*port = *port * 10 + (**text - '0');
	return *port >= 1 && *port <= 65535;
}

static bool
take_prefix(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	return true;
}

enum url_verdict
url_read(const char *text, struct url *url)
{
	long own;
	size_t length;

	url->datagrams = take_prefix(&text, "dtls://");
	url->tls = url->datagrams || take_prefix(&text, "https://");
	if (!url->tls && !take_prefix(&text, "http://"))
		return URL_SCHEME_UNKNOWN;
	url->port = own = url->tls ? 443 : 80;
	if (*text == '[')
		return URL_IPV6_UNSUPPORTED;
	length = strspn(text, NAME_OCTETS);
	if (length == 0 || length > URL_HOST_MAX ||
	    strchr(":/", text[length]) == NULL)
		return URL_HOST_BAD;
	memcpy(url->host, text, length);
	url->host[length] = '\0';
	text += length;
	if (take_prefix(&text, ":") && !take_port(&text, &url->port))
		return URL_PORT_BAD;
	if (*text != '\0' && *text != '/')
		return URL_PORT_BAD;
	if (strcmp(text, "") != 0 && strcmp(text, "/") != 0)
		return URL_PATH_GIVEN;
	/* RFC 9110 section 4.2.3: the scheme's own port is left out. */
	if (url->port == own)
		strcpy(url->authority, url->host);
	else
		snprintf(url->authority, sizeof(url->authority), "%s:%ld",
		    url->host, url->port);
	return URL_GOOD;
}

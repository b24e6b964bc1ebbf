/* SPDX-License-Identifier: MIT */
/*
 * A copy that the attacker sends through TLS of his own has other records than
 * its original, and the same request in them.  Whoever has its server's keys
 * can read it there.
 */
#include "hearing.h"

#include <string.h>

static bool
is_copy(struct testimony *t, const struct finding *f,
    const struct http_message *request)
{
	char name[FINGERPRINT_SIZE];

	http_request_fingerprint(request, name);
	return hearing_copy(t, f, name);
}

static void
read_requests(struct testimony *t, struct heard *h, const struct finding *f,
    struct bytes content)
{
	const struct http_message *request;
	enum http_verdict verdict;

	if (h->inside == NULL)
		h->inside = http_reader_new(HTTP_REQUEST);
	while ((verdict = http_reader_feed(h->inside, &content, &request)) ==
	       HTTP_COMPLETE)
		h->has_copy = is_copy(t, f, request);
	h->is_unreadable = verdict != HTTP_PARTIAL;
}

void
hearing_inside(struct testimony *t, struct heard *h, const struct finding *f,
    const struct tls_plaintext *opened)
{
	if (opened->type != TLS_APPLICATION_DATA || h->is_unreadable)
		return;
	if (f->side == SIDE_CLIENT) {
		if (strcmp(t->port_host, "attacker") == 0)
			read_requests(t, h, f, opened->content);
	} else if (h->has_copy)
		hearing_answer(t, &h->end[SIDE_CLIENT], &h->end[SIDE_SERVER],
		    SIDE_SERVER, false);
}

/* SPDX-License-Identifier: MIT */
#ifndef PROXY_H
#define PROXY_H

#include "http_client.h"
#include "http_server.h"
#include "option.h"

/*
 * What gateway and balancer have in common: a request comes in, goes on to one
 * of the upstream servers as it was (RFC 9110 section 3.7), and its answer
 * comes back.  What came in TLS early data is marked (RFC 8470 section 5.1).  A
 * request is forwarded once; if its fate upstream is unknown the
 * client is told so (502, 504) and nothing is repeated.
 */
enum proxy_policy {
	PROXY_ROUND_ROBIN,
	PROXY_KEYID, /* the same signer always reaches the same server */
};

struct proxy {
	const char *role;   /* of the `request` event */
	const char *option; /* that names the upstream servers: "backend" */
	enum proxy_policy policy;
	struct http_client *upstreams[OPTION_LIST_MAX];
	const char *names[OPTION_LIST_MAX];
	size_t count, next;
	long lose_answers;      /* so many answers never reach the client */
	bool forget_early_data; /* weakness: what is early goes unmarked */
	bool strip_early_data;  /* weakness: and so does what was marked */
	struct exchange
	    *unanswered; /* the last of them, until its client left */
};

/*
 * Serve as the settings say, until a signal asks for the end, with these
 * upstream servers: HOST or HOST:PORT (80 unless named), looked up first.  The
 * role is the proxy's, the base its own.  Returns the exit status.
 */
int proxy_serve(struct proxy *p, const struct option_list *upstreams,
    struct http_server_settings *settings);

/* Plant a flaw of this name; -1 after a warning if there is none. */
int proxy_plant(struct proxy *p, const struct option_list *weaknesses);

/* Say what became of a request that is not forwarded; check may be NULL. */
void proxy_refuse(struct proxy *p, struct exchange *x, const char *verdict,
    const char *check, int status, const char *detail);

/* The http_server handler; its argument is the struct proxy. */
void proxy_handle(
    struct exchange *x, const struct http_message *request, void *argument);

#endif

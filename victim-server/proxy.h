/* SPDX-License-Identifier: MIT */
#ifndef PROXY_H
#define PROXY_H

#include "http_client.h"
#include "http_server.h"
#include "option.h"
#include "tls_context.h"

/*
 * What gateway and balancer have in common: a request comes in, goes on to one
 * of the upstream servers as it was (RFC 9110 section 3.7), and its answer
 * comes back.  What came in TLS early data is marked (RFC 8470 section 5.1).  A
 * request is forwarded once; if its fate upstream is unknown the client is told
 * so (502, 504) and nothing is repeated (RFC 9110 section 9.2.2), unless it was
 * told to.
 */
enum proxy_policy {
	PROXY_ROUND_ROBIN,
	PROXY_KEYID, /* the same signer always reaches the same server */
};

/*
 * Writes the request as it goes on; -1 after a warning: it does not.  Without
 * one it goes on as it came.
 */
typedef int proxy_rewrite(
    struct buffer *out, const struct http_message *request, void *argument);

struct proxy {
	const char *role;   /* of the `request` event */
	const char *option; /* that names the upstream servers: "backend" */
	enum proxy_policy policy;
	struct http_client *upstreams[OPTION_LIST_MAX];
	const char *names[OPTION_LIST_MAX];
	size_t count, next;
	struct tls_settings tls;     /* for upstream servers at https:// */
	struct tls_context *context; /* made of these */
	long timeout;                /* ms for an answer; 0: 10000 */
	bool retry_unsafe; /* whatever it was, ask the next one as well */
	proxy_rewrite *rewrite;
	void *rewrite_argument;
	long lose_answers;      /* so many answers never reach the client */
	bool forget_early_data; /* weakness: what is early goes unmarked */
	bool strip_early_data;  /* weakness: and so does what was marked */
	struct exchange *unanswered; /* the last, until its client left */
};

/*
 * Serve as the settings say, until a signal asks for the end, with these
 * upstream servers: HOST, HOST:PORT (80 unless named) or the same behind
 * https:// (443), looked up first.  The role is the proxy's, the base its own.
 * Returns the exit status.
 */
int proxy_serve(struct proxy *p, const struct option_list *upstreams,
    struct http_server_settings *settings);

/* Plant a flaw of this name; -1 after a warning if there is none. */
int proxy_plant(struct proxy *p, const struct option_list *weaknesses);

/* Say what became of a request that is not forwarded; check may be NULL. */
void proxy_refuse(struct proxy *p, struct exchange *x, const char *verdict,
    const char *check, int status, const char *detail);

/* The rows of both roles about those behind them. */
#define PROXY_OPTIONS(p)                                                       \
	OPTION_TEXT("inner-cert", &(p)->tls.certificate, "FILE",               \
	    "show this to https:// (default: the lab's inner.pem)"),           \
	    OPTION_TEXT("inner-ca", &(p)->tls.ca, "FILE",                      \
		"whom to trust there (default: the lab's ca.pem)"),            \
	    OPTION_NUMBER("timeout", &(p)->timeout, 1, 600000,                 \
		"wait so long for their answer (ms); default: 10000")

/* The http_server handler; its argument is the struct proxy. */
void proxy_handle(
    struct exchange *x, const struct http_message *request, void *argument);

#endif

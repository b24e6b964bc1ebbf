/* SPDX-License-Identifier: MIT */
#ifndef SESSION_H
#define SESSION_H

#include "http_client.h"
#include "option.h"
#include "reply.h"
#include "signing.h"
#include "tls_context.h"
#include "url.h"

/*
 * A customer at work: one server, one kept connection, one request after the
 * other, and now and then a wait for Enter.
 *
 *	session_open -> (session_exchange, session_wait) ... -> session_close
 *
 * The connection is watched while it waits, so one that is lost is noticed
 * then.
 */
struct session;

/* What the options say; zeros are the defaults. */
struct session_settings {
	const char *url, *connect;
	const char *sign, *keyid, *keys;
	const char *cover, *not_signed, *nonce, *bearer;
	struct tls_settings tls;
	long timeout; /* ms */
	int scheme;
	bool early_data; /* for the first request, where its session allows */
	bool json;
};

/* The rows of both commands' options. */
#define SESSION_OPTIONS(s)                                                     \
	OPTION_TEXT("url", &(s)->url, "URL",                                   \
	    "the bank; default: https://gateway (dtls: over datagrams)"),      \
	    OPTION_TEXT("connect", &(s)->connect, "HOST",                      \
		"go there instead, as if its name had been forged"),           \
	    OPTION_LIST("suite", &(s)->tls.suites, "SUITE",                    \
		"offer only these: tls12-cbc, tls12-gcm, tls12-chacha, "       \
		"tls12-rsa, tls12-null, tls13"),                               \
	    OPTION_TEXT("ca", &(s)->tls.ca, "FILE",                            \
		"whom to trust; default: the lab's ca.pem"),                   \
	    OPTION_TEXT("cert", &(s)->tls.certificate, "FILE",                 \
		"certificate and key to show when asked"),                     \
	    OPTION_TEXT("sign", &(s)->sign, "PARTS",                           \
		"none, or a list; default: signature,timestamp,nonce"),        \
	    OPTION_WORD("scheme", &(s)->scheme, "WORD", signing_schemes,       \
		"how to sign; default: signature"),                            \
	    OPTION_TEXT("cover", &(s)->cover, "LIST",                          \
		"sign only these, such as @method,@path; or none"),            \
	    OPTION_TEXT("unsigned", &(s)->not_signed, "PARTS",                 \
		"timestamp, nonce or both as plain header fields too"),        \
	    OPTION_TEXT("nonce", &(s)->nonce, "TEXT",                          \
		"this nonce in every request; default: a random one each"),    \
	    OPTION_TEXT("bearer", &(s)->bearer, "TOKEN",                       \
		"show this bearer token in every request"),                    \
	    OPTION_TEXT("keyid", &(s)->keyid, "NAME",                          \
		"sign with this key; default: client"),                        \
	    OPTION_TEXT("keys", &(s)->keys, "FILE",                            \
		"where the keys are; default: the lab's keys.json"),           \
	    OPTION_FLAG("log-records", &(s)->tls.log_records,                  \
		"write an event for every TLS record received"),               \
	    TLS_RECORD_OPTIONS(&(s)->tls),                                     \
	    OPTION_TEXT("session", &(s)->tls.session, "FILE",                  \
		"resume the TLS session in it; keep the newest there"),        \
	    OPTION_FLAG("early-data", &(s)->early_data,                        \
		"send the first request as early data, if that can be"),       \
	    OPTION_NUMBER("timeout", &(s)->timeout, 1, 600000,                 \
		"wait so long for an answer (ms); default: 10000"),            \
	    OPTION_FLAG("json", &(s)->json, "print JSON, an object a line")

/* NULL after a warning that says what is wrong with the settings. */
struct session *session_open(const struct session_settings *settings);
void session_close(struct session *s); /* NULL is allowed */

/* What signs its requests, and the server's name in them. */
const struct signing *session_signing(const struct session *s);
const char *session_authority(const struct session *s);

/*
 * Send a request and wait for what becomes of it.  The first may go as early
 * data; if it was too early (425) the very bytes go once more, now that the
 * handshake is complete (RFC 8470 section 5.2).  -1: a signal asked the program
 * to end.
 */
int session_exchange(
    struct session *s, struct bytes request, struct reply *reply);

/*
 * The same in two steps: send some, then wait for the replies to all of them.
 */
#define SESSION_REQUESTS_MAX OPTION_LIST_MAX
void session_send(struct session *s, struct bytes request, struct reply *reply);
int session_await(struct session *s);

/* New keys on its connection.  -1 after a warning, or as above. */
int session_rekey(struct session *s);

enum session_wait {
	SESSION_GO_ON, /* a line came */
	SESSION_END,   /* standard input ended, or a signal came */
};

/* Announce `ready`, prompt, and wait for a line on standard input. */
enum session_wait session_wait(struct session *s, const char *prompt);

#endif

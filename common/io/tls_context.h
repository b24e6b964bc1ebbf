/* SPDX-License-Identifier: MIT */
#ifndef TLS_CONTEXT_H
#define TLS_CONTEXT_H

#include "dtls_record_layer.h"
#include "early_data.h"
#include "option.h"
#include "session_file.h"
#include "tls_record_layer.h"

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * How one side speaks TLS: certificate, trust, protocol versions and suites.
 * Secrets go to the file SSLKEYLOGFILE names, if it does (RFC 9850).
 *
 * Suites have the lab's words: see tls_suites.h.
 */
struct tls_settings {
	struct option_list suites; /* none: all but tls12-null */
	const char *certificate;   /* PEM file with certificate and key */
	const char *ca;            /* PEM file; whom to trust in the peer */
	bool log_records;          /* an event for each record received */
	bool wanted;               /* tls_context_inner: speak TLS at all */
	/*
	 * After the handshake our own record layer.  What it is to go without:
	 * "sequence-number", or "sequence-check" of a number that is sent; any
	 * of these implies it.  Without "fresh-random", "fresh-hello-random" or
	 * "fresh-pre-master" all is OpenSSL's, but its random generator
	 * repeats, always or for that value.
	 */
	bool own_records;
	bool explicit_number; /* each record carries its sequence number */
	struct option_list without;
	bool renegotiation; /* TLS 1.2: allow it */
	long record_size;   /* at most so many bytes in one; 0: 16384 */
	/*
	 * DTLS 1.2 over UDP, with our own record layer or OpenSSL's.  Ours can
	 * go without its "replay-window", or have one of another size (0: 64),
	 * or one that moves too early; any of these implies it.
	 */
	bool datagrams;
	long replay_window;
	bool window_first;
	/* A server's: what becomes of early data, and of its tickets' keys. */
	struct early_data_settings early_data;
	const char *ticket_keys; /* file; NULL: keys of its own */
	/* A client's: where its session is kept; NULL: nowhere. */
	const char *session;
};

/* The rows of these, for a program's options. */
#define TLS_RECORD_OPTIONS(s)                                                  \
	OPTION_FLAG("own-record-layer", &(s)->own_records,                     \
	    "protect records by the lab's own code"),                          \
	    OPTION_FLAG("explicit-number", &(s)->explicit_number,              \
		"the same, with the sequence number in each record"),          \
	    OPTION_LIST("without", &(s)->without, "WORD",                      \
		"without: sequence-number, sequence-check, fresh-random, "     \
		"fresh-hello-random, fresh-pre-master, replay-window"),        \
	    OPTION_NUMBER("replay-window", &(s)->replay_window, 1,             \
		REPLAY_WINDOW_MAX,                                             \
		"over DTLS, by the lab's code: remember so many; default 64"), \
	    OPTION_NUMBER("record-size", &(s)->record_size, 1, 16384,          \
		"put at most so many bytes into one TLS record")

struct tls_context {
	SSL_CTX *ctx;
	bool log_records;
	bool own_records;
	bool read_ahead; /* OpenSSL reads what is there, not record by record */
	size_t record_size; /* at most so many bytes in one */
	enum tls_numbering numbering;
	unsigned int repeated_random; /* enum repeated_random, or'ed; if not 0
					 restarted for each connection */
	bool datagrams;               /* it is DTLS */
	struct dtls_window_settings window;
	struct early_data_settings early_data; /* of a server */
	struct session_file *session;          /* of a client; or NULL */
};

/*
 * A server needs a certificate; with a CA it asks clients for theirs.  A client
 * needs a CA; with a certificate it shows it when asked.  NULL after a warning
 * that names the file or the word that is wrong.
 */
struct tls_context *tls_context_server(const struct tls_settings *settings);
struct tls_context *tls_context_client(const struct tls_settings *settings);
/*
 * A handshake failed: into the key log with the secret it had, if any, so that
 * it can be explained.
 */
void tls_context_log_unfinished(SSL *tls);

/*
 * For a server behind the gateway, which speaks TLS if it is wanted, and then
 * asks for a client's certificate: *t, or NULL if it is not wanted; *port is
 * set unless it was.  -1 after a warning.
 */
#define TLS_INNER_OPTIONS(s)                                                   \
	OPTION_FLAG(                                                           \
	    "tls", &(s)->wanted, "serve HTTPS, to those with a certificate"),  \
	    OPTION_TEXT("certificate", &(s)->certificate, "FILE",              \
		"its own and key, PEM (default: the lab's inner.pem)"),        \
	    OPTION_TEXT("client-ca", &(s)->ca, "FILE",                         \
		"who vouches for clients (default: the lab's ca.pem)"),        \
	    OPTION_LIST("suite", &(s)->suites, "WORD",                         \
		"allow only these: tls12-cbc, tls12-gcm, ... tls13"),          \
	    OPTION_FLAG("log-records", &(s)->log_records,                      \
		"an event for each TLS record received")
int tls_context_inner(
    const struct tls_settings *settings, long *port, struct tls_context **t);
void tls_context_free(struct tls_context *t); /* NULL is allowed */

#endif

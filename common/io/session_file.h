/* SPDX-License-Identifier: MIT */
#ifndef SESSION_FILE_H
#define SESSION_FILE_H

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * A client's TLS session between two runs of its program: the newest ticket
 * that its server gave it, in a file that OpenSSL's programs read and write
 * too (openssl sess_id, s_client -sess_in).  It holds the session's key, so
 * only its owner may read it.
 *
 *	session_file_open -> (session_file_offer -> session_file_spend) ...
 *	    -> session_file_close
 */
struct session_file;

/*
 * Keep there what the context's connections are given, beginning with what is
 * there; no file is no session.  NULL after a warning.
 */
struct session_file *session_file_open(SSL_CTX *ctx, const char *path);
void session_file_close(struct session_file *f); /* NULL is allowed */

/* Is there a session to resume? */
bool session_file_holds(const struct session_file *f);

/* Have the connection resume it, if there is one. */
void session_file_offer(struct session_file *f, SSL *ssl);

/*
 * It is on its way.  A ticket of TLS 1.3 is then used up: shown twice, it would
 * tell an onlooker that both connections are one client's (RFC 8446 C.4).
 */
void session_file_spend(struct session_file *f);

#endif

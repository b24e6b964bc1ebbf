/* SPDX-License-Identifier: MIT */
#ifndef TICKET_KEYS_H
#define TICKET_KEYS_H

#include <openssl/ssl.h>

/*
 * The keys that a server's session tickets are encrypted under (RFC 5077
 * section 4), in a file: whoever has them can resume every session, so servers
 * share them, and a server that was restarted goes on with its old ones.
 */

/*
 * Use the keys in the file at path; without a file make one of random bytes
 * that only its owner can read.  -1 after a warning.
 */
int ticket_keys_use(SSL_CTX *ctx, const char *path);

#endif

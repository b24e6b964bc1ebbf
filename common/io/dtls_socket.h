/* SPDX-License-Identifier: MIT */
#ifndef DTLS_SOCKET_H
#define DTLS_SOCKET_H

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * Let the SSL speak over this connected UDP socket, which stays the caller's;
 * also one that spoke over another socket before.  The packets of the handshake
 * are at most 1400 bytes.  False: OpenSSL or the socket failed.
 */
bool dtls_socket_use(SSL *tls, int fd);

#endif

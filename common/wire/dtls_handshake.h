/* SPDX-License-Identifier: MIT */
#ifndef DTLS_HANDSHAKE_H
#define DTLS_HANDSHAKE_H

#include "tls_handshake.h"

/*
 * Take the handshake message at the front of what a DTLS record carries.  Its
 * header has a number and a fragment's place in it, as messages are cut to fit
 * datagrams (RFC 6347 section 4.2.2).  False: there is none, or it does not
 * stand whole here; the short ones, hellos among them, do.
 */
bool dtls_handshake_take(struct bytes *in, struct tls_handshake *message);

#endif

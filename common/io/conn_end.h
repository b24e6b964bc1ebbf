/* SPDX-License-Identifier: MIT */
#ifndef CONN_END_H
#define CONN_END_H

/* How a connection ended, in the words of the event log. */
enum conn_end {
	CONN_DONE,      /* conn_close: all output was delivered to the kernel */
	CONN_EOF,       /* the peer closed */
	CONN_TRUNCATED, /* it did, without close_notify (RFC 8446 6.1) */
	CONN_RESET,     /* the peer, or a host in between, reset it */
	CONN_TIMEOUT,   /* nothing happened for as long as conn_patience says */
	CONN_TLS_ERROR, /* handshake or record refused, by us or by the peer */
	CONN_ERROR,     /* any other error of the socket */
};
/* "done", "eof", "truncated", "reset", "timeout", "tls-error", "error" */
const char *conn_end_name(enum conn_end end);

/* Why a call on the socket failed, by its errno; 0: it had ended. */
enum conn_end conn_end_of(int cause);

#endif

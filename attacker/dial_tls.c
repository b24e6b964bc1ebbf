/* SPDX-License-Identifier: MIT */
/* Blocking, like dial.c; the limits are the socket's. */
#include "dial_tls.h"

#include <err.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>

static int
limit_reads(int fd, int timeout_ms)
{
	const struct timeval limit = {
	    timeout_ms / 1000, timeout_ms % 1000 * 1000};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

SSL *
dial_tls_open(int fd, int timeout_ms)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *tls = context == NULL ? NULL : SSL_new(context);

	SSL_CTX_free(context); /* tls holds on to it */
	if (tls != NULL && limit_reads(fd, timeout_ms) == 0 &&
	    SSL_set_fd(tls, fd) == 1 && SSL_connect(tls) == 1)
		return tls;
	warnx("tls: the server's handshake did not come through");
	ERR_clear_error();
	dial_tls_close(tls);
	return NULL;
}

void
dial_tls_close(SSL *tls)
{
	if (tls != NULL)
		SSL_shutdown(tls);
	SSL_free(tls);
}

const char *
dial_tls_ask(SSL *tls, struct bytes request, struct answer *answer)
{
	uint8_t piece[16384];
	int length = SSL_write(tls, request.at, (int)request.left), why;

	while (length > 0 && answer->outcome == ANSWER_PENDING) {
		length = SSL_read(tls, piece, sizeof(piece));
		if (length > 0)
			answer_feed(
			    answer, (struct bytes){piece, (size_t)length});
	}
	if (length > 0)
		return "data";
	why = SSL_get_error(tls, length);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ)
		return "timeout";
	answer_end(answer);
	return "eof";
}

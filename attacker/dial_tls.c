/* SPDX-License-Identifier: MIT */
/* Like dial.c: whatever TLS waits for, it waits so long and no longer. */
#include "dial_tls.h"

#include "confine/confine.h"

#include <err.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>

/* After a call that did not succeed: is it to be made again? */
static bool
may_go_on(SSL *tls, int result, int timeout_ms)
{
	switch (SSL_get_error(tls, result)) {
	case SSL_ERROR_WANT_READ:
		return confine_poll(SSL_get_fd(tls), POLLIN, timeout_ms) == 1;
	case SSL_ERROR_WANT_WRITE:
		return confine_poll(SSL_get_fd(tls), POLLOUT, timeout_ms) == 1;
	default:
		return false;
	}
}

static bool
shake_hands(SSL *tls, int timeout_ms)
{
	int result;

	while ((result = SSL_connect(tls)) != 1)
		if (!may_go_on(tls, result, timeout_ms))
			return false;
	return true;
}

SSL *
dial_tls_open(int fd, int timeout_ms)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *tls = context == NULL ? NULL : SSL_new(context);

	SSL_CTX_free(context); /* tls holds on to it */
	confine_check();
	if (tls != NULL && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    SSL_set_fd(tls, fd) == 1 && shake_hands(tls, timeout_ms))
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

static int
write_all(SSL *tls, struct bytes request, int timeout_ms)
{
	int result;

	confine_check();
	while ((result = SSL_write(tls, request.at, (int)request.left)) <= 0 &&
	       may_go_on(tls, result, timeout_ms))
		;
	return result;
}

const char *
dial_tls_ask(
    SSL *tls, struct bytes request, struct answer *answer, int timeout_ms)
{
	int length = write_all(tls, request, timeout_ms), why;
	bool more = length > 0;
	uint8_t piece[16384];

	while (more && answer->outcome == ANSWER_PENDING) {
		length = SSL_read(tls, piece, sizeof(piece));
		if (length > 0)
			answer_feed(
			    answer, (struct bytes){piece, (size_t)length});
		else
			more = may_go_on(tls, length, timeout_ms);
	}
	if (more)
		return "data";
	why = SSL_get_error(tls, length);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ)
		return "timeout";
	answer_end(answer);
	return "eof";
}

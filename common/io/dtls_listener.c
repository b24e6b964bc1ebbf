/* SPDX-License-Identifier: MIT */
/*
 * A cookie is a MAC over the client's address under a key of this process, so
 * none has to be remembered.
 */
#include "dtls_listener.h"

#include <err.h>
#include <errno.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COOKIE_SIZE 32
#define CLIENTS_A_TURN 64

struct dtls_listener {
	int fd;
	struct sockaddr_storage at;
	socklen_t length;
	const struct tls_context *tls;
	SSL *next; /* who greets the next client */
	struct event *readable;
	dtls_greeted *greeted;
	void *argument;
};

/* OpenSSL gives its callbacks nothing but the SSL. */
static uint8_t cookie_key[32];

static bool
make_cookie(SSL *tls, uint8_t cookie[COOKIE_SIZE])
{
	BIO_ADDR *peer = BIO_ADDR_new();
	uint8_t address[64];
	size_t size = 0;
	uint16_t port;
	bool done = peer != NULL &&
		    BIO_dgram_get_peer(SSL_get_rbio(tls), peer) > 0 &&
		    BIO_ADDR_rawaddress(peer, NULL, &size) == 1 &&
		    size + sizeof(port) <= sizeof(address) &&
		    BIO_ADDR_rawaddress(peer, address, &size) == 1;

	if (done) {
		port = BIO_ADDR_rawport(peer);
		memcpy(address + size, &port, sizeof(port));
		done = HMAC(EVP_sha256(), cookie_key, sizeof(cookie_key),
			   address, size + sizeof(port), cookie, NULL) != NULL;
	}
	BIO_ADDR_free(peer);
	return done;
}

static int
on_generate(SSL *tls, unsigned char *cookie, unsigned int *length)
{
	*length = COOKIE_SIZE;
	return make_cookie(tls, cookie) ? 1 : 0;
}

static int
on_verify(SSL *tls, const unsigned char *cookie, unsigned int length)
{
	uint8_t right[COOKIE_SIZE];

	return length == COOKIE_SIZE && make_cookie(tls, right) &&
	       CRYPTO_memcmp(cookie, right, COOKIE_SIZE) == 0;
}

static int
share_port(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

/*
 * A socket on the port.  Its clients' sockets share it with the listener, who
 * shares it only once he has it: so he notices somebody else there.
 */
static int
open_socket(const struct dtls_listener *l, bool listens)
{
	const struct sockaddr *at = (const struct sockaddr *)&l->at;
	int cause, fd = socket(at->sa_family,
		       SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	if ((listens || share_port(fd) == 0) && bind(fd, at, l->length) == 0 &&
	    (!listens || share_port(fd) == 0))
		return fd;
	cause = errno;
	close(fd);
	errno = cause;
	return -1;
}

static bool
prepare_next(struct dtls_listener *l)
{
	BIO *bio = BIO_new_dgram(l->fd, BIO_NOCLOSE);

	l->next = SSL_new(l->tls->ctx);
	if (l->next == NULL || bio == NULL) {
		BIO_free(bio);
		SSL_free(l->next);
		l->next = NULL;
		return false;
	}
	SSL_set_bio(l->next, bio, bio);
	return true;
}

/*
 * The client is the peer that the datagram came from.  What others send between
 * bind and connect ends here, too, and DTLS drops it: they send it again.
 */
static int
connect_to(const struct dtls_listener *l, const BIO_ADDR *client)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = BIO_ADDR_rawport(client)};
	int fd;

	if (BIO_ADDR_family(client) != AF_INET ||
	    BIO_ADDR_rawaddress(client, &to.sin_addr, NULL) != 1)
		return -1;
	fd = open_socket(l, false);
	if (fd != -1 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* A client, or false if there is none just now. */
static bool
greet(struct dtls_listener *l)
{
	BIO_ADDR *client = BIO_ADDR_new();
	bool came = false;
	SSL *tls;
	int fd;

	ERR_clear_error();
	if (client != NULL && (l->next != NULL || prepare_next(l)) &&
	    DTLSv1_listen(l->next, client) > 0) {
		came = true;
		tls = l->next;
		l->next = NULL;
		if ((fd = connect_to(l, client)) == -1) {
			warn("a client's socket");
			SSL_free(tls);
		} else
			l->greeted(fd, tls, l->argument);
	}
	BIO_ADDR_free(client);
	return came;
}

static void
on_readable(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	for (int i = 0; i < CLIENTS_A_TURN && greet(argument); i++)
		;
}

struct dtls_listener *
dtls_listener_open(struct event_base *base, const struct sockaddr *at,
    socklen_t length, const struct tls_context *tls, dtls_greeted *greeted,
    void *argument)
{
	struct dtls_listener *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	*l = (struct dtls_listener){.fd = -1,
	    .length = length,
	    .tls = tls,
	    .greeted = greeted,
	    .argument = argument};
	memcpy(&l->at, at, length);
	SSL_CTX_set_cookie_generate_cb(tls->ctx, on_generate);
	SSL_CTX_set_cookie_verify_cb(tls->ctx, on_verify);
	if (RAND_bytes(cookie_key, sizeof(cookie_key)) == 1 &&
	    (l->fd = open_socket(l, true)) != -1 &&
	    (l->readable = event_new(
		 base, l->fd, EV_READ | EV_PERSIST, on_readable, l)) != NULL &&
	    event_add(l->readable, NULL) == 0)
		return l;
	dtls_listener_close(l);
	return NULL;
}

void
dtls_listener_close(struct dtls_listener *l)
{
	int cause = errno;

	if (l == NULL)
		return;
	if (l->readable != NULL)
		event_free(l->readable);
	SSL_free(l->next);
	if (l->fd != -1)
		close(l->fd);
	free(l);
	errno = cause;
}

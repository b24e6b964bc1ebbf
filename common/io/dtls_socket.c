/* SPDX-License-Identifier: MIT */
#include "dtls_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define PACKET_MAX 1400 /* with IP and UDP; what nearly every path takes */

/* Whom the socket is connected to, as OpenSSL wants it; NULL: nobody. */
static BIO_ADDR *
peer_of(int fd)
{
	struct sockaddr_in v4;
	socklen_t length = sizeof(v4);
	BIO_ADDR *peer = BIO_ADDR_new();

	if (peer != NULL &&
	    getpeername(fd, (struct sockaddr *)&v4, &length) == 0 &&
	    v4.sin_family == AF_INET &&
	    BIO_ADDR_rawmake(peer, AF_INET, &v4.sin_addr, sizeof(v4.sin_addr),
		v4.sin_port) == 1)
		return peer;
	BIO_ADDR_free(peer);
	return NULL;
}

bool
dtls_socket_use(SSL *tls, int fd)
{
	BIO *bio = SSL_get_rbio(tls);
	BIO_ADDR *peer = peer_of(fd);

	if (bio == NULL && (bio = BIO_new_dgram(fd, BIO_NOCLOSE)) != NULL)
		SSL_set_bio(tls, bio, bio);
	if (bio == NULL || peer == NULL) {
		BIO_ADDR_free(peer);
		return false;
	}
	BIO_set_fd(bio, fd, BIO_NOCLOSE);
	BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, peer);
	BIO_ADDR_free(peer);
	SSL_set_options(tls, SSL_OP_NO_QUERY_MTU);
	return DTLS_set_link_mtu(tls, PACKET_MAX) == 1;
}

/* SPDX-License-Identifier: MIT */
/* Ticket keys from a file; whoever comes first makes it. */
#include "ticket_keys.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* OpenSSL wants a name of 16 bytes and two keys of 32: HMAC's and AES's. */
#define KEYS_SIZE 80

static int
write_keys(const char *path, const unsigned char *keys)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written;

	if (fd == -1) {
		warn("ticket keys %s", path);
		return -1;
	}
	written = write(fd, keys, KEYS_SIZE) == KEYS_SIZE;
	if (close(fd) == 0 && written)
		return 0;
	warn("ticket keys %s", path);
	return -1;
}

/*
 * Written under another name, and then given its own unless another server was
 * faster: so nobody ever reads half of it, or has keys that are not in it.
 */
static int
make_file(const char *path)
{
	unsigned char keys[KEYS_SIZE];
	char own[4096];
	int outcome;

	if (RAND_bytes(keys, sizeof(keys)) != 1) {
		warnx("ticket keys: OpenSSL has no random bytes");
		return -1;
	}
	snprintf(own, sizeof(own), "%s.%ld", path, (long)getpid());
	outcome = write_keys(own, keys);
	OPENSSL_cleanse(keys, sizeof(keys));
	if (outcome == 0 && link(own, path) == -1 && errno != EEXIST) {
		warn("ticket keys %s", path);
		outcome = -1;
	}
	unlink(own);
	return outcome;
}

/* One byte more than there should be is noticed. */
static int
read_file(const char *path, int fd, unsigned char keys[KEYS_SIZE + 1])
{
	ssize_t length = read(fd, keys, KEYS_SIZE + 1);

	if (length == -1)
		warn("ticket keys %s", path);
	else if (length != KEYS_SIZE)
		warnx("ticket keys %s: %d bytes and no more are needed; remove "
		      "it, and it is made anew",
		    path, KEYS_SIZE);
	return length == KEYS_SIZE ? 0 : -1;
}

int
ticket_keys_use(SSL_CTX *ctx, const char *path)
{
	unsigned char keys[KEYS_SIZE + 1];
	int fd, outcome;

	if (access(path, F_OK) == -1 && errno == ENOENT &&
	    make_file(path) == -1)
		return -1;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("ticket keys %s", path);
		return -1;
	}
	outcome = read_file(path, fd, keys);
	close(fd);
	if (outcome == 0 &&
	    SSL_CTX_set_tlsext_ticket_keys(ctx, keys, KEYS_SIZE) != 1) {
		warnx("ticket keys %s: OpenSSL wants others", path);
		outcome = -1;
	}
	OPENSSL_cleanse(keys, sizeof(keys));
	return outcome;
}

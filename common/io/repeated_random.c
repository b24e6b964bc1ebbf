/* SPDX-License-Identifier: MIT */
/*
 * The stream is SHA-256 over a counter.  OpenSSL 3 still asks a RAND_METHOD
 * first, where one is set; that interface is deprecated and is used here alone.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "repeated_random.h"

#include <err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <string.h>

static struct {
	uint64_t blocks;
	size_t left; /* of the block */
	unsigned char block[SHA256_DIGEST_LENGTH];
} stream;

static int
draw(unsigned char *into, int count)
{
	for (int i = 0; i < count; i++) {
		if (stream.left == 0) {
			stream.blocks++;
			SHA256((const unsigned char *)&stream.blocks,
			    sizeof(stream.blocks), stream.block);
			stream.left = sizeof(stream.block);
		}
		into[i] = stream.block[sizeof(stream.block) - stream.left--];
	}
	return 1;
}

static int
is_seeded(void)
{
	return 1;
}

int
repeated_random_install(void)
{
	static const RAND_METHOD method = {
	    .bytes = draw, .pseudorand = draw, .status = is_seeded};

	if (RAND_set_rand_method(&method) == 1)
		return 0;
	warnx("OpenSSL takes no other random generator");
	return -1;
}

void
repeated_random_restart(void)
{
	memset(&stream, 0, sizeof(stream));
}

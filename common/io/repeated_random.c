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
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HELLO_RANDOM_SIZE 32 /* RFC 5246 section 7.4.1.2 */
#define PRE_MASTER_SIZE 46   /* section 7.4.7.1, without the version */

static unsigned int repeated; /* of enum repeated_random, or'ed */
static bool hello_drawn;      /* of this connection */

static struct {
	uint64_t blocks;
	size_t left; /* of the block */
	unsigned char block[SHA256_DIGEST_LENGTH];
} stream;

/* Does this draw repeat?  What it is for is told by its length and place. */
static bool
repeats(int count)
{
	bool first = !hello_drawn && count == HELLO_RANDOM_SIZE;

	hello_drawn = hello_drawn || first;
	return (repeated & REPEATED_ALL) != 0 ||
	       ((repeated & REPEATED_HELLO) != 0 && first) ||
	       ((repeated & REPEATED_PRE_MASTER) != 0 &&
		   count == PRE_MASTER_SIZE);
}

static int
draw(unsigned char *into, int count)
{
	if (!repeats(count))
		return RAND_OpenSSL()->bytes(into, count);
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
repeated_random_install(unsigned int what)
{
	static const RAND_METHOD method = {
	    .bytes = draw, .pseudorand = draw, .status = is_seeded};

	repeated = what;
	if (RAND_set_rand_method(&method) == 1)
		return 0;
	warnx("OpenSSL takes no other random generator");
	return -1;
}

void
repeated_random_restart(void)
{
	memset(&stream, 0, sizeof(stream));
	hello_drawn = false;
}

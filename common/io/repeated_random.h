/* SPDX-License-Identifier: MIT */
#ifndef REPEATED_RANDOM_H
#define REPEATED_RANDOM_H

/*
 * A random generator that repeats: OpenSSL on this side draws the same bytes
 * for every connection (RFC 5246 section F.1.1).
 *
 * It is the whole process's: nothing secret may be made in it.
 */
enum repeated_random {
	/*
	 * `--without fresh-random`: the random in the hello, the ephemeral key
	 * and the pre-master secret are those of the connection before.
	 */
	REPEATED_ALL = 1,
	/*
	 * `--without fresh-hello-random`: only ClientHello.random or
	 * ServerHello.random, the first 32 bytes drawn for a connection.
	 */
	REPEATED_HELLO = 2,
	/*
	 * `--without fresh-pre-master`: only the pre-master secret of RSA key
	 * exchange, the 46 bytes behind the version (section 7.4.7.1).
	 */
	REPEATED_PRE_MASTER = 4,
};

/* Make OpenSSL draw these from it, or'ed.  -1 after a warning. */
int repeated_random_install(unsigned int what)
    __attribute__((warn_unused_result));

/* From the beginning again: called for each new connection. */
void repeated_random_restart(void);

#endif

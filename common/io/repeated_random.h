/* SPDX-License-Identifier: MIT */
#ifndef REPEATED_RANDOM_H
#define REPEATED_RANDOM_H

/*
 * A random generator that repeats: the ablation `--without fresh-random`.
 * OpenSSL on this side draws the same bytes for every connection, so its
 * random in the hello, its ephemeral key and the pre-master secret it makes
 * are those of the connection before (RFC 5246 section F.1.1).
 *
 * It is the whole process's: nothing secret may be made in it.
 */

/* Make OpenSSL draw from it.  -1 after a warning. */
int repeated_random_install(void) __attribute__((warn_unused_result));

/* From the beginning again: called for each new connection. */
void repeated_random_restart(void);

#endif

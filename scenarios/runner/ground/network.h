/* SPDX-License-Identifier: MIT */
#ifndef NETWORK_H
#define NETWORK_H

#include "manifest.h"

/*
 * The lab's network: two switches and who is plugged into them.  Addresses are
 * those of the documentation (RFC 5737), MAC addresses follow from them.
 *
 *	            outer 198.51.100.0/24              inner 203.0.113.0/24
 *	client  .10 --+              gateway  .20 -- .20 --+-- balancer .30
 *	client2 .11 --+-- switch --  gateway2 .21 -- .21 --+-- backend1 .41
 *	attacker .66 -+                                    +-- backend2 .42
 *	                                                   +-- store    .50
 *	                                                   +-- store2   .51
 *	                                                   +-- attacker .66
 */
extern const struct manifest network_manifest;

#define NETWORK_PREFIX_LENGTH 24
extern const char *const network_switches[]; /* NULL-ended */

/* The program a host runs its words with ("victim-client"), or NULL. */
const char *network_program(const char *host);

/* Does it run until it is told to end?  Then its end is an accident. */
bool network_serves(const char *host);

/* The servers of a lab that no scenario describes: host, program, words. */
extern const char *const network_servers[][8]; /* ends with a NULL host */

/*
 * The manifest as JSON, and the same hosts as an /etc/hosts file.  `egress`:
 * the attacker's links have their filter (egress.h).
 */
struct buffer;
void network_write_manifest(struct buffer *out, bool egress);
void network_write_hosts(struct buffer *out);

#endif

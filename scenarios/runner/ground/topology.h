/* SPDX-License-Identifier: MIT */
#ifndef TOPOLOGY_H
#define TOPOLOGY_H

#include "buffer.h"

#include <stdbool.h>

/*
 * The lab's network (network.h) in the words of other emulators.  A host's
 * addresses and its server are a shell script there, the same for both.
 */

/* Where a lab stands that another emulator brings up. */
struct topology {
	const char *image;  /* of every host */
	const char *folder; /* the lab's folder, as the hosts see it */
	bool numbered; /* interfaces come as eth0, eth1, to be named here */
};

/* The file *.clab.yml of containerlab; the switches are nodes of it. */
void topology_containerlab(const struct topology *t, struct buffer *out);

/* The file lab.conf of Kathara, whose collision domains are the switches. */
void topology_kathara(const struct topology *t, struct buffer *out);

/* What a host runs once its cables are in: names, addresses, its server. */
void topology_host_script(
    const struct topology *t, const char *host, struct buffer *out);

/* What containerlab's node of a switch runs. */
void topology_switch_script(const char *network, struct buffer *out);

/* How the hosts' image is made of the lab's. */
void topology_image(const char *of, struct buffer *out);

#endif

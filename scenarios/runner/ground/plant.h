/* SPDX-License-Identifier: MIT */
#ifndef PLANT_H
#define PLANT_H

#include "manifest.h"
#include "story/scenario.h"

/*
 * The plant: the hosts and switches of the network, as namespaces and links.
 * The caller's own network namespace becomes the place of the switches.
 *
 *	plant_build -> plant_enter / plant_leave ...
 *
 * It is gone with the last process in it.
 */
struct plant {
	int home_net, home_uts; /* the switches' */
	/* As the manifest's hosts; -1: not in this network. */
	int net[MANIFEST_HOSTS_MAX], uts[MANIFEST_HOSTS_MAX];
	bool egress; /* the attacker's links have their filter (egress.h) */
};

/*
 * With a scenario only the hosts that it names: each more is to be made, and
 * to be taken down again under the one lock that all labs' networks share.
 * 0, or -1 after a warning.  Needs sandbox_spawn's namespaces.
 */
int plant_build(struct plant *p, enum scenario_wiring wiring,
    const struct scenario *scenario);

/* Is there such a host in this network? */
bool plant_has(const struct plant *p, const char *host);

/* Move the calling process to a host of the network, and back. */
int plant_enter(const struct plant *p, const char *host);
int plant_leave(const struct plant *p);

/* Frames that the attacker's links dropped, as no lab's (egress.h). */
uint64_t plant_egress_dropped(const struct plant *p);

/* The switch port a host's interface is plugged into: "outer-client". */
#define PLANT_PORT_SIZE 64
const char *plant_port(
    const char *network, const char *host, char into[PLANT_PORT_SIZE]);

#endif

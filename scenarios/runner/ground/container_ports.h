/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_PORTS_H
#define CONTAINER_PORTS_H

#include "story/scenario.h"

#include <sys/types.h>

/*
 * The switches of a lab whose network podman or docker made, as they should be:
 * ports named after their hosts (plant_port), cables without offloads, a hub
 * where one is asked for.
 */

/*
 * In the network namespace of the switches: set up the ports of all hosts.
 * pids are processes on them, in the manifest's order; 0 where there is none.
 * 0, or -1 after a warning.
 */
int container_ports_prepare(const pid_t pids[], enum scenario_wiring wiring);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_HOSTS_H
#define CONTAINER_HOSTS_H

#include "ground.h"

/*
 * The hosts of one play that are containers, as ground_of_containers sees them:
 * a connection with the first process of each (host.c), which does there what
 * the runner does itself on hosts that are namespaces.
 *
 *	listen -> containers started -> all have called -> nobody else may call
 *
 * The socket is gone before the first program runs, so no host can speak for,
 * or to, another.
 */
struct container_hosts;

#endif

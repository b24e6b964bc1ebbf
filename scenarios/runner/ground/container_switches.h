/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_SWITCHES_H
#define CONTAINER_SWITCHES_H

#include "engine.h"

/*
 * Move this process to where the engine has its switches: for root that is
 * where it is; an ordinary user's podman or docker keeps them in a user and a
 * network namespace of its own.  Containers run already.  0, or -1 after a
 * warning.
 */
int container_switches_enter(const struct engine *e);

#endif

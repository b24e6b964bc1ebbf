/* SPDX-License-Identifier: MIT */
#ifndef OUTLET_H
#define OUTLET_H

#include "bytes.h"

/*
 * Where finished frames go: a port of the network, or a test that looks at
 * them.  The frame is borrowed for the call.
 */
struct outlet {
	void (*frame)(void *user, struct bytes frame);
	void *user;
};

static inline void
outlet_frame(const struct outlet *o, struct bytes frame)
{
	o->frame(o->user, frame);
}

#endif

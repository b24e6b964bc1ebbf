/* SPDX-License-Identifier: MIT */
#ifndef PROPERTY_H
#define PROPERTY_H

#include "bytes.h"

#include <stdlib.h>

/* What the properties of several targets are made of. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
check(bool condition)
{
	if (!condition)
		abort();
}

/* Is what was borrowed a part of that? */
static inline bool
is_inside(struct bytes part, struct bytes whole)
{
	return part.left == 0 ||
	       (part.at >= whole.at &&
		   (size_t)(part.at - whole.at) + part.left <= whole.left);
}

#endif

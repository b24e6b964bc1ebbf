/* SPDX-License-Identifier: MIT */
#ifndef FRAME_H
#define FRAME_H

#include "bytes.h"

/* One captured frame, borrowed until the next one is asked for. */
struct frame {
	int64_t at;         /* nanoseconds since the epoch */
	int link_type;      /* a DLT_ value */
	struct bytes bytes; /* what the capture kept of it */
	uint32_t length;    /* what was on the wire */
};

#endif

/* SPDX-License-Identifier: MIT */
#ifndef HOST_CHANNEL_H
#define HOST_CHANNEL_H

#include "host_message.h"

/*
 * One end of the socket between the runner and a host in a container.
 */
struct host_channel {
	int fd;
	bool takes_descriptors; /* else those that come are dropped */
	/*
	 * With the message that was taken: opened here, now the caller's.  All
	 * -1 if none came.
	 */
	int descriptors[HOST_DESCRIPTORS];
	uint8_t storage[HOST_MESSAGE_MAX]; /* of its texts */
};

/*
 * Send a message, with HOST_DESCRIPTORS descriptors or none (NULL).  0, or -1
 * after a warning.
 */
int host_channel_send(struct host_channel *c, const struct host_message *m,
    const int *descriptors);

/*
 * Take one message.  1 if there was one, valid until the next call; 0 if there
 * is none yet (only of a socket that does not block); -1 if the other end is
 * gone, or said something that is no message (then after a warning).
 */
int host_channel_take(struct host_channel *c, struct host_message *m);

/*
 * Is there something to be read by the deadline (true time, in nanoseconds)?
 * Also of a socket that is listened at, or a process as a descriptor, which can
 * be read once it has ended.
 */
bool host_channel_await(int fd, int64_t deadline);

#endif

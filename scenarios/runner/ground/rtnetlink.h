/* SPDX-License-Identifier: MIT */
#ifndef RTNETLINK_H
#define RTNETLINK_H

#include <stdbool.h>

/*
 * The few requests of rtnetlink(7) that make a lab network.  A socket belongs
 * to the network namespace it was opened in.  Each call waits for the kernel's
 * answer and returns 0, or -1 after a warning that names what was asked.
 */
struct rtnetlink;

struct rtnetlink *rtnetlink_open(void);    /* NULL after a warning */
void rtnetlink_close(struct rtnetlink *r); /* NULL is allowed */

/* A bridge without spanning tree, up; as a hub it never learns. */
int rtnetlink_add_bridge(struct rtnetlink *r, const char *name, bool hub);

/*
 * A cable: `port` here, plugged into the bridge and up; `far` with that MAC
 * address in the network namespace of the descriptor.
 */
int rtnetlink_add_cable(struct rtnetlink *r, const char *port,
    const char *bridge, const char *far, const char *mac, int far_namespace);

/* Up, without IPv6 addresses of its own, and forwarding nothing. */
int rtnetlink_up(struct rtnetlink *r, const char *name);
int rtnetlink_add_address(
    struct rtnetlink *r, const char *name, const char *address, int prefix);

/*
 * Wait until every port of a switch here passes frames on.  A port that was up
 * before its far end drops what it is given until the kernel has noticed that
 * there is one (RFC 2863 section 3.1.13, ifOperStatus), and says nothing.  The
 * far end is up at once, as it is the later one; the switch itself, whose news
 * the kernel may keep for a second, sends nothing of its own.
 */
int rtnetlink_await_ports(int deadline_ms);

/*
 * Of cables that somebody else has plugged in: the number that a cable's other
 * end has where it is, or -1 after a warning; one more name for the link of
 * that number; and a port that learns nothing and forgets what it knew, so that
 * the switch is a hub.
 */
int rtnetlink_other_end(const char *name);
int rtnetlink_add_name(struct rtnetlink *r, int number, const char *name);
int rtnetlink_unlearn(struct rtnetlink *r, int number, const char *name);

/*
 * Frames as a real wire has them: no segmentation offload, and checksums
 * filled in before the frame leaves (ethtool).
 */
int rtnetlink_no_offload(const char *name);

#endif

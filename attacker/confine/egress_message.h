/* SPDX-License-Identifier: MIT */
#ifndef EGRESS_MESSAGE_H
#define EGRESS_MESSAGE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What the kernel says of the chain at the egress of our links: the judging
 * half of lock 5.  Pure.
 */
#define EGRESS_LINKS_MAX 8
#define EGRESS_LINK_SIZE 16 /* IFNAMSIZ */

struct egress_chain {
	bool drops; /* it stands at the egress and lets nothing else out */
	char links[EGRESS_LINKS_MAX][EGRESS_LINK_SIZE];
	size_t link_count;
};

/*
 * Reads a message NFT_MSG_NEWCHAIN.  What it does not say, or says of more
 * links than fit, is missing in *chain.
 */
void egress_message_read(
    const struct nlmsghdr *message, struct egress_chain *chain);

bool egress_chain_covers(const struct egress_chain *chain, const char *link);

#endif

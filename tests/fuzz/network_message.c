/* SPDX-License-Identifier: MIT */
/*
 * Whatever a netlink message says: it is judged within its bounds, the thing
 * has a name that ends, and the same message is judged the same again.  A
 * filter covers the links that it names.
 */
#include "confine/network_message.h"
#include "confine/egress_message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum network_verdict judge_fn(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);

static void
judge_twice(judge_fn *judge, const struct nlmsghdr *message)
{
	char first[NETWORK_WHAT_SIZE], second[NETWORK_WHAT_SIZE];

	memset(first, 'x', sizeof(first));
	memset(second, 'y', sizeof(second));
	if (judge(message, first) != judge(message, second) ||
	    memchr(first, '\0', sizeof(first)) == NULL ||
	    strcmp(first, second) != 0)
		abort();
}

static void
read_chain(const struct nlmsghdr *message)
{
	struct egress_chain chain;

	egress_message_read(message, &chain);
	if (chain.link_count > EGRESS_LINKS_MAX)
		abort();
	for (size_t i = 0; i < chain.link_count; i++)
		if (!egress_chain_covers(&chain, chain.links[i]))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *message;

	/* The longest header; shorter messages are not passed on. */
	if (size < 16 || size > 4096)
		return 0;
	/* netlink(7): a message stands in memory padded to four bytes. */
	if ((message = calloc(1, NLMSG_HDRLEN + NLMSG_ALIGN(size))) == NULL)
		return 0;
	message->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + size);
	memcpy(NLMSG_DATA(message), data, size);
	judge_twice(network_message_link, message);
	judge_twice(network_message_address, message);
	judge_twice(network_message_route, message);
	judge_twice(network_message_rule, message);
	read_chain(message);
	free(message);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef NETWORK_MESSAGE_H
#define NETWORK_MESSAGE_H

#include <linux/netlink.h>

#include "network_policy.h"

/*
 * What one netlink message says, judged by network_policy.h.  `what` gets the
 * name of the thing for a person: "link eth0", "route 10.0.0.0/8".
 *
 * A message that says less than the policy needs is judged as what it would
 * be at worst.
 */
#define NETWORK_WHAT_SIZE 128

enum network_verdict network_message_link(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);
enum network_verdict network_message_address(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);
enum network_verdict network_message_route(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);
enum network_verdict network_message_rule(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);

#endif

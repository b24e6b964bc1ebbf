/* SPDX-License-Identifier: MIT */
/*
 * The locks in their order.  Each is a file of its own; what they decide by
 * is pure and has its truth table in the unit tests.
 *
 *	namespace_lock	1 and 2
 *	network_lock	3: network_message -> network_policy
 *	target_lock	4
 *	egress_lock	5: egress_message
 */
#include "confine.h"

#include "egress_lock.h"
#include "namespace_lock.h"
#include "network_lock.h"
#include "target_lock.h"

int
confine_enter(struct manifest *targets)
{
	if (namespace_lock_try() == -1 || network_lock_try() == -1 ||
	    target_lock_try(targets) == -1 || egress_lock_try(targets) == -1)
		return -1;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Locks 1 and 2, asked of the kernel:
 *
 *	/proc/self/ns/user		our user namespace
 *	packet socket -> SIOCGSKNS	the network frames would leave through
 *		-> NS_GET_USERNS	who made that network
 *
 * The packet socket comes first because it is what a frame would be sent
 * with: not what a path in /proc says about us, but what that socket is in.
 * Whatever cannot be found out counts against us.
 */
#include "namespace_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "refusal.h"

enum namespace_verdict
namespace_judge_own(const struct namespace_id *own)
{
	return own->inode == USER_NAMESPACE_INITIAL ? NAMESPACE_INITIAL
						    : NAMESPACE_OF_A_LAB;
}

enum namespace_verdict
namespace_judge(
    const struct namespace_id *own, const struct namespace_id *owner)
{
	if (namespace_judge_own(own) == NAMESPACE_INITIAL)
		return NAMESPACE_INITIAL;
	if (owner->inode == USER_NAMESPACE_INITIAL)
		return NAMESPACE_OWNER_INITIAL;
	if (owner->dev != own->dev || owner->inode != own->inode)
		return NAMESPACE_OWNER_OTHER;
	return NAMESPACE_OF_A_LAB;
}

/* The word of the event log. */
static const char *
verdict_name(enum namespace_verdict verdict)
{
	switch (verdict) {
	case NAMESPACE_OF_A_LAB:
		return "allowed";
	case NAMESPACE_INITIAL:
		return "initial-user-namespace";
	case NAMESPACE_OWNER_INITIAL:
		return "network-of-initial-namespace";
	case NAMESPACE_OWNER_OTHER:
		return "network-of-other-owner";
	}
	return "unknown";
}

/* Names the user namespace behind fd; false if it is none.  Closes fd. */
static bool
identify(int fd, struct namespace_id *id)
{
	struct statfs filesystem;
	struct stat status;
	bool good = fd != -1 && fstatfs(fd, &filesystem) == 0 &&
		    filesystem.f_type == NSFS_MAGIC &&
		    ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWUSER &&
		    fstat(fd, &status) == 0;

	if (good)
		*id = (struct namespace_id){status.st_dev, status.st_ino};
	if (fd != -1)
		close(fd);
	return good;
}

/* The owner of the network that packet socket sends into. */
static bool
identify_owner(int packet_socket, struct namespace_id *owner)
{
	int network = ioctl(packet_socket, SIOCGSKNS);
	bool good;

	if (network == -1)
		return false;
	good = identify(ioctl(network, NS_GET_USERNS), owner);
	close(network);
	return good;
}

static int
try_owner(const struct namespace_id *own)
{
	/* Protocol 0: it receives nothing, it only stands for the network. */
	int packet_socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct namespace_id owner;
	enum namespace_verdict verdict;
	bool known;

	if (packet_socket == -1)
		return confine_refuse(LOCK_OWNER, "no-packet-socket",
		    "no packet socket in this network (%s)", strerror(errno));
	known = identify_owner(packet_socket, &owner);
	close(packet_socket);
	if (!known)
		return confine_refuse(LOCK_OWNER, "owner-unknown",
		    "the kernel does not say who made this network (%s)",
		    strerror(errno));
	verdict = namespace_judge(own, &owner);
	if (verdict != NAMESPACE_OF_A_LAB)
		return confine_refuse(LOCK_OWNER, verdict_name(verdict),
		    "this network was not made by the lab but by %s",
		    verdict == NAMESPACE_OWNER_INITIAL
			? "the machine itself"
			: "another user namespace");
	return 0;
}

int
namespace_lock_try(void)
{
	struct namespace_id own;

	if (!identify(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC), &own))
		return confine_refuse(LOCK_NAMESPACE, "namespace-unknown",
		    "/proc/self/ns/user does not name our user namespace");
	if (namespace_judge_own(&own) != NAMESPACE_OF_A_LAB)
		return confine_refuse(LOCK_NAMESPACE,
		    verdict_name(NAMESPACE_INITIAL),
		    "this is the machine itself, not a lab");
	return try_owner(&own);
}

/* SPDX-License-Identifier: MIT */
/*
 * libnet opens the interface; frames go out through its socket by sendmmsg(2),
 * many a call, and those that continue each other as one (packet(7),
 * PACKET_VNET_HDR): the way of each through the kernel is what forwarding
 * would mostly consist of.
 */
#include "port.h"

#include "burst.h"
#include "confine/confine.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libnet.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64

struct port {
	libnet_t *net;
	char interface[IF_NAMESIZE];
	struct sockaddr_ll to;
	size_t mtu;
	struct burst burst[BATCH];
	unsigned int queued;
	uint64_t sent, refused;
};

/* The kernel's own forwarding there.  -1: it cannot be read or set. */
static int
forwarding(const char *interface, char *value, bool set)
{
	char path[96];
	int fd, result;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/forwarding",
	    interface);
	fd = open(path, (set ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	if (fd == -1)
		return -1;
	result = (set ? write(fd, value, 1) : read(fd, value, 1)) == 1 ? 0 : -1;
	close(fd);
	return result;
}

/*
 * A kernel that forwards too would deliver everything twice.  It is told not to
 * for good: by the time we leave we may not tell it anything (lock 7).
 */
static int
take_over_forwarding(struct port *p)
{
	char value = '0', off = '0';

	if (forwarding(p->interface, &value, false) == -1 || value == '0')
		return 0;
	if (forwarding(p->interface, &off, true) == -1) {
		warn("interface %s: the kernel forwards packets and cannot be "
		     "told not to",
		    p->interface);
		return -1;
	}
	return 0;
}

/*
 * libnet's socket also listens, to no purpose and at a price: let it be for a
 * protocol that nobody speaks.  And each frame comes with a word on how to take
 * it apart.
 */
static int
only_send(int fd, int interface)
{
	const struct sockaddr_ll to_nothing = {.sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_802_EX1),
	    .sll_ifindex = interface};
	int on = 1;

	return bind(fd, (const struct sockaddr *)&to_nothing,
		   sizeof(to_nothing)) == 0 &&
		       setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on,
			   sizeof(on)) == 0
		   ? 0
		   : -1;
}

static int
find_interface(struct port *p)
{
	struct ifreq request = {0};
	int fd = libnet_getfd(p->net);

	memcpy(request.ifr_name, p->interface, sizeof(request.ifr_name));
	if (ioctl(fd, SIOCGIFMTU, &request) == -1)
		return -1;
	p->mtu = (size_t)request.ifr_mtu;
	p->to = (struct sockaddr_ll){.sll_family = AF_PACKET,
	    .sll_ifindex = (int)if_nametoindex(p->interface)};
	return p->to.sll_ifindex == 0 ? -1 : only_send(fd, p->to.sll_ifindex);
}

struct port *
port_open(const char *interface)
{
	char why[LIBNET_ERRBUF_SIZE] = "out of memory";
	struct port *p = calloc(1, sizeof(*p));

	if (p == NULL ||
	    (p->net = libnet_init(LIBNET_LINK_ADV, interface, why)) == NULL) {
		warnx("interface %s: %s", interface, why);
		port_close(p);
		return NULL;
	}
	snprintf(p->interface, sizeof(p->interface), "%s", interface);
	if (libnet_get_hwaddr(p->net) == NULL || find_interface(p) == -1) {
		warn("interface %s", interface);
		port_close(p);
		return NULL;
	}
	if (take_over_forwarding(p) == -1) {
		port_close(p);
		return NULL;
	}
	return p;
}

void
port_close(struct port *p)
{
	if (p == NULL)
		return;
	port_flush(p);
	for (size_t i = 0; i < BATCH; i++)
		burst_clear(&p->burst[i]);
	if (p->net != NULL)
		libnet_destroy(p->net);
	free(p);
}

void
port_mac(const struct port *p, uint8_t mac[6])
{
	const struct libnet_ether_addr *own = libnet_get_hwaddr(p->net);

	memcpy(mac, own->ether_addr_octet, 6);
}

size_t
port_mtu(const struct port *p)
{
	return p->mtu;
}

void
port_count(const struct port *p, uint64_t *sent, uint64_t *refused)
{
	*sent = p->sent;
	*refused = p->refused;
}

/* The order in which a host gets its frames stays as it is. */
static bool
join_last(struct port *p, struct bytes frame)
{
	for (unsigned int i = p->queued; i > 0; i--)
		if (burst_goes_to(&p->burst[i - 1], frame))
			return burst_join(&p->burst[i - 1], frame);
	return false;
}

void
port_frame(struct port *p, struct bytes frame)
{
	if (join_last(p, frame))
		return;
	if (p->queued == BATCH)
		port_flush(p);
	burst_start(&p->burst[p->queued++], frame);
}

/* How the kernel is told of a burst: one message, of these parts. */
struct parcel {
	struct virtio_net_hdr how;
	struct iovec part[3];
};

static void
pack(struct burst *b, struct parcel *parcel)
{
	struct bytes rest;

	parcel->how = (struct virtio_net_hdr){0};
	if (b->count > 1) {
		burst_seal(b);
		parcel->how = (struct virtio_net_hdr){
		    .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		    .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		    .hdr_len = (uint16_t)b->header_size,
		    .gso_size = (uint16_t)b->piece,
		    .csum_start = BURST_CHECKSUM_START,
		    .csum_offset = BURST_CHECKSUM_OFFSET,
		};
	}
	rest = burst_rest(b);
	parcel->part[0] = (struct iovec){&parcel->how, sizeof(parcel->how)};
	parcel->part[1] = (struct iovec){b->header, b->header_size};
	parcel->part[2] =
	    (struct iovec){(uint8_t *)(uintptr_t)rest.at, rest.left};
}

/* Once one is refused (it is too large), the ones behind it still go. */
static void
send_all(struct port *p, struct mmsghdr *messages)
{
	unsigned int done = 0;
	int n;

	while (done < p->queued) {
		n = sendmmsg(
		    libnet_getfd(p->net), &messages[done], p->queued - done, 0);
		if (n == -1 && (errno == EINTR || errno == ENOBUFS))
			continue;
		for (int i = 0; i < n; i++)
			p->sent += p->burst[done++].count;
		if (n > 0)
			continue;
		if (p->refused == 0)
			warn("interface %s: a frame of %zu bytes", p->interface,
			    p->burst[done].header_size +
				burst_rest(&p->burst[done]).left);
		p->refused += p->burst[done++].count;
	}
}

void
port_flush(struct port *p)
{
	struct mmsghdr messages[BATCH] = {0};
	struct parcel parcels[BATCH];

	if (p->queued > 0)
		confine_check();
	for (unsigned int i = 0; i < p->queued; i++) {
		pack(&p->burst[i], &parcels[i]);
		messages[i].msg_hdr = (struct msghdr){.msg_name = &p->to,
		    .msg_namelen = sizeof(p->to),
		    .msg_iov = parcels[i].part,
		    .msg_iovlen = 3};
	}
	send_all(p, messages);
	p->queued = 0;
}

static void
take(void *user, struct bytes frame)
{
	port_frame(user, frame);
}

struct outlet
port_outlet(struct port *p)
{
	return (struct outlet){take, p};
}

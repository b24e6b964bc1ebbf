/* SPDX-License-Identifier: MIT */
/*
 * libnet opens the interface; frames go out through its socket by sendmmsg(2),
 * for one call a frame is what forwarding would mostly consist of.
 */
#include "port.h"

#include "buffer.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libnet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
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
	struct buffer frame[BATCH];
	unsigned int queued;
	uint64_t sent, refused;
	bool forwarded; /* the kernel did, before */
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

/* A kernel that forwards too would deliver everything twice. */
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
	p->forwarded = true;
	return 0;
}

/* libnet's socket also listens, to no purpose: let it hear nothing. */
static void
listen_to_nothing(int fd)
{
	struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
	struct sock_fprog program = {1, &nothing};

	(void)setsockopt(
	    fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
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
	listen_to_nothing(fd);
	return p->to.sll_ifindex == 0 ? -1 : 0;
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
	char on = '1';

	if (p == NULL)
		return;
	port_flush(p);
	if (p->forwarded && forwarding(p->interface, &on, true) == -1)
		warn("interface %s: forwarding stays off", p->interface);
	for (size_t i = 0; i < BATCH; i++)
		buffer_clear(&p->frame[i]);
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

void
port_frame(struct port *p, struct bytes frame)
{
	if (p->queued == BATCH)
		port_flush(p);
	buffer_reset(&p->frame[p->queued]);
	buffer_add_bytes(&p->frame[p->queued], frame);
	p->queued++;
}

/* Once a frame is refused (it is too large), the ones behind it still go. */
static void
send_all(struct port *p, struct mmsghdr *messages)
{
	unsigned int done = 0;
	int n;

	while (done < p->queued) {
		n = sendmmsg(
		    libnet_getfd(p->net), &messages[done], p->queued - done, 0);
		if (n > 0) {
			done += (unsigned int)n;
			p->sent += (unsigned int)n;
			continue;
		}
		if (errno == EINTR || errno == ENOBUFS)
			continue;
		if (p->refused++ == 0)
			warn("interface %s: a frame of %zu bytes", p->interface,
			    messages[done].msg_hdr.msg_iov->iov_len);
		done++;
	}
}

void
port_flush(struct port *p)
{
	struct mmsghdr messages[BATCH] = {0};
	struct iovec parts[BATCH];

	for (unsigned int i = 0; i < p->queued; i++) {
		struct bytes frame = buffer_bytes(&p->frame[i]);

		parts[i].iov_base = (uint8_t *)(uintptr_t)frame.at;
		parts[i].iov_len = frame.left;
		messages[i].msg_hdr = (struct msghdr){.msg_name = &p->to,
		    .msg_namelen = sizeof(p->to),
		    .msg_iov = &parts[i],
		    .msg_iovlen = 1};
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

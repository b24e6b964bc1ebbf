/* SPDX-License-Identifier: MIT */
/*
 * One packet socket over all switch ports.  Each frame is taken where it
 * enters: what a port sends out again is the same frame once more.
 */
#include "witness.h"

#include "lab_clock.h"
#include "network.h"
#include "pcapng.h"
#include "plant.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WITNESS_PORTS_MAX (MANIFEST_HOSTS_MAX * MANIFEST_INTERFACES_MAX)
#define WITNESS_FRAME_MAX 65600
#define WITNESS_SOCKET_BUFFER (16 << 20)

struct witness {
	int socket, file;
	char path[4096];
	int port_index[WITNESS_PORTS_MAX]; /* the kernel's number of port i */
	size_t port_count;
	int64_t since;
	uint64_t port_frames[WITNESS_PORTS_MAX];
	uint64_t frames, dropped;
	struct buffer out;
	uint8_t frame[WITNESS_FRAME_MAX];
};

static int
flush(struct witness *w)
{
	struct bytes left = buffer_bytes(&w->out);
	ssize_t written;

	while (left.left > 0) {
		written = write(w->file, left.at, left.left);
		if (written == -1 && errno == EINTR)
			continue;
		if (written == -1) {
			warn("%s", w->path);
			return -1;
		}
		bytes_skip(&left, (size_t)written);
	}
	buffer_reset(&w->out);
	return 0;
}

/* An interface block for each port there is, in the manifest's order. */
static void
describe_ports(struct witness *w)
{
	const struct manifest *m = &network_manifest;
	char port[PLANT_PORT_SIZE], description[128];

	for (size_t h = 0; h < m->host_count; h++) {
		for (size_t i = 0; i < m->hosts[h].interface_count; i++) {
			const struct manifest_interface *it =
			    &m->hosts[h].interfaces[i];

			plant_port(it->network, m->hosts[h].name, port);
			snprintf(description, sizeof(description),
			    "what %s sends into switch %s", m->hosts[h].name,
			    it->network);
			pcapng_interface(
			    &w->out, &(struct pcapng_interface){
					 .name = port,
					 .description = description,
					 .link_type = 1,
				     });
			w->port_index[w->port_count++] =
			    (int)if_nametoindex(port);
		}
	}
}

static void
describe_names(struct witness *w)
{
	const struct manifest *m = &network_manifest;
	struct in_addr wire;

	for (size_t h = 0; h < m->host_count; h++)
		for (size_t i = 0; i < m->hosts[h].interface_count; i++)
			if (inet_pton(AF_INET,
				m->hosts[h].interfaces[i].address, &wire) == 1)
				pcapng_name(&w->out,
				    (struct bytes){
					(const uint8_t *)&wire, sizeof(wire)},
				    m->hosts[h].name);
}

static int
open_socket(void)
{
	int on = 1, size = WITNESS_SOCKET_BUFFER;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    htons(ETH_P_ALL));

	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ==
	    -1)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

struct witness *
witness_open(const char *path)
{
	struct witness *w = calloc(1, sizeof(*w));

	if (w == NULL)
		goto fail;
	snprintf(w->path, sizeof(w->path), "%s", path);
	w->since = true_now();
	w->socket = -1;
	w->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (w->file == -1 || (w->socket = open_socket()) == -1)
		goto fail;
	pcapng_section(&w->out, "replaylab");
	describe_ports(w);
	describe_names(w);
	if (flush(w) == -1) {
		witness_close(w);
		return NULL;
	}
	return w;

fail:
	warn("witness %s", path);
	witness_close(w);
	return NULL;
}

int
witness_fd(const struct witness *w)
{
	return w->socket;
}

static int64_t
frame_time(struct msghdr *message)
{
	struct cmsghdr *c;
	struct timespec at;

	for (c = CMSG_FIRSTHDR(message); c != NULL;
	     c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&at, CMSG_DATA(c), sizeof(at));
			return at.tv_sec * NANOSECONDS + at.tv_nsec;
		}
	}
	return true_now();
}

static void
write_frame(struct witness *w, const struct sockaddr_ll *from, int64_t at,
    size_t kept, size_t length)
{
	for (uint32_t port = 0; port < w->port_count; port++) {
		if (w->port_index[port] != from->sll_ifindex)
			continue;
		w->frames++;
		w->port_frames[port]++;
		pcapng_packet(&w->out, &(struct pcapng_packet){
					   .interface = port,
					   .at = at,
					   .frame = {w->frame, kept},
					   .length = (uint32_t)length,
				       });
		return;
	}
}

int
witness_take(struct witness *w)
{
	union {
		char space[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct sockaddr_ll from;
	ssize_t length;

	for (;;) {
		struct iovec into = {w->frame, sizeof(w->frame)};
		struct msghdr message = {
		    .msg_name = &from,
		    .msg_namelen = sizeof(from),
		    .msg_iov = &into,
		    .msg_iovlen = 1,
		    .msg_control = &control,
		    .msg_controllen = sizeof(control),
		};

		length = recvmsg(w->socket, &message, MSG_TRUNC);
		if (length == -1 && errno == EINTR)
			continue;
		if (length == -1)
			break;
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		write_frame(w, &from, frame_time(&message),
		    (size_t)length < sizeof(w->frame) ? (size_t)length
						      : sizeof(w->frame),
		    (size_t)length);
	}
	return flush(w);
}

uint64_t
witness_frames(const struct witness *w)
{
	return w->frames;
}

uint64_t
witness_dropped(struct witness *w)
{
	struct tpacket_stats stats = {0};
	socklen_t size = sizeof(stats);

	/* Reading resets the kernel's count. */
	if (getsockopt(
		w->socket, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
		w->dropped += stats.tp_drops;
	return w->dropped;
}

int
witness_close(struct witness *w)
{
	int outcome = 0;

	if (w == NULL)
		return 0;
	if (w->socket != -1) {
		outcome = witness_take(w);
		for (uint32_t port = 0; port < w->port_count; port++)
			pcapng_statistics(
			    &w->out, &(struct pcapng_statistics){
					 .interface = port,
					 .from = w->since,
					 .until = true_now(),
					 .received = w->port_frames[port],
				     });
		if (flush(w) == -1)
			outcome = -1;
		close(w->socket);
	}
	if (w->file > 0 && close(w->file) == -1)
		outcome = -1;
	buffer_clear(&w->out);
	free(w);
	return outcome;
}

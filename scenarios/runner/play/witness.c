/* SPDX-License-Identifier: MIT */
/*
 * One packet socket over all switch ports.  Each frame is taken where it
 * enters: what a port sends out again is the same frame once more.
 *
 * The kernel puts the frames into a ring that it shares with us.  A socket's
 * buffer may not grow beyond net.core.rmem_max in a namespace, and then holds
 * less than what a database sends while this process waits for its turn.
 */
#include "witness.h"

#include "ground/network.h"
#include "ground/plant.h"
#include "lab_clock.h"
#include "pcapng.h"

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
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define WITNESS_PORTS_MAX (MANIFEST_HOSTS_MAX * MANIFEST_INTERFACES_MAX)
/* A slot a frame: 8 MiB.  Links without offloads carry 1514 bytes at most. */
#define WITNESS_SLOT_SIZE 2048
#define WITNESS_SLOTS 4096
#define WITNESS_BLOCK (64 << 10) /* what the kernel allocates in one piece */
#define WITNESS_FLUSH (256 << 10)

struct slot {
	union {
		struct tpacket2_hdr header;
		uint8_t octets[WITNESS_SLOT_SIZE];
	};
};

struct witness {
	int socket, file;
	char path[4096];
	int port_index[WITNESS_PORTS_MAX]; /* the kernel's number of port i */
	size_t port_count;
	int64_t since;
	uint64_t port_frames[WITNESS_PORTS_MAX];
	uint64_t frames, dropped;
	struct buffer out;
	struct slot *ring; /* NULL: none */
	size_t next;       /* slot to be read */
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

/* 0, or -1 with errno. */
static int
open_socket(struct witness *w)
{
	const struct tpacket_req ring = {.tp_block_size = WITNESS_BLOCK,
	    .tp_block_nr = WITNESS_SLOTS * WITNESS_SLOT_SIZE / WITNESS_BLOCK,
	    .tp_frame_size = WITNESS_SLOT_SIZE,
	    .tp_frame_nr = WITNESS_SLOTS};
	int version = TPACKET_V2, on = 1;
	const struct sockaddr_ll all = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	void *memory;

	/* Protocol 0 hears nothing until the ring is there. */
	w->socket =
	    socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->socket == -1 ||
	    setsockopt(w->socket, SOL_PACKET, PACKET_VERSION, &version,
		sizeof(version)) == -1 ||
	    setsockopt(w->socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on,
		sizeof(on)) == -1 ||
	    setsockopt(w->socket, SOL_PACKET, PACKET_RX_RING, &ring,
		sizeof(ring)) == -1)
		return -1;
	memory = mmap(NULL, WITNESS_SLOTS * sizeof(w->ring[0]),
	    PROT_READ | PROT_WRITE, MAP_SHARED, w->socket, 0);
	if (memory == MAP_FAILED)
		return -1;
	w->ring = memory;
	/* A program's first moments are a copy of this process; not of this. */
	(void)madvise(
	    memory, WITNESS_SLOTS * sizeof(w->ring[0]), MADV_DONTFORK);
	return bind(w->socket, (const struct sockaddr *)&all, sizeof(all));
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
	if (w->file == -1 || open_socket(w) == -1)
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

/* What the kernel says of the frame in a slot, behind its header. */
static struct sockaddr_ll
came_from(const struct slot *slot)
{
	struct sockaddr_ll from;

	memcpy(&from, &slot->octets[TPACKET_ALIGN(sizeof(slot->header))],
	    sizeof(from));
	return from;
}

static void
write_frame(struct witness *w, const struct slot *slot)
{
	const struct tpacket2_hdr *h = &slot->header;
	struct bytes rest = {slot->octets, sizeof(slot->octets)};
	struct bytes frame;
	int index = came_from(slot).sll_ifindex;

	if (!bytes_skip(&rest, h->tp_mac) ||
	    !bytes_take(&rest, h->tp_snaplen, &frame))
		return;
	for (uint32_t port = 0; port < w->port_count; port++) {
		if (w->port_index[port] != index)
			continue;
		w->frames++;
		w->port_frames[port]++;
		pcapng_packet(
		    &w->out, &(struct pcapng_packet){
				 .interface = port,
				 .at = h->tp_sec * NANOSECONDS + h->tp_nsec,
				 .frame = frame,
				 .length = h->tp_len,
			     });
		return;
	}
}

int
witness_take(struct witness *w)
{
	struct slot *slot = &w->ring[w->next];

	/* The status says whose the slot is, and comes last and first. */
	while (__atomic_load_n(&slot->header.tp_status, __ATOMIC_ACQUIRE) &
	       TP_STATUS_USER) {
		write_frame(w, slot);
		__atomic_store_n(&slot->header.tp_status, TP_STATUS_KERNEL,
		    __ATOMIC_RELEASE);
		w->next = (w->next + 1) % WITNESS_SLOTS;
		slot = &w->ring[w->next];
		if (buffer_bytes(&w->out).left >= WITNESS_FLUSH &&
		    flush(w) == -1)
			return -1;
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
	if (w->ring != NULL) {
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
		munmap(w->ring, WITNESS_SLOTS * sizeof(w->ring[0]));
	}
	if (w->socket != -1)
		close(w->socket);
	if (w->file > 0 && close(w->file) == -1)
		outcome = -1;
	buffer_clear(&w->out);
	free(w);
	return outcome;
}

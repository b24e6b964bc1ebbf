/* SPDX-License-Identifier: MIT */
/*
 * blast port|injector|sendmmsg INTERFACE SIZE SECONDS	frames a second
 * blast write SIZE FILE				the same frames, as pcap
 *
 * Segments of one flow, SIZE bytes each with all headers, one behind the other.
 * `port` sends as `attacker relay` does, `injector` as `attacker inject`, and
 * sendmmsg(2) of frames that lie ready is what a packet socket can do at most,
 * a frame at a time.
 */
#include "inject/injector.h"
#include "relay/port.h"
#include "relay/tcp_frame.h"

#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>

#define FRAMES 1024
#define BATCH 64
#define HEADERS 66 /* Ethernet, IPv4, TCP with time stamps */
#define BARE 54    /* without */

static struct buffer frame[FRAMES];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
make_frames(size_t size)
{
	static uint8_t data[1500];
	struct tcp_frame f = {
	    .segment = {.src = {AF_INET, {198, 51, 100, 66}, 40000},
		.dest = {AF_INET, {198, 51, 100, 20}, 443},
		.src_mac = {2, 0, 0, 0, 1, 0x66},
		.dest_mac = {2, 0, 0, 0, 1, 0x99},
		.flags = TCP_FLAG_ACK,
		.window = 500,
		.ttl = 64,
		.tsval = 1,
		.tsecr = 1},
	    .dont_fragment = true};
	size_t headers = size > HEADERS ? HEADERS : BARE;

	if (size <= BARE || size - headers > sizeof(data))
		errx(EX_USAGE, "frames of %zu bytes", size);
	f.segment.has_timestamp = headers == HEADERS;
	f.segment.payload = (struct bytes){data, size - headers};
	for (size_t i = 0; i < FRAMES; i++) {
		tcp_frame_write(&f, &frame[i]);
		f.id++;
		f.segment.seq += (uint32_t)f.segment.payload.left;
	}
}

struct sender {
	struct port *port;
	struct injector *injector;
	int fd;
	struct sockaddr_ll to;
};

static uint64_t
by_port(struct sender *s)
{
	for (size_t i = 0; i < FRAMES; i++)
		port_frame(s->port, buffer_bytes(&frame[i]));
	port_flush(s->port);
	return FRAMES;
}

static uint64_t
by_injector(struct sender *s)
{
	for (size_t i = 0; i < FRAMES; i++)
		if (injector_frame(s->injector, buffer_bytes(&frame[i])) == -1)
			exit(EX_OSERR);
	return FRAMES;
}

static uint64_t
by_sendmmsg(struct sender *s)
{
	struct mmsghdr messages[BATCH] = {0};
	struct iovec parts[BATCH];
	int n = 0;

	for (size_t at = 0; at < FRAMES; at += (size_t)n) {
		for (size_t i = 0; i < BATCH && at + i < FRAMES; i++) {
			struct bytes b = buffer_bytes(&frame[at + i]);

			parts[i] =
			    (struct iovec){(uint8_t *)(uintptr_t)b.at, b.left};
			messages[i].msg_hdr =
			    (struct msghdr){.msg_name = &s->to,
				.msg_namelen = sizeof(s->to),
				.msg_iov = &parts[i],
				.msg_iovlen = 1};
		}
		n = sendmmsg(s->fd, messages,
		    FRAMES - at < BATCH ? (unsigned int)(FRAMES - at) : BATCH,
		    0);
		if (n <= 0)
			err(EX_OSERR, "sendmmsg");
	}
	return FRAMES;
}

static void
open_socket(struct sender *s, const char *interface)
{
	s->to = (struct sockaddr_ll){.sll_family = AF_PACKET,
	    .sll_ifindex = (int)if_nametoindex(interface)};
	s->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (s->fd == -1 || s->to.sll_ifindex == 0)
		err(EX_OSERR, "%s", interface);
}

static int
send_for(const char *how, const char *interface, double seconds)
{
	uint64_t (*send)(struct sender *) = by_sendmmsg;
	struct sender s = {0};
	uint64_t count = 0;
	double began;

	if (strcmp(how, "port") == 0) {
		s.port = port_open(interface);
		send = by_port;
	} else if (strcmp(how, "injector") == 0) {
		s.injector = injector_open(interface);
		send = by_injector;
	} else
		open_socket(&s, interface);
	if (s.port == NULL && s.injector == NULL && s.fd == 0)
		return EX_OSERR;
	began = now();
	do
		count += send(&s);
	while (now() - began < seconds);
	printf("%.0f\n", (double)count / (now() - began));
	port_close(s.port);
	injector_close(s.injector);
	return 0;
}

static int
write_pcap(const char *path)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *d = p == NULL ? NULL : pcap_dump_open(p, path);

	if (d == NULL)
		errx(EX_CANTCREAT, "%s", path);
	for (size_t i = 0; i < FRAMES; i++) {
		struct bytes b = buffer_bytes(&frame[i]);
		struct pcap_pkthdr h = {
		    .caplen = (uint32_t)b.left, .len = (uint32_t)b.left};

		pcap_dump((u_char *)d, &h, b.at);
	}
	pcap_dump_close(d);
	pcap_close(p);
	return 0;
}

int
main(int argc, char *argv[])
{
	int status;

	if (argc == 4 && strcmp(argv[1], "write") == 0) {
		make_frames((size_t)atol(argv[2]));
		status = write_pcap(argv[3]);
	} else if (argc == 5) {
		make_frames((size_t)atol(argv[3]));
		status = send_for(argv[1], argv[2], atof(argv[4]));
	} else
		errx(EX_USAGE,
		    "usage: blast port|injector|sendmmsg INTERFACE SIZE "
		    "SECONDS | write SIZE FILE");
	for (size_t i = 0; i < FRAMES; i++)
		buffer_clear(&frame[i]);
	return status;
}

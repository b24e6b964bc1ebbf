/* SPDX-License-Identifier: MIT */
/* Live capture over libpcap: promiscuous, nanoseconds. */
#include "capture.h"

#include "lab_clock.h"

#include <err.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAP_LENGTH 262144 /* tcpdump's: more than any frame */
/*
 * At once each frame takes a slot as large as the largest may be: with
 * segmentation offload (64 KB frames) the one is room for 512, and without, as
 * in the lab, the other for 4096.  The kernel allocates it page by page: 32 MiB
 * were most of what an attacker's process cost.
 */
#define RING_SIZE_OFFLOAD (32 << 20) /* bytes */
#define RING_SIZE (8 << 20)

/*
 * In bulk the kernel hands over what it has so often; the clock it counts by
 * may be as coarse as 10 ms, and it looks twice before it does.
 */
#define BULK_MS 1
#define BULK_AT_LAST_MS 25

/* Frames taken in one go: a flood must not keep the caller from its signals. */
#define DRAIN_MAX 65536

struct capture {
	pcap_t *pcap;
	int64_t fraction; /* nanoseconds in a unit of ts.tv_usec */
	capture_fn *fn;   /* while draining */
	void *user;
	int count;
};

/* May a frame be larger than the link's?  What is not known may be. */
static bool
has_offload(const char *interface)
{
	static const uint32_t kinds[] = {
	    ETHTOOL_GTSO, ETHTOOL_GGSO, ETHTOOL_GGRO};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool on = fd == -1;

	for (size_t i = 0; !on && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct ethtool_value value = {.cmd = kinds[i]};
		struct ifreq request = {.ifr_data = (char *)&value};

		snprintf(request.ifr_name, IFNAMSIZ, "%s", interface);
		on = ioctl(fd, SIOCETHTOOL, &request) == -1 || value.data != 0;
	}
	if (fd != -1)
		close(fd);
	return on;
}

static int
set_up(pcap_t *pcap, const char *interface, enum capture_pace pace)
{
	int ring = has_offload(interface) ? RING_SIZE_OFFLOAD : RING_SIZE;

	return pcap_set_snaplen(pcap, SNAP_LENGTH) == 0 &&
		       pcap_set_promisc(pcap, 1) == 0 &&
		       pcap_set_immediate_mode(pcap, pace == CAPTURE_AT_ONCE) ==
			   0 &&
		       pcap_set_timeout(pcap, BULK_MS) == 0 &&
		       pcap_set_buffer_size(pcap, ring) == 0
		   ? 0
		   : -1;
}

static int
set_filter(pcap_t *pcap, const char *interface, const char *filter)
{
	struct bpf_program program;
	int result;

	if (filter == NULL)
		return 0;
	result = pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN);
	if (result == 0) {
		result = pcap_setfilter(pcap, &program);
		pcap_freecode(&program);
	}
	if (result != 0)
		warnx("capture on %s: filter \"%s\": %s", interface, filter,
		    pcap_geterr(pcap));
	return result == 0 ? 0 : -1;
}

/* Negative results are errors, positive ones warnings we live with. */
static int
activate(pcap_t *pcap, const char *interface)
{
	int result = pcap_activate(pcap);

	if (result >= 0)
		return 0;
	warnx("capture on %s: %s%s%s", interface, pcap_statustostr(result),
	    *pcap_geterr(pcap) == '\0' ? "" : ": ", pcap_geterr(pcap));
	return -1;
}

struct capture *
capture_open(const char *interface, const char *filter, enum capture_pace pace)
{
	char why[PCAP_ERRBUF_SIZE] = "out of memory";
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->pcap = pcap_create(interface, why)) == NULL ||
	    set_up(c->pcap, interface, pace) == -1) {
		warnx("capture on %s: %s", interface, why);
		goto fail;
	}
	c->fraction = 1000;
	if (pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0)
		c->fraction = 1;
	if (activate(c->pcap, interface) == -1 ||
	    set_filter(c->pcap, interface, filter) == -1)
		goto fail;
	if (pcap_setnonblock(c->pcap, 1, why) == -1) {
		warnx("capture on %s: %s", interface, why);
		goto fail;
	}
	return c;

fail:
	capture_close(c);
	return NULL;
}

int
capture_only_incoming(struct capture *c)
{
	int on = 1;

	if (setsockopt(pcap_fileno(c->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING,
		&on, sizeof(on)) == 0)
		return 0;
	warn("capture: of incoming frames only");
	return -1;
}

void
capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	free(c);
}

int
capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

int
capture_link_type(const struct capture *c)
{
	return pcap_datalink(c->pcap);
}

static void
take_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
	struct capture *c = (struct capture *)user;
	const struct frame frame = {
	    .at = header->ts.tv_sec * NANOSECONDS +
		  header->ts.tv_usec * c->fraction,
	    .link_type = pcap_datalink(c->pcap),
	    .bytes = {data, header->caplen},
	    .length = header->len,
	};

	c->count++;
	if (!c->fn(c->user, &frame))
		pcap_breakloop(c->pcap);
}

int
capture_drain(struct capture *c, capture_fn *fn, void *user)
{
	int result;

	c->fn = fn;
	c->user = user;
	c->count = 0;
	result = pcap_dispatch(c->pcap, DRAIN_MAX, take_frame, (u_char *)c);
	if (result == PCAP_ERROR) {
		warnx("capture: %s", pcap_geterr(c->pcap));
		return -1;
	}
	return c->count;
}

void
capture_settle(const struct capture *c)
{
	struct pollfd watch = {.fd = capture_fd(c), .events = POLLIN};

	(void)poll(&watch, 1, BULK_AT_LAST_MS);
}

void
capture_count(const struct capture *c, uint64_t *received, uint64_t *dropped)
{
	struct pcap_stat statistics = {0};

	if (pcap_stats(c->pcap, &statistics) != 0)
		warnx("capture: %s", pcap_geterr(c->pcap));
	*received = statistics.ps_recv;
	*dropped = statistics.ps_drop;
}

/* SPDX-License-Identifier: MIT */
/*
 * The tape: written by us as pcapng, read through libpcap, which knows every
 * capture format there is.
 */
#include "tape.h"

#include "buffer.h"
#include "lab_clock.h"
#include "pcapng.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_AT (1 << 20) /* bytes appended before they are written */

struct tape {
	char *path;
	/* Being written. */
	int fd; /* -1: being read */
	struct buffer unwritten;
	struct pcapng_statistics statistics;
	bool has_statistics;
	bool failed; /* warned already */
	/* Being read. */
	pcap_t *pcap;
};

/* The file's number of a link type where libpcap's own differs. */
static uint16_t
file_link_type(int link_type)
{
	const uint16_t linktype_raw = 101;

	return link_type == DLT_RAW ? linktype_raw : (uint16_t)link_type;
}

static struct tape *
tape_new(const char *path)
{
	struct tape *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->path = strdup(path)) == NULL) {
		warn("tape %s", path);
		free(t);
		return NULL;
	}
	t->fd = -1;
	return t;
}

struct tape *
tape_create(
    const char *path, const char *interface, const char *filter, int link_type)
{
	struct tape *t = tape_new(path);

	if (t == NULL)
		return NULL;
	t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (t->fd == -1) {
		warn("tape %s", path);
		goto fail;
	}
	t->statistics.from = true_now();
	pcapng_section(&t->unwritten, "replaylab attacker");
	pcapng_interface(
	    &t->unwritten, &(struct pcapng_interface){.name = interface,
			       .filter = filter,
			       .link_type = file_link_type(link_type)});
	if (tape_flush(t) == -1)
		goto fail;
	return t;

fail:
	tape_close(t);
	return NULL;
}

int
tape_append(struct tape *t, const struct frame *frame)
{
	pcapng_packet(&t->unwritten, &(struct pcapng_packet){.at = frame->at,
					 .frame = frame->bytes,
					 .length = frame->length});
	if (buffer_bytes(&t->unwritten).left >= FLUSH_AT)
		return tape_flush(t);
	return t->failed ? -1 : 0;
}

int
tape_flush(struct tape *t)
{
	struct bytes rest;
	ssize_t n;

	while (!t->failed && (rest = buffer_bytes(&t->unwritten)).left > 0) {
		if ((n = write(t->fd, rest.at, rest.left)) == -1) {
			if (errno == EINTR)
				continue;
			warn("tape %s", t->path);
			t->failed = true;
			break;
		}
		buffer_drain(&t->unwritten, (size_t)n);
	}
	if (t->failed)
		buffer_reset(&t->unwritten);
	return t->failed ? -1 : 0;
}

void
tape_statistics(struct tape *t, uint64_t received, uint64_t dropped)
{
	t->statistics.received = received;
	t->statistics.dropped = dropped;
	t->has_statistics = true;
}

struct tape *
tape_open(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	struct tape *t = tape_new(path);

	if (t == NULL)
		return NULL;
	t->pcap = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, why);
	if (t->pcap == NULL) {
		/* libpcap names the file only where the system refused it. */
		if (strncmp(why, path, strlen(path)) == 0)
			warnx("tape %s", why);
		else
			warnx("tape %s: not a capture: %s", path, why);
		tape_close(t);
		return NULL;
	}
	return t;
}

/* What libpcap says of a file that ends too early, in either format. */
static bool
is_cut(const char *why)
{
	return strncmp(why, "truncated", strlen("truncated")) == 0;
}

enum tape_verdict
tape_next(struct tape *t, struct frame *frame)
{
	struct pcap_pkthdr *header;
	const u_char *data;

	switch (pcap_next_ex(t->pcap, &header, &data)) {
	case 1:
		/* With nanosecond precision tv_usec holds nanoseconds. */
		*frame = (struct frame){
		    .at = header->ts.tv_sec * NANOSECONDS + header->ts.tv_usec,
		    .link_type = pcap_datalink(t->pcap),
		    .bytes = {data, header->caplen},
		    .length = header->len};
		return TAPE_FRAME;
	case PCAP_ERROR_BREAK:
		return TAPE_END;
	}
	warnx("tape %s: %s", t->path, pcap_geterr(t->pcap));
	return is_cut(pcap_geterr(t->pcap)) ? TAPE_CUT : TAPE_DAMAGED;
}

int
tape_close(struct tape *t)
{
	int result = 0;

	if (t == NULL)
		return 0;
	if (t->fd != -1) {
		t->statistics.until = true_now();
		if (t->has_statistics)
			pcapng_statistics(&t->unwritten, &t->statistics);
		result = tape_flush(t);
		if (close(t->fd) == -1) {
			warn("tape %s", t->path);
			result = -1;
		}
	}
	if (t->pcap != NULL)
		pcap_close(t->pcap);
	buffer_clear(&t->unwritten);
	free(t->path);
	free(t);
	return result;
}

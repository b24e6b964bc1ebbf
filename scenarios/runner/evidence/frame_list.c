/* SPDX-License-Identifier: MIT */
/* Reading a capture through libpcap, and what stands in each frame. */
#include "frame_list.h"

#include "dtls_handshake.h"
#include "dtls_record.h"
#include "http_message.h"
#include "lab_clock.h"
#include "tls_handshake.h"
#include "tls_record.h"

#include <err.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void __attribute__((format(printf, 2, 3)))
say(struct frame_seen *f, const char *format, ...)
{
	static const char more[] = ", \xe2\x80\xa6"; /* an ellipsis */
	size_t length = strlen(f->what);
	char item[sizeof(f->what)];
	va_list args;

	va_start(args, format);
	vsnprintf(item, sizeof(item), format, args);
	va_end(args);
	if (length >= sizeof(more) &&
	    strcmp(&f->what[length + 1 - sizeof(more)], more) == 0)
		return;
	if (length + 2 + strlen(item) + sizeof(more) > sizeof(f->what))
		strcpy(&f->what[length], more);
	else
		snprintf(&f->what[length], sizeof(f->what) - length, "%s%s",
		    length == 0 ? "" : ", ", item);
}

static void
describe_record(struct frame_seen *f, const struct tls_record *record)
{
	struct bytes in = record->fragment;
	struct tls_handshake message;

	if (record->type == TLS_HANDSHAKE &&
	    tls_handshake_take(&in, &message) == TLS_HANDSHAKE_COMPLETE) {
		say(f, "%s", tls_handshake_name(&message));
		while (
		    tls_handshake_take(&in, &message) == TLS_HANDSHAKE_COMPLETE)
			say(f, "%s", tls_handshake_name(&message));
	} else
		say(f, "%s %zu", tls_content_type_name(record->type),
		    record->fragment.left);
}

static bool
describe_records(struct frame_seen *f, struct bytes payload)
{
	struct bytes rest = payload;
	struct tls_record record;

	while (tls_record_take(&rest, &record) == TLS_RECORD_COMPLETE) {
		describe_record(f, &record);
		if (f->fingerprint_count < FRAME_FINGERPRINTS)
			fingerprint(&record.whole, 1,
			    f->fingerprints[f->fingerprint_count++]);
	}
	return rest.left < payload.left;
}

static void
describe_datagram(struct frame_seen *f, struct bytes payload)
{
	struct dtls_record record;
	struct tls_handshake message;

	while (dtls_record_take(&payload, &record)) {
		struct bytes in = record.fragment;

		if (record.type == TLS_HANDSHAKE && record.epoch == 0 &&
		    dtls_handshake_take(&in, &message))
			say(f, "%s", tls_handshake_name(&message));
		else
			say(f, "%s %zu", tls_content_type_name(record.type),
			    record.fragment.left);
		if (f->fingerprint_count < FRAME_FINGERPRINTS)
			fingerprint(&record.whole, 1,
			    f->fingerprints[f->fingerprint_count++]);
	}
}

static void
describe_request(struct frame_seen *f, struct bytes payload)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *message;

	if (http_reader_feed(reader, &payload, &message) == HTTP_COMPLETE) {
		http_request_fingerprint(message, f->fingerprints[0]);
		f->fingerprint_count = 1;
	}
	http_reader_free(reader);
}

static void
describe(struct frame_seen *f, const struct segment *s)
{
	if (s->datagram) {
		describe_datagram(f, s->payload);
		return;
	}
	if (s->flags & TCP_FLAG_SYN)
		say(f, s->flags & TCP_FLAG_ACK ? "SYN, ACK" : "SYN");
	if (s->flags & TCP_FLAG_FIN)
		say(f, "FIN");
	if (s->flags & TCP_FLAG_RST)
		say(f, "RST");
	if (s->payload.left > 0 && !describe_records(f, s->payload))
		describe_request(f, s->payload);
}

static void
list_frame(struct frame_list *l, uint32_t number, int64_t at, int link_type,
    struct bytes frame)
{
	enum segment_verdict what;
	struct segment s;
	struct frame_seen *f;

	what = segment_read(link_type, frame, &s);
	if (what != SEGMENT_TCP && what != SEGMENT_UDP)
		return;
	if (l->count % 256 == 0)
		l->frames = reallocarray(
		    l->frames, l->count + 256, sizeof(l->frames[0]));
	if (l->frames == NULL)
		err(EX_SOFTWARE, "%zu frames", l->count);
	f = &l->frames[l->count++];
	*f = (struct frame_seen){.number = number,
	    .at = at,
	    .src = s.src,
	    .dest = s.dest,
	    .seq = s.seq,
	    .length = s.payload.left};
	describe(f, &s);
}

int
frame_list_read(struct frame_list *l, const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *header;
	const u_char *data;
	int outcome = 0;

	*l = (struct frame_list){0};
	if (pcap == NULL) {
		warnx("%s: %s", path, why);
		return -1;
	}
	for (uint32_t n = 1;
	     n <= FRAME_LIST_MAX &&
	     (outcome = pcap_next_ex(pcap, &header, &data)) == 1;
	     n++)
		list_frame(l, n,
		    header->ts.tv_sec * NANOSECONDS + header->ts.tv_usec,
		    pcap_datalink(pcap), (struct bytes){data, header->caplen});
	if (outcome == PCAP_ERROR)
		warnx("%s: %s", path, pcap_geterr(pcap));
	pcap_close(pcap);
	return outcome == PCAP_ERROR ? -1 : 0;
}

void
frame_list_clear(struct frame_list *l)
{
	free(l->frames);
	*l = (struct frame_list){0};
}

static bool
carries(const struct frame_seen *f, const char *wanted)
{
	for (size_t i = 0; i < f->fingerprint_count; i++)
		if (strcmp(f->fingerprints[i], wanted) == 0)
			return true;
	return false;
}

const struct frame_seen *
frame_list_carrying(
    const struct frame_list *l, const char *wanted, int64_t at, bool after)
{
	const struct frame_seen *last = NULL;

	for (size_t i = 0; i < l->count; i++) {
		const struct frame_seen *f = &l->frames[i];

		if ((f->at >= at) != after || !carries(f, wanted))
			continue;
		if (after)
			return f;
		last = f;
	}
	return last;
}

const struct frame_seen *
frame_list_between(const struct frame_list *l, const struct endpoint *src,
    const struct endpoint *dest, int64_t at, bool after)
{
	const struct frame_seen *last = NULL;

	for (size_t i = 0; i < l->count; i++) {
		const struct frame_seen *f = &l->frames[i];

		if ((f->at >= at) != after || f->length == 0 ||
		    !endpoint_equal(&f->src, src) ||
		    !endpoint_equal(&f->dest, dest))
			continue;
		if (after)
			return f;
		last = f;
	}
	return last;
}

const struct frame_seen *
frame_list_nearest(const struct frame_list *l, const struct endpoint *src,
    const struct endpoint *dest, int64_t at)
{
	const struct frame_seen *before, *after;

	before = frame_list_between(l, src, dest, at, false);
	after = frame_list_between(l, src, dest, at, true);
	if (before == NULL || after == NULL)
		return before == NULL ? after : before;
	return at - before->at < after->at - at ? before : after;
}

/* SPDX-License-Identifier: MIT */
/*
 * attacker inject: put a copy into a connection that is alive.
 *
 *	tape -> what to send
 *	tape, then the interface -> where the connection stands now
 *	both -> inject/next_segment -> inject/injector
 *
 * A segment goes out bit for bit as it was recorded.  A record or a request
 * goes out in new segments that the receiver takes for the sender's next; a
 * record of DTLS in a datagram, which has nothing to go on from.
 */
#include "capture/capture.h"
#include "commands.h"
#include "confine/confine.h"
#include "copy.h"
#include "dtls_record.h"
#include "exit_code.h"
#include "inject/injector.h"
#include "inject/next_segment.h"
#include "lab.h"
#include "lab_clock.h"
#include "option.h"
#include "reassemble/selection.h"

#include <err.h>
#include <limits.h>
#include <pcap/dlt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

struct injection {
	struct manifest targets;
	struct selection selection;
	const char *tape;
	const char *interface; /* NULL: where the connection is */
	long into;             /* conversation; 0: the copy's own */
	int as;                /* a side, or AS_RECORDED */
	long timestamp;        /* ms after the sender's last, or AS_TIME_GOES */
	long count;            /* of copies, by datagram */
	long number;           /* to be written into the record; -1: none */
	char original[FINGERPRINT_SIZE]; /* if it was */
	struct selected selected;        /* what to send */
	struct conversations *set;       /* where everything stands */
	const struct conversation *conversation;
};

#define AS_RECORDED SIDES
#define AS_TIME_GOES LONG_MIN
#define PUT_OFF_MS 60 /* Linux puts an acknowledgement off for 40 ... */
#define QUIET_MS 300  /* ... and for 200 at most */

static enum side
sender_of(const struct injection *x)
{
	return x->as == AS_RECORDED ? x->selected.side : (enum side)x->as;
}

static const struct endpoint *
endpoint_of(const struct injection *x, enum side side)
{
	return &x->conversation->side[side].endpoint;
}

/* Exit status, as from here on. */
static int
read_tape(struct injection *x)
{
	conversations_free(x->set);
	selected_clear(&x->selected);
	x->set = NULL;
	if (selection_find(x->tape, &x->selection, &x->selected, &x->set) == -1)
		return EXIT_USAGE;
	x->conversation = conversations_get(
	    x->set, x->into == 0 ? x->selected.conversation : (size_t)x->into);
	if (x->conversation == NULL) {
		warnx("attacker inject: into: tape %s has no conversation %ld",
		    x->tape, x->into);
		return EXIT_USAGE;
	}
	if (confine_flow(&x->targets, endpoint_of(x, SIDE_CLIENT),
		endpoint_of(x, SIDE_SERVER)) == -1)
		return EXIT_REFUSED;
	return EXIT_AS_EXPECTED;
}

/*
 * Interfaces are named after their network, the same on every host.  The end
 * passed confine_flow, so it is a host of the manifest.
 */
static const char *
network_of(const struct manifest *targets, const struct endpoint *end)
{
	char text[INET6_ADDRSTRLEN];
	const struct manifest_host *host =
	    manifest_host_at(targets, endpoint_address(end, text));

	for (size_t i = 0; i < host->interface_count; i++)
		if (strcmp(host->interfaces[i].address, text) == 0)
			return host->interfaces[i].network;
	return NULL;
}

static bool
feed(void *user, const struct frame *frame)
{
	struct conversations *set = user;

	(void)conversations_feed(set, frame);
	return true;
}

/* Has the sender acknowledged all, so that we know his last segment? */
static bool
is_quiet(const struct injection *x)
{
	enum side sender = sender_of(x);

	return x->conversation->side[sender].last_ack ==
	       x->conversation->side[side_other(sender)].next_seq;
}

/*
 * A time stamp is counted from the sender's last, which may be an
 * acknowledgement that TCP has put off (RFC 9293 section 3.8.6.3): no newer one
 * must come before the copy.  Where the time stamp is said, it must be known.
 */
static int
await_quiet(struct injection *x, struct capture *capture)
{
	const struct flow_side *other =
	    &x->conversation->side[side_other(sender_of(x))];
	int put_off = x->timestamp == AS_TIME_GOES ? PUT_OFF_MS : QUIET_MS;
	int64_t left;

	while (!is_quiet(x) && (left = other->last_at - true_now() +
				       put_off * INT64_C(1000000)) > 0)
		if (confine_poll(capture_fd(capture), POLLIN,
			(int)(left / 1000000) + 1) > 0 &&
		    capture_drain(capture, feed, x->set) == -1)
			return EXIT_INTERNAL;
	/* It came before we listened: by now it is on the tape. */
	return is_quiet(x) ? EXIT_AS_EXPECTED : read_tape(x);
}

/*
 * Listen first, read the tape to its end, then take in what came meanwhile:
 * so nothing that the connection did falls between the two.
 */
static int
catch_up(struct injection *x)
{
	struct capture *capture;
	int status;

	if ((capture = capture_open(
		 x->interface, "tcp or udp", CAPTURE_AT_ONCE)) == NULL)
		return EXIT_USAGE;
	status = read_tape(x);
	if (status == EXIT_AS_EXPECTED &&
	    capture_drain(capture, feed, x->set) == -1)
		status = EXIT_INTERNAL;
	if (status == EXIT_AS_EXPECTED && !x->conversation->datagrams)
		status = await_quiet(x, capture);
	capture_close(capture);
	return status;
}

static void
announce(const struct injection *x, struct copy *copy)
{
	copy->kind = x->selection.kind;
	copy->side = sender_of(x);
	copy->datagram = x->conversation->datagrams;
	copy->has_seq = !copy->datagram;
	memcpy(copy->original, x->original, sizeof(copy->original));
	copy_event_sent(
	    copy, endpoint_of(x, SIDE_CLIENT), endpoint_of(x, SIDE_SERVER));
}

static void
report(const struct injection *x, const struct copy *copy)
{
	char from[ENDPOINT_SIZE], to[ENDPOINT_SIZE];
	enum side from_side = sender_of(x);

	printf("injected %s %llu of the %s (%zu bytes, %s) into %s -> %s",
	    selection_kind_name(x->selection.kind),
	    (unsigned long long)x->selected.number, side_name(x->selected.side),
	    copy->length, copy->fingerprint,
	    endpoint_text(endpoint_of(x, from_side), from),
	    endpoint_text(endpoint_of(x, side_other(from_side)), to));
	if (copy->has_seq)
		printf(" as sequence number %u", copy->seq);
	putchar('\n');
}

static int
send_frame(const struct injection *x, struct injector *injector)
{
	struct bytes frame = buffer_bytes(&x->selected.bytes);
	struct segment segment;
	struct copy copy = {.length = frame.left};

	if (x->selected.link_type != DLT_EN10MB ||
	    segment_read(DLT_EN10MB, frame, &segment) !=
		(x->conversation->datagrams ? SEGMENT_UDP : SEGMENT_TCP)) {
		warnx("attacker inject: tape %s: the segment is no whole "
		      "Ethernet frame; use --record or --request",
		    x->tape);
		return EXIT_USAGE;
	}
	copy.seq = segment.seq;
	copy.ack = segment.ack;
	copy_describe(&copy, segment.payload);
	announce(x, &copy);
	if (injector_frame(injector, frame) == -1)
		return EXIT_INTERNAL;
	report(x, &copy);
	return EXIT_AS_EXPECTED;
}

/* One piece of the copy, as what the sender says next. */
static bool
prepare(const struct injection *x, size_t offset, struct bytes piece,
    struct segment *segment)
{
	enum side sender = sender_of(x);
	enum next_segment_verdict verdict = next_segment(x->conversation,
	    sender, true_now(), (uint32_t)offset, piece, segment);

	if (x->timestamp != AS_TIME_GOES)
		segment->tsval = x->conversation->side[sender].tsval +
				 (uint32_t)x->timestamp;
	if (verdict == NEXT_SEGMENT_READY)
		return true;
	warnx("attacker inject: conversation %zu %s", x->conversation->number,
	    next_segment_text(verdict));
	return false;
}

static int
send_copy(const struct injection *x, struct injector *injector)
{
	struct bytes whole = buffer_bytes(&x->selected.bytes), rest = whole;
	struct copy copy = {.length = whole.left};
	struct segment segment;
	struct bytes piece;

	copy_describe(&copy, whole);
	while (rest.left > 0) {
		size_t offset = whole.left - rest.left;

		bytes_take(&rest,
		    rest.left < NEXT_SEGMENT_PAYLOAD_MAX
			? rest.left
			: NEXT_SEGMENT_PAYLOAD_MAX,
		    &piece);
		if (!prepare(x, offset, piece, &segment))
			return EXIT_DIFFERS;
		if (offset == 0) {
			copy.seq = segment.seq;
			copy.ack = segment.ack;
			announce(x, &copy);
			/* That took time, and the sender's clock went on. */
			if (!prepare(x, offset, piece, &segment))
				return EXIT_DIFFERS;
		}
		if (injector_segment(injector, &segment) == -1)
			return EXIT_INTERNAL;
	}
	report(x, &copy);
	return EXIT_AS_EXPECTED;
}

/* Several copies and another number are for datagrams, a time stamp is not. */
static int
prepare_datagram(struct injection *x)
{
	struct bytes whole = buffer_bytes(&x->selected.bytes), in = whole;
	struct buffer changed = {0};
	struct dtls_record record;

	if (!x->conversation->datagrams) {
		if (x->count == 1 && x->number == -1)
			return EXIT_AS_EXPECTED;
		warnx("attacker inject: conversation %zu is TCP; --count and "
		      "--set-number are for records of DTLS",
		    x->conversation->number);
		return EXIT_USAGE;
	}
	if (x->timestamp != AS_TIME_GOES) {
		warnx("attacker inject: conversation %zu is UDP; --timestamp "
		      "is for TCP",
		    x->conversation->number);
		return EXIT_USAGE;
	}
	if (x->number == -1)
		return EXIT_AS_EXPECTED;
	if (!dtls_record_take(&in, &record)) {
		warnx("attacker inject: --set-number goes with --record");
		return EXIT_USAGE;
	}
	fingerprint(&whole, 1, x->original);
	record.number = (uint64_t)x->number;
	dtls_record_write(&record, &changed);
	buffer_clear(&x->selected.bytes);
	x->selected.bytes = changed;
	return EXIT_AS_EXPECTED;
}

static int
send_all(struct injection *x, struct injector *injector)
{
	int status = prepare_datagram(x);

	for (long i = 0; i < x->count && status == EXIT_AS_EXPECTED; i++)
		status = x->selection.kind == SELECT_SEGMENT
			     ? send_frame(x, injector)
			     : send_copy(x, injector);
	return status;
}

static int
inject(struct injection *x)
{
	struct injector *injector;
	int status;

	if (confine_enter(&x->targets) == -1)
		return EXIT_REFUSED;
	if (x->interface == NULL) {
		/* A first look at the tape tells where to listen. */
		if ((status = read_tape(x)) != EXIT_AS_EXPECTED)
			return status;
		x->interface =
		    network_of(&x->targets, endpoint_of(x, SIDE_SERVER));
	}
	if ((injector = injector_open(x->interface)) == NULL)
		return EXIT_USAGE;
	if ((status = catch_up(x)) == EXIT_AS_EXPECTED) {
		confine_drop();
		status = send_all(x, injector);
	}
	injector_close(injector);
	return status;
}

/* Exactly one of the three says what to send. */
static int
choose(struct injection *x, const char *const words[], long conversation)
{
	static const enum selection_kind kinds[] = {
	    SELECT_SEGMENT, SELECT_RECORD, SELECT_REQUEST};
	size_t given = 0, which = 0;

	for (size_t i = 0; i < 3; i++)
		if (words[i] != NULL) {
			given++;
			which = i;
		}
	if (given != 1) {
		warnx("attacker inject: give one of --segment, --record, "
		      "--request");
		return -1;
	}
	if (!selection_parse(kinds[which], words[which], &x->selection)) {
		warnx("attacker inject: %s: \"%s\" names none; see attacker "
		      "inject --help",
		    selection_kind_name(kinds[which]), words[which]);
		return -1;
	}
	x->selection.conversation = (size_t)conversation;
	return 0;
}

int
inject_main(int argc, char *argv[])
{
	static const char *const sides[] = {"client", "server", NULL};
	const char *words[3] = {NULL, NULL, NULL};
	struct injection x = {.as = AS_RECORDED,
	    .timestamp = AS_TIME_GOES,
	    .count = 1,
	    .number = -1};
	long conversation = 0;
	const struct option_row rows[] = {
	    OPTION_TEXT("segment", &words[0], "SIDE:N",
		"the very frame, bit for bit: client:3, server:last"),
	    OPTION_TEXT("record", &words[1], "SIDE:N",
		"a TLS or DTLS record, in a new packet: client:last"),
	    OPTION_TEXT("request", &words[2], "N",
		"an HTTP request, in a new segment: 2, last"),
	    OPTION_NUMBER("conversation", &conversation, 1, 1000000000,
		"of that conversation; default: the latest"),
	    OPTION_NUMBER("into", &x.into, 1, 1000000000,
		"put it into that conversation; default: its own"),
	    OPTION_WORD("as", &x.as, "SIDE", sides,
		"as the words of that side; default: of whoever said it"),
	    OPTION_NUMBER("timestamp", &x.timestamp, -1000000000, 1000000000,
		"time stamp so many ms after the sender's last; default: as "
		"his clock runs"),
	    OPTION_TEXT("tape", &x.tape, "FILE",
		"what was recorded; default: the lab's tape.pcapng"),
	    OPTION_TEXT("on", &x.interface, "INTERFACE",
		"default: the network the connection is on"),
	    OPTION_NUMBER(
		"count", &x.count, 1, 1000, "of DTLS: so many copies"),
	    OPTION_NUMBER("set-number", &x.number, 0, DTLS_NUMBER_MAX,
		"of DTLS: with that sequence number in its header"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker inject",
	    "Put a copy of something recorded into its connection, which is "
	    "still open.",
	    NULL, rows, "attacker inject --record client:last"};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (choose(&x, words, conversation) == -1)
		return EXIT_USAGE;
	if (x.selection.kind == SELECT_SEGMENT &&
	    (x.into != 0 || x.as != AS_RECORDED ||
		x.timestamp != AS_TIME_GOES)) {
		warnx("attacker inject: a segment goes out bit for bit; into, "
		      "as and timestamp are for --record and --request");
		return EXIT_USAGE;
	}
	if (x.tape == NULL && (x.tape = lab_file("tape.pcapng")) == NULL)
		x.tape = "tape.pcapng";
	status = inject(&x);
	selected_clear(&x.selected);
	conversations_free(x.set);
	return status;
}

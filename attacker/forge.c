/* SPDX-License-Identifier: MIT */
/* A handshake written segment by segment; what comes back, if it does. */
#include "forge.h"

#include "capture/capture.h"
#include "confine/confine.h"
#include "inject/injector.h"
#include "inject/next_segment.h"
#include "lab_clock.h"
#include "relay/between.h"

#include <err.h>
#include <openssl/rand.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define TTL 64
#define WINDOW 64240
#define FIRST_DYNAMIC_PORT 49152 /* RFC 6335 section 6 */

/* A forging under way. */
struct forging {
	struct forged *f;
	struct between between; /* who we say we are; the server */
	uint8_t own_mac[6];
	uint32_t isn; /* ours */
	struct injector *injector;
	struct capture *capture;
	bool has_isn; /* SYN-ACK came */
	uint32_t their_isn;
	bool answered, reset;
};

static bool
take(void *user, const struct frame *frame)
{
	struct forging *g = user;
	struct segment s;

	if (segment_read(frame->link_type, frame->bytes, &s) != SEGMENT_TCP ||
	    !endpoint_equal(&s.src, &g->f->target) ||
	    !endpoint_equal(&s.dest, &g->f->self))
		return true;
	g->reset = g->reset || (s.flags & TCP_FLAG_RST) != 0;
	g->answered = g->answered || s.payload.left > 0;
	if ((s.flags & TCP_FLAG_SYN) != 0 && (s.flags & TCP_FLAG_ACK) != 0) {
		g->has_isn = true;
		g->their_isn = s.seq;
	}
	return true;
}

/* Until *flag or a reset, or until the time is over.  -1 after a warning. */
static int
wait_for(struct forging *g, const bool *flag, int timeout_ms)
{
	int64_t deadline = true_now() + (int64_t)timeout_ms * 1000000, left;
	int fd = capture_fd(g->capture);

	while (!*flag && !g->reset && (left = deadline - true_now()) > 0) {
		if (confine_poll(fd, POLLIN, (int)(left / 1000000) + 1) > 0 &&
		    capture_drain(g->capture, take, g) == -1)
			return -1;
	}
	return 0;
}

static int
send_segment(const struct forging *g, uint8_t flags, uint32_t seq, uint32_t ack,
    struct bytes payload)
{
	struct segment s = {
	    .src = g->f->self,
	    .dest = g->f->target,
	    .seq = seq,
	    .ack = ack,
	    .flags = flags,
	    .window = WINDOW,
	    .ttl = TTL,
	    .payload = payload,
	};

	memcpy(s.src_mac, g->own_mac, sizeof(s.src_mac));
	memcpy(s.dest_mac, g->between.party[1].mac, sizeof(s.dest_mac));
	return injector_segment(g->injector, &s);
}

static int
send_words(const struct forging *g, struct bytes words)
{
	uint32_t seq = g->f->seq;
	struct bytes piece;

	while (words.left > 0) {
		bytes_take(&words,
		    words.left < NEXT_SEGMENT_PAYLOAD_MAX
			? words.left
			: NEXT_SEGMENT_PAYLOAD_MAX,
		    &piece);
		if (send_segment(g, TCP_FLAG_PSH | TCP_FLAG_ACK, seq, g->f->ack,
			piece) == -1)
			return -1;
		seq += (uint32_t)piece.left;
	}
	return 0;
}

/* Both ends' addresses, a port and the numbers nobody else knows. */
static int
choose(struct forging *g, const struct manifest *targets, const char *from,
    const struct manifest_host *to)
{
	enum between_verdict verdict;
	char names[80];
	uint16_t port;

	snprintf(names, sizeof(names), "%s,%s", from, to->name);
	verdict = between_read(targets, names, NULL, &g->between);
	if (verdict != BETWEEN_GOOD) {
		warnx("in the name of %s: \"%s\" %s", from, names,
		    between_text(verdict));
		return -1;
	}
	if (RAND_bytes((uint8_t *)&g->isn, sizeof(g->isn)) != 1 ||
	    RAND_bytes((uint8_t *)&g->f->ack, sizeof(g->f->ack)) != 1 ||
	    RAND_bytes((uint8_t *)&port, sizeof(port)) != 1) {
		warnx("OpenSSL has no random bytes");
		return -1;
	}
	g->f->self = (struct endpoint){
	    .family = AF_INET, .port = port | FIRST_DYNAMIC_PORT};
	g->f->target = (struct endpoint){.family = AF_INET, .port = to->port};
	memcpy(g->f->self.address, g->between.party[0].address, 4);
	memcpy(g->f->target.address, g->between.party[1].address, 4);
	g->f->seq = g->isn + 1;
	return 0;
}

static int
open_both(struct forging *g)
{
	if ((g->capture = capture_open(
		 g->between.network, "tcp", CAPTURE_AT_ONCE)) == NULL ||
	    (g->injector = injector_open(g->between.network)) == NULL)
		return -1;
	return injector_mac(g->injector, g->own_mac);
}

static int
converse(struct forging *g, struct bytes words, int timeout_ms,
    void (*told)(const struct forged *f, void *user), void *user)
{
	const struct bytes nothing = {NULL, 0};

	if (send_segment(g, TCP_FLAG_SYN, g->isn, 0, nothing) == -1 ||
	    wait_for(g, &g->has_isn, timeout_ms) == -1)
		return -1;
	g->f->guessed = !g->has_isn;
	if (g->has_isn)
		g->f->ack = g->their_isn + 1;
	told(g->f, user);
	if (send_words(g, words) == -1 ||
	    wait_for(g, &g->answered, timeout_ms) == -1)
		return -1;
	g->f->outcome = g->answered ? FORGE_ANSWERED
			: g->reset  ? FORGE_RESET
				    : FORGE_SILENCE;
	return 0;
}

int
forge(const struct manifest *targets, const char *from,
    const struct manifest_host *to, struct bytes words, int timeout_ms,
    void (*told)(const struct forged *f, void *user), void *user,
    struct forged *f)
{
	struct forging g = {.f = f};
	int result = -1;

	*f = (struct forged){.outcome = FORGE_SILENCE};
	if (choose(&g, targets, from, to) == 0 && open_both(&g) == 0) {
		confine_drop();
		result = converse(&g, words, timeout_ms, told, user);
	}
	injector_close(g.injector);
	capture_close(g.capture);
	return result;
}

/* SPDX-License-Identifier: MIT */
#ifndef TCP_PAIR_H
#define TCP_PAIR_H

#include "tcp_way.h"

/*
 * A TCP connection that is relayed: two ways, each with a stream that may be
 * edited, so that both ends' TCP stay in step.
 *
 *	tcp_pair_new -> tcp_pair_frame ..., tcp_pair_tick -> tcp_pair_free
 *
 * What the receiver has acknowledged is acknowledged to the sender, by way of
 * the map, so their TCPs go on measuring and limiting each other.  Only two
 * things are done in a TCP's stead: what a rule withholds is acknowledged to
 * the sender, who would repeat it for ever; and what goes to the receiver is
 * repeated until he acknowledges it, for nobody else knows what was put in.
 *
 * Times are nanoseconds and come from the caller.  No I/O.
 */
struct tcp_pair;

/* What a rule does to a connection; told before any byte of it moves. */
struct tcp_edit {
	const struct edit *edit;
	const struct tcp_pair *pair;
	enum side side;    /* who sent the unit */
	uint32_t seq, ack; /* as they will stand in the segment */
};

struct tcp_pair_calls {
	void (*edit)(void *user, const struct tcp_edit *edit);
	void (*unit)(void *user, const struct tcp_pair *pair, enum side side,
	    const struct unit_piece *last);
	void *user;
};

struct tcp_pair {
	size_t number;
	struct endpoint end[SIDES];
	uint32_t first_seq;        /* of the client's SYN */
	struct tcp_way way[SIDES]; /* from the client, from the server */
	const struct tcp_pair_calls *calls;
	struct rules *rules;
	struct editor_calls editor_calls;
	int64_t now;
	int64_t last_at; /* when anything last came */
	bool over;       /* both FINs acknowledged, or reset */
	struct tcp_pair *next;
};

/* Begins with the client's SYN. */
struct tcp_pair *tcp_pair_new(size_t number, const struct tcp_frame *syn,
    struct rules *rules, size_t mtu, const struct outlet *outlet,
    const struct tcp_pair_calls *calls);
void tcp_pair_free(struct tcp_pair *p); /* NULL is allowed */

/*
 * The same for a connection that began before us, from this segment of its
 * `side` on: it should begin with a record or a message, and nothing else
 * should be under way.  What only a SYN says is guessed: windows are scaled as
 * Linux does.  The frame has the addresses it came with.
 */
struct tcp_pair *tcp_pair_join(size_t number, enum side side,
    const struct tcp_frame *f, struct rules *rules, size_t mtu,
    const struct outlet *outlet, const struct tcp_pair_calls *calls);

/*
 * A segment of one side, with the hardware addresses it is to go on with.
 * False: let it pass as it is (SYN, and what precedes the SYN-ACK).
 */
bool tcp_pair_frame(
    struct tcp_pair *p, enum side side, const struct tcp_frame *f, int64_t now);

/* Repeat what is overdue. */
void tcp_pair_tick(struct tcp_pair *p, int64_t now);

/* What a rule holds goes on.  How many units. */
size_t tcp_pair_release(struct tcp_pair *p, int64_t now);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef TCP_WAY_H
#define TCP_WAY_H

#include "editor.h"
#include "outlet.h"
#include "reassemble/stream.h"
#include "tcp_frame.h"

/*
 * One way of a relayed connection, from a sender to a receiver.
 *
 *	tcp_way_start -> tcp_way_take, tcp_way_acknowledged, tcp_way_pass_bare
 *	    ..., tcp_way_tick -> tcp_way_clear
 *
 *	segment -> stream (in order) -> editor -> segments
 *	acknowledgement of the receiver -> editor's map -> of the sender
 *
 * The receiver gets segments of ours, made like the sender's last one: its
 * window, its time stamps; only sequence number, acknowledgement and SACK are
 * of the edited streams.  Time stamps need no translation: none is invented,
 * and repeating the last is in order (RFC 7323 section 5.3).
 *
 * Times are nanoseconds and come from the caller.  No I/O.
 */
struct tcp_way {
	const struct outlet *outlet;
	size_t mtu;
	struct tcp_way *back; /* the other way of the connection */
	struct stream in;
	struct editor editor;
	struct tcp_frame like; /* the sender's last segment */
	bool started;          /* its SYN was seen */
	bool end_fed;          /* the editor knows of FIN */
	uint8_t scale;         /* of the window the sender announces */
	uint16_t mss;          /* what the receiver takes; 0: not said */
	uint32_t sent;         /* behind the last number sent to the receiver */
	uint32_t acked;        /* what the receiver has of that */
	uint32_t window;       /* bytes the receiver has room for beyond */
	uint32_t told_ack;     /* the last the receiver was told of the */
	uint16_t told_window;  /* sender's receiving */
	int64_t resend_at;
	unsigned int resends; /* since the receiver last made progress */
};

/* `first` is the number of the first byte; the editor is the caller's. */
void tcp_way_start(
    struct tcp_way *way, const struct tcp_frame *like, uint32_t first);
void tcp_way_clear(struct tcp_way *way);

/* The segment's own state, from which ours are made. */
void tcp_way_remember(struct tcp_way *way, const struct tcp_frame *f);

/* Of the sender, with data or FIN. */
void tcp_way_take(struct tcp_way *way, const struct segment *s, int64_t now);
/* Of the sender, without: an acknowledgement, a window, a sign of life. */
void tcp_way_pass_bare(struct tcp_way *way, const struct tcp_frame *f);
/* Of the sender, a reset, with its flags. */
void tcp_way_pass_reset(struct tcp_way *way, uint8_t flags);

/* The receiver has what is before `ack`, and room for `window` bytes more. */
void tcp_way_acknowledged(
    struct tcp_way *way, uint32_t ack, uint32_t window, int64_t now);

/* What the sender may be told that the receiver has. */
uint32_t tcp_way_acknowledgement(struct tcp_way *way);

/* What is in order goes through the editor. */
void tcp_way_edit(struct tcp_way *way);
/* All that the receiver has room for.  False: nothing was to be sent. */
bool tcp_way_pump(struct tcp_way *way, int64_t now);

/* Repeat what is overdue. */
void tcp_way_tick(struct tcp_way *way, int64_t now);

#endif

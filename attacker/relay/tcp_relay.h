/* SPDX-License-Identifier: MIT */
#ifndef TCP_RELAY_H
#define TCP_RELAY_H

#include "plain_forward.h"
#include "tcp_pair.h"

/*
 * All TCP connections between the two hosts whose beginning we saw, and those
 * in which a record or a message began since.
 *
 *	tcp_relay_new -> tcp_relay_frame ..., tcp_relay_tick, tcp_relay_release
 *	    -> tcp_relay_free
 */
struct tcp_relay;

struct tcp_relay *tcp_relay_new(struct rules *rules, size_t mtu,
    const struct outlet *outlet, const struct tcp_pair_calls *calls);
void tcp_relay_free(struct tcp_relay *t); /* NULL is allowed */

/* False: not one of them, or not to be changed; the caller is to pass it on. */
bool tcp_relay_frame(struct tcp_relay *t, struct bytes frame,
    const struct hop *hop, int64_t now);

void tcp_relay_tick(struct tcp_relay *t, int64_t now);

/* All that is held goes on.  How many units. */
size_t tcp_relay_release(struct tcp_relay *t, int64_t now);

/* How many it knows. */
size_t tcp_relay_connections(const struct tcp_relay *t);

#endif

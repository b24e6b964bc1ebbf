/* SPDX-License-Identifier: MIT */
#ifndef STOCK_FATE_H
#define STOCK_FATE_H

#include "evidence.h"

/*
 * Did a stock program refuse a copy?  It writes no event for a record it read,
 * so three things must come together:
 *
 *	- the host at the receiving end of the copy's connection runs a stock
 *	  program (event `stock`), and no victim of the lab had that connection;
 *	- after the copy, on that very connection, the program says so: by a
 *	  fatal alert that whoever is at the other end received, or in words of
 *	  its own log that name what does not fit;
 *	- nothing had come through that host since the copy was sent, so there
 *	  was nothing else to refuse.
 *
 * The alert or the words of event number `now`, borrowed; NULL if it is none.
 * Pure.
 */
const char *stock_fate_refusal(
    const struct evidence *e, size_t sent, size_t now);

/*
 * Has the program that was to read the copy said anything of the copy's
 * connection since, whatever it may mean?  There is no more to wait for.
 */
bool stock_fate_spoke(const struct evidence *e, size_t sent);

/*
 * Where a request came out of a stock proxy: the event of who took it next, or
 * e->count.  It had been given to the proxy at event number `from`: a copy
 * (copy_sent), or a request that a proxy of the lab passed on (request).  Such
 * a program has no event of its own, so it is taken for that request only if
 *
 *	- a backend had served these bytes before: this is not the original;
 *	- it has the same fingerprint and comes from the proxy's address, after
 *	  `from` and before the answer that the copy's sender got;
 *	- it is the only one of these until the next is given to the proxy: one
 *	  of two could be somebody else's;
 *	- nobody else is known to have given these bytes to the proxy but those
 *	  whose request had come out of it before;
 *	- if the copy was answered, it was with this one's status.
 *
 * A repetition by the proxy itself makes two of one, and the fate unknown.
 * Pure.
 */
size_t stock_fate_arrival(const struct evidence *e, size_t from);

/* The host that was to read the copy; "" if it is none of the lab. */
const char *stock_fate_receiver(const cJSON *sent);

#endif

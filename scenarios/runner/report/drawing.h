/* SPDX-License-Identifier: MIT */
#ifndef DRAWING_H
#define DRAWING_H

#include "diagram.h"
#include "fact.h"

/*
 * A diagram while its rows are made from the facts, one after the other:
 *
 *	diagram_rows.c	 what victims say
 *	diagram_attack.c what the attacker and the lab say
 */
struct drawing {
	struct diagram *diagram;
	const struct diagram_sources *sources;
	struct facts facts;
	struct diagram_row spare; /* where rows without room go */
};

/* Who has that name, or is at that end ("src_ip"); NULL: no host of the run. */
const struct manifest_host *drawing_host_named(
    const struct drawing *g, const char *name);
const struct manifest_host *drawing_host_at(
    const struct drawing *g, const struct fact *f, const char *end);
/* Who is at the other end of a fact's connection; did its host open it? */
const struct manifest_host *drawing_peer_of(
    const struct drawing *g, const struct fact *f);
bool drawing_sent_by_src(const struct drawing *g, const struct fact *f);

/* A row at the host that tells of it; never NULL.  More words for a row. */
struct diagram_row *drawing_row(
    struct drawing *g, enum diagram_kind kind, const struct fact *f);
void drawing_say(struct diagram_row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void drawing_set_frame(
    struct diagram_row *row, const struct frame_seen *frame); /* or NULL */

/*
 * The frame of a message that was read when the event was written: by its
 * bytes, else by its connection; and of one that leaves after its event.
 */
const struct frame_seen *drawing_frame_read(
    const struct drawing *g, const struct fact *f);
const struct frame_seen *drawing_frame_sent(
    const struct drawing *g, const struct fact *f, bool by_src);

/* The last row of a kind on the fact's connection, or the copy sent on it. */
struct diagram_row *drawing_last_on_flow(
    struct drawing *g, enum diagram_kind kind, const struct fact *f);
struct diagram_row *drawing_copy_on_flow(
    struct drawing *g, const struct fact *f);
bool drawing_any_copy_sent(const struct drawing *g);

/* A record that a copy repeats; of DTLS also its receiver's word on the copy.
 */
void drawing_add_record(struct drawing *g, const struct fact *f);
void drawing_add_datagram(struct drawing *g, const struct fact *f);
/* The record that carried a request; NULL: its receiver tells of none. */
const struct fact *drawing_carrier_of(
    const struct drawing *g, const struct fact *f);

/* Rows of the attacker's events and the lab's; of other events nothing. */
void drawing_add_attack(struct drawing *g, const struct fact *f);

/* Add what the event with that number shows, if anything. */
void drawing_add(struct drawing *g, size_t number);

#endif

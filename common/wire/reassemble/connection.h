/* SPDX-License-Identifier: MIT */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "conversation.h"
#include "stream.h"

/*
 * What only the files of this folder know of a conversation: the state of
 * its reading.  conversation.c owns it and calls the readers of content.
 */

/* One side's bytes, and how far they are understood. */
struct half {
	struct stream stream;
	bool unreadable;          /* what follows is only counted */
	bool protected;           /* its ChangeCipherSpec was seen */
	struct buffer handshake;  /* fragments of messages, in clear */
	struct http_reader *http; /* made when first needed */
	struct buffer http_raw;   /* the message being read, as it came */
	bool ended;               /* read up to its FIN */
};

struct connection {
	struct conversation facts;
	struct half half[SIDES];
	bool has_client_isn;
	uint32_t client_isn; /* initial sequence number */
	bool shook[3];       /* SYN, SYN-ACK, ACK were found */
	bool client_hello;   /* was found */
	bool closed;         /* read to its end; nothing more is taken in */
	struct connection *next_in_bucket;
};

/* One segment on its way through the readers. */
struct reading {
	struct conversations *set;
	struct connection *connection;
	enum side side;
	int64_t at;
	const struct segment *segment;
};

static inline struct half *
reading_half(const struct reading *r)
{
	return &r->connection->half[r->side];
}

/* Take in the segment: what it says of the flow, and what stands in it. */
void connection_read(const struct reading *r);
/* Give back what reading took; the facts stay.  Nothing more is read. */
void connection_close(struct connection *c);

/* Report a finding; fills in what every finding has. */
void reading_found(const struct reading *r, struct finding *finding);
/* This side says nothing we can follow any more. */
void reading_gave_up(const struct reading *r, const char *reason);
/* The number of a further request, over all conversations. */
uint64_t reading_next_request(const struct reading *r);

/* What stands in a datagram: records of DTLS. */
void dtls_content_read(const struct reading *r);
/* Does it begin with one? */
bool dtls_content_begins(struct bytes datagram);

/*
 * Readers take whole records and messages off the front of the window and
 * leave the rest for the next segment.
 */
void tls_content_read(const struct reading *r, struct bytes *in);
void http_content_read(const struct reading *r, struct bytes *in);
/* The side sent FIN. */
void http_content_end(const struct reading *r);

/* Do these first bytes of a side look like it? */
bool tls_content_begins(struct bytes first);
bool http_content_begins(struct bytes first);
/* Who speaks, if the bytes tell: a hello or a start line. */
bool content_tells_side(struct bytes first, enum side *speaker);
bool dtls_content_tells_side(struct bytes datagram, enum side *speaker);

#endif

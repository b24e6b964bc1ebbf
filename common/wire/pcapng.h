/* SPDX-License-Identifier: MIT */
#ifndef PCAPNG_H
#define PCAPNG_H

#include "buffer.h"

/*
 * Capture files, written (the pcapng format, draft-ietf-opsawg-pcapng).
 * Reading is libpcap's work; pcapng_block.h takes our own blocks apart again.
 *
 * Each call appends one block to a buffer; the caller writes the buffer out
 * when and where it likes.  A file is
 *
 *	pcapng_section				once, first
 *	pcapng_interface ...			these count from 0
 *	pcapng_packet, pcapng_secrets ...	in any order
 *	pcapng_statistics			one an interface, last
 *
 * Numbers are in network order, which the section header says; times are
 * nanoseconds since the epoch.
 */

/* Comments and names longer than this are cut (bytes). */
#define PCAPNG_TEXT_MAX 32768

/* What the file is written by, such as "attacker 0.1.0"; NULL: not said. */
void pcapng_section(struct buffer *out, const char *application);

/* Texts may be NULL. */
struct pcapng_interface {
	const char *name;        /* "outer" */
	const char *description; /* "the attacker's port" */
	const char *filter;      /* as tcpdump takes it */
	uint16_t link_type;      /* a LINKTYPE_ number: 1 is Ethernet */
	uint32_t snap_length;    /* 0: no limit */
};
void pcapng_interface(
    struct buffer *out, const struct pcapng_interface *interface);

struct pcapng_packet {
	uint32_t interface; /* which of the file's, from 0 */
	int64_t at;
	struct bytes frame;  /* what was captured */
	uint32_t length;     /* on the wire; 0: as captured */
	const char *comment; /* UTF-8, or NULL */
};
void pcapng_packet(struct buffer *out, const struct pcapng_packet *packet);

/* TLS secrets in the form of a key log file (RFC 9850), so readers decrypt. */
void pcapng_secrets(struct buffer *out, struct bytes key_log);

/* A host's name for an address of 4 or 16 bytes; another size does nothing. */
void pcapng_name(struct buffer *out, struct bytes address, const char *name);

struct pcapng_statistics {
	uint32_t interface;
	int64_t from, until;
	uint64_t received, dropped; /* frames */
};
void pcapng_statistics(
    struct buffer *out, const struct pcapng_statistics *statistics);

#endif

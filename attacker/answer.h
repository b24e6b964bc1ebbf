/* SPDX-License-Identifier: MIT */
#ifndef ANSWER_H
#define ANSWER_H

#include "http_message.h"

/*
 * What a server says to a copy, read as it comes in.
 *
 *	answer_begin -> answer_feed ... -> answer_end, or answer_timeout
 *	    -> answer_clear
 *
 * Pure: bytes in, outcome out.  The first bytes tell whether it speaks HTTP or
 * TLS.
 */
enum answer_outcome {
	ANSWER_PENDING,  /* nothing decided yet */
	ANSWER_ANSWERED, /* HTTP: status is set; TLS: as at the first time */
	ANSWER_ALERT,    /* TLS: level and description are set */
	ANSWER_CLOSED,   /* the server closed without either */
	ANSWER_TIMEOUT,  /* it said nothing that decides */
};

/* "answered", "alert", "closed", "timeout" or "pending". */
const char *answer_outcome_name(enum answer_outcome outcome);

struct answer {
	enum answer_outcome outcome;
	int status;                 /* HTTP, else 0 */
	uint8_t level, description; /* alert */
	uint64_t records;           /* TLS records seen */
	uint64_t records_expected;  /* 0: TLS alone never answers */
	bool ciphering;             /* TLS: alerts are protected from here */
	struct buffer raw;          /* TLS: not yet whole records */
	struct http_reader *http;   /* HTTP: once it begins */
	bool is_tls;
};

/*
 * `records_expected`: how many records the server had for the original; with
 * as many again, the copy counts as answered.
 */
void answer_begin(struct answer *a, uint64_t records_expected);
void answer_clear(struct answer *a);

/* More bytes came.  Returns the outcome so far. */
enum answer_outcome answer_feed(struct answer *a, struct bytes in);

/* The server closed, or there is nothing more to wait for. */
enum answer_outcome answer_end(struct answer *a);
enum answer_outcome answer_timeout(struct answer *a);

/*
 * The same where only a part was sent, and no whole answer is expected: a
 * server that has spoken TLS has answered.
 */
enum answer_outcome answer_enough(struct answer *a);

#endif

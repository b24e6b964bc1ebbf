/* SPDX-License-Identifier: MIT */
#ifndef KEY_LOG_H
#define KEY_LOG_H

#include "buffer.h"

/*
 * A key log: the secrets of TLS connections, a line each (RFC 9850 section 2).
 *
 *	LABEL client_random secret
 *
 *	key_log_add ... -> key_log_next ... -> key_log_clear
 *
 * A client's log and its server's tell of the same connection, so equal lines
 * are kept once.  A replayed ClientHello has the random of its original: then
 * one random has several secrets of one label, and who asks must try them.
 */
#define KEY_LOG_RANDOM_SIZE 32
#define KEY_LOG_SECRET_MAX 64  /* of SHA-512; the lab's are 48 at most */
#define KEY_LOG_LINES_MAX 4096 /* later ones are left out */

enum key_log_label {
	KEY_LOG_CLIENT_RANDOM, /* TLS 1.2: the master secret */
	KEY_LOG_CLIENT_EARLY,  /* and of TLS 1.3 the traffic secrets */
	KEY_LOG_CLIENT_HANDSHAKE,
	KEY_LOG_SERVER_HANDSHAKE,
	KEY_LOG_CLIENT_TRAFFIC,
	KEY_LOG_SERVER_TRAFFIC,
};

struct key_log_line {
	enum key_log_label label;
	uint8_t random[KEY_LOG_RANDOM_SIZE];
	uint8_t secret[KEY_LOG_SECRET_MAX];
	size_t size;
	size_t user; /* the conversation it opened records of; 0: none */
};

enum key_log_verdict {
	KEY_LOG_LINE,
	KEY_LOG_OTHER, /* a comment, or a label that opens no record */
	KEY_LOG_MALFORMED,
};

/* One line, without its line feed. */
enum key_log_verdict key_log_line_read(
    struct bytes text, struct key_log_line *line);

/* The same line as text, with its line feed. */
void key_log_line_write(const struct key_log_line *line, struct buffer *out);

struct key_log {
	struct key_log_line *lines;
	size_t count, capacity;
};

/* All lines of a file; what is no line of ours is passed over. */
void key_log_add(struct key_log *log, struct bytes text);
void key_log_clear(struct key_log *log);

/*
 * The next line behind `after` (NULL: the first) with that label and random;
 * NULL if there is none.
 */
struct key_log_line *key_log_next(const struct key_log *log,
    const struct key_log_line *after, enum key_log_label label,
    struct bytes random);

/* Is there another secret under the line's label and random? */
bool key_log_is_ambiguous(
    const struct key_log *log, const struct key_log_line *line);

#endif

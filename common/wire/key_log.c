/* SPDX-License-Identifier: MIT */
/* Lines of secrets. */
#include "key_log.h"

#include <err.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char *const labels[] = {
    [KEY_LOG_CLIENT_RANDOM] = "CLIENT_RANDOM",
    [KEY_LOG_CLIENT_EARLY] = "CLIENT_EARLY_TRAFFIC_SECRET",
    [KEY_LOG_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [KEY_LOG_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [KEY_LOG_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0",
    [KEY_LOG_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0",
};
#define LABELS (sizeof(labels) / sizeof(labels[0]))

static bool
read_label(struct bytes text, enum key_log_label *label)
{
	for (size_t i = 0; i < LABELS; i++) {
		if (bytes_equal_text(text, labels[i])) {
			*label = (enum key_log_label)i;
			return true;
		}
	}
	return false;
}

static bool
read_digit(struct bytes *hex, uint8_t *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *found;
	uint8_t c;

	if (!bytes_take_u8(hex, &c) || c == '\0')
		return false;
	found = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	if (found == NULL)
		return false;
	*value = (uint8_t)(found - digits);
	return true;
}

static bool
read_hex(struct bytes hex, uint8_t *into, size_t most, size_t *size)
{
	uint8_t high, low;

	for (*size = 0; hex.left > 0; (*size)++) {
		if (*size == most || !read_digit(&hex, &high) ||
		    !read_digit(&hex, &low))
			return false;
		into[*size] = (uint8_t)(high << 4 | low);
	}
	return *size > 0;
}

/* A line may end as Windows ends it. */
static void
drop_carriage_return(struct bytes *text)
{
	if (text->left > 0 && text->at[text->left - 1] == '\r')
		text->left--;
}

enum key_log_verdict
key_log_line_read(struct bytes text, struct key_log_line *line)
{
	struct bytes word, random;
	size_t size;

	drop_carriage_return(&text);
	if (text.left == 0 || text.at[0] == '#')
		return KEY_LOG_OTHER;
	if (!bytes_take_until(&text, ' ', &word))
		return KEY_LOG_MALFORMED;
	*line = (struct key_log_line){0};
	if (!read_label(word, &line->label))
		return KEY_LOG_OTHER;
	if (!bytes_take_until(&text, ' ', &random) ||
	    !read_hex(random, line->random, sizeof(line->random), &size) ||
	    size != sizeof(line->random) ||
	    !read_hex(text, line->secret, sizeof(line->secret), &line->size))
		return KEY_LOG_MALFORMED;
	return KEY_LOG_LINE;
}

static void
write_hex(const uint8_t *octets, size_t size, struct buffer *out)
{
	for (size_t i = 0; i < size; i++)
		buffer_printf(out, "%02x", octets[i]);
}

void
key_log_line_write(const struct key_log_line *line, struct buffer *out)
{
	buffer_printf(out, "%s ", labels[line->label]);
	write_hex(line->random, sizeof(line->random), out);
	buffer_add_u8(out, ' ');
	write_hex(line->secret, line->size, out);
	buffer_add_u8(out, '\n');
}

static bool
same_name(const struct key_log_line *a, const struct key_log_line *b)
{
	return a->label == b->label &&
	       memcmp(a->random, b->random, sizeof(a->random)) == 0;
}

static bool
same_secret(const struct key_log_line *a, const struct key_log_line *b)
{
	return a->size == b->size && memcmp(a->secret, b->secret, a->size) == 0;
}

static void
keep(struct key_log *log, const struct key_log_line *line)
{
	for (size_t i = 0; i < log->count; i++)
		if (same_name(&log->lines[i], line) &&
		    same_secret(&log->lines[i], line))
			return;
	if (log->count == KEY_LOG_LINES_MAX)
		return;
	if (log->count == log->capacity) {
		log->capacity = log->capacity == 0 ? 64 : log->capacity * 2;
		log->lines = reallocarray(
		    log->lines, log->capacity, sizeof(log->lines[0]));
		if (log->lines == NULL)
			err(EX_SOFTWARE, "key log of %zu lines", log->count);
	}
	log->lines[log->count++] = *line;
}

void
key_log_add(struct key_log *log, struct bytes text)
{
	struct key_log_line line;
	struct bytes one;

	while (text.left > 0) {
		if (!bytes_take_until(&text, '\n', &one))
			bytes_take(&text, text.left, &one);
		if (key_log_line_read(one, &line) == KEY_LOG_LINE)
			keep(log, &line);
	}
	OPENSSL_cleanse(&line, sizeof(line));
}

void
key_log_clear(struct key_log *log)
{
	if (log->lines != NULL)
		OPENSSL_cleanse(log->lines, log->count * sizeof(log->lines[0]));
	free(log->lines);
	*log = (struct key_log){0};
}

struct key_log_line *
key_log_next(const struct key_log *log, const struct key_log_line *after,
    enum key_log_label label, struct bytes random)
{
	size_t i = after == NULL ? 0 : (size_t)(after - log->lines) + 1;

	for (; i < log->count; i++)
		if (log->lines[i].label == label &&
		    bytes_equal(random, (struct bytes){log->lines[i].random,
					    KEY_LOG_RANDOM_SIZE}))
			return &log->lines[i];
	return NULL;
}

bool
key_log_is_ambiguous(const struct key_log *log, const struct key_log_line *line)
{
	for (size_t i = 0; i < log->count; i++)
		if (same_name(&log->lines[i], line) &&
		    !same_secret(&log->lines[i], line))
			return true;
	return false;
}

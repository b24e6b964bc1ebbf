/* SPDX-License-Identifier: MIT */
/* See curl(1). */
#include "curl_command.h"

#include "json.h"
#include "lab.h"
#include "stock_words.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool
curl_command_uploads(const struct stock *stock)
{
	return stock->step && stock->watch;
}

static void
write_body(struct buffer *body, const struct stock *stock, size_t i)
{
	json_open(body, '{');
	json_member_text(body, "id", stock->ids.item[i]);
	json_member_text(body, "from", stock->from);
	json_member_text(body, "to", stock->to);
	json_member_number(body, "amount", stock->amount);
	json_close(body, '}');
}

static size_t
add(struct curl_command *c, size_t n, const char *const words[], size_t count)
{
	memcpy(&c->words[n], words, count * sizeof(words[0]));
	return n + count;
}

/* A file: URL that ends when somebody has held the FIFO open. */
static size_t
add_gate(struct curl_command *c, size_t n)
{
	const char *const words[] = {"--next", "--silent", "--output",
	    "/dev/null", "--url", c->gate_url};

	snprintf(c->gate, sizeof(c->gate), "%s", lab_file("stock-curl-gate"));
	snprintf(c->gate_url, sizeof(c->gate_url), "file://%s", c->gate);
	return add(c, n, words, sizeof(words) / sizeof(words[0]));
}

/*
 * curl has an option since 8.3 that makes it name its own address and port;
 * --verbose takes it back.
 */
static size_t
add_trace(struct curl_command *c, size_t n, const char *version)
{
	static const char *const words[] = {"--trace-config", "tcp"};
	unsigned int major = 0, minor = 0;

	if (sscanf(version, "curl %3u.%3u", &major, &minor) == 2 &&
	    (major > 8 || (major == 8 && minor >= 3)))
		n = add(c, n, words, 2);
	return n;
}

static size_t
add_suite(struct curl_command *c, size_t n, const struct stock_suite *suite)
{
	static const char *const tls13[] = {"--tlsv1.3"};
	const char *const tls12[] = {
	    "--tlsv1.2", "--tls-max", "1.2", "--ciphers", suite->cipher};

	return suite->cipher == NULL ? add(c, n, tls13, 1)
				     : add(c, n, tls12, 5);
}

/* --next forgets what was said before it, so each transfer says it all. */
static size_t
add_transfer(
    struct curl_command *c, size_t n, const struct stock *stock, size_t i)
{
	bool upload = i > 0 && curl_command_uploads(stock);
	const char *const words[] = {"--silent", "--show-error", "--verbose",
	    "--http1.1", "--cacert", lab_file("ca.pem"), "--connect-to",
	    buffer_text(&c->connect_to), "--header",
	    "Content-Type: application/json", "--header", "Expect:", "--output",
	    "/dev/null", "--write-out", STOCK_CURL_FORMAT, "--request", "POST",
	    upload ? "--upload-file" : "--data-binary",
	    upload ? "." : buffer_text(&c->body[i]), "--url",
	    "https://gateway/transfers"};

	n = add(c, n, words, sizeof(words) / sizeof(words[0]));
	return add_suite(c, n, stock->suite);
}

int
curl_command_init(
    struct curl_command *c, const struct stock *stock, const char *version)
{
	static const char *const curl[] = {"curl"}, *const next[] = {"--next"};
	size_t n;

	*c = (struct curl_command){0};
	n = add(c, 0, curl, 1);
	buffer_printf(&c->connect_to, "gateway:%d:%s:%d", STOCK_PORT,
	    stock->connect == NULL ? "gateway" : stock->connect, STOCK_PORT);
	for (size_t i = 0; i < stock->ids.count; i++) {
		if (i > 0 && stock->step && !stock->watch)
			n = add_gate(c, n);
		if (i > 0)
			n = add(c, n, next, 1);
		write_body(&c->body[i], stock, i);
		n = add_transfer(c, n, stock, i);
		n = add_trace(c, n, version);
	}
	if (c->gate[0] == '\0' || mkfifo(c->gate, 0600) == 0 || errno == EEXIST)
		return 0;
	warn("%s", c->gate);
	return -1;
}

void
curl_command_clear(struct curl_command *c)
{
	for (size_t i = 0; i < CURL_TRANSFERS_MAX; i++)
		buffer_clear(&c->body[i]);
	buffer_clear(&c->connect_to);
}

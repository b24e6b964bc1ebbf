/* SPDX-License-Identifier: MIT */
/*
 * A line of a stock program's log, to every reader.
 *
 * Properties: what it points at lies inside the line; a peer has an address and
 * a port a connection can have; what is said to have failed has words.
 */
#include "property.h"
#include "stock/stock_flow.h"
#include "stock/stock_words.h"

#include <stdlib.h>

static void
check_peer(const struct stock_peer *peer, struct bytes line)
{
	if (!is_inside(peer->ip, line) || peer->port > 65535 ||
	    (peer->port != 0 && (peer->ip.left == 0 || peer->ip.left > 15)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stock_said (*const readers[])(struct bytes line) = {
	    stock_words_nginx, stock_words_haproxy, stock_words_lighttpd,
	    stock_words_openssl, stock_words_curl};
	struct bytes line = {data, size};
	struct stock_result result;
	struct stock_flow flow;

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		struct stock_said said = readers[i](line);

		if (said.kind == STOCK_SAYS_NOTHING)
			continue;
		check_peer(&said.peer, line);
		if (!is_inside(said.words, line))
			abort();
	}
	if (stock_words_result(line, &result)) {
		check_peer(&result.local, line);
		check_peer(&result.remote, line);
		if (!is_inside(result.words, line) ||
		    result.http_status > 999 || result.exit_status > 255)
			abort();
	}
	if (stock_flow_count(line, 443, STOCK_ACCEPTED, &flow) > size)
		abort();
	return 0;
}

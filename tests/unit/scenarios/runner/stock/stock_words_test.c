/* SPDX-License-Identifier: MIT */
/* What stock programs write, word for word as they wrote it. */
#include "stock/stock_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NGINX_ACCEPTED                                                         \
	"2026/11/26 08:00:00 [debug] 5#5: *3 accept: 198.51.100.10:40000 fd:6"
#define NGINX_FAILED                                                           \
	"2026/11/26 08:00:00 [info] 5#5: *3 SSL_read() failed (SSL: "          \
	"error:0A000119:SSL routines::decryption failed or bad record mac) "   \
	"while waiting for request, client: 198.51.100.10, "                   \
	"server: 0.0.0.0:443"
#define HAPROXY_FAILED                                                         \
	"tls 198.51.100.66:44722 34 SSL handshake failure: "                   \
	"error:0A000119:SSL routines::decryption failed or bad record mac (-)"
#define LIGHTTPD_FAILED                                                        \
	"2026-11-26 08:00:00: (mod_gnutls.c.2360) GnuTLS: "                    \
	"mod_gnutls_read_err: (GNUTLS_E_DECRYPTION_FAILED) Decryption has "    \
	"failed."
#define CURL_ALERT "* TLSv1.2 (OUT), TLS alert, bad record mac (532):"
#define CURL_TRIES "*   Trying 198.51.100.20:443..."
#define CURL_LOCAL "* [TCP] local address 198.51.100.10 port 40952..."
#define CURL_RESULT                                                            \
	"result 000 65 198.51.100.10:43886 198.51.100.20:443 OpenSSL "         \
	"SSL_read: error:0A000119:SSL routines::decryption failed or bad "     \
	"record mac, errno 0"

typedef struct stock_said reader(struct bytes line);

static void
expect(reader *read, const char *line, enum stock_kind kind, uint64_t number,
    const char *ip, unsigned int port, const char *words)
{
	struct stock_said said = read(bytes_of(line));

	assert_int_equal(said.kind, kind);
	assert_int_equal(said.number, number);
	assert_true(bytes_equal_text(said.peer.ip, ip));
	assert_int_equal(said.peer.port, port);
	if (words != NULL)
		assert_true(bytes_equal_text(said.words, words));
}

static void
nginx_names_a_peer_once_and_numbers_it(void **state)
{
	(void)state;
	expect(stock_words_nginx, NGINX_ACCEPTED, STOCK_SAYS_ACCEPTED, 3,
	    "198.51.100.10", 40000, NULL);
	expect(stock_words_nginx, NGINX_FAILED, STOCK_SAYS_FAILED, 3, "", 0,
	    "error:0A000119:SSL routines::decryption failed or bad record mac");
	expect(stock_words_nginx,
	    "2026/11/26 08:00:00 [notice] 5#5: signal 15 (SIGTERM) received",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	/* The failure of another kind of connection. */
	expect(stock_words_nginx,
	    "[error] 5#5: *3 connect() failed (111: Connection refused) while "
	    "connecting to upstream",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
}

static void
haproxy_names_the_peer_of_what_failed(void **state)
{
	(void)state;
	expect(stock_words_haproxy, HAPROXY_FAILED, STOCK_SAYS_FAILED, 0,
	    "198.51.100.66", 44722, NULL);
	expect(stock_words_haproxy, "tls 198.51.100.10:60086 0 Success: - (--)",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_haproxy, "tls 198.51.100.10:65536 34 SSL handshake",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_haproxy, "tls 1198.251.100.100:1 34 SSL handshake",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
}

static void
lighttpd_and_s_server_name_nobody(void **state)
{
	(void)state;
	expect(stock_words_lighttpd,
	    "2026-11-26 14:38:17: (mod_gnutls.c.2589) GnuTLS: Discarded\\n",
	    STOCK_SAYS_FAILED, 0, "", 0, "GnuTLS: Discarded");
	expect(stock_words_lighttpd, LIGHTTPD_FAILED, STOCK_SAYS_FAILED, 0, "",
	    0, NULL);
	expect(stock_words_lighttpd,
	    "2026-11-26 08:00:00: (mod_sockproxy.c.1) it failed",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_openssl, "SSL3 alert write:fatal:bad record mac",
	    STOCK_SAYS_ALERT, 0, "", 0, "bad record mac");
	expect(stock_words_openssl, "SSL3 alert read:fatal:bad record mac",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_openssl, "SSL_accept:SSLv3/TLS read client hello",
	    STOCK_SAYS_ACCEPTED, 0, "", 0, NULL);
}

static void
curl_tells_its_own_fatal_alerts_and_no_others(void **state)
{
	(void)state;
	expect(stock_words_curl, CURL_ALERT, STOCK_SAYS_ALERT, 0, "", 0,
	    "bad record mac");
	expect(stock_words_curl,
	    "* TLSv1.2 (IN), TLS alert, bad record mac (532):",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_curl,
	    "* TLSv1.2 (OUT), TLS alert, close notify (256):",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_curl, CURL_TRIES, STOCK_SAYS_TRIES, 0,
	    "198.51.100.20", 443, NULL);
	expect(stock_words_curl, CURL_LOCAL, STOCK_SAYS_LOCAL, 0,
	    "198.51.100.10", 40952, NULL);
	expect(stock_words_curl, "> *   Trying 198.51.100.20:443...",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
	expect(stock_words_curl,
	    "* [TCP] local address 198.51.100.10 port 65536...",
	    STOCK_SAYS_NOTHING, 0, "", 0, NULL);
}

static void
a_result_of_curl_is_read_whole_or_not_at_all(void **state)
{
	struct stock_result r;

	(void)state;
	assert_true(stock_words_result(bytes_of(CURL_RESULT), &r));
	assert_int_equal(r.http_status, 0);
	assert_int_equal(r.exit_status, 65);
	assert_int_equal(r.local.port, 43886);
	assert_true(bytes_equal_text(r.remote.ip, "198.51.100.20"));
	assert_int_equal(r.words.at[0], 'O');
	/* It never had a connection. */
	assert_true(stock_words_result(bytes_of("result 000 7 : : no"), &r));
	assert_int_equal(r.local.port, 0);
	assert_false(stock_words_result(bytes_of("result 1000 0 : : "), &r));
	assert_false(stock_words_result(bytes_of("result 200 256 : : "), &r));
	assert_false(stock_words_result(bytes_of("> result 200 0 : : "), &r));
}

static bool
lies_within(struct bytes inner, struct bytes outer)
{
	return inner.left == 0 ||
	       (inner.at >= outer.at &&
		   inner.at + inner.left <= outer.at + outer.left);
}

static void
every_shorter_prefix_is_read_within_its_bounds(void **state)
{
	static reader *const readers[] = {stock_words_nginx,
	    stock_words_haproxy, stock_words_lighttpd, stock_words_openssl,
	    stock_words_curl};
	static const char *const lines[] = {NGINX_ACCEPTED, NGINX_FAILED,
	    HAPROXY_FAILED, LIGHTTPD_FAILED, CURL_ALERT, CURL_TRIES, CURL_LOCAL,
	    CURL_RESULT};
	struct stock_result r;

	(void)state;
	for (size_t l = 0; l < sizeof(lines) / sizeof(lines[0]); l++)
		for (size_t n = 0; n < strlen(lines[l]); n++) {
			struct bytes in = {(const uint8_t *)lines[l], n};

			for (size_t i = 0; i < 5; i++) {
				struct stock_said said = readers[i](in);

				assert_true(lies_within(said.words, in));
				assert_true(lies_within(said.peer.ip, in));
			}
			if (stock_words_result(in, &r))
				assert_true(lies_within(r.words, in));
		}
	/* Cut in the words, it is not yet what nginx said. */
	assert_int_equal(stock_words_nginx(
			     (struct bytes){(const uint8_t *)NGINX_FAILED, 130})
			     .kind,
	    STOCK_SAYS_NOTHING);
}

static void
only_words_of_a_mac_that_does_not_fit_refuse(void **state)
{
	(void)state;
	assert_true(stock_words_refuse(NGINX_FAILED));
	assert_true(stock_words_refuse(LIGHTTPD_FAILED));
	assert_false(stock_words_refuse(""));
	assert_false(
	    stock_words_refuse("error:0A00006C:SSL routines::bad key share"));
	assert_false(
	    stock_words_refuse("error:0A00009F:SSL routines::length mismatch"));
	/* What HAProxy shows of TLS 1.2: OpenSSL's first error, not the last */
	assert_false(stock_words_refuse(
	    "error:1C800066:Provider routines::cipher operation failed"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nginx_names_a_peer_once_and_numbers_it),
	    cmocka_unit_test(haproxy_names_the_peer_of_what_failed),
	    cmocka_unit_test(lighttpd_and_s_server_name_nobody),
	    cmocka_unit_test(curl_tells_its_own_fatal_alerts_and_no_others),
	    cmocka_unit_test(a_result_of_curl_is_read_whole_or_not_at_all),
	    cmocka_unit_test(every_shorter_prefix_is_read_within_its_bounds),
	    cmocka_unit_test(only_words_of_a_mac_that_does_not_fit_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

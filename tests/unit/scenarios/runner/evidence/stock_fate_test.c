/* SPDX-License-Identifier: MIT */
/* What is concluded of stock programs, which write no events of their own. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

/* A stock server is the gateway: it has no event for what it reads. */
#define STOCK E("stock", "\"host\":\"gateway\",\"version\":\"nginx/1.22.1\"")
#define CLIENT_SHAKEN                                                          \
	E("tls_handshake",                                                     \
	    "\"host\":\"client\",\"outcome\":\"completed\"," FLOW)
#define CLIENT_GOT(description, flow)                                          \
	E("tls_alert",                                                         \
	    "\"host\":\"client\",\"direction\":\"received\","                  \
	    "\"level\":\"fatal\",\"description\":\"" description "\"," flow)
#define SAID(host, words, flow)                                                \
	E("said", "\"host\":\"" host "\",\"words\":\"" words "\"," flow)
#define BAD_MAC                                                                \
	"error:0A000119:SSL routines::decryption failed or bad record mac"
#define SECOND_FLOW                                                            \
	"\"src_ip\":\"198.51.100.10\",\"src_port\":40002,"                     \
	"\"dest_ip\":\"198.51.100.20\",\"dest_port\":443"

static void
a_stock_server_is_credited_by_its_alert_or_its_words(void **state)
{
	(void)state;
	expect(
	    STOCK CLIENT_SHAKEN RECORD_COPY CLIENT_GOT("bad_record_mac", FLOW),
	    1, "tls-record", "tls");
	expect(STOCK CLIENT_SHAKEN RECORD_COPY SAID("gateway", BAD_MAC, FLOW),
	    1, "tls-record", "tls");
	/* The copy's sender is the one who got the alert. */
	expect(STOCK RECORD_COPY E("replayed",
		   "\"host\":\"attacker\",\"outcome\":\"alert\","
		   "\"level\":\"fatal\","
		   "\"description\":\"bad_record_mac\"," FLOW),
	    1, "tls-handshake", "tls");
	/* A handshake that never came through was refused as such. */
	expect(STOCK RECORD_COPY SAID("gateway", BAD_MAC, FLOW), 1,
	    "tls-handshake", "tls");
}

static void
what_a_stock_server_says_of_something_else_is_not_of_the_copy(void **state)
{
	(void)state;
	/* Another connection, another cause, another host, or too early. */
	expect(STOCK CLIENT_SHAKEN RECORD_COPY CLIENT_GOT(
		   "bad_record_mac", SECOND_FLOW),
	    1, "unknown", "nowhere");
	expect(STOCK CLIENT_SHAKEN RECORD_COPY SAID(
		   "gateway", BAD_MAC, SECOND_FLOW),
	    1, "unknown", "nowhere");
	expect(STOCK CLIENT_SHAKEN RECORD_COPY E(
		   "said", "\"host\":\"gateway\",\"words\":\"" BAD_MAC "\""),
	    1, "unknown", "nowhere");
	expect(
	    STOCK CLIENT_SHAKEN RECORD_COPY CLIENT_GOT("internal_error", FLOW),
	    1, "unknown", "nowhere");
	expect(STOCK CLIENT_SHAKEN RECORD_COPY SAID(
		   "gateway", "peer closed connection in SSL handshake", FLOW),
	    1, "unknown", "nowhere");
	expect(STOCK CLIENT_SHAKEN RECORD_COPY SAID("client", BAD_MAC, FLOW), 1,
	    "unknown", "nowhere");
	expect(STOCK CLIENT_SHAKEN CLIENT_GOT("bad_record_mac", FLOW)
		   RECORD_COPY,
	    1, "unknown", "nowhere");
	/*
	 * A request had come through meanwhile: the alert may be about what
	 * came behind it.
	 */
	expect(STOCK CLIENT_SHAKEN RECORD_COPY AT_BALANCER("aa")
		   CLIENT_GOT("bad_record_mac", FLOW),
	    1, "unknown", "nowhere");
}

static void
a_victim_of_the_lab_is_not_credited_like_a_stock_server(void **state)
{
#define HAS_IT                                                                 \
	E("connection", "\"host\":\"gateway\",\"action\":\"accepted\"," FLOW)
	(void)state;
	expect(CLIENT_SHAKEN RECORD_COPY CLIENT_GOT("bad_record_mac", FLOW), 1,
	    "unknown", "nowhere");
	/* A stock server was there, too; this connection was not its. */
	expect(STOCK HAS_IT CLIENT_SHAKEN RECORD_COPY CLIENT_GOT(
		   "bad_record_mac", FLOW),
	    1, "unknown", "nowhere");
}

/* A stock balancer: the copy goes in there, and comes out at a backend. */
#define STOCK_BALANCER                                                         \
	E("stock", "\"host\":\"balancer\",\"version\":\"HAProxy 2.6.12\"")
#define SERVED_BEHIND STOCK_BALANCER AT_BACKEND("aa", ACCEPTED) TOLD
#define ANSWERED(status)                                                       \
	E("replayed", "\"host\":\"attacker\",\"outcome\":\"answered\","        \
		      "\"status\":" status "," OTHER_FLOW)
#define WITH_201 ACCEPTED ",\"status\":201"

static void
a_copy_is_followed_through_a_stock_balancer(void **state)
{
	(void)state;
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND("aa", WITH_201)
		   ANSWERED("201"),
	    2, "nobody", "backend");
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND("aa", REFUSED), 1,
	    "backend:nonce", "backend");
	/* The original had come by a gateway of the lab. */
	expect(STOCK_BALANCER AT_GATEWAY("aa") AT_BACKEND("aa", ACCEPTED)
		   TOLD REQUEST_COPY AT_BACKEND("aa", REFUSED),
	    1, "backend:nonce", "backend");
	/* The copy, too. */
	expect(STOCK_BALANCER HANDSHAKE AT_GATEWAY("aa") AT_BACKEND(
		   "aa", ACCEPTED) TOLD RECORD_COPY RECORD_READ AT_GATEWAY("aa")
		   AT_BACKEND("aa", REFUSED),
	    1, "backend:nonce", "backend");
}

static void
what_else_comes_from_a_stock_balancer_is_not_the_copy(void **state)
{
#define COMES AT_BACKEND("aa", WITH_201)
	(void)state;
	/*
	 * No stock program there; the original itself; other bytes; from
	 * another host; from before the copy.
	 */
	expect(AT_BACKEND("aa", ACCEPTED) TOLD REQUEST_COPY COMES, 2, "unknown",
	    "nowhere");
	expect(STOCK_BALANCER REQUEST_COPY COMES, 1, "unknown", "nowhere");
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND("bb", ACCEPTED), 1,
	    "unknown", "nowhere");
	expect(SERVED_BEHIND REQUEST_COPY AT("backend1", "backend", "aa",
		   ACCEPTED, "203.0.113.20", "6000"),
	    1, "unknown", "nowhere");
	expect(SERVED_BEHIND COMES REQUEST_COPY, 2, "unknown", "nowhere");
	/* After the copy's own answer, or not with that answer's status. */
	expect(SERVED_BEHIND REQUEST_COPY ANSWERED("201") COMES, 2, "unknown",
	    "nowhere");
	expect(SERVED_BEHIND REQUEST_COPY COMES ANSWERED("502"), 2, "unknown",
	    "nowhere");
}

static void
an_honest_repetition_behind_a_stock_balancer_is_not_the_copy(void **state)
{
	(void)state;
	/*
	 * The client's same bytes, sent on after the copy, or before it and
	 * still under way: that one may be what arrives.
	 */
	expect(SERVED_BEHIND REQUEST_COPY AT_GATEWAY("aa") COMES, 2, "unknown",
	    "nowhere");
	expect(SERVED_BEHIND AT_GATEWAY("aa") REQUEST_COPY COMES, 2, "unknown",
	    "nowhere");
	expect(SERVED_BEHIND REQUEST_COPY REQUEST_COPY COMES, 2, "unknown",
	    "nowhere");
	/* Two, and no word of where they come from. */
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND("aa", REFUSED) COMES, 2,
	    "unknown", "nowhere");
	/* It came when the copy had been told its fate. */
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND(
		   "aa", REFUSED ",\"status\":409") ANSWERED("409") COMES,
	    2, "backend:nonce", "backend");
	expect(SERVED_BEHIND REQUEST_COPY AT_BACKEND("aa", REFUSED)
		   AT_GATEWAY("aa") COMES,
	    2, "backend:nonce", "backend");
}

static void
curl_is_credited_by_its_alert_against_a_server_s_record(void **state)
{
#define CURL E("stock", "\"host\":\"client\",\"version\":\"curl 7.88.1\"")
#define SERVERS_RECORD                                                         \
	E("copy_sent", "\"kind\":\"record\",\"side\":\"server\","              \
		       "\"fingerprint\":\"rr\"," FLOW)
#define GATEWAY_GOT                                                            \
	E("tls_alert", "\"host\":\"gateway\",\"direction\":\"received\","      \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_record_mac\"," FLOW)
	(void)state;
	expect(CURL HAS_IT HANDSHAKE SERVERS_RECORD GATEWAY_GOT, 1,
	    "tls-record", "tls");
	/* Not of a record that went the other way, nor of our own client. */
	expect(CURL HAS_IT HANDSHAKE RECORD_COPY GATEWAY_GOT, 1, "unknown",
	    "nowhere");
	expect(HAS_IT HANDSHAKE SERVERS_RECORD GATEWAY_GOT, 1, "unknown",
	    "nowhere");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_stock_server_is_credited_by_its_alert_or_its_words),
	    cmocka_unit_test(
		what_a_stock_server_says_of_something_else_is_not_of_the_copy),
	    cmocka_unit_test(
		a_victim_of_the_lab_is_not_credited_like_a_stock_server),
	    cmocka_unit_test(a_copy_is_followed_through_a_stock_balancer),
	    cmocka_unit_test(
		what_else_comes_from_a_stock_balancer_is_not_the_copy),
	    cmocka_unit_test(
		an_honest_repetition_behind_a_stock_balancer_is_not_the_copy),
	    cmocka_unit_test(
		curl_is_credited_by_its_alert_against_a_server_s_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

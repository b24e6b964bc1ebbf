/* SPDX-License-Identifier: MIT */
/*
 * The verdict from evidence: each layer is credited only by an event of its
 * own, and a wrong expectation is seen to be wrong.
 */
#include "observation.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FLOW                                                                   \
	"\"src_ip\":\"198.51.100.10\",\"src_port\":40000,"                     \
	"\"dest_ip\":\"198.51.100.20\",\"dest_port\":443"
#define OTHER_FLOW                                                             \
	"\"src_ip\":\"203.0.113.66\",\"src_port\":40001,"                      \
	"\"dest_ip\":\"203.0.113.30\",\"dest_port\":80"
#define E(type, rest) "{\"event_type\":\"" type "\"," rest "}\n"

#define HANDSHAKE                                                              \
	E("tls_handshake", "\"host\":\"gateway\","                             \
			   "\"outcome\":\"completed\"," FLOW)
/* A request with those bytes at one hop, and the whole way of one. */
#define AT(host, role, bytes, said, from, port)                                \
	E("request", "\"host\":\"" host "\",\"role\":\"" role                  \
		     "\",\"fingerprint\":\"" bytes "\"," said                  \
		     ",\"src_ip\":\"" from "\",\"src_port\":" port             \
		     ",\"dest_ip\":\"203.0.113.30\",\"dest_port\":80")
#define PASSED(upstream)                                                       \
	"\"verdict\":\"forwarded\",\"upstream\":\"" upstream "\""
#define ACCEPTED "\"verdict\":\"accepted\""
#define REFUSED "\"verdict\":\"replayed\",\"check\":\"nonce\""
#define AT_GATEWAY(bytes)                                                      \
	E("request",                                                           \
	    "\"host\":\"gateway\",\"role\":\"gateway\","                       \
	    "\"fingerprint\":\"" bytes "\"," PASSED("balancer") "," FLOW)
#define AT_BALANCER(bytes)                                                     \
	AT("balancer", "balancer", bytes, PASSED("backend1"), "203.0.113.20",  \
	    "5000")
#define AT_BACKEND(bytes, said)                                                \
	AT("backend1", "backend", bytes, said, "203.0.113.30", "6000")
#define SERVED AT_GATEWAY("aa") AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED)
/* The copy, over a connection of the attacker's to the balancer. */
#define COPY_PASSED                                                            \
	AT("balancer", "balancer", "aa", PASSED("backend1"), "203.0.113.66",   \
	    "40001")
#define TOLD                                                                   \
	E("transfer",                                                          \
	    "\"host\":\"client\",\"id\":\"t-1\",\"outcome\":\"accepted\"")
#define RECORD_COPY                                                            \
	E("copy_sent", "\"kind\":\"record\",\"fingerprint\":\"rr\"," FLOW)
#define RECORD_READ                                                            \
	E("tls_record", "\"host\":\"gateway\",\"direction\":\"received\","     \
			"\"fingerprint\":\"rr\"," FLOW)
#define ALERT                                                                  \
	E("tls_alert", "\"host\":\"gateway\",\"direction\":\"sent\","          \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_record_mac\"," FLOW)
#define REQUEST_COPY                                                           \
	E("copy_sent",                                                         \
	    "\"kind\":\"request\",\"fingerprint\":\"aa\"," OTHER_FLOW)
#define DROP                                                                   \
	E("tcp_drop", "\"host\":\"lab\",\"on\":\"gateway\","                   \
		      "\"ip\":\"198.51.100.20\","                              \
		      "\"counter\":\"TCPDSACKOldSent\"")
#define OTHER_DROP                                                             \
	E("tcp_drop", "\"host\":\"lab\",\"on\":\"backend1\","                  \
		      "\"ip\":\"203.0.113.41\","                               \
		      "\"counter\":\"TCPDSACKOldSent\"")

static struct execution rows[] = {
    {.id = "t-1", .backend = "backend1", .amount = 100},
    {.id = "t-1", .backend = "backend1", .amount = 200},
    {.id = "t-8", .backend = "backend1"},
};

/* Observe the events with the first n ledger rows. */
static void
observe_text(
    const char *events, size_t n, struct evidence *e, struct observation *o)
{
	struct executions x = {rows, n};

	assert_int_equal(evidence_open(e, "/dev/null"), 0);
	assert_int_equal(evidence_take(e, bytes_of(events)), 0);
	assert_int_equal(e->unreadable, 0);
	observe(e, &x, o);
}

static void
expect(
    const char *events, size_t n, const char *stopped_by, const char *delivered)
{
	struct evidence e;
	struct observation o;

	observe_text(events, n, &e, &o);
	assert_string_equal(o.stopped_by, stopped_by);
	assert_string_equal(o.delivered, delivered);
	evidence_close(&e);
}

static void
a_record_is_credited_to_tls_only_if_the_gateway_read_it(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT, 1,
	    "tls-record", "tls");
	/* The alert alone may have another cause. */
	expect(
	    HANDSHAKE SERVED TOLD RECORD_COPY ALERT, 1, "unknown", "nowhere");
	/* An alert from before the copy says nothing of it. */
	expect(HANDSHAKE SERVED TOLD RECORD_READ ALERT RECORD_COPY, 1,
	    "unknown", "nowhere");
}

#define LEFT_OUT                                                               \
	E("withheld", "\"rule\":\"drop\",\"kind\":\"record\","                 \
		      "\"side\":\"client\",\"fingerprint\":\"ww\"," FLOW)
#define NEXT_READ                                                              \
	E("tls_record", "\"host\":\"gateway\",\"direction\":\"received\","     \
			"\"fingerprint\":\"nn\"," FLOW)

/* One record left out and another put in: the alert is about what was read. */
static void
what_is_left_out_and_what_is_put_in_are_told_apart(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	expect(HANDSHAKE SERVED TOLD LEFT_OUT NEXT_READ ALERT, 1, "tls-record",
	    "tls");
	observe_text(
	    HANDSHAKE SERVED TOLD LEFT_OUT RECORD_COPY RECORD_READ ALERT, 1, &e,
	    &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_UNKNOWN);
	assert_int_equal(o.copies[1].stopped_by, LAYER_TLS_RECORD);
	evidence_close(&e);
	observe_text(HANDSHAKE SERVED TOLD LEFT_OUT RECORD_COPY NEXT_READ ALERT,
	    1, &e, &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_TLS_RECORD);
	assert_int_equal(o.copies[1].stopped_by, LAYER_UNKNOWN);
	evidence_close(&e);
	/* The copy was taken, and what came behind it was not. */
	observe_text(
	    HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ NEXT_READ ALERT, 1,
	    &e, &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_UNKNOWN);
	assert_int_equal(o.copies[0].delivered, PLACE_TLS);
	evidence_close(&e);
}

static void
an_alert_in_an_unfinished_handshake_is_the_handshake_s(void **state)
{
	(void)state;
	expect(SERVED TOLD RECORD_COPY ALERT, 1, "tls-handshake", "tls");
}

static void
a_copy_the_backend_accepts_was_stopped_by_nobody(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
	/* The alert that follows does not undo the transfer. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ SERVED ALERT, 2,
	    "nobody", "backend");
}

static void
a_copy_the_backend_refuses_names_the_check(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", REFUSED),
	    1, "backend:nonce", "backend");
	/* An honest request refused meanwhile is not the copy. */
	expect(SERVED TOLD REQUEST_COPY AT_BACKEND("bb", REFUSED), 1, "unknown",
	    "nowhere");
}

static void
the_same_bytes_from_an_honest_client_are_not_the_copy(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY SERVED, 2, "unknown", "nowhere");
	/* The copy is refused; the client's own repetition is accepted. */
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", REFUSED)
		   SERVED,
	    2, "backend:nonce", "backend");
	/* On the copied record's own connection, too. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ AT_GATEWAY("bb")
		   AT_BALANCER("bb") AT_BACKEND("bb", ACCEPTED),
	    1, "unknown", "tls");
}

/* A gateway that signs anew: what it had as "aa" goes on as "cc". */
#define SIGNED_COPY                                                            \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\",\"as\":\"cc\"," PASSED(           \
			 "balancer") "," OTHER_FLOW)

static void
a_copy_that_was_signed_anew_is_followed_under_its_new_name(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("cc")
		   AT_BACKEND("cc", ACCEPTED),
	    2, "nobody", "backend");
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("cc")
		   AT_BACKEND("cc", REFUSED),
	    1, "backend:nonce", "backend");
	/* Under its old one somebody else's comes. */
	expect(SERVED TOLD REQUEST_COPY SIGNED_COPY AT_BALANCER("aa")
		   AT_BACKEND("aa", REFUSED),
	    1, "unknown", "gateway");
}

static void
an_outage_is_no_defence(void **state)
{
	(void)state;
	expect(SERVED TOLD REQUEST_COPY COPY_PASSED AT("balancer", "balancer",
		   "aa", "\"verdict\":\"upstream-unavailable\"", "203.0.113.66",
		   "40001"),
	    1, "unknown", "gateway");
}

static void
an_alert_of_another_cause_is_no_refusal_of_the_copy(void **state)
{
	(void)state;
	expect(SERVED TOLD RECORD_COPY E("tls_alert",
		   "\"direction\":\"sent\",\"level\":\"fatal\","
		   "\"description\":\"protocol_version\"," FLOW),
	    1, "unknown", "nowhere");
}

static void
a_record_left_out_is_missed_by_tls(void **state)
{
#define WITHHELD(rule)                                                         \
	E("withheld",                                                          \
	    "\"kind\":\"record\",\"side\":\"client\",\"rule\":\"" rule         \
	    "\",\"fingerprint\":\"rr\"," FLOW)
	(void)state;
	expect(HANDSHAKE WITHHELD("drop") ALERT, 0, "tls-record", "tls");
	expect(HANDSHAKE ALERT WITHHELD("drop"), 0, "unknown", "nowhere");
	/* What is only held may still come. */
	expect(HANDSHAKE WITHHELD("hold") ALERT, 0, "no-copy-sent", "nowhere");
}

static void
what_is_missing_or_changed_places_and_is_not_missed(void **state)
{
	(void)state;
	/* A request made of the rest went through. */
	expect(HANDSHAKE WITHHELD("drop") SERVED, 1, "nobody", "backend");
	expect(HANDSHAKE WITHHELD("drop") AT_GATEWAY("aa"), 1, "unknown",
	    "gateway");
	expect(HANDSHAKE SERVED WITHHELD("drop"), 1, "unknown", "nowhere");
	expect(HANDSHAKE WITHHELD("swap") RECORD_COPY RECORD_READ SERVED, 1,
	    "nobody", "backend");
	/* What a server said is not in its client's requests. */
	expect(HANDSHAKE E("withheld", "\"kind\":\"record\",\"side\":"
				       "\"server\",\"rule\":\"drop\"," FLOW)
		   SERVED,
	    1, "unknown", "nowhere");
}

static void
a_stream_that_was_cut_is_missed_only_by_who_says_so(void **state)
{
#define CLOSED(reason)                                                         \
	E("connection", "\"host\":\"client\",\"action\":\"closed\","           \
			"\"reason\":\"" reason "\"," FLOW)
#define CUT                                                                    \
	E("withheld",                                                          \
	    "\"kind\":\"record\",\"side\":\"server\",\"rule\":\"cut\","        \
	    "\"fingerprint\":\"rr\"," FLOW)
	(void)state;
	expect(HANDSHAKE CUT CLOSED("truncated"), 0, "tls-record", "tls");
	expect(CUT CLOSED("truncated"), 0, "tls-handshake", "tls");
	expect(HANDSHAKE CUT CLOSED("eof"), 0, "unknown", "nowhere");
	expect(HANDSHAKE CLOSED("truncated") CUT, 0, "unknown", "nowhere");
	/* Whose words were cut off has missed nothing. */
	expect(HANDSHAKE WITHHELD("cut") CLOSED("truncated"), 0, "unknown",
	    "nowhere");
	expect(HANDSHAKE WITHHELD("drop") CLOSED("truncated"), 0, "unknown",
	    "nowhere");
}

static void
an_honest_request_with_the_same_bytes_is_no_copy_that_tcp_dropped(void **state)
{
#define INNER_FLOW                                                             \
	"\"src_ip\":\"203.0.113.30\",\"src_port\":6000,"                       \
	"\"dest_ip\":\"203.0.113.30\",\"dest_port\":80"
#define SEGMENT_COPY                                                           \
	E("copy_sent",                                                         \
	    "\"kind\":\"segment\",\"fingerprint\":\"aa\"," INNER_FLOW)
#define INNER_DROP                                                             \
	E("tcp_drop", "\"host\":\"lab\",\"on\":\"balancer\","                  \
		      "\"ip\":\"203.0.113.30\","                               \
		      "\"counter\":\"TCPDSACKOldSent\"")
	(void)state;
	expect(SERVED SEGMENT_COPY INNER_DROP SERVED, 2, "tcp", "tcp");
	expect(SERVED SEGMENT_COPY AT_BACKEND("aa", ACCEPTED), 2, "nobody",
	    "backend");
	expect(SERVED SEGMENT_COPY SERVED AT_BACKEND("aa", ACCEPTED), 3,
	    "nobody", "backend");
}

static void
several_copies_are_summed_up_by_the_worst(void **state)
{
#define SECOND REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED)
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT SECOND, 2,
	    "nobody", "backend");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT REQUEST_COPY
		   COPY_PASSED AT_BACKEND("aa", REFUSED),
	    1, "several-layers", "backend");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT REQUEST_COPY,
	    1, "unknown", "nowhere");
}

static void
tcp_is_credited_only_while_no_higher_layer_has_spoken(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY DROP, 1, "tcp", "tcp");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY OTHER_DROP, 1, "unknown",
	    "nowhere");
	/* Nor to the TCP of the one whose words it repeats. */
	expect(
	    HANDSHAKE SERVED TOLD RECORD_COPY E("tcp_drop",
		"\"host\":\"lab\",\"on\":\"client\",\"ip\":\"198.51.100.10\","
		"\"counter\":\"TCPACKSkippedSeq\""),
	    1, "unknown", "nowhere");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ DROP, 1, "unknown",
	    "tls");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY DROP RECORD_READ ALERT, 1,
	    "tls-record", "tls");
}

#define SERVER_COPY                                                            \
	E("copy_sent", "\"kind\":\"stream\",\"side\":\"server\"," FLOW)
#define BELIEVED                                                               \
	E("transfer",                                                          \
	    "\"host\":\"client\",\"id\":\"t-2\",\"outcome\":\"accepted\"")

static void
a_server_s_old_words_succeed_only_if_the_client_believes_them(void **state)
{
	(void)state;
	expect(SERVER_COPY HANDSHAKE BELIEVED, 0, "nobody", "tls");
#define CLIENT_ALERT                                                           \
	E("tls_alert", "\"host\":\"client\",\"direction\":\"sent\","           \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"decrypt_error\"," FLOW)
	expect(SERVER_COPY CLIENT_ALERT BELIEVED, 0, "tls-handshake", "tls");
	/* The other end's alert is about something else. */
	expect(SERVER_COPY ALERT, 0, "unknown", "nowhere");
	expect(HANDSHAKE RECORD_COPY RECORD_READ CLIENT_ALERT, 0, "unknown",
	    "tls");
	/* And so is what the other end reads: a record that was reflected. */
	expect(HANDSHAKE RECORD_COPY E("tls_record",
		   "\"host\":\"client\",\"direction\":\"received\","
		   "\"fingerprint\":\"rr\"," FLOW) ALERT,
	    0, "unknown", "nowhere");
	/* What he is told next is of this copy, what later of another. */
#define LOST                                                                   \
	E("transfer", "\"host\":\"client\",\"id\":\"t-2\","                    \
		      "\"outcome\":\"connection-lost\"")
#define OTHER_CLIENT                                                           \
	E("transfer",                                                          \
	    "\"host\":\"client2\",\"id\":\"t-3\",\"outcome\":\"accepted\"")
	expect(SERVER_COPY HANDSHAKE LOST BELIEVED, 0, "unknown", "tls");
	expect(SERVER_COPY HANDSHAKE OTHER_CLIENT, 0, "unknown", "tls");
	/* Nor does early data that was not offered prove a handshake. */
	expect(SERVER_COPY E("early_data",
		   "\"host\":\"client\",\"outcome\":\"not-offered\"," FLOW)
		   BELIEVED,
	    0, "unknown", "nowhere");
	/* A certificate is the client's to refuse, and nobody else's. */
#define CERTIFICATE_ALERT                                                      \
	E("tls_alert", "\"host\":\"client\",\"direction\":\"sent\","           \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_certificate\"," FLOW)
	expect(SERVER_COPY CERTIFICATE_ALERT, 0, "tls-handshake", "tls");
	expect(RECORD_COPY CERTIFICATE_ALERT, 0, "unknown", "nowhere");
	/* A handshake elsewhere, or before, says nothing of this copy. */
	expect(SERVER_COPY BELIEVED, 0, "unknown", "nowhere");
	expect(HANDSHAKE SERVER_COPY BELIEVED, 0, "unknown", "nowhere");
}

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
	/* A request had come through meanwhile: the alert may be about what
	 * came behind it. */
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
	/* No stock program there; the original itself; other bytes; from
	 * another host; from before the copy. */
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
	/* The client's same bytes, sent on after the copy, or before it and
	 * still under way: that one may be what arrives. */
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

static void
without_a_copy_there_is_nothing_to_stop(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD, 1, "no-copy-sent", "nowhere");
	expect("", 0, "no-copy-sent", "nowhere");
}

/* The association of the client with the gateway, by datagrams. */
#define UDP FLOW ",\"proto\":\"UDP\""
#define DATAGRAM_COPY(bytes)                                                   \
	E("copy_sent", "\"kind\":\"record\",\"fingerprint\":\"" bytes "\""     \
		       "," UDP)
#define DATAGRAM(bytes, said, flow)                                            \
	E("dtls_record", "\"host\":\"gateway\",\"type\":\"application_data\"," \
			 "\"fingerprint\":\"" bytes "\"," said flow)
#define HAD "\"verdict\":\"accepted\","
#define DROPPED "\"verdict\":\"dropped\","
#define UDP_REQUEST                                                            \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\"," PASSED("balancer") "," UDP)     \
	AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED)
#define TAKEN_AND_SERVED DATAGRAM("rr", HAD, UDP) UDP_REQUEST

static void
a_datagram_is_credited_to_dtls_only_if_the_gateway_says_so(void **state)
{
	(void)state;
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, UDP),
	    1, "dtls-record", "dtls");
	/* Nothing executed and nothing said: nobody knows. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr"), 1, "unknown", "nowhere");
	/* Had it, and does not say what it did with it. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", "", UDP), 1,
	    "unknown", "dtls");
	/* Another record; the same before the copy; on another flow, on TCP. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("ss", DROPPED, UDP),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM("rr", DROPPED, UDP)
		   DATAGRAM_COPY("rr"),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, OTHER_FLOW),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, FLOW),
	    1, "unknown", "nowhere");
	/* What TCP drops meanwhile is no datagram. */
	expect(
	    TAKEN_AND_SERVED DATAGRAM_COPY("rr") DROP, 1, "unknown", "nowhere");
}

static void
a_datagram_that_is_accepted_again_was_stopped_by_nobody(void **state)
{
	(void)state;
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") TAKEN_AND_SERVED, 2,
	    "nobody", "backend");
	/* Not yet a request: it is on its way. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", HAD, UDP), 1,
	    "unknown", "dtls");
	/* One of two came through. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, UDP) TAKEN_AND_SERVED,
	    2, "nobody", "backend");
	/* The next honest request with other bytes is not the copy. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", DROPPED, UDP)
		   DATAGRAM("ss", HAD, UDP) UDP_REQUEST,
	    2, "dtls-record", "dtls");
}

/* The original was withheld and comes last: then it is what is dropped. */
static void
a_copy_before_its_original_is_not_the_one_that_is_dropped(void **state)
{
	(void)state;
	expect(DATAGRAM_COPY("rr")
		   TAKEN_AND_SERVED DATAGRAM("rr", DROPPED, UDP),
	    1, "nobody", "backend");
}

static bool
meets(const struct observation *o, const char *a, const char *b, const char *c)
{
	char *words[] = {(char *)a, (char *)b, (char *)c};
	struct expectation expectation;
	char why[160];

	assert_true(expectation_read(
	    words, c == NULL ? 2 : 3, &expectation, why, sizeof(why)));
	return observation_meets(o, &expectation);
}

static void
every_inverted_expectation_is_not_met(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(
	    SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED), 2,
	    &e, &o);
	assert_true(meets(&o, "stopped-by", "nobody", NULL));
	assert_false(meets(&o, "stopped-by", "tcp", NULL));
	assert_false(meets(&o, "stopped-by", "tls-record", NULL));
	assert_false(meets(&o, "stopped-by", "tls-handshake", NULL));
	assert_false(meets(&o, "stopped-by", "gateway", NULL));
	assert_false(meets(&o, "stopped-by", "backend:nonce", NULL));
	assert_false(meets(&o, "stopped-by", "backend", NULL));
	assert_true(meets(&o, "delivered", "backend", NULL));
	assert_false(meets(&o, "delivered", "tcp", NULL));
	assert_true(meets(&o, "executed", "t-1", "twice"));
	assert_false(meets(&o, "executed", "t-1", "once"));
	assert_false(meets(&o, "executed", "t-1", "never"));
	assert_false(meets(&o, "executed", "t-9", "never"));
	assert_true(meets(&o, "moved", "t-1", "200"));
	assert_false(meets(&o, "moved", "t-1", "100"));
	assert_false(meets(&o, "moved", "t-9", "0"));
	assert_false(meets(&o, "collateral", "connection-lost", "t-1"));
	evidence_close(&e);
}

static void
what_took_effect_and_nobody_asked_for_is_seen(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(SERVED TOLD TOLD REQUEST_COPY SERVED, 3, &e, &o);
	assert_true(meets(&o, "executed", "t-1", "twice"));
	assert_true(meets(&o, "executed", "t-8", "once"));
	assert_false(meets(&o, "executed", "t-9", "never"));
	assert_int_equal(o.executed_count, 2);
	evidence_close(&e);
}

static void
what_the_client_was_told_is_held_against_the_ledger(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(TOLD E("transfer", "\"id\":\"t-2\","
					"\"outcome\":\"connection-lost\"")
			 E("transfer", "\"id\":\"t-3\","
				       "\"outcome\":\"refused\"")
			     E("transfer", "\"id\":\"t-4\","
					   "\"outcome\":\"unanswered\""),
	    0, &e, &o);
	assert_true(meets(&o, "collateral", "request-swallowed", "t-1"));
	assert_true(meets(&o, "collateral", "connection-lost", "t-2"));
	assert_true(meets(&o, "collateral", "honest-refused", "t-3"));
	assert_true(meets(&o, "collateral", "unanswered", "t-4"));
	assert_int_equal(o.price_count, 4);
	evidence_close(&e);
}

static void
lines_may_come_in_pieces_and_bad_ones_are_counted(void **state)
{
	static const char text[] = SERVED "{\"v\":1}\nnot json\n" TOLD;
	struct evidence e;

	(void)state;
	assert_int_equal(evidence_open(&e, "/dev/null"), 0);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		evidence_take(&e, (struct bytes){(const uint8_t *)text + i, 1});
	assert_int_equal(e.count, 4);
	assert_int_equal(e.unreadable, 2);
	evidence_close(&e);
}

/* A first flight that came again, on a connection of the attacker's own. */
#define FLIGHT_FLOW                                                            \
	"\"src_ip\":\"198.51.100.66\",\"src_port\":40002,"                     \
	"\"dest_ip\":\"198.51.100.20\",\"dest_port\":443"
#define FLIGHT_COPY                                                            \
	E("copy_sent",                                                         \
	    "\"kind\":\"stream\",\"fingerprint\":\"ff\"," FLIGHT_FLOW)
#define EARLY(said, flow)                                                      \
	E("early_data", "\"host\":\"gateway\",\"outcome\":" said "," flow)
#define TAKEN EARLY("\"accepted\"", FLIGHT_FLOW)
#define NOT_TAKEN EARLY("\"rejected\",\"reason\":\"seen\"", FLIGHT_FLOW)
#define FLIGHT_AT_GATEWAY(said)                                                \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\"," said "," FLIGHT_FLOW)
#define UNFINISHED                                                             \
	E("tls_handshake", "\"host\":\"gateway\",\"outcome\":\"failed\","      \
			   "\"reason\":\"eof\"," FLIGHT_FLOW)
#define FLIGHT_ALERT                                                           \
	E("tls_alert", "\"host\":\"gateway\",\"direction\":\"sent\","          \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_record_mac\"," FLIGHT_FLOW)
#define TOO_EARLY "\"verdict\":\"too-early\",\"check\":\"early-data\""

static void
early_data_is_refused_only_by_the_gateway_s_own_word(void **state)
{
	(void)state;
	expect(SERVED TOLD FLIGHT_COPY NOT_TAKEN UNFINISHED, 1,
	    "tls-early-data", "tls");
	/* That a copy cannot finish the handshake has stopped nothing. */
	expect(SERVED TOLD FLIGHT_COPY UNFINISHED, 1, "unknown", "nowhere");
	/* Early data of somebody else, or from before the copy. */
	expect(SERVED TOLD FLIGHT_COPY EARLY("\"rejected\"", FLOW) UNFINISHED,
	    1, "unknown", "nowhere");
	expect(SERVED TOLD NOT_TAKEN FLIGHT_COPY UNFINISHED, 1, "unknown",
	    "nowhere");
	/* A record copied into a live connection is not early data. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY EARLY("\"rejected\"", FLOW), 1,
	    "unknown", "nowhere");
	/* The alert behind it is about what follows in the stream. */
	expect(SERVED TOLD FLIGHT_COPY NOT_TAKEN FLIGHT_ALERT, 1,
	    "tls-early-data", "tls");
}

static void
early_data_is_stopped_for_the_reason_that_is_expected(void **state)
{
#define REJECTED(reason)                                                       \
	EARLY("\"rejected\",\"reason\":\"" reason "\"", FLIGHT_FLOW)
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(FLIGHT_COPY REJECTED("seen"), 0, &e, &o);
	assert_true(meets(&o, "stopped-by", "tls-early-data:seen", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_false(meets(&o, "stopped-by", "tls-early-data:refused", NULL));
	evidence_close(&e);
	/* An outage of the memory is no defence. */
	observe_text(FLIGHT_COPY REJECTED("no-memory"), 0, &e, &o);
	assert_false(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data:no-memory", NULL));
	evidence_close(&e);
	/* Who takes no early data at all knows no copy from the first. */
	observe_text(FLIGHT_COPY REJECTED("refused"), 0, &e, &o);
	assert_false(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data:refused", NULL));
	evidence_close(&e);
}

static void
early_data_that_was_taken_takes_effect_without_a_handshake(void **state)
{
	(void)state;
	expect(
	    SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED("balancer"))
		UNFINISHED AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
	/* Taken, and then nobody says what became of it. */
	expect(SERVED TOLD FLIGHT_COPY TAKEN UNFINISHED, 1, "unknown", "tls");
	/* Whole streams end with an alert, when it is too late. */
	expect(
	    SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED("balancer"))
		FLIGHT_ALERT AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
}

static void
whoever_answers_425_has_stopped_it(void **state)
{
	(void)state;
	expect(SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(TOO_EARLY), 1,
	    "gateway", "gateway");
	expect(SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED(
		   "balancer")) AT_BALANCER("aa") AT_BACKEND("aa", TOO_EARLY),
	    1, "backend:early-data", "backend");
}

static void
a_gateway_that_cannot_read_a_copy_has_not_stopped_it(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(TOO_EARLY), 0, &e, &o);
	assert_true(meets(&o, "stopped-by", "gateway", NULL));
	evidence_close(&e);
	observe_text(FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(
			 "\"verdict\":\"malformed\",\"check\":\"syntax\""),
	    0, &e, &o);
	assert_false(meets(&o, "stopped-by", "gateway", NULL));
	evidence_close(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_record_is_credited_to_tls_only_if_the_gateway_read_it),
	    cmocka_unit_test(
		what_is_left_out_and_what_is_put_in_are_told_apart),
	    cmocka_unit_test(
		an_alert_in_an_unfinished_handshake_is_the_handshake_s),
	    cmocka_unit_test(a_copy_the_backend_accepts_was_stopped_by_nobody),
	    cmocka_unit_test(a_copy_the_backend_refuses_names_the_check),
	    cmocka_unit_test(
		the_same_bytes_from_an_honest_client_are_not_the_copy),
	    cmocka_unit_test(
		a_copy_that_was_signed_anew_is_followed_under_its_new_name),
	    cmocka_unit_test(an_outage_is_no_defence),
	    cmocka_unit_test(
		an_alert_of_another_cause_is_no_refusal_of_the_copy),
	    cmocka_unit_test(a_record_left_out_is_missed_by_tls),
	    cmocka_unit_test(
		what_is_missing_or_changed_places_and_is_not_missed),
	    cmocka_unit_test(
		a_stream_that_was_cut_is_missed_only_by_who_says_so),
	    cmocka_unit_test(
		an_honest_request_with_the_same_bytes_is_no_copy_that_tcp_dropped),
	    cmocka_unit_test(several_copies_are_summed_up_by_the_worst),
	    cmocka_unit_test(
		tcp_is_credited_only_while_no_higher_layer_has_spoken),
	    cmocka_unit_test(
		a_server_s_old_words_succeed_only_if_the_client_believes_them),
	    cmocka_unit_test(
		a_datagram_is_credited_to_dtls_only_if_the_gateway_says_so),
	    cmocka_unit_test(
		a_datagram_that_is_accepted_again_was_stopped_by_nobody),
	    cmocka_unit_test(
		a_copy_before_its_original_is_not_the_one_that_is_dropped),
	    cmocka_unit_test(
		early_data_is_refused_only_by_the_gateway_s_own_word),
	    cmocka_unit_test(
		early_data_that_was_taken_takes_effect_without_a_handshake),
	    cmocka_unit_test(whoever_answers_425_has_stopped_it),
	    cmocka_unit_test(
		a_gateway_that_cannot_read_a_copy_has_not_stopped_it),
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
	    cmocka_unit_test(without_a_copy_there_is_nothing_to_stop),
	    cmocka_unit_test(every_inverted_expectation_is_not_met),
	    cmocka_unit_test(
		early_data_is_stopped_for_the_reason_that_is_expected),
	    cmocka_unit_test(what_took_effect_and_nobody_asked_for_is_seen),
	    cmocka_unit_test(
		what_the_client_was_told_is_held_against_the_ledger),
	    cmocka_unit_test(lines_may_come_in_pieces_and_bad_ones_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

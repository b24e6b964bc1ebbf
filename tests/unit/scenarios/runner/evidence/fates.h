/* SPDX-License-Identifier: MIT */
#ifndef FATES_H
#define FATES_H

#include "evidence/observation.h"

/*
 * Events as the programs write them, and the verdict on a text of them: each
 * layer is credited only by an event of its own, and a wrong expectation is
 * seen to be wrong.  To be included behind cmocka.h.
 */
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
static inline void
observe_text(
    const char *events, size_t n, struct evidence *e, struct observation *o)
{
	struct executions x = {rows, n};

	assert_int_equal(evidence_open(e, "/dev/null"), 0);
	assert_int_equal(evidence_take(e, bytes_of(events)), 0);
	assert_int_equal(e->unreadable, 0);
	observe(e, &x, o);
}

static inline void
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

/* What a line `expect A B C` of a scenario makes of it; c may be NULL. */
static inline bool
meets(const struct observation *o, const char *a, const char *b, const char *c)
{
	char *words[] = {(char *)a, (char *)b, (char *)c};
	struct expectation expectation;
	char why[160];

	assert_true(expectation_read(
	    words, c == NULL ? 2 : 3, &expectation, why, sizeof(why)));
	return observation_meets(o, &expectation);
}

#endif

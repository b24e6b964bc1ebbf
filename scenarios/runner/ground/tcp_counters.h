/* SPDX-License-Identifier: MIT */
#ifndef TCP_COUNTERS_H
#define TCP_COUNTERS_H

#include "bytes.h"

/*
 * What a host's TCP says it dropped: counters of /proc/net/netstat, Linux's own
 * account of its receiving side.  TCPDSACKOldSent: a segment all of whose bytes
 * it had already (RFC 2883).  PAWSEstab: a segment older than its time stamp
 * allows (RFC 7323 section 5).  EmbryonicRsts: a connection was reset before
 * its handshake was complete (RFC 9293 section 3.10.7.4).
 */
enum tcp_counter {
	TCP_DSACK_OLD_SENT,
	TCP_PAWS_ESTAB,
	TCP_ACK_SKIPPED_PAWS,
	TCP_ACK_SKIPPED_SEQ,
	TCP_EMBRYONIC_RSTS,
	TCP_COUNTERS,
};
const char *tcp_counter_name(enum tcp_counter counter);

struct tcp_counters {
	int64_t value[TCP_COUNTERS];
};

/* Read the text of /proc/net/netstat; a counter that is not there is 0. */
void tcp_counters_parse(struct bytes text, struct tcp_counters *counters);

/*
 * Those of a process's network namespace; 0 is the calling process.  0, or -1
 * after a warning.
 */
int tcp_counters_read(struct tcp_counters *counters, pid_t of);

#endif

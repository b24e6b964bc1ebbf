/* SPDX-License-Identifier: MIT */
#ifndef LAB_H
#define LAB_H

#include <stddef.h>

/*
 * The lab's folder, made by the runner, named by REPLAYLAB_DIR:
 *
 *	manifest.json	hosts, their addresses and ports
 *	ca.pem		the run's throw-away certificate authority
 *	gateway.pem	the gateways' certificate and private key
 *	client.pem	the clients' certificate and private key
 *	inner.pem	the same of those behind the gateways
 *	keys.json	who signs requests with which key
 *	clock/HOST	what that host believes of the time (lab_clock.h)
 *	keys.log	TLS secrets (SSLKEYLOGFILE)
 *
 * Programs use these files unless an option names another.
 */

#define LAB_PATH_MAX 4096

/* Where the filter of the attacker's links stands, in nftables' own words. */
#define LAB_EGRESS_TABLE "replaylab"
#define LAB_EGRESS_CHAIN "egress"

/*
 * The path of a file of the lab's folder, in one of a few static buffers that
 * later calls reuse; NULL if there is no lab.
 */
const char *lab_file(const char *name);

/*
 * Where a file is that a user named: in a lab a bare name means the lab's
 * folder, and every other path, or any outside of a lab, what it says.  The
 * same buffers as lab_file's.
 */
const char *lab_place(const char *name);

/*
 * What every program does first: open its event log and its host's clock.
 * 0, or -1 after a warning.
 */
int lab_join(const char *program);

#endif

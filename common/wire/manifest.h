/* SPDX-License-Identifier: MIT */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "bytes.h"

/*
 * The manifest of a run: which hosts there are, and whether the attacker's
 * links have a filter at their egress.  The runner writes it; the attacker
 * takes its targets from it and from nowhere else.
 *
 *	{"v":1,"egress":true,"hosts":[{"name":"gateway","port":443,"interfaces":[
 *	    {"network":"outer","address":"198.51.100.20","mac":"02:..."},
 *	    {"network":"inner","address":"203.0.113.20","mac":"02:..."}]}]}
 */

#define MANIFEST_HOSTS_MAX 16
#define MANIFEST_INTERFACES_MAX 2

struct manifest_interface {
	char network[16]; /* also the interface's name on the host */
	char address[46];
	char mac[18];
};

struct manifest_host {
	char name[32];
	uint16_t port; /* what its role listens on; 0: it serves nothing */
	struct manifest_interface interfaces[MANIFEST_INTERFACES_MAX];
	size_t interface_count;
};

struct manifest {
	struct manifest_host hosts[MANIFEST_HOSTS_MAX];
	size_t host_count;
	bool egress; /* there is that filter; without the member there is not */
};

enum manifest_verdict {
	MANIFEST_GOOD,
	MANIFEST_NOT_JSON,
	MANIFEST_MALFORMED, /* a member is missing, too long or of wrong type */
};

enum manifest_verdict manifest_parse(struct bytes text, struct manifest *m);

/* NULL if there is none. */
const struct manifest_host *manifest_host(
    const struct manifest *m, const char *name);
const struct manifest_interface *manifest_interface(
    const struct manifest_host *host, const char *network);
/* The host that has this address ("198.51.100.20"). */
const struct manifest_host *manifest_host_at(
    const struct manifest *m, const char *address);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Building the network.  A host is a network namespace for its interfaces and a
 * UTS namespace for its name; processes, files and users are the lab's.
 */
#include "plant.h"

#include "egress.h"
#include "network.h"
#include "rtnetlink.h"
#include "story/scenario_command.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINKS_DEADLINE_MS 30000 /* without news: many labs at once are slow */

const char *
plant_port(const char *network, const char *host, char into[PLANT_PORT_SIZE])
{
	snprintf(into, PLANT_PORT_SIZE, "%s-%s", network, host);
	return into;
}

static int
open_namespace(const char *kind)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		warn("%s", path);
	return fd;
}

int
plant_leave(const struct plant *p)
{
	if (setns(p->home_net, CLONE_NEWNET) == -1 ||
	    setns(p->home_uts, CLONE_NEWUTS) == -1) {
		warn("back to the switches");
		return -1;
	}
	return 0;
}

/* Its place in the manifest, or that of the last and one if it is not here. */
static size_t
find(const struct plant *p, const char *host)
{
	const struct manifest *m = &network_manifest;
	size_t h = 0;

	while (h < m->host_count &&
	       (p->net[h] == -1 || strcmp(m->hosts[h].name, host) != 0))
		h++;
	return h;
}

bool
plant_has(const struct plant *p, const char *host)
{
	return find(p, host) < network_manifest.host_count;
}

int
plant_enter(const struct plant *p, const char *host)
{
	size_t h = find(p, host);

	if (h == network_manifest.host_count) {
		warnx("%s is no host of this lab", host);
		return -1;
	}
	if (setns(p->net[h], CLONE_NEWNET) == -1 ||
	    setns(p->uts[h], CLONE_NEWUTS) == -1) {
		warn("host %s", host);
		return -1;
	}
	return 0;
}

/* A new empty host; the process stays in it. */
static int
make_host(struct plant *p, size_t h)
{
	const char *name = network_manifest.hosts[h].name;

	if (unshare(CLONE_NEWNET | CLONE_NEWUTS) == -1 ||
	    sethostname(name, strlen(name)) == -1) {
		warn("host %s", name);
		return -1;
	}
	p->net[h] = open_namespace("net");
	p->uts[h] = open_namespace("uts");
	return p->net[h] == -1 || p->uts[h] == -1 ? -1 : 0;
}

/* The cables of a host, from the switches' side. */
static int
plug_in(const struct plant *p, struct rtnetlink *switches, size_t h)
{
	const struct manifest_host *host = &network_manifest.hosts[h];
	char port[PLANT_PORT_SIZE];

	for (size_t i = 0; i < host->interface_count; i++) {
		const char *network = host->interfaces[i].network;

		plant_port(network, host->name, port);
		if (rtnetlink_add_cable(switches, port, network, network,
			host->interfaces[i].mac, p->net[h]) == -1 ||
		    rtnetlink_no_offload(port) == -1)
			return -1;
	}
	return 0;
}

/* Nobody but the attacker sends frames by hand. */
static void
fence(struct plant *p, const struct manifest_host *host)
{
	if (strcmp(network_program(host->name), "attacker") == 0)
		p->egress = egress_install(host) == 0;
}

/* Addresses, from inside the host. */
static int
configure(const struct manifest_host *host)
{
	struct rtnetlink *r = rtnetlink_open();
	int outcome = -1;

	if (r == NULL || rtnetlink_up(r, "lo") == -1)
		goto out;
	for (size_t i = 0; i < host->interface_count; i++) {
		const struct manifest_interface *it = &host->interfaces[i];

		if (rtnetlink_no_offload(it->network) == -1 ||
		    rtnetlink_add_address(r, it->network, it->address,
			NETWORK_PREFIX_LENGTH) == -1 ||
		    rtnetlink_up(r, it->network) == -1)
			goto out;
	}
	outcome = 0;
out:
	rtnetlink_close(r);
	return outcome;
}

uint64_t
plant_egress_dropped(const struct plant *p)
{
	uint64_t dropped = 0;

	if (p->egress && plant_enter(p, "attacker") == 0) {
		dropped = egress_dropped();
		(void)plant_leave(p);
	}
	return dropped;
}

static int
build_switches(struct rtnetlink *r, enum scenario_wiring wiring)
{
	for (size_t i = 0; network_switches[i] != NULL; i++)
		if (rtnetlink_add_bridge(
			r, network_switches[i], wiring == WIRING_HUB) == -1)
			return -1;
	return rtnetlink_up(r, "lo");
}

static int
build_host(struct plant *p, struct rtnetlink *switches, size_t h)
{
	const struct manifest_host *host = &network_manifest.hosts[h];

	if (make_host(p, h) == -1 || plant_leave(p) == -1 ||
	    plug_in(p, switches, h) == -1 || plant_enter(p, host->name) == -1 ||
	    configure(host) == -1)
		return -1;
	fence(p, host);
	return plant_leave(p);
}

int
plant_build(struct plant *p, enum scenario_wiring wiring,
    const struct scenario *scenario)
{
	const struct manifest *m = &network_manifest;
	struct rtnetlink *switches;
	int outcome = -1;

	for (size_t h = 0; h < m->host_count; h++)
		p->net[h] = p->uts[h] = -1;
	p->egress = false;
	p->home_net = open_namespace("net");
	p->home_uts = open_namespace("uts");
	if (p->home_net == -1 || p->home_uts == -1 ||
	    (switches = rtnetlink_open()) == NULL)
		return -1;
	if (build_switches(switches, wiring) == -1)
		goto out;
	for (size_t h = 0; h < m->host_count; h++)
		if ((scenario == NULL ||
			scenario_names_host(scenario, m->hosts[h].name)) &&
		    build_host(p, switches, h) == -1)
			goto out;
	outcome = rtnetlink_await_ports(LINKS_DEADLINE_MS);
out:
	rtnetlink_close(switches);
	return outcome;
}

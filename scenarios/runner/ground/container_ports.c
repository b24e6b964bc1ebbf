/* SPDX-License-Identifier: MIT */
/* Both ends of every cable, each from its own namespace. */
#include "container_ports.h"

#include "network.h"
#include "plant.h"
#include "rtnetlink.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#define LINKS_DEADLINE_MS 5000

static int
open_network(pid_t pid)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		warn("%s", path);
	return fd;
}

/* From inside a host: its ends of the cables; the numbers of the other ends. */
static int
look_at_host(const struct manifest_host *host, int ports[])
{
	for (size_t i = 0; i < host->interface_count; i++) {
		const char *name = host->interfaces[i].network;

		if (rtnetlink_no_offload(name) == -1 ||
		    (ports[i] = rtnetlink_other_end(name)) == -1)
			return -1;
	}
	return 0;
}

static int
prepare_ports(struct rtnetlink *r, const struct manifest_host *host,
    const int ports[], enum scenario_wiring wiring)
{
	char name[PLANT_PORT_SIZE];

	for (size_t i = 0; i < host->interface_count; i++) {
		plant_port(host->interfaces[i].network, host->name, name);
		if (rtnetlink_add_name(r, ports[i], name) == -1 ||
		    rtnetlink_no_offload(name) == -1)
			return -1;
		if (wiring == WIRING_HUB &&
		    rtnetlink_unlearn(r, ports[i], name) == -1)
			return -1;
	}
	return 0;
}

static int
prepare_host(struct rtnetlink *r, int home, pid_t pid,
    const struct manifest_host *host, enum scenario_wiring wiring)
{
	int ports[MANIFEST_INTERFACES_MAX], outcome;
	int net = open_network(pid);

	if (net == -1)
		return -1;
	if (setns(net, CLONE_NEWNET) == -1) {
		warn("host %s", host->name);
		close(net);
		return -1;
	}
	close(net);
	outcome = look_at_host(host, ports);
	if (setns(home, CLONE_NEWNET) == -1) {
		warn("back to the switches");
		return -1;
	}
	return outcome == -1 ? -1 : prepare_ports(r, host, ports, wiring);
}

int
container_ports_prepare(const pid_t pids[], enum scenario_wiring wiring)
{
	const struct manifest *m = &network_manifest;
	int home = open_network(getpid()), outcome = -1;
	struct rtnetlink *r = rtnetlink_open();

	if (home == -1 || r == NULL)
		goto out;
	for (size_t h = 0; h < m->host_count; h++)
		if (pids[h] != 0 &&
		    prepare_host(r, home, pids[h], &m->hosts[h], wiring) == -1)
			goto out;
	outcome = rtnetlink_await_ports(LINKS_DEADLINE_MS);
out:
	if (home != -1)
		close(home);
	rtnetlink_close(r);
	return outcome;
}

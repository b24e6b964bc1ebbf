/* SPDX-License-Identifier: MIT */
/*
 * plant build		the lab's network, in namespaces of its own: prints
 *			the nanoseconds until it is up, and until all is gone
 * plant batch FOLDER	the same network as files for `ip -batch`: FOLDER/all
 *			for the switches' side, FOLDER/HOST for each host's
 */
#include "ground/network.h"
#include "ground/plant.h"
#include "ground/sandbox.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* `up` is shared with the process outside. */
static int
inside(void *up)
{
	static struct plant p;

	if (plant_build(&p, WIRING_SWITCH, NULL) == -1)
		return EX_OSERR;
	*(int64_t *)up = now();
	return 0;
}

static int
build(void)
{
	int64_t began, *up = mmap(NULL, sizeof(*up), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	if (up == MAP_FAILED)
		err(EX_OSERR, "memory");
	began = now();
	if ((pid = sandbox_spawn(inside, up)) == -1)
		return EX_UNAVAILABLE;
	if (waitpid(pid, &status, 0) == -1 || status != 0)
		errx(EX_UNAVAILABLE, "the network was not built");
	printf("%lld %lld\n", (long long)(*up - began),
	    (long long)(now() - began));
	return 0;
}

static FILE *
open_batch(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((f = fopen(path, "w")) == NULL)
		err(EX_CANTCREAT, "%s", path);
	return f;
}

static void
write_host(FILE *all, FILE *own, const struct manifest_host *host)
{
	char port[PLANT_PORT_SIZE];

	fprintf(all, "netns add %s\n", host->name);
	fprintf(own, "link set lo up\n");
	for (size_t i = 0; i < host->interface_count; i++) {
		const struct manifest_interface *it = &host->interfaces[i];

		plant_port(it->network, host->name, port);
		fprintf(all,
		    "link add %s type veth peer name %s address %s netns %s\n"
		    "link set %s master %s up\n",
		    port, it->network, it->mac, host->name, port, it->network);
		fprintf(own, "addr add %s/%d dev %s\nlink set %s up\n",
		    it->address, NETWORK_PREFIX_LENGTH, it->network,
		    it->network);
	}
}

static int
batch(const char *folder)
{
	FILE *all = open_batch(folder, "all"), *own;

	fprintf(all, "link set lo up\n");
	for (size_t i = 0; network_switches[i] != NULL; i++)
		fprintf(all,
		    "link add %s type bridge mcast_snooping 0\n"
		    "link set %s up\n",
		    network_switches[i], network_switches[i]);
	for (size_t h = 0; h < network_manifest.host_count; h++) {
		own = open_batch(folder, network_manifest.hosts[h].name);
		write_host(all, own, &network_manifest.hosts[h]);
		if (fclose(own) == EOF)
			err(EX_IOERR, "%s", folder);
	}
	if (fclose(all) == EOF)
		err(EX_IOERR, "%s", folder);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "build") == 0)
		return build();
	if (argc == 3 && strcmp(argv[1], "batch") == 0)
		return batch(argv[2]);
	errx(EX_USAGE, "usage: plant build | batch FOLDER");
}

/* SPDX-License-Identifier: MIT */
/*
 * Topologies for others.  containerlab has no switch of its own but a bridge of
 * the machine, which somebody would have to make, and which would carry the
 * lab's frames outside of it; so a switch is a node here with a bridge inside.
 */
#include "topology.h"

#include "network.h"

#include <string.h>

static bool
is_plugged_in(const struct manifest_host *host, const char *network)
{
	for (size_t i = 0; i < host->interface_count; i++)
		if (strcmp(host->interfaces[i].network, network) == 0)
			return true;
	return false;
}

static void
add_node(const struct topology *t, const char *name, struct buffer *out)
{
	buffer_printf(out,
	    "    %s:\n"
	    "      kind: linux\n"
	    "      exec:\n"
	    "        - sh %s/start/%s\n",
	    name, t->folder, name);
}

static void
add_links(const struct manifest_host *host, struct buffer *out)
{
	for (size_t i = 0; i < host->interface_count; i++) {
		const char *network = host->interfaces[i].network;

		buffer_printf(out,
		    "    - endpoints: [\"%s:%s\", \"%s:%s-%s\"]\n", host->name,
		    network, network, network, host->name);
	}
}

/* https://containerlab.dev/manual/topo-def-file/ and .../manual/nodes/ */
void
topology_containerlab(const struct topology *t, struct buffer *out)
{
	const struct manifest *m = &network_manifest;

	buffer_printf(out,
	    "# replaylab export containerlab\n"
	    "name: replaylab\n"
	    "topology:\n"
	    "  kinds:\n"
	    "    linux:\n"
	    "      image: %s\n"
	    "      network-mode: none # no way out\n"
	    "      binds:\n"
	    "        - lab:%s\n"
	    "      env:\n"
	    "        REPLAYLAB_DIR: %s\n"
	    "  nodes:\n",
	    t->image, t->folder, t->folder);
	for (size_t i = 0; network_switches[i] != NULL; i++)
		add_node(t, network_switches[i], out);
	for (size_t h = 0; h < m->host_count; h++)
		add_node(t, m->hosts[h].name, out);
	buffer_add_text(out, "  links:\n");
	for (size_t h = 0; h < m->host_count; h++)
		add_links(&m->hosts[h], out);
}

/* https://www.kathara.org/man-pages/kathara-lab.conf.5.html */
void
topology_kathara(const struct topology *t, struct buffer *out)
{
	const struct manifest *m = &network_manifest;

	buffer_add_text(out,
	    "# replaylab export kathara\n"
	    "LAB_NAME=\"replaylab\"\n"
	    "LAB_DESCRIPTION=\"Replay attacks on TLS and HTTP\"\n");
	for (size_t h = 0; h < m->host_count; h++) {
		const struct manifest_host *host = &m->hosts[h];

		buffer_add_u8(out, '\n');
		for (size_t i = 0; i < host->interface_count; i++)
			buffer_printf(out, "%s[%zu]=\"%s\"\n", host->name, i,
			    host->interfaces[i].network);
		buffer_printf(out, "%s[image]=\"%s\"\n", host->name, t->image);
		buffer_printf(out, "%s[env]=\"REPLAYLAB_DIR=%s\"\n", host->name,
		    t->folder);
	}
}

static void
add_interface(const struct topology *t, const struct manifest_interface *it,
    size_t number, struct buffer *out)
{
	const char *name = it->network;

	if (t->numbered)
		buffer_printf(out,
		    "ip link set eth%zu down\n"
		    "ip link set eth%zu name %s\n",
		    number, number, name);
	buffer_printf(out,
	    "ip link set %s address %s\n"
	    "ip address add %s/%d dev %s\n"
	    "ip link set %s up\n",
	    name, it->mac, it->address, NETWORK_PREFIX_LENGTH, name, name);
}

static void
add_server(const struct topology *t, const char *host, struct buffer *out)
{
	const char *const(*row)[8] = network_servers;

	while ((*row)[0] != NULL && strcmp((*row)[0], host) != 0)
		row++;
	if ((*row)[0] == NULL)
		return;
	buffer_printf(out,
	    "export REPLAYLAB_DIR=%s\n"
	    "export REPLAYLAB_EVENTS=%s/events.jsonl\n"
	    "export SSLKEYLOGFILE=%s/keys-%s.log\n",
	    t->folder, t->folder, t->folder, host);
	for (size_t i = 1; (*row)[i] != NULL; i++)
		buffer_printf(out, "%s ", (*row)[i]);
	buffer_printf(
	    out, ">>%s/logs/%s.log 2>&1 </dev/null &\n", t->folder, host);
}

void
topology_host_script(
    const struct topology *t, const char *host, struct buffer *out)
{
	const struct manifest_host *h = manifest_host(&network_manifest, host);

	buffer_printf(out, "cat %s/hosts >>/etc/hosts\n", t->folder);
	buffer_add_text(out, "ip link set lo up\n");
	for (size_t i = 0; i < h->interface_count; i++)
		add_interface(t, &h->interfaces[i], i, out);
	add_server(t, host, out);
}

void
topology_switch_script(const char *network, struct buffer *out)
{
	const struct manifest *m = &network_manifest;

	buffer_add_text(out, "ip link add switch type bridge mcast_snooping 0\n"
			     "ip link set switch up\n");
	for (size_t h = 0; h < m->host_count; h++)
		if (is_plugged_in(&m->hosts[h], network))
			buffer_printf(out,
			    "ip link set %s-%s master switch up\n", network,
			    m->hosts[h].name);
}

/* The lab's image has no package manager, so it is laid over one that has. */
void
topology_image(const char *of, struct buffer *out)
{
	buffer_printf(out,
	    "# A host: the lab's programs, ip(8), and a process that stays.\n"
	    "# BASE is the Debian that the image %s was made of, as its label\n"
	    "# org.opencontainers.image.base.name says.\n"
	    "ARG BASE=docker.io/library/debian:trixie-slim\n"
	    "FROM ${BASE}\n"
	    "COPY --from=%s /usr /usr\n"
	    "# After it: that image's ip is busybox's, which cannot do all.\n"
	    "RUN apt-get update && apt-get install -y "
	    "--no-install-recommends iproute2 tcpdump\n"
	    "CMD [\"sleep\", \"infinity\"]\n",
	    of, of);
}

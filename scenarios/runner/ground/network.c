/* SPDX-License-Identifier: MIT */
/* The description of the network: one table, from which all else is made. */
#include "network.h"

#include "json.h"

#include <string.h>

#define OUTER(last, hex)                                                       \
	{                                                                      \
		"outer", "198.51.100." #last, "02:00:c6:33:64:" hex            \
	}
#define INNER(last, hex)                                                       \
	{                                                                      \
		"inner", "203.0.113." #last, "02:00:cb:00:71:" hex             \
	}

const char *const network_switches[] = {"outer", "inner", NULL};

const struct manifest network_manifest = {
    .hosts =
	{
	    {"client", 0, {OUTER(10, "0a")}, 1},
	    {"client2", 0, {OUTER(11, "0b")}, 1},
	    {"gateway", 443, {OUTER(20, "14"), INNER(20, "14")}, 2},
	    {"gateway2", 443, {OUTER(21, "15"), INNER(21, "15")}, 2},
	    {"balancer", 80, {INNER(30, "1e")}, 1},
	    {"backend1", 80, {INNER(41, "29")}, 1},
	    {"backend2", 80, {INNER(42, "2a")}, 1},
	    {"store", 0, {INNER(50, "32")}, 1},
	    {"store2", 0, {INNER(51, "33")}, 1},
	    {"attacker", 0, {OUTER(66, "42"), INNER(66, "42")}, 2},
	},
    .host_count = 10,
};

const char *const network_servers[][8] = {
    {"backend1", "victim-server", "backend", NULL},
    {"balancer", "victim-server", "balancer", "--backend", "backend1", NULL},
    {"gateway", "victim-server", "gateway", "--upstream", "balancer",
	"--log-records", NULL},
    {NULL},
};

const char *
network_program(const char *host)
{
	static const struct {
		const char *prefix, *program;
	} programs[] = {
	    {"client", "victim-client"},
	    {"gateway", "victim-server"},
	    {"balancer", "victim-server"},
	    {"backend", "victim-server"},
	    {"store", "replaylab"},
	    {"attacker", "attacker"},
	};

	if (manifest_host(&network_manifest, host) == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strncmp(host, programs[i].prefix,
			strlen(programs[i].prefix)) == 0)
			return programs[i].program;
	return NULL;
}

bool
network_serves(const char *host)
{
	const char *program = network_program(host);

	return program != NULL && (strcmp(program, "victim-server") == 0 ||
				      strcmp(program, "replaylab") == 0);
}

static void
write_interface(struct buffer *out, const struct manifest_interface *i)
{
	json_open(out, '{');
	json_member_text(out, "network", i->network);
	json_member_text(out, "address", i->address);
	json_member_text(out, "mac", i->mac);
	json_close(out, '}');
}

void
network_write_manifest(struct buffer *out, bool egress)
{
	const struct manifest *m = &network_manifest;

	json_open(out, '{');
	json_member_number(out, "v", 1);
	json_member_bool(out, "egress", egress);
	json_key(out, "hosts");
	json_open(out, '[');
	for (size_t h = 0; h < m->host_count; h++) {
		json_open(out, '{');
		json_member_text(out, "name", m->hosts[h].name);
		json_member_number(out, "port", m->hosts[h].port);
		json_key(out, "interfaces");
		json_open(out, '[');
		for (size_t i = 0; i < m->hosts[h].interface_count; i++)
			write_interface(out, &m->hosts[h].interfaces[i]);
		json_close(out, ']');
		json_close(out, '}');
	}
	json_close(out, ']');
	json_close(out, '}');
	buffer_add_u8(out, '\n');
}

/*
 * A host of two networks is listed by its outer address first: that is where
 * the clients look for it, and the inner hosts call no gateway.
 */
void
network_write_hosts(struct buffer *out)
{
	const struct manifest *m = &network_manifest;

	buffer_add_text(out, "127.0.0.1 localhost\n");
	for (size_t h = 0; h < m->host_count; h++)
		buffer_printf(out, "%s %s\n", m->hosts[h].interfaces[0].address,
		    m->hosts[h].name);
}

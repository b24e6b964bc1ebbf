/* SPDX-License-Identifier: MIT */
/* The network in other emulators' words: everybody and every cable, once. */
#include "ground/topology.h"

#include "ground/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct topology cables_named = {"host:1", "/run/lab", false};
static const struct topology cables_numbered = {"host:1", "/shared", true};

static size_t
times(struct buffer *text, const char *what)
{
	size_t count = 0;

	for (const char *at = buffer_text(text);
	     (at = strstr(at, what)) != NULL; at++)
		count++;
	return count;
}

static void
assert_each_cable(struct buffer *text, const char *form)
{
	const struct manifest *m = &network_manifest;
	char line[128];

	for (size_t h = 0; h < m->host_count; h++)
		for (size_t i = 0; i < m->hosts[h].interface_count; i++) {
			const char *host = m->hosts[h].name;
			const char *net = m->hosts[h].interfaces[i].network;

			if (strcmp(form, "kathara") == 0)
				snprintf(line, sizeof(line),
				    "\n%s[%zu]=\"%s\"\n", host, i, net);
			else
				snprintf(line, sizeof(line),
				    "[\"%s:%s\", \"%s:%s-%s\"]\n", host, net,
				    net, net, host);
			assert_int_equal(times(text, line), 1);
		}
}

static void
each_cable_is_there_once(void **state)
{
	struct buffer text = {0};

	(void)state;
	topology_containerlab(&cables_named, &text);
	assert_each_cable(&text, "containerlab");
	assert_int_equal(times(&text, "endpoints:"), 13);
	assert_int_equal(times(&text, "network-mode: none"), 1);
	buffer_reset(&text);
	topology_kathara(&cables_numbered, &text);
	assert_each_cable(&text, "kathara");
	assert_int_equal(
	    times(&text, "[image]=\"host:1\""), network_manifest.host_count);
	buffer_clear(&text);
}

static void
a_host_gets_its_addresses_and_nobody_a_route(void **state)
{
	struct buffer text = {0};

	(void)state;
	topology_host_script(&cables_named, "gateway", &text);
	assert_int_equal(
	    times(&text, "ip address add 198.51.100.20/24 dev outer\n"), 1);
	assert_int_equal(
	    times(&text, "ip address add 203.0.113.20/24 dev inner\n"), 1);
	assert_int_equal(times(&text, "eth"), 0);
	assert_int_equal(times(&text, "route"), 0);
	buffer_reset(&text);
	topology_host_script(&cables_numbered, "gateway", &text);
	assert_int_equal(times(&text, "ip link set eth0 name outer\n"), 1);
	assert_int_equal(times(&text, "ip link set eth1 name inner\n"), 1);
	assert_int_equal(times(&text, "/run/lab"), 0);
	buffer_clear(&text);
}

static void
who_serves_in_the_usual_lab_serves_here(void **state)
{
	const struct manifest *m = &network_manifest;
	struct buffer text = {0};
	size_t servers = 0;

	(void)state;
	for (size_t h = 0; h < m->host_count; h++) {
		buffer_reset(&text);
		topology_host_script(&cables_named, m->hosts[h].name, &text);
		servers += times(&text, " &\n");
	}
	assert_int_equal(servers, 3);
	buffer_reset(&text);
	topology_host_script(&cables_named, "balancer", &text);
	assert_int_equal(
	    times(&text, "\nvictim-server balancer --backend backend1 >>"), 1);
	buffer_reset(&text);
	topology_host_script(&cables_named, "attacker", &text);
	assert_int_equal(times(&text, "attacker "), 0);
	buffer_clear(&text);
}

static void
a_switch_has_the_ports_of_its_network_and_no_others(void **state)
{
	struct buffer text = {0};

	(void)state;
	topology_switch_script("outer", &text);
	assert_int_equal(times(&text, "master switch"), 5);
	assert_int_equal(times(&text, "inner-"), 0);
	buffer_reset(&text);
	topology_switch_script("inner", &text);
	assert_int_equal(times(&text, "master switch"), 8);
	buffer_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_cable_is_there_once),
	    cmocka_unit_test(a_host_gets_its_addresses_and_nobody_a_route),
	    cmocka_unit_test(who_serves_in_the_usual_lab_serves_here),
	    cmocka_unit_test(
		a_switch_has_the_ports_of_its_network_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

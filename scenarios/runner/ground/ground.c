/* SPDX-License-Identifier: MIT */
/* One ground or the other. */
#include "ground.h"

int
ground_open(struct ground *g, const struct engine *engine, const char *folder,
    enum scenario_wiring wiring, const struct scenario *scenario)
{
	*g = (struct ground){.kind = engine_has_containers(engine)
					 ? &ground_of_containers
					 : &ground_of_namespaces,
	    .engine = engine,
	    .children = -1};
	return g->kind->open(g, folder, wiring, scenario);
}

int
ground_close(struct ground *g)
{
	const struct ground_kind *kind = g->kind;

	g->kind = NULL;
	return kind == NULL ? 0 : kind->close(g);
}

pid_t
ground_spawn(struct ground *g, const struct ground_order *order)
{
	return g->kind->spawn(g, order);
}

void
ground_signal(struct ground *g, const char *host, pid_t pid, int number)
{
	g->kind->signal(g, host, pid, number);
}

bool
ground_take_end(struct ground *g, struct ground_end *end)
{
	return g->kind->take_end(g, end);
}

size_t
ground_poll(const struct ground *g, struct pollfd *fds)
{
	return g->kind->poll(g, fds);
}

int
ground_counters(
    struct ground *g, const char *host, struct tcp_counters *counters)
{
	return g->kind->counters(g, host, counters);
}

bool
ground_fenced(const struct ground *g)
{
	return g->kind->egress_dropped != NULL && g->plant.egress;
}

uint64_t
ground_egress_dropped(struct ground *g)
{
	return ground_fenced(g) ? g->kind->egress_dropped(g) : 0;
}

bool
ground_has(struct ground *g, const char *program)
{
	return g->kind->has(g, program);
}

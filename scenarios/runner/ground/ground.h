/* SPDX-License-Identifier: MIT */
#ifndef GROUND_H
#define GROUND_H

#include "engine.h"
#include "plant.h"
#include "play/settings.h"
#include "tcp_counters.h"

#include <poll.h>
#include <sys/types.h>

/*
 * What a stage stands on: the lab's network, and a way to run programs on its
 * hosts.  The engine says which of two it is:
 *
 *	ground_of_namespaces	hosts are namespaces (plant.h)
 *	ground_of_containers	hosts are containers (container_hosts.h)
 *
 *	ground_open -> ground_spawn, ground_take_end ... -> ground_close
 */
struct ground {
	const struct ground_kind *kind;
	const struct engine *engine;
	struct plant plant;            /* of namespaces */
	int children;                  /* of namespaces: their ends */
	struct container_hosts *hosts; /* of containers */
};

/* A program to run, and what it is to have. */
struct ground_order {
	const char *host;
	const char *const *words; /* NULL-ended */
	const struct settings *settings;
	int descriptors[4]; /* standard input, output, errors; the event log */
	bool terminal;      /* it keeps the caller's terminal */
};

struct ground_end {
	const char *host; /* NULL: a pid says enough */
	pid_t pid;        /* 0: all of that host's */
	int signal;       /* that ended it, or 0 */
	int exit_code;    /* else */
};

struct ground_kind {
	/* The folder of the run and the lab's programs, as hosts see them. */
	const char *(*folder)(const char *folder);
	const char *(*programs)(const char *programs);
	int (*open)(struct ground *g, const char *folder,
	    enum scenario_wiring wiring, const struct scenario *scenario);
	pid_t (*spawn)(struct ground *g, const struct ground_order *order);
	void (*signal)(
	    struct ground *g, const char *host, pid_t pid, int number);
	bool (*take_end)(struct ground *g, struct ground_end *end);
	size_t (*poll)(const struct ground *g, struct pollfd *fds);
	int (*counters)(
	    struct ground *g, const char *host, struct tcp_counters *counters);
	uint64_t (*egress_dropped)(struct ground *g); /* NULL: no filter */
	bool (*has)(struct ground *g, const char *program);
	int (*close)(struct ground *g);
};
extern const struct ground_kind ground_of_namespaces, ground_of_containers;

/*
 * Make the network.  The folder has the files `hosts` and `manifest.json`, and
 * the hosts' clocks.  With a scenario, hosts that it does not name may be
 * missing.  0, or -1 after a warning; ground_close is due either way.
 */
int ground_open(struct ground *g, const struct engine *engine,
    const char *folder, enum scenario_wiring wiring,
    const struct scenario *scenario);
/*
 * 0: no process is left in a container, and the folder is ours alone, without
 * links; or it is closed already.  -1 after a warning: nothing in the folder
 * may be opened by its name.
 */
int ground_close(struct ground *g);

/* The new process, by the number that it knows itself; -1 after a warning. */
pid_t ground_spawn(struct ground *g, const struct ground_order *order);
void ground_signal(struct ground *g, const char *host, pid_t pid, int number);

/* One process that has ended; false if there is none. */
bool ground_take_end(struct ground *g, struct ground_end *end);
/* Add what to poll for them; how many. */
#define GROUND_POLL_MAX MANIFEST_HOSTS_MAX
size_t ground_poll(const struct ground *g, struct pollfd *fds);

/* A host's TCP counters, as they stand.  0, or -1 after a warning. */
int ground_counters(
    struct ground *g, const char *host, struct tcp_counters *counters);

/* Have the attacker's links their filter, and what did it drop (egress.h)? */
bool ground_fenced(const struct ground *g);
uint64_t ground_egress_dropped(struct ground *g);

/* Is that program installed on the hosts? */
bool ground_has(struct ground *g, const char *program);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * What the lab's hosts are made of.
 *
 *	netns	namespaces that this program makes itself (sandbox.h, plant.h)
 *	podman	a container each, on two networks of podman's
 *	docker	the same with Docker
 *
 *	engine_missing -> engine_begin -> (engine_spawn -> its process ->
 *	    engine_clean) ... -> engine_end
 */
enum engine_kind { ENGINE_NETNS, ENGINE_PODMAN, ENGINE_DOCKER };

/* Their words, by kind; NULL-ended. */
extern const char *const engine_words[];

struct engine {
	int kind;          /* enum engine_kind */
	const char *image; /* of the containers; NULL: the usual one */
	char run[48];      /* the prefix of their names */
	char folder[3072]; /* of the run; what they are labelled with */
	bool begun;
};

/* Its word.  NULL: netns. */
const char *engine_name(const struct engine *e);

/* NULL: netns. */
bool engine_has_containers(const struct engine *e);

/*
 * Can this machine do it?  NULL, or what is missing and what helps, valid until
 * the next call.
 */
const char *engine_missing(const struct engine *e);

/*
 * For a run whose evidence goes to the folder: what its plays share.  Removes
 * what runs that were killed left behind.  0, or -1 after a warning.
 */
int engine_begin(struct engine *e, const char *folder);

/*
 * Run inside(argument) in a process that can make a network and exit with what
 * it returns; that ends with this process.  Its id, or -1 after a warning.
 */
pid_t engine_spawn(
    const struct engine *e, int (*inside)(void *argument), void *argument);

/* That process has ended: nothing of it is to stay. */
void engine_clean(const struct engine *e);
void engine_end(struct engine *e);

#endif

/* SPDX-License-Identifier: MIT */
/* dlopen(3) of libpq, by the name that it has had since PostgreSQL 8.2. */
#ifdef HAVE_LIBPQ

#include "backend/libpq.h"

#include <dlfcn.h>
#include <err.h>
#include <stdbool.h>

static bool
find_all(void *library, struct libpq *pq)
{
	bool all = true;

#define LIBPQ_FIND(name)                                                       \
	pq->name = (__typeof__(PQ##name) *)dlsym(library, "PQ" #name);         \
	all = all && pq->name != NULL;
	LIBPQ_FUNCTIONS(LIBPQ_FIND)
#undef LIBPQ_FIND
	return all;
}

const struct libpq *
libpq_load(void)
{
	static struct libpq pq;
	static bool loaded;
	void *library;

	if (loaded)
		return &pq;
	if ((library = dlopen("libpq.so.5", RTLD_NOW)) == NULL ||
	    !find_all(library, &pq)) {
		warnx("postgresql: %s; apt-get install libpq5", dlerror());
		return NULL;
	}
	loaded = true;
	return &pq;
}

#endif

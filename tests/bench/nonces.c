/* SPDX-License-Identifier: MIT */
/*
 * nonces ours|bare COUNT	that many fresh nonces, one thread: checks a
 *				second of CPU, bytes of memory for each that
 *				lives, and the most nanoseconds of CPU that
 *				64 checks took
 *
 * `bare` is a table of open addressing that never forgets, with keys of the
 * same length: what memory and cache allow.
 */
#include "backend/nonce_buckets.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define LIFE 300  /* seconds a nonce lives */
#define SLOT 16   /* bytes of a key that the bare table keeps */
#define CHECKS 64 /* between two looks at the clock */

/* Of this process alone: what else the machine does is no pause of ours. */
static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* splitmix64: cheap, and as spread out as a SHA-256. */
static void
make_key(uint64_t number, uint8_t key[NONCE_KEY_SIZE])
{
	for (size_t i = 0; i < NONCE_KEY_SIZE; i += sizeof(number)) {
		uint64_t z = (number += UINT64_C(0x9e3779b97f4a7c15));

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		z ^= z >> 31;
		memcpy(&key[i], &z, sizeof(z));
	}
}

static uint8_t (*slots)[SLOT];
static uint64_t mask;

static void
bare_add(const uint8_t *key)
{
	static const uint8_t empty[SLOT];
	uint64_t at;

	memcpy(&at, key, sizeof(at));
	for (at &= mask; memcmp(slots[at], empty, SLOT) != 0;
	     at = (at + 1) & mask)
		if (memcmp(slots[at], key, SLOT) == 0)
			return;
	memcpy(slots[at], key, SLOT);
}

static struct nonce_memory *
open_memory(bool is_ours, uint64_t count)
{
	/* Half of them live at once, and those of the bucket under way. */
	const struct nonce_buckets_settings settings = {
	    .capacity = (long)(count / 2 + count / 32 + 1), .longest = LIFE};

	if (is_ours)
		return nonce_buckets_new(&settings);
	for (mask = 1; mask < count * 2; mask *= 2)
		;
	if ((slots = calloc(mask--, SLOT)) == NULL)
		err(EX_OSERR, "table");
	return NULL;
}

/* Resident memory in bytes. */
static double
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1)
		err(EX_OSERR, "/proc/self/statm");
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* The clock runs on while they come, through several lives of a nonce. */
static int64_t
add_all(struct nonce_memory *m, uint64_t count, int64_t *worst)
{
	int64_t began = now(), before = began, after, at;
	uint8_t key[NONCE_KEY_SIZE];

	for (uint64_t i = 0; i < count; i++) {
		make_key(i, key);
		at = 1000000 + (int64_t)(i * 2 * LIFE / count);
		if (m == NULL)
			bare_add(key);
		else if (nonce_memory_add_if_absent(m, key, at, at + LIFE) !=
			 NONCE_FRESH)
			errx(EX_SOFTWARE, "nonce %llu is not fresh",
			    (unsigned long long)i);
		if (i % CHECKS != 0)
			continue;
		after = now();
		*worst = after - before > *worst ? after - before : *worst;
		before = after;
	}
	return now() - began;
}

int
main(int argc, char *argv[])
{
	uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	struct nonce_memory *m;
	int64_t took, worst = 0;
	double before;

	if (count == 0)
		errx(EX_USAGE, "usage: nonces ours|bare COUNT");
	before = resident();
	m = open_memory(strcmp(argv[1], "ours") == 0, count);
	took = add_all(m, count, &worst);
	printf("%.0f %.1f %lld\n", (double)count * 1e9 / (double)took,
	    (resident() - before) / (double)(m == NULL ? count : count / 2),
	    (long long)worst);
	nonce_memory_free(m);
	free(slots);
	return 0;
}

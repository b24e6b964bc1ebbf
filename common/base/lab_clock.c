/* SPDX-License-Identifier: MIT */
/*
 * The lab clock: the true time plus an offset in a shared page.
 */
#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const _Atomic int64_t *offset; /* NULL: on time */

int
lab_clock_open(const char *path)
{
	void *page;
	int fd;

	if (path == NULL)
		return 0;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno == ENOENT)
			return 0;
		warn("clock %s", path);
		return -1;
	}
	if (lseek(fd, 0, SEEK_END) != sizeof(*offset)) {
		warnx("clock %s: not %zu bytes", path, sizeof(*offset));
		close(fd);
		return -1;
	}
	page = mmap(NULL, sizeof(*offset), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (page == MAP_FAILED) {
		warn("clock %s", path);
		return -1;
	}
	offset = page;
	return 0;
}

int64_t
true_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int64_t
lab_now(void)
{
	return true_now() + (offset == NULL ? 0 : atomic_load(offset));
}

/*
 * In place of the C library's, for OpenSSL: by time (3.0) or gettimeofday (3.5)
 * it tells the age of a ticket (RFC 8446 section 8.3) and whether a certificate
 * is valid, and these, too, are to be what this host believes.
 */
time_t
time(time_t *into)
{
	time_t now = lab_now() / NANOSECONDS;

	if (into != NULL)
		*into = now;
	return now;
}

int
gettimeofday(struct timeval *restrict into, void *restrict zone)
{
	int64_t now = lab_now();

	(void)zone;
	into->tv_sec = now / NANOSECONDS;
	into->tv_usec = now % NANOSECONDS / 1000;
	return 0;
}

int
lab_clock_create(const char *path)
{
	int64_t on_time = 0;
	int fd;

	if ((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) ==
		-1 ||
	    write(fd, &on_time, sizeof(on_time)) != sizeof(on_time)) {
		warn("clock %s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* One aligned store of eight bytes, so no reader sees half an offset. */
int
lab_clock_move(const char *path, int64_t ahead)
{
	_Atomic int64_t *page;
	int fd;

	if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1) {
		warn("clock %s", path);
		return -1;
	}
	page = mmap(
	    NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (page == MAP_FAILED) {
		warn("clock %s", path);
		return -1;
	}
	atomic_store(page, ahead);
	munmap(page, sizeof(*page));
	return 0;
}

const char *
rfc3339(int64_t nanoseconds, char into[RFC3339_SIZE])
{
	int64_t part = nanoseconds % NANOSECONDS;
	time_t seconds = nanoseconds / NANOSECONDS - (part < 0);
	struct tm utc;
	char day[20];

	gmtime_r(&seconds, &utc);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(into, RFC3339_SIZE, "%s.%09ldZ", day,
	    (long)(part < 0 ? part + NANOSECONDS : part));
	return into;
}

/* SPDX-License-Identifier: MIT */
/*
 * stream serve				the receiver, on port 5001, for ever
 * stream send ADDRESS SECONDS		prints the bytes a second that arrived
 * stream echo ADDRESS SECONDS		prints the median round trip of one
 *					byte, in nanoseconds
 *
 * Plain TCP between two hosts, whoever is in the path.  The sender's first
 * byte says what it wants.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define PORT 5001
#define PIECE (256 << 10)
#define TRIPS_MAX 1000000
#define PATIENCE 20 /* seconds for one answer */

static uint8_t piece[PIECE];
static int64_t trips[TRIPS_MAX];

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int
tcp_socket(void)
{
	const struct timeval patience = {PATIENCE, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    setsockopt(
		fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == -1)
		err(EX_OSERR, "socket");
	return fd;
}

static void
count_to_the_end(int fd)
{
	uint64_t count = 0;
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0)
		count += (uint64_t)n;
	if (n == -1 || write(fd, &count, sizeof(count)) != sizeof(count))
		warn("stream that was sent");
}

static void
give_back(int fd)
{
	uint8_t byte;

	while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
		;
}

static int
serve(void)
{
	const struct sockaddr_in any = {
	    .sin_family = AF_INET, .sin_port = htons(PORT)};
	const struct timeval never = {0, 0};
	int listener = tcp_socket(), fd;
	uint8_t wanted;

	if (setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &never,
		sizeof(never)) == -1 ||
	    bind(listener, (const struct sockaddr *)&any, sizeof(any)) == -1 ||
	    listen(listener, 8) == -1)
		err(EX_OSERR, "port %d", PORT);
	puts("listening");
	fflush(stdout);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		if (read(fd, &wanted, 1) == 1)
			(wanted == 's' ? count_to_the_end : give_back)(fd);
		close(fd);
	}
	err(EX_OSERR, "accept");
}

static int
dial(const char *address, char wanted)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = tcp_socket();

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(EX_USAGE, "%s is no address", address);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == -1 ||
	    write(fd, &wanted, 1) != 1)
		err(EX_UNAVAILABLE, "%s", address);
	return fd;
}

static int
send_for(const char *address, int64_t duration)
{
	int fd = dial(address, 's');
	int64_t began = now();
	uint64_t count;

	while (now() - began < duration)
		if (write(fd, piece, sizeof(piece)) == -1)
			err(EX_UNAVAILABLE, "%s", address);
	shutdown(fd, SHUT_WR);
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		err(EX_UNAVAILABLE, "%s does not tell what arrived", address);
	printf("%.0f\n", (double)count * 1e9 / (double)(now() - began));
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int
echo_for(const char *address, int64_t duration)
{
	int fd = dial(address, 'e');
	int64_t began = now(), last = began;
	size_t count = 0;

	while (last - began < duration && count < TRIPS_MAX) {
		if (write(fd, piece, 1) != 1 || read(fd, piece, 1) != 1)
			err(EX_UNAVAILABLE, "%s gives nothing back", address);
		trips[count] = now() - last;
		last += trips[count++];
	}
	qsort(trips, count, sizeof(trips[0]), by_time);
	printf("%lld\n", (long long)trips[count / 2]);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return serve();
	if (argc == 4 && strcmp(argv[1], "send") == 0)
		return send_for(argv[2], (int64_t)(atof(argv[3]) * 1e9));
	if (argc == 4 && strcmp(argv[1], "echo") == 0)
		return echo_for(argv[2], (int64_t)(atof(argv[3]) * 1e9));
	errx(EX_USAGE, "usage: stream serve | send ADDRESS SECONDS | "
		       "echo ADDRESS SECONDS");
}

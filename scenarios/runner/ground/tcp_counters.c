/* SPDX-License-Identifier: MIT */
/* The kernel's TCP counters: a line of names, then a line of numbers. */
#include "tcp_counters.h"

#include "buffer.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[TCP_COUNTERS] = {
    [TCP_DSACK_OLD_SENT] = "TCPDSACKOldSent",
    [TCP_PAWS_ESTAB] = "PAWSEstab",
    [TCP_ACK_SKIPPED_PAWS] = "TCPACKSkippedPAWS",
    [TCP_ACK_SKIPPED_SEQ] = "TCPACKSkippedSeq",
    [TCP_EMBRYONIC_RSTS] = "EmbryonicRsts",
};

const char *
tcp_counter_name(enum tcp_counter counter)
{
	return names[counter];
}

/* The front of in up to one of the stop bytes, which is taken as well. */
static struct bytes
take_until(struct bytes *in, const char *stop)
{
	struct bytes word = {in->at, 0};
	uint8_t c;

	while (bytes_take_u8(in, &c) && strchr(stop, c) == NULL)
		word.left++;
	return word;
}

static void
read_pair(struct bytes heads, struct bytes numbers, struct tcp_counters *to)
{
	char digits[24];

	while (heads.left > 0) {
		struct bytes head = take_until(&heads, " ");
		struct bytes number = take_until(&numbers, " ");

		if (number.left == 0 || number.left >= sizeof(digits))
			continue;
		memcpy(digits, number.at, number.left);
		digits[number.left] = '\0';
		for (size_t c = 0; c < TCP_COUNTERS; c++)
			if (bytes_equal_text(head, names[c]))
				to->value[c] = strtoll(digits, NULL, 10);
	}
}

void
tcp_counters_parse(struct bytes text, struct tcp_counters *counters)
{
	*counters = (struct tcp_counters){0};
	while (text.left > 0) {
		struct bytes heads = take_until(&text, "\n");
		struct bytes numbers = take_until(&text, "\n");

		read_pair(heads, numbers, counters);
	}
}

int
tcp_counters_read(struct tcp_counters *counters, pid_t of)
{
	char path[48] = "/proc/self/net/netstat", text[16384];
	ssize_t length;
	struct buffer all = {0};
	int fd;

	if (of != 0)
		snprintf(path, sizeof(path), "/proc/%d/net/netstat", (int)of);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("%s", path);
		return -1;
	}
	while ((length = read(fd, text, sizeof(text))) > 0)
		buffer_add(&all, text, (size_t)length);
	close(fd);
	tcp_counters_parse(buffer_bytes(&all), counters);
	buffer_clear(&all);
	return 0;
}

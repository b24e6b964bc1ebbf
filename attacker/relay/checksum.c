/* SPDX-License-Identifier: MIT */
/*
 * Words are added as the machine reads them, four bytes at a time, and the sum
 * is turned into network order once, at the end (RFC 1071 section 2 B).
 */
#include "checksum.h"

#include <arpa/inet.h>
#include <string.h>

uint64_t
checksum_add(uint64_t sum, struct bytes part)
{
	size_t words = part.left / sizeof(uint32_t);
	uint8_t tail[sizeof(uint32_t)] = {0};
	struct bytes rest = part;
	uint32_t word;

	for (size_t i = 0; i < words; i++) {
		memcpy(&word, &part.at[i * sizeof(word)], sizeof(word));
		sum += word;
	}
	if (bytes_skip(&rest, words * sizeof(word)) && rest.left > 0) {
		memcpy(tail, rest.at, rest.left);
		memcpy(&word, tail, sizeof(word));
		sum += word;
	}
	return sum;
}

uint64_t
checksum_add_u16(uint64_t sum, uint16_t value)
{
	return sum + htons(value);
}

uint16_t
checksum_end(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ntohs((uint16_t)~sum);
}

/* SPDX-License-Identifier: MIT */
/*
 * Words are added as the machine reads them, eight bytes at a time, and the sum
 * is turned into network order once, at the end (RFC 1071 section 2 B).
 */
#include "checksum.h"

#include <arpa/inet.h>
#include <string.h>

#define WORD sizeof(uint64_t)

/* Two halves of a word a turn, so that neither sum overflows. */
uint64_t
checksum_add(uint64_t sum, struct bytes part)
{
	size_t words = part.left / WORD;
	uint8_t tail[WORD] = {0};
	struct bytes rest = part;
	uint64_t word, upper = 0;

	for (size_t i = 0; i < words; i++) {
		memcpy(&word, &part.at[i * WORD], WORD);
		sum += word & UINT32_MAX;
		upper += word >> 32;
	}
	if (bytes_skip(&rest, words * WORD) && rest.left > 0) {
		memcpy(tail, rest.at, rest.left);
		memcpy(&word, tail, WORD);
		sum += word & UINT32_MAX;
		upper += word >> 32;
	}
	return sum + upper;
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

/* SPDX-License-Identifier: MIT */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include "bytes.h"

/*
 * The Internet checksum (RFC 1071).
 *
 *	sum = checksum_add(0, header); sum = checksum_add(sum, data);
 *	checksum_end(sum)
 *
 * Parts are added as if each had an even length, so only the last may be odd.
 */
uint64_t checksum_add(uint64_t sum, struct bytes part);
uint64_t checksum_add_u16(uint64_t sum, uint16_t value); /* host order */

/* What stands in the header, in host order. */
uint16_t checksum_end(uint64_t sum);

#endif

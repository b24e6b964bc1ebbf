/* SPDX-License-Identifier: MIT */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include "bytes.h"

/*
 * A time as HTTP writes it, IMF-fixdate of RFC 9110 section 5.6.7:
 *
 *	Thu, 26 Nov 2026 09:00:00 GMT
 */
#define HTTP_DATE_SIZE sizeof("Thu, 26 Nov 2026 09:00:00 GMT")

/* Seconds since the epoch. */
void http_date_write(int64_t seconds, char into[HTTP_DATE_SIZE]);

/* False if it is not what we would write for the time that it says. */
bool http_date_read(struct bytes text, int64_t *seconds);

/* The same in the basic format of ISO 8601, in UTC: 20261126T090000Z */
#define HTTP_DATE_BASIC_SIZE sizeof("20261126T090000Z")
void http_date_write_basic(int64_t seconds, char into[HTTP_DATE_BASIC_SIZE]);
bool http_date_read_basic(struct bytes text, int64_t *seconds);

#endif

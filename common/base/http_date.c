/* SPDX-License-Identifier: MIT */
/* By the C library, and read only if it writes the same. */
#include "http_date.h"

#include <string.h>
#include <time.h>

#define DATE_FORMAT "%a, %d %b %Y %H:%M:%S GMT"
#define BASIC_FORMAT "%Y%m%dT%H%M%SZ"

/* The C locale is the program's, so names of days are English. */
static void
write_date(bool basic, int64_t seconds, char *into, size_t size)
{
	time_t when = (time_t)seconds;
	struct tm parts;

	gmtime_r(&when, &parts);
	strftime(into, size, basic ? BASIC_FORMAT : DATE_FORMAT, &parts);
}

/* A date is what we would write for the time that it says. */
static bool
read_date(bool basic, size_t size, struct bytes text, int64_t *seconds)
{
	char copy[HTTP_DATE_SIZE], again[HTTP_DATE_SIZE];
	struct tm parts = {0};
	const char *end;

	if (text.left != size - 1 || memchr(text.at, '\0', text.left) != NULL)
		return false;
	memcpy(copy, text.at, text.left);
	copy[text.left] = '\0';
	end = strptime(copy, basic ? BASIC_FORMAT : DATE_FORMAT, &parts);
	if (end == NULL || *end != '\0')
		return false;
	*seconds = timegm(&parts);
	write_date(basic, *seconds, again, sizeof(again));
	return strcmp(copy, again) == 0;
}

void
http_date_write(int64_t seconds, char into[HTTP_DATE_SIZE])
{
	write_date(false, seconds, into, HTTP_DATE_SIZE);
}

bool
http_date_read(struct bytes text, int64_t *seconds)
{
	return read_date(false, HTTP_DATE_SIZE, text, seconds);
}

void
http_date_write_basic(int64_t seconds, char into[HTTP_DATE_BASIC_SIZE])
{
	write_date(true, seconds, into, HTTP_DATE_BASIC_SIZE);
}

bool
http_date_read_basic(struct bytes text, int64_t *seconds)
{
	return read_date(true, HTTP_DATE_BASIC_SIZE, text, seconds);
}

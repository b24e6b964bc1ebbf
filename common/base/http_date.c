/* SPDX-License-Identifier: MIT */
/* By the C library, and read only if it writes the same. */
#include "http_date.h"

#include <string.h>
#include <time.h>

#define DATE_FORMAT "%a, %d %b %Y %H:%M:%S GMT"

/* The C locale is the program's, so names of days are English. */
void
http_date_write(int64_t seconds, char into[HTTP_DATE_SIZE])
{
	time_t when = (time_t)seconds;
	struct tm parts;

	gmtime_r(&when, &parts);
	strftime(into, HTTP_DATE_SIZE, DATE_FORMAT, &parts);
}

/* A date is what we would write for the time that it says. */
bool
http_date_read(struct bytes text, int64_t *seconds)
{
	char copy[HTTP_DATE_SIZE], again[HTTP_DATE_SIZE];
	struct tm parts = {0};
	const char *end;

	if (text.left != HTTP_DATE_SIZE - 1 ||
	    memchr(text.at, '\0', text.left) != NULL)
		return false;
	memcpy(copy, text.at, text.left);
	copy[text.left] = '\0';
	if ((end = strptime(copy, DATE_FORMAT, &parts)) == NULL || *end != '\0')
		return false;
	*seconds = timegm(&parts);
	http_date_write(*seconds, again);
	return strcmp(copy, again) == 0;
}

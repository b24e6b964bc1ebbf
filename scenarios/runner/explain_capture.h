/* SPDX-License-Identifier: MIT */
#ifndef EXPLAIN_CAPTURE_H
#define EXPLAIN_CAPTURE_H

/*
 * Print each protected TLS record of a capture, of whatever programs, with the
 * number it was made with, the MAC or tag it carries, and the right one.  0; or
 * -1 after a warning: a file cannot be read, or there is no such record.
 */
int explain_capture(const char *capture, const char *key_log);

#endif

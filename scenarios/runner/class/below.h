/* SPDX-License-Identifier: MIT */
#ifndef BELOW_H
#define BELOW_H

#include "buffer.h"

/*
 * Files below a folder that somebody else writes: a student's home, a play that
 * was handed in.  Nothing here follows a link, leaves the folder or its file
 * system, waits for a pipe, or reads without a limit.
 */
#define BELOW_PATH_MAX 512
#define BELOW_NAME_MAX 256

enum below_verdict {
	BELOW_READ,
	BELOW_MISSING,
	BELOW_LINK, /* it, or a folder on the way */
	BELOW_NO_FILE,
	BELOW_TOO_LONG,
	BELOW_UNREADABLE,
};
/* "is a link"; behind the file's name. */
const char *below_verdict_text(enum below_verdict verdict);

/* As openat(2).  A descriptor, or -1 with errno. */
int below_open(int folder, const char *path, uint64_t flags);

/* The same for a file of at most so many bytes.  -1: the verdict says why. */
int below_file(
    int folder, const char *path, size_t most, enum below_verdict *verdict);

/* Append all of such a file. */
enum below_verdict below_read(
    int folder, const char *path, size_t most, struct buffer *into);

/*
 * The names in a folder but hidden ones, in their order; at most so many.
 * Takes the descriptor; none are in -1, and in what is no folder.
 */
size_t below_list(int fd, char names[][BELOW_NAME_MAX], size_t most);

/*
 * May it be shown on a terminal and in spreadsheets?  Letters, digits and a few
 * marks behind the first, shorter than size.
 */
bool below_is_name(const char *text, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef READ_FILE_H
#define READ_FILE_H

#include "buffer.h"

/* Append all of a file, of at most so many bytes.  0, or -1 after a warning. */
int read_file(const char *path, size_t most, struct buffer *into);

#endif

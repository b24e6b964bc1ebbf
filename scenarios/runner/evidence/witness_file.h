/* SPDX-License-Identifier: MIT */
#ifndef WITNESS_FILE_H
#define WITNESS_FILE_H

#include "pcapng_block.h"

#include "buffer.h"

/*
 * The file that the witness wrote, read again block by block in constant
 * memory.
 *
 *	witness_file_open -> witness_file_next ... -> witness_file_close
 */
struct witness_file {
	int fd;
	const char *path; /* borrowed */
	struct buffer read;
	size_t used; /* of `read`, by the last block */
};

/* 0, or -1 after a warning. */
int witness_file_open(struct witness_file *f, const char *path);
/* 1: a block, borrowed until the next call; 0: the end; -1 after a warning. */
int witness_file_next(struct witness_file *f, struct pcapng_block *block);
void witness_file_close(struct witness_file *f);

struct testimony;

/*
 * Write the file anew with secrets and comments in it, and put it in the old
 * one's place.  0; or -1 after a warning, and the old file is as it was.
 */
int witness_file_annotate(const char *path, const struct testimony *t);

#endif

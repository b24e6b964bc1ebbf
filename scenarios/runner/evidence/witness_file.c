/* SPDX-License-Identifier: MIT */
/* The witness's file, read and written anew. */
#include "witness_file.h"

#include "testimony.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK (1 << 16)

int
witness_file_open(struct witness_file *f, const char *path)
{
	*f = (struct witness_file){
	    .path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
	if (f->fd == -1) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

void
witness_file_close(struct witness_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	buffer_clear(&f->read);
}

static ssize_t
read_more(struct witness_file *f)
{
	uint8_t chunk[CHUNK];
	ssize_t length;

	do
		length = read(f->fd, chunk, sizeof(chunk));
	while (length == -1 && errno == EINTR);
	if (length == -1)
		warn("%s", f->path);
	else
		buffer_add(&f->read, chunk, (size_t)length);
	return length;
}

int
witness_file_next(struct witness_file *f, struct pcapng_block *block)
{
	struct bytes in;
	ssize_t more;

	buffer_drain(&f->read, f->used);
	f->used = 0;
	for (;;) {
		in = buffer_bytes(&f->read);
		switch (pcapng_block_take(&in, block)) {
		case PCAPNG_BLOCK_COMPLETE:
			f->used = block->whole.left;
			return 1;
		case PCAPNG_BLOCK_MALFORMED:
			warnx("%s: not as the witness writes it", f->path);
			return -1;
		case PCAPNG_BLOCK_PARTIAL:
			break;
		}
		if ((more = read_more(f)) > 0)
			continue;
		if (more == 0 && in.left > 0)
			warnx("%s: its last block is cut", f->path);
		return more == 0 && in.left == 0 ? 0 : -1;
	}
}

static void
add_secrets(const struct testimony *t, uint64_t frame, struct buffer *out)
{
	struct buffer lines = {0};

	testimony_secrets(t, frame, &lines);
	if (buffer_bytes(&lines).left > 0)
		pcapng_secrets(out, buffer_bytes(&lines));
	buffer_clear(&lines);
}

static void
add_packet(const struct testimony *t, const struct pcapng_block *block,
    uint64_t frame, struct buffer *out)
{
	struct buffer comment = {0};
	struct pcapng_packet packet;

	if (testimony_comment(t, frame, &comment) &&
	    pcapng_block_packet(block, &packet)) {
		packet.comment = buffer_text(&comment);
		pcapng_packet(out, &packet);
	} else
		buffer_add_bytes(out, block->whole);
	buffer_clear(&comment);
}

static int
flush(FILE *to, struct buffer *out)
{
	struct bytes all = buffer_bytes(out);
	size_t written = fwrite(all.at, 1, all.left, to);

	buffer_reset(out);
	return written == all.left ? 0 : -1;
}

static int
copy_annotated(struct witness_file *from, FILE *to, const struct testimony *t)
{
	struct buffer out = {0};
	struct pcapng_block block;
	uint64_t frame = 0;
	int more;

	while ((more = witness_file_next(from, &block)) == 1) {
		if (block.is_packet) {
			/* What all need stands before the first of them. */
			if (frame == 0)
				add_secrets(t, 0, &out);
			add_secrets(t, ++frame, &out);
			add_packet(t, &block, frame, &out);
		} else
			buffer_add_bytes(&out, block.whole);
		if (flush(to, &out) == -1)
			more = -1;
		if (more == -1)
			break;
	}
	buffer_clear(&out);
	return more;
}

int
witness_file_annotate(const char *path, const struct testimony *t)
{
	char fresh[4200];
	struct witness_file from;
	int outcome = -1;
	FILE *to;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (witness_file_open(&from, path) == -1)
		return -1;
	if ((to = fopen(fresh, "we")) != NULL)
		outcome = copy_annotated(&from, to, t);
	if (to == NULL || fclose(to) == EOF ||
	    (outcome == 0 && rename(fresh, path) == -1))
		outcome = -1;
	if (outcome == -1) {
		warnx("%s stays without secrets and comments", path);
		unlink(fresh);
	}
	witness_file_close(&from);
	return outcome;
}

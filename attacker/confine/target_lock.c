/* SPDX-License-Identifier: MIT */
/*
 * Lock 4: targets come from the manifest, and the manifest itself is not
 * believed when it names an address outside the lab's prefixes.
 */
#include "target_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "confine.h"
#include "lab.h"
#include "network_policy.h"
#include "refusal.h"

/* A manifest has a few kilobytes; a larger file is something else. */
#define MANIFEST_FILE_MAX 65536

/* 0 or -1 with errno set. */
static int
read_file(const char *path, struct buffer *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char piece[4096];
	ssize_t length;
	int why;

	if (fd == -1)
		return -1;
	while ((length = read(fd, piece, sizeof(piece))) > 0 &&
	       buffer_bytes(text).left <= MANIFEST_FILE_MAX)
		buffer_add(text, piece, (size_t)length);
	why = errno;
	close(fd);
	errno = why;
	return length == -1 ? -1 : 0;
}

/* The first address that is not a lab's, or NULL. */
static const char *
foreign_address(const struct manifest *m)
{
	for (size_t i = 0; i < m->host_count; i++) {
		const struct manifest_host *host = &m->hosts[i];

		for (size_t j = 0; j < host->interface_count; j++)
			if (!network_address_allowed(
				host->interfaces[j].address))
				return host->interfaces[j].address;
	}
	return NULL;
}

int
target_lock_try(struct manifest *targets)
{
	const char *path = lab_file("manifest.json");
	struct buffer text = {0};
	enum manifest_verdict verdict;
	const char *foreign;

	*targets = (struct manifest){0};
	if (path == NULL)
		return confine_refuse(LOCK_TARGET, "no-manifest",
		    "REPLAYLAB_DIR names no lab, so there are no targets");
	if (read_file(path, &text) == -1) {
		buffer_clear(&text);
		return confine_refuse(LOCK_TARGET, "manifest-unreadable",
		    "%s: %s", path, strerror(errno));
	}
	verdict = manifest_parse(buffer_bytes(&text), targets);
	buffer_clear(&text);
	if (verdict != MANIFEST_GOOD)
		return confine_refuse(LOCK_TARGET, "manifest-malformed",
		    "%s is no manifest of a lab", path);
	if ((foreign = foreign_address(targets)) != NULL)
		return confine_refuse(LOCK_TARGET, "manifest-address-foreign",
		    "%s names %s, which is no address of a lab", path, foreign);
	return 0;
}

const struct manifest_host *
confine_target(const struct manifest *targets, const char *name)
{
	const struct manifest_host *host = manifest_host(targets, name);

	if (host == NULL)
		confine_refuse(LOCK_TARGET, "target-unknown",
		    "%.64s is no host of this lab", name);
	else if (host->port == 0 || host->interface_count == 0)
		confine_refuse(LOCK_TARGET, "target-serves-nothing",
		    "%.64s listens on no port of this lab", name);
	else
		return host;
	return NULL;
}

int
confine_flow(const struct manifest *targets, const struct endpoint *from,
    const struct endpoint *to)
{
	const struct endpoint *ends[] = {from, to};
	char address[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < 2; i++)
		if (manifest_host_at(
			targets, endpoint_address(ends[i], address)) == NULL)
			return confine_refuse(LOCK_TARGET, "flow-foreign",
			    "the flow's end %s is no host of this lab",
			    address);
	return 0;
}

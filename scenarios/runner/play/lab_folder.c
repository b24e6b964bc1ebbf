/* SPDX-License-Identifier: MIT */
/* The lab's folder: hosts, manifest and clocks. */
#include "lab_folder.h"

#include "ground/network.h"
#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int
lab_folder_write(
    const char *folder, const char *name, const struct buffer *text)
{
	char path[4096];
	struct bytes all = buffer_bytes(text);
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1 || write(fd, all.at, all.left) != (ssize_t)all.left) {
		warn("%s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	return close(fd);
}

int
lab_folder_make(const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (mkdir(path, 0755) == -1 && errno != EEXIST) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

int
lab_folder_write_manifest(const char *folder, bool egress)
{
	struct buffer text = {0};
	int outcome;

	network_write_manifest(&text, egress);
	outcome = lab_folder_write(folder, "manifest.json", &text);
	buffer_clear(&text);
	return outcome;
}

static int
name_hosts(const char *folder)
{
	struct buffer text = {0};
	int outcome;

	network_write_hosts(&text);
	outcome = lab_folder_write(folder, "hosts", &text);
	buffer_clear(&text);
	return outcome;
}

static int
set_clocks(const char *folder)
{
	char path[4096];

	if (lab_folder_make(folder, "clock") == -1)
		return -1;
	for (size_t h = 0; h < network_manifest.host_count; h++) {
		snprintf(path, sizeof(path), "%s/clock/%s", folder,
		    network_manifest.hosts[h].name);
		if (lab_clock_create(path) == -1)
			return -1;
	}
	return 0;
}

int
lab_folder_fill(const char *folder)
{
	return set_clocks(folder) == -1 ||
		       lab_folder_make(folder, "logs") == -1 ||
		       name_hosts(folder) == -1 ||
		       lab_folder_write_manifest(folder, false) == -1
		   ? -1
		   : 0;
}

/* SPDX-License-Identifier: MIT */
/* Opening what others wrote. */
#include "below.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *
below_verdict_text(enum below_verdict verdict)
{
	switch (verdict) {
	case BELOW_READ:
		return "was read";
	case BELOW_MISSING:
		return "is not there";
	case BELOW_LINK:
		return "is a link";
	case BELOW_NO_FILE:
		return "is no file";
	case BELOW_TOO_LONG:
		return "is too long";
	case BELOW_UNREADABLE:
		return "cannot be read";
	}
	return "cannot be read";
}

int
below_open(int folder, const char *path, uint64_t flags)
{
	struct open_how how = {
	    .flags = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		       RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};

	return (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

static enum below_verdict
why_not(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return BELOW_MISSING;
	case ELOOP:
		return BELOW_LINK;
	default:
		return BELOW_UNREADABLE;
	}
}

int
below_file(
    int folder, const char *path, size_t most, enum below_verdict *verdict)
{
	int fd = below_open(folder, path, O_RDONLY);
	struct stat status;

	if (fd == -1 || fstat(fd, &status) == -1)
		*verdict = why_not(errno);
	else if (!S_ISREG(status.st_mode))
		*verdict = BELOW_NO_FILE;
	else if ((uint64_t)status.st_size > most)
		*verdict = BELOW_TOO_LONG;
	else {
		*verdict = BELOW_READ;
		return fd;
	}
	if (fd != -1)
		close(fd);
	return -1;
}

enum below_verdict
below_read(int folder, const char *path, size_t most, struct buffer *into)
{
	char chunk[16384];
	enum below_verdict verdict;
	size_t before = buffer_bytes(into).left;
	int fd = below_file(folder, path, most, &verdict);
	ssize_t length;

	if (fd == -1)
		return verdict;
	/* It may grow meanwhile. */
	while ((length = read(fd, chunk, sizeof(chunk))) > 0) {
		buffer_add(into, chunk, (size_t)length);
		if (buffer_bytes(into).left - before > most)
			break;
	}
	close(fd);
	if (length == -1)
		return BELOW_UNREADABLE;
	return length == 0 ? BELOW_READ : BELOW_TOO_LONG;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t
below_list(int fd, char names[][BELOW_NAME_MAX], size_t most)
{
	DIR *folder = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	size_t count = 0;

	if (folder == NULL) {
		if (fd != -1)
			close(fd);
		return 0;
	}
	while (count < most && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.' &&
		    strlen(entry->d_name) < sizeof(names[0]))
			strcpy(names[count++], entry->d_name);
	closedir(folder);
	qsort(names, count, sizeof(names[0]), by_name);
	return count;
}

bool
below_is_name(const char *text, size_t size)
{
	size_t length = strlen(text);

	if (length == 0 || length >= size || !isalnum((unsigned char)*text))
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr(".:+_-", *c) == NULL)
			return false;
	return true;
}

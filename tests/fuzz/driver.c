/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target without a fuzzer: over every file of the corpus folders
 * it is given, then over a fixed number of mutations of them, always the same.
 *
 *	NAME [--mutations N] [--seconds N] CORPUS...
 *
 * Under libFuzzer this file is left out.  A crash leaves the input that made it
 * in the file crash-NAME of the working folder.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "exit_code.h"
#include "option.h"

#define INPUT_MAX 262144
#define INPUTS_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A sanitizer's finding is a crash like any other. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "abort_on_error=1";
}

const char *
__ubsan_default_options(void)
{
	return "abort_on_error=1";
}

static struct bytes corpus[INPUTS_MAX];
static size_t corpus_count;

/* What a crash handler may touch. */
static struct bytes current;
static char crash_file[256];

/* The randomness of the mutations: xorshift64*, the same on every machine. */
static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static size_t
draw(size_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (size_t)(state * UINT64_C(0x2545f4914f6cdd1d) >> 33) % below;
}

/* A copy of its own on the heap, so that a sanitizer sees every overrun. */
static struct bytes
own(struct bytes bytes)
{
	uint8_t *copy = malloc(bytes.left == 0 ? 1 : bytes.left);

	if (copy == NULL)
		err(EXIT_INTERNAL, "%zu bytes", bytes.left);
	if (bytes.left > 0)
		memcpy(copy, bytes.at, bytes.left);
	return (struct bytes){copy, bytes.left};
}

static void
crashed(int number)
{
	int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd != -1) {
		(void)!write(fd, current.at, current.left);
		close(fd);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void
run(struct bytes input)
{
	current = own(input);
	LLVMFuzzerTestOneInput(current.at, current.left);
	free((void *)current.at);
}

static int
add_file(const char *folder, const char *name)
{
	struct buffer content = {0};
	char path[4096], part[4096];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		while ((n = read(fd, part, sizeof(part))) > 0 &&
		       buffer_bytes(&content).left < INPUT_MAX)
			buffer_add(&content, part, (size_t)n);
		close(fd);
	}
	if (n == -1)
		warn("%s", path);
	else
		corpus[corpus_count++] = own(buffer_bytes(&content));
	buffer_clear(&content);
	return n == -1 ? -1 : 0;
}

/* In the order of their names, so that every run is the same. */
static int
add_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	int result = 0;

	if (count == -1) {
		warn("%s", folder);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.' && corpus_count < INPUTS_MAX &&
		    add_file(folder, entries[i]->d_name) == -1)
			result = -1;
		free(entries[i]);
	}
	free(entries);
	return result;
}

static void
add_part(struct buffer *out, struct bytes from, size_t start, size_t length)
{
	struct bytes part;

	if (bytes_skip(&from, start) && bytes_take(&from, length, &part))
		buffer_add_bytes(out, part);
}

/* Bytes that parsers stumble over. */
static uint8_t
odd_byte(void)
{
	static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '\t', '\r',
	    '\n', '"', '\\', ':', ';', ',', '=', '(', ')', '0', '9', '-'};

	return draw(2) == 0 ? odd[draw(sizeof(odd))] : (uint8_t)draw(256);
}

/* One change: a flip, a byte, a cut, an insert, a doubling or a splice. */
static void
mutate_once(struct buffer *out, struct bytes in)
{
	size_t at = draw(in.left + 1);
	size_t length = draw(in.left - at + 1);
	struct bytes other = corpus[draw(corpus_count)];
	size_t from = draw(other.left + 1);
	size_t kind = draw(6);

	if (length > 16 && draw(4) != 0)
		length = draw(16);
	add_part(out, in, 0, at);
	if (kind < 2 && at < in.left) {
		buffer_add_u8(out, kind == 0
				       ? in.at[at] ^ (uint8_t)(1U << draw(8))
				       : odd_byte());
		add_part(out, in, at + 1, in.left - at - 1);
		return;
	}
	if (kind == 2) {
		add_part(out, in, at + length, in.left - at - length);
		return;
	}
	if (kind == 3)
		for (size_t i = draw(4) + 1; i > 0; i--)
			buffer_add_u8(out, odd_byte());
	else if (kind == 4)
		add_part(out, in, at, length);
	else
		add_part(out, other, from, draw(other.left - from + 1));
	add_part(out, in, at, in.left - at);
}

static void
run_mutation(void)
{
	struct buffer a = {0}, b = {0};

	buffer_add_bytes(&a, corpus[draw(corpus_count)]);
	for (size_t i = draw(4) + 1; i > 0; i--) {
		struct buffer swap;

		buffer_reset(&b);
		mutate_once(&b, buffer_bytes(&a));
		swap = a;
		a = b;
		b = swap;
	}
	if (buffer_bytes(&a).left <= INPUT_MAX)
		run(buffer_bytes(&a));
	buffer_clear(&a);
	buffer_clear(&b);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void
catch_crashes(const char *name)
{
	static const int numbers[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

	snprintf(crash_file, sizeof(crash_file), "crash-%s", name);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], crashed);
}

int
main(int argc, char *argv[])
{
	long mutations = 20000, seconds = 10, done = 0;
	const struct option_row rows[] = {
	    OPTION_NUMBER("mutations", &mutations, 0, 1000000000,
		"how many mutations to run"),
	    OPTION_NUMBER("seconds", &seconds, 1, 86400,
		"stop after that time in any case"),
	    OPTION_END,
	};
	const struct option_usage usage = {base_name(argv[0]),
	    "Run a fuzz target over a corpus and mutations of it.",
	    "[CORPUS]...", rows, NULL};
	time_t end;
	int first, status;

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	catch_crashes(usage.command);
	for (; first < argc; first++)
		if (add_folder(argv[first]) == -1)
			return EXIT_USAGE;
	if (corpus_count == 0) /* there is always the empty input */
		corpus[corpus_count++] = own((struct bytes){0});
	for (size_t i = 0; i < corpus_count; i++)
		run(corpus[i]);
	for (end = time(NULL) + seconds; done < mutations && time(NULL) < end;
	     done++)
		run_mutation();
	for (size_t i = 0; i < corpus_count; i++)
		free((void *)corpus[i].at);
	printf("fuzz %s: %zu inputs, ok\n", usage.command,
	    corpus_count + (size_t)done);
	return EXIT_AS_EXPECTED;
}

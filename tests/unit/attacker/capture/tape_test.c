/* SPDX-License-Identifier: MIT */
#include "capture/tape.h"

#include <fcntl.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/tape_test.XXXXXX";
static const uint8_t data[] = "what was on the wire";
#define FRAMES 5

static int
make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd == -1 ? -1 : close(fd);
}

static int
remove_path(void **state)
{
	(void)state;
	return remove(path);
}

static void
append(struct tape *t, int64_t at, size_t length)
{
	assert_int_equal(tape_append(t, &(struct frame){.at = at,
					    .link_type = DLT_RAW,
					    .bytes = {data, length},
					    .length = 1500}),
	    0);
}

static void
record_frames(void)
{
	struct tape *t = tape_create(path, "outer", "tcp", DLT_RAW);

	assert_non_null(t);
	for (int i = 0; i < FRAMES; i++)
		append(t, INT64_C(1000000007) * (i + 1), (size_t)i * 2);
	tape_statistics(t, FRAMES, 0);
	assert_int_equal(tape_close(t), 0);
}

static void
what_was_recorded_is_read(void **state)
{
	struct frame frame;
	struct tape *t;

	(void)state;
	record_frames();
	assert_non_null(t = tape_open(path));
	for (int i = 0; i < FRAMES; i++) {
		assert_int_equal(tape_next(t, &frame), TAPE_FRAME);
		assert_int_equal(frame.at, INT64_C(1000000007) * (i + 1));
		assert_int_equal(frame.link_type, DLT_RAW);
		assert_int_equal(frame.length, 1500);
		assert_int_equal(frame.bytes.left, i * 2);
		assert_memory_equal(frame.bytes.at, data, frame.bytes.left);
	}
	assert_int_equal(tape_next(t, &frame), TAPE_END);
	tape_close(t);
}

static void
what_was_flushed_is_read_while_recording_goes_on(void **state)
{
	struct tape *t = tape_create(path, NULL, NULL, DLT_RAW), *reader;
	struct frame frame;

	(void)state;
	assert_non_null(t);
	append(t, 1, 4);
	assert_int_equal(tape_flush(t), 0);
	append(t, 2, 5);
	assert_non_null(reader = tape_open(path));
	assert_int_equal(tape_next(reader, &frame), TAPE_FRAME);
	assert_int_equal(tape_next(reader, &frame), TAPE_END);
	tape_close(reader);
	assert_int_equal(tape_close(t), 0);
}

static void
a_tape_cut_anywhere_gives_the_frames_before(void **state)
{
	struct stat whole;
	struct frame frame;

	(void)state;
	record_frames();
	assert_int_equal(stat(path, &whole), 0);
	for (off_t size = whole.st_size - 1; size >= 0; size--) {
		enum tape_verdict verdict;
		struct tape *t;
		int frames = 0;

		assert_int_equal(truncate(path, size), 0);
		if ((t = tape_open(path)) == NULL)
			continue; /* not even its heading */
		while ((verdict = tape_next(t, &frame)) == TAPE_FRAME)
			frames++;
		assert_true(frames <= FRAMES);
		assert_int_not_equal(verdict, TAPE_DAMAGED);
		assert_true(verdict == TAPE_END || frames < FRAMES ||
			    size > whole.st_size - 100);
		tape_close(t);
	}
}

static void
what_is_no_capture_is_refused(void **state)
{
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fputs("this is a text and not a capture of anything", file);
	fclose(file);
	assert_null(tape_open(path));
	assert_int_equal(truncate(path, 0), 0);
	assert_null(tape_open(path));
	assert_null(tape_open("/tmp"));
	assert_null(tape_open("/nowhere/at/all"));
	assert_null(tape_create("/nowhere/at/all", NULL, NULL, DLT_RAW));
	assert_int_equal(tape_close(NULL), 0);
}

static void
a_full_disk_is_noticed(void **state)
{
	struct tape *t;

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	assert_null(t = tape_create("/dev/full", NULL, NULL, DLT_RAW));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_recorded_is_read),
	    cmocka_unit_test(what_was_flushed_is_read_while_recording_goes_on),
	    cmocka_unit_test(a_tape_cut_anywhere_gives_the_frames_before),
	    cmocka_unit_test(what_is_no_capture_is_refused),
	    cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}

/* SPDX-License-Identifier: MIT */
/* Frames by the number that Wireshark gives them, and what they carry. */
#include "evidence/frame_list.h"

#include "evidence/read_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CAPTURE_13 "tests/data/captures/openssl-tls13-early-data.pcap"
#define CAPTURE "tests/data/captures/openssl-tls12.pcap"

static void
frames_have_numbers_and_say_what_they_carry(void **state)
{
	struct frame_list l;

	(void)state;
	assert_int_equal(frame_list_read(&l, CAPTURE), 0);
	assert_true(l.count > 4);
	for (size_t i = 1; i < l.count; i++)
		assert_true(l.frames[i].number > l.frames[i - 1].number);
	assert_int_equal(l.frames[0].number, 1);
	assert_string_equal(l.frames[0].what, "SYN");
	assert_string_equal(l.frames[1].what, "SYN, ACK");
	assert_string_equal(l.frames[2].what, "");
	assert_string_equal(l.frames[3].what, "ClientHello");
	frame_list_clear(&l);
	assert_null(l.frames);
}

/* What there is no room for is left out whole, and that is said. */
static void
no_word_is_cut(void **state)
{
	struct frame_list l;
	size_t left_out = 0;

	(void)state;
	assert_int_equal(frame_list_read(&l, CAPTURE_13), 0);
	for (size_t i = 0; i < l.count; i++) {
		const char *what = l.frames[i].what;
		const char *last = strrchr(what, ' ');

		left_out += strstr(what, ", \xe2\x80\xa6") != NULL;
		assert_true(strlen(what) + 1 < sizeof(l.frames[i].what));
		/* A record is told with its length. */
		if (strstr(what, "application_data") != NULL &&
		    strstr(what, "\xe2\x80\xa6") == NULL)
			assert_true(atoi(last) > 0);
	}
	assert_true(left_out > 0);
	frame_list_clear(&l);
}

static void
a_message_is_found_by_its_fingerprint_before_and_after_a_time(void **state)
{
	struct frame_list l;
	const struct frame_seen *hello;
	const char *print;

	(void)state;
	assert_int_equal(frame_list_read(&l, CAPTURE), 0);
	hello = &l.frames[3];
	assert_int_equal(hello->fingerprint_count, 1);
	print = hello->fingerprints[0];
	assert_ptr_equal(
	    frame_list_carrying(&l, print, hello->at, true), hello);
	assert_ptr_equal(
	    frame_list_carrying(&l, print, hello->at + 1, false), hello);
	assert_null(frame_list_carrying(&l, print, hello->at + 1, true));
	assert_null(frame_list_carrying(&l, print, hello->at, false));
	assert_null(frame_list_carrying(&l, "", hello->at, true));
	frame_list_clear(&l);
}

static void
the_nearest_frame_of_a_direction_is_found(void **state)
{
	struct frame_list l;
	const struct frame_seen *hello, *found;

	(void)state;
	assert_int_equal(frame_list_read(&l, CAPTURE), 0);
	hello = &l.frames[3];
	found = frame_list_nearest(&l, &hello->src, &hello->dest, hello->at);
	assert_ptr_equal(found, hello);
	found = frame_list_nearest(&l, &hello->src, &hello->dest, 0);
	assert_ptr_equal(found, hello); /* SYN and ACK carry nothing */
	found = frame_list_nearest(&l, &hello->dest, &hello->dest, hello->at);
	assert_null(found);
	frame_list_clear(&l);
}

static void
every_shorter_capture_gives_its_whole_frames(void **state)
{
	struct buffer whole = {0};
	struct frame_list l, all;
	char path[] = "/tmp/frame_list_testXXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(frame_list_read(&all, CAPTURE), 0);
	assert_int_equal(read_file(CAPTURE, 1 << 20, &whole), 0);
	for (size_t n = 0; n < buffer_bytes(&whole).left; n += 37) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, buffer_bytes(&whole).at, n, 0), n);
		(void)frame_list_read(&l, path);
		assert_true(l.count <= all.count);
		frame_list_clear(&l);
	}
	close(fd);
	unlink(path);
	buffer_clear(&whole);
	frame_list_clear(&all);
}

static const uint8_t datagram[] = {
    /* a pcap file of IP packets */
    0xd4,
    0xc3,
    0xb2,
    0xa1,
    0x02,
    0x00,
    0x04,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x01,
    0x00,
    0x65,
    0x00,
    0x00,
    0x00,
    /* its one packet */
    0x01,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x45,
    0x00,
    0x00,
    0x00,
    0x45,
    0x00,
    0x00,
    0x00,
    /* IPv4 */
    0x45,
    0x00,
    0x00,
    0x45,
    0x00,
    0x00,
    0x40,
    0x00,
    0x40,
    0x11,
    0x00,
    0x00,
    0xc6,
    0x33,
    0x64,
    0x14,
    0xc6,
    0x33,
    0x64,
    0x0a,
    /* UDP */
    0x01,
    0xbb,
    0x9c,
    0x41,
    0x00,
    0x31,
    0x00,
    0x00,
    /* epoch 0: ServerHelloDone */
    0x16,
    0xfe,
    0xfd,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x05,
    0x00,
    0x0c,
    0x0e,
    0x00,
    0x00,
    0x00,
    0x00,
    0x03,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    /* epoch 1: data */
    0x17,
    0xfe,
    0xfd,
    0x00,
    0x01,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x01,
    0x00,
    0x03,
    0x01,
    0x02,
    0x03,
};

static void
a_datagram_tells_each_of_its_records(void **state)
{
	char path[] = "/tmp/frame_list_testXXXXXX";
	int fd = mkstemp(path);
	struct bytes wire = {datagram, sizeof(datagram)};
	struct bytes hello_done, data;
	char name[FINGERPRINT_SIZE];
	struct frame_list l;

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(
	    write(fd, datagram, sizeof(datagram)), sizeof(datagram));
	assert_int_equal(frame_list_read(&l, path), 0);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.frames[0].src.port, 443);
	assert_string_equal(
	    l.frames[0].what, "ServerHelloDone, application_data 3");
	assert_true(bytes_skip(&wire, 68) &&
		    bytes_take(&wire, 25, &hello_done) &&
		    bytes_take(&wire, 16, &data) && wire.left == 0);
	assert_int_equal(l.frames[0].fingerprint_count, 2);
	assert_string_equal(
	    l.frames[0].fingerprints[0], fingerprint(&hello_done, 1, name));
	assert_string_equal(
	    l.frames[0].fingerprints[1], fingerprint(&data, 1, name));
	close(fd);
	unlink(path);
	frame_list_clear(&l);
}

static void
a_file_that_is_no_capture_is_refused(void **state)
{
	struct frame_list l;

	(void)state;
	assert_int_equal(frame_list_read(&l, "/nowhere"), -1);
	assert_int_equal(frame_list_read(&l, "Makefile"), -1);
	assert_int_equal(l.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_have_numbers_and_say_what_they_carry),
	    cmocka_unit_test(no_word_is_cut),
	    cmocka_unit_test(
		a_message_is_found_by_its_fingerprint_before_and_after_a_time),
	    cmocka_unit_test(the_nearest_frame_of_a_direction_is_found),
	    cmocka_unit_test(every_shorter_capture_gives_its_whole_frames),
	    cmocka_unit_test(a_datagram_tells_each_of_its_records),
	    cmocka_unit_test(a_file_that_is_no_capture_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

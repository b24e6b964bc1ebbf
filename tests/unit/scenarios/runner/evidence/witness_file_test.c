/* SPDX-License-Identifier: MIT */
#include "evidence/witness_file.h"

#include "evidence/hearing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char line[] = "CLIENT_RANDOM "
			   "00000000000000000000000000000000"
			   "00000000000000000000000000000000 11\n";

static char folder[64], path[128], fresh[160];

static void
write_file(struct bytes content)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(
	    fwrite(content.at, 1, content.left, file), content.left);
	fclose(file);
}

static void
read_file(struct buffer *into)
{
	FILE *file = fopen(path, "r");
	uint8_t chunk[4096];

	assert_non_null(file);
	buffer_add(into, chunk, fread(chunk, 1, sizeof(chunk), file));
	fclose(file);
}

static void
make_capture(struct buffer *out, const char *secrets, const char *comment)
{
	pcapng_section(out, "test");
	pcapng_interface(
	    out, &(struct pcapng_interface){.name = "a", .link_type = 1});
	if (secrets != NULL)
		pcapng_secrets(out, bytes_of(secrets));
	pcapng_packet(
	    out, &(struct pcapng_packet){.at = 1, .frame = bytes_of("one")});
	pcapng_packet(
	    out, &(struct pcapng_packet){
		     .at = 2, .frame = bytes_of("two"), .comment = comment});
	pcapng_statistics(out, &(struct pcapng_statistics){.received = 2});
}

/* One line of the key log, and a copy that was recorded in frame 2. */
static struct observation observation;
static struct testimony_copy copies[1];

static struct testimony
make_testimony(void)
{
	struct testimony t = {.observation = &observation, .copies = copies};

	observation.copy_count = 1;
	copies[0].recorded = 2;
	key_log_add(&t.log, bytes_of(line));
	return t;
}

static void
secrets_stand_before_the_first_frame_and_comments_on_theirs(void **state)
{
	struct testimony t = make_testimony();
	struct buffer before = {0}, wanted = {0}, after = {0};

	(void)state;
	make_capture(&before, NULL, NULL);
	make_capture(&wanted, line, "replaylab: recorded");
	write_file(buffer_bytes(&before));
	assert_int_equal(witness_file_annotate(path, &t), 0);
	read_file(&after);
	assert_true(bytes_equal(buffer_bytes(&after), buffer_bytes(&wanted)));
	assert_int_equal(access(fresh, F_OK), -1);
	buffer_clear(&before);
	buffer_clear(&wanted);
	buffer_clear(&after);
	key_log_clear(&t.log);
}

static void
a_file_that_cannot_be_read_stays_as_it_was(void **state)
{
	struct testimony t = make_testimony();
	struct buffer before = {0}, after = {0};

	(void)state;
	make_capture(&before, NULL, NULL);
	buffer_add_text(&before, "and no block at all");
	write_file(buffer_bytes(&before));
	assert_int_equal(witness_file_annotate(path, &t), -1);
	read_file(&after);
	assert_true(bytes_equal(buffer_bytes(&after), buffer_bytes(&before)));
	assert_int_equal(access(fresh, F_OK), -1);
	buffer_clear(&before);
	buffer_clear(&after);
	key_log_clear(&t.log);
}

/* The end of a block that is missing: nothing is cut off. */
static void
a_file_that_was_cut_stays_as_it_was(void **state)
{
	struct testimony t = make_testimony();
	struct buffer whole = {0}, after = {0};
	struct bytes cut;

	(void)state;
	make_capture(&whole, NULL, NULL);
	cut = buffer_bytes(&whole);
	cut.left -= 5;
	write_file(cut);
	assert_int_equal(witness_file_annotate(path, &t), -1);
	read_file(&after);
	assert_true(bytes_equal(buffer_bytes(&after), cut));
	assert_int_equal(access(fresh, F_OK), -1);
	buffer_clear(&whole);
	buffer_clear(&after);
	key_log_clear(&t.log);
}

static void
without_a_file_there_is_a_warning_only(void **state)
{
	struct testimony t = make_testimony();

	(void)state;
	unlink(path);
	assert_int_equal(witness_file_annotate(path, &t), -1);
	assert_int_equal(access(fresh, F_OK), -1);
	key_log_clear(&t.log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		secrets_stand_before_the_first_frame_and_comments_on_theirs),
	    cmocka_unit_test(a_file_that_cannot_be_read_stays_as_it_was),
	    cmocka_unit_test(a_file_that_was_cut_stays_as_it_was),
	    cmocka_unit_test(without_a_file_there_is_a_warning_only),
	};
	int failed;

	strcpy(folder, "/tmp/witness_file_test.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/witness.pcapng", folder);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}

/* SPDX-License-Identifier: MIT */
/* A student's folder is a student's work: it is read, and not believed. */
#include "class/class_results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/class-results-XXXXXX";
static struct class_results r;

#define PASS "{\"result\":\"PASS\",\"stopped_by\":\"backend:nonce\"}"

static void
shell(const char *command)
{
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(system(command), 0);
}

/* The result of a play: RUN/STORY, below runs. */
static void
put(const char *play, const char *text)
{
	char command[256], path[256];
	FILE *file;

	snprintf(command, sizeof(command), "mkdir -p ann/runs/%s", play);
	shell(command);
	snprintf(path, sizeof(path), "ann/runs/%s/result.json", play);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(strrchr(folder, '-'), "-XXXXXX");
	return mkdtemp(folder) == NULL || chdir(folder) == -1 ||
	       mkdir("ann", 0755) == -1;
}

static int
end(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") == -1 || system(command) != 0;
}

static void
of_each_story_the_newest_counts(void **state)
{
	(void)state;
	put("20261126-100000-1/S6", PASS);
	put("20261126-110000-1/S6", "{\"result\":\"FAIL\"}");
	put("20261126-110000-1/R1.tls13", PASS);
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.plays, 3);
	assert_string_equal(r.rows[0].story, "R1.tls13");
	assert_string_equal(r.rows[0].stopped_by, "backend:nonce");
	assert_string_equal(r.rows[1].verdict, "FAIL");
	assert_string_equal(r.rows[1].stopped_by, "?");
	assert_string_equal(r.rows[1].run, "20261126-110000-1");
	assert_int_equal(r.rows[1].plays, 2);
}

static void
no_plays_are_no_mistake_and_no_folder_is_one(void **state)
{
	(void)state;
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 0);
	assert_int_equal(class_results_read(&r, folder, "nobody"), -1);
}

static void
no_link_leads_out_of_the_folder(void **state)
{
	(void)state;
	put("1/S6", PASS);
	shell("mv ann/runs/1 elsewhere && ln -s ../../elsewhere ann/runs/1");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 0);
	shell("mkdir -p ann/runs/2/S3 && ln -s ../../../../elsewhere/S6/"
	      "result.json ann/runs/2/S3/result.json");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 0);
	shell("mv ann/runs kept && ln -s ../kept ann/runs");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 0);
	shell("mv ann bob && ln -s bob ann");
	assert_int_equal(class_results_read(&r, folder, "ann"), -1);
}

/* A reader that opens a pipe waits for its writer. */
static void
pipes_and_devices_and_large_files_are_passed_over(void **state)
{
	(void)state;
	shell("mkdir -p ann/runs/1/A ann/runs/1/B ann/runs/1/C/result.json && "
	      "mkfifo ann/runs/1/A/result.json && "
	      "truncate -s 1G ann/runs/1/B/result.json");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 0);
}

static void
words_that_a_terminal_or_a_spreadsheet_obeys_are_marks(void **state)
{
	(void)state;
	put("1/S6", "{\"result\":\"\\u001b[2J\",\"stopped_by\":\"=1+1\"}");
	put("1/S7", "{\"result\":\"PASS,PASS\",\"stopped_by\":7}");
	put("1/S8", "[");
	put("1/S9", "[[[[[[[[[[[[[[[[[[[[[[[[");
	shell("mkdir 'ann/runs/1/=cmd' && cp ann/runs/1/S6/result.json "
	      "'ann/runs/1/=cmd/'");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, 2);
	for (size_t i = 0; i < r.count; i++) {
		assert_string_equal(r.rows[i].verdict, "?");
		assert_string_equal(r.rows[i].stopped_by, "?");
	}
}

static void
more_stories_than_fit_are_left_out(void **state)
{
	(void)state;
	shell("mkdir -p ann/runs/1 ann/runs/2 && for i in $(seq 600); do "
	      "mkdir ann/runs/1/S$i && echo '{}' >ann/runs/1/S$i/result.json; "
	      "done; cp -r ann/runs/1/S* ann/runs/2/; "
	      "for i in $(seq 600); do mv ann/runs/2/S$i ann/runs/2/T$i; done");
	assert_int_equal(class_results_read(&r, folder, "ann"), 0);
	assert_int_equal(r.count, CLASS_RESULTS_MAX);
}

#define IN_A_CLASS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_CLASS(of_each_story_the_newest_counts),
	    IN_A_CLASS(no_plays_are_no_mistake_and_no_folder_is_one),
	    IN_A_CLASS(no_link_leads_out_of_the_folder),
	    IN_A_CLASS(pipes_and_devices_and_large_files_are_passed_over),
	    IN_A_CLASS(words_that_a_terminal_or_a_spreadsheet_obeys_are_marks),
	    IN_A_CLASS(more_stories_than_fit_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

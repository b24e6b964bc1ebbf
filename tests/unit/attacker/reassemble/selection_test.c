/* SPDX-License-Identifier: MIT */
#include "reassemble/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Run from the top of the tree, as `make check` does. */
#define CAPTURES "tests/data/captures/"
#define TLS12 CAPTURES "openssl-tls12.pcap"
#define HTTP CAPTURES "curl-http-ipv6.pcap"

static void
the_words_of_a_selection_are_read(void **state)
{
	struct selection s;

	(void)state;
	assert_true(selection_parse(SELECT_RECORD, "client:3", &s));
	assert_int_equal(s.side, SIDE_CLIENT);
	assert_int_equal(s.number, 3);
	assert_true(selection_parse(SELECT_SEGMENT, "server:last", &s));
	assert_int_equal(s.side, SIDE_SERVER);
	assert_int_equal(s.number, 0);
	assert_true(selection_parse(SELECT_REQUEST, "2", &s));
	assert_int_equal(s.number, 2);
	assert_true(selection_parse(SELECT_REQUEST, "last", &s));
	assert_true(selection_parse(SELECT_STREAM, "server", &s));
}

static void
other_words_are_refused(void **state)
{
	static const struct {
		enum selection_kind kind;
		const char *words;
	} wrong[] = {
	    {SELECT_RECORD, ""},
	    {SELECT_RECORD, "client"},
	    {SELECT_RECORD, "client:"},
	    {SELECT_RECORD, "client:0"},
	    {SELECT_RECORD, "client:-1"},
	    {SELECT_RECORD, "client: 1"},
	    {SELECT_RECORD, "client:1x"},
	    {SELECT_RECORD, "client:99999999999999999999999"},
	    {SELECT_RECORD, "clients:1"},
	    {SELECT_RECORD, "1"},
	    {SELECT_SEGMENT, "last"},
	    {SELECT_REQUEST, "client:1"},
	    {SELECT_REQUEST, ""},
	    {SELECT_REQUEST, "0"},
	    {SELECT_STREAM, "client:1"},
	    {SELECT_STREAM, "gateway"},
	};
	struct selection s;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(
		    selection_parse(wrong[i].kind, wrong[i].words, &s));
}

static struct selected
find(const char *path, enum selection_kind kind, const char *words)
{
	struct selected selected = {0};
	struct selection selection;

	assert_true(selection_parse(kind, words, &selection));
	if (selection_find(path, &selection, &selected, NULL) == -1)
		assert_false(selected.found);
	return selected;
}

static void
a_record_is_found_whole(void **state)
{
	struct selected s = find(TLS12, SELECT_RECORD, "client:5");
	struct bytes in = buffer_bytes(&s.bytes);
	struct tls_record record;

	(void)state;
	assert_true(s.found);
	assert_int_equal(s.conversation, 1);
	assert_int_equal(s.number, 5);
	assert_int_equal(tls_record_take(&in, &record), TLS_RECORD_COMPLETE);
	assert_int_equal(record.type, TLS_APPLICATION_DATA);
	assert_int_equal(record.fragment.left, 42);
	assert_int_equal(in.left, 0);
	selected_clear(&s);
}

static void
the_last_record_is_the_one_of_highest_number(void **state)
{
	struct selected last = find(TLS12, SELECT_RECORD, "server:last");
	struct selected ninth = find(TLS12, SELECT_RECORD, "server:9");

	(void)state;
	assert_int_equal(last.number, 9);
	assert_true(
	    bytes_equal(buffer_bytes(&last.bytes), buffer_bytes(&ninth.bytes)));
	selected_clear(&last);
	selected_clear(&ninth);
}

static void
a_segment_is_found_as_its_whole_frame(void **state)
{
	struct selected s = find(TLS12, SELECT_SEGMENT, "client:1");
	struct segment segment;

	(void)state;
	assert_int_equal(
	    segment_read(s.link_type, buffer_bytes(&s.bytes), &segment),
	    SEGMENT_TCP);
	assert_int_equal(segment.payload.at[0], TLS_HANDSHAKE);
	selected_clear(&s);
}

static void
a_request_is_found_as_it_was_sent(void **state)
{
	struct selected s = find(HTTP, SELECT_REQUEST, "2");
	struct bytes in = buffer_bytes(&s.bytes), line;

	(void)state;
	assert_true(bytes_take(&in, 25, &line));
	assert_true(bytes_equal_text(line, "POST /two?x=1 HTTP/1.1\r\nH"));
	selected_clear(&s);
}

static void
a_stream_is_all_its_requests(void **state)
{
	struct selected all = find(HTTP, SELECT_STREAM, "client");
	struct selected one = find(HTTP, SELECT_REQUEST, "1");
	struct selected two = find(HTTP, SELECT_REQUEST, "2");

	(void)state;
	buffer_add_bytes(&one.bytes, buffer_bytes(&two.bytes));
	assert_true(
	    bytes_equal(buffer_bytes(&all.bytes), buffer_bytes(&one.bytes)));
	selected_clear(&all);
	selected_clear(&one);
	selected_clear(&two);
}

static void
what_is_not_there_is_not_found(void **state)
{
	struct selection other = {.kind = SELECT_RECORD, .conversation = 2};
	struct selected s = find(TLS12, SELECT_RECORD, "client:99");

	(void)state;
	assert_false(s.found);
	s = find(TLS12, SELECT_REQUEST, "last");
	assert_false(s.found);
	assert_int_equal(selection_find(TLS12, &other, &s, NULL), -1);
	assert_int_equal(selection_find("/nowhere", &other, &s, NULL), -1);
	selected_clear(&s);
}

static void
the_conversations_are_handed_on_as_the_tape_left_them(void **state)
{
	struct conversations *set = NULL;
	struct selected s = {0};
	struct selection selection;
	const struct conversation *c;

	(void)state;
	assert_true(selection_parse(SELECT_RECORD, "client:last", &selection));
	assert_int_equal(selection_find(TLS12, &selection, &s, &set), 0);
	c = conversations_get(set, s.conversation);
	assert_non_null(c);
	assert_int_equal(c->side[SIDE_SERVER].endpoint.port, 4430);
	assert_int_equal(
	    c->side[SIDE_CLIENT].next_seq, c->side[SIDE_SERVER].last_ack);
	assert_true(c->side[SIDE_CLIENT].finished);
	conversations_free(set);
	selected_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_words_of_a_selection_are_read),
	    cmocka_unit_test(other_words_are_refused),
	    cmocka_unit_test(a_record_is_found_whole),
	    cmocka_unit_test(the_last_record_is_the_one_of_highest_number),
	    cmocka_unit_test(a_segment_is_found_as_its_whole_frame),
	    cmocka_unit_test(a_request_is_found_as_it_was_sent),
	    cmocka_unit_test(a_stream_is_all_its_requests),
	    cmocka_unit_test(what_is_not_there_is_not_found),
	    cmocka_unit_test(
		the_conversations_are_handed_on_as_the_tape_left_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

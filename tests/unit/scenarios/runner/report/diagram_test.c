/* SPDX-License-Identifier: MIT */
/* What a diagram shows of the events, and what it folds. */
#include "report/diagram.h"

#include "ground/network.h"
#include "lab_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define AT(ms, host, type)                                                     \
	"{\"timestamp\":\"2026-11-26T08:42:17." ms                             \
	"000000Z\",\"host\":\"" host "\",\"event_type\":\"" type "\""
#define PID(n) ",\"pid\":" #n
#define FLOW(port)                                                             \
	",\"src_ip\":\"198.51.100.10\",\"src_port\":" #port                    \
	",\"dest_ip\":\"198.51.100.20\",\"dest_port\":443"
#define INNER                                                                  \
	",\"src_ip\":\"203.0.113.20\",\"src_port\":50000,"                     \
	"\"dest_ip\":\"203.0.113.41\",\"dest_port\":80"
#define PRINT(fp) ",\"fingerprint\":\"" fp "\""
#define END "}\n"

#define HONEST(port, pid, id, fp)                                              \
	AT("100", "client", "connection")                                      \
	PID(pid)                                                               \
	FLOW(port)                                                             \
	",\"action\":\"opened\"" END AT("101", "gateway", "request") PID(2)    \
	    FLOW(port) PRINT(                                                  \
		fp) ",\"method\":\"POST\","                                    \
		    "\"verdict\":\"forwarded\"" END AT(                        \
			"102", "backend1", "request") PID(3) INNER             \
		    PRINT(fp) ",\"method\":\"POST\",\"id\":\"" id              \
			      "\",\"verdict\":\"accepted\","                   \
			      "\"status\":201" END AT(                         \
				  "103", "client", "transfer")                 \
				  PID(pid) ",\"id\":\"" id                     \
					   "\",\"outcome\":\"accepted\","      \
					   "\"status\":201" END

#define RESULT                                                                 \
	"{\"stopped_by\":\"backend:nonce\",\"expected\":"                      \
	"[{\"text\":\"executed t-1 once\"}],\"copies\":"                       \
	"[{\"event\":9,\"at\":\"backend1\",\"check\":\"nonce\"}]}"

#define RESULT_OF_T2 "{\"expected\":[{\"text\":\"executed t-2 never\"}]}"

static struct diagram d;
static struct frame_list frames;

static void
draw(const char *events, const char *result)
{
	struct evidence evidence;
	cJSON *parsed = cJSON_Parse(result);

	evidence_read(&evidence, bytes_of(events));
	diagram_build(&d, &(struct diagram_sources){.evidence = &evidence,
			      .result = parsed,
			      .manifest = &network_manifest,
			      .frames = &frames});
	evidence_close(&evidence);
	cJSON_Delete(parsed);
}

/* "kind from to text", as a whole diagram: one string to compare. */
static void
shows(size_t row, const char *from, const char *to, const char *text)
{
	assert_true(row < d.row_count);
	assert_string_equal(d.rows[row].from->name, from);
	assert_string_equal(d.rows[row].to->name, to);
	assert_string_equal(d.rows[row].text, text);
}

#define STORY(verdict)                                                         \
	HONEST(40000, 5, "control-1", "aa")                                    \
	HONEST(40001, 6, "t-1", "bb")                                          \
	AT("104", "attacker", "recorded")                                      \
	",\"frames\":7" END AT("200", "attacker", "copy_sent") PRINT("bb")     \
	    INNER ",\"kind\":\"request\",\"id\":\"t-1\"" END AT(               \
		"201", "backend1", "request") PRINT("bb") INNER                \
	    ",\"method\":\"POST\",\"id\":\"t-1\"," verdict END

static const char story[] =
    STORY("\"verdict\":\"replayed\",\"check\":\"nonce\",\"status\":409");
static const char effect[] = STORY("\"verdict\":\"accepted\",\"status\":201");

static void
a_story_is_told_in_order(void **state)
{
	(void)state;
	draw(story, RESULT);
	assert_int_equal(d.row_count, 9);
	shows(0, "client", "gateway", "honest request control-1: accepted");
	shows(1, "client", "gateway", "TCP");
	shows(2, "client", "gateway", "POST t-1");
	shows(3, "gateway", "backend1", "POST t-1 \xc2\xb7 accepted 201");
	shows(4, "gateway", "client", "t-1: 201 accepted");
	shows(5, "attacker", "attacker", "has recorded 7 frames");
	shows(6, "attacker", "backend1", "copy of a request, t-1");
	shows(7, "backend1", "backend1", "t-1: replayed 409");
	shows(8, "backend1", "backend1", "stopped by backend:nonce");
	assert_int_equal(d.rows[8].kind, DIAGRAM_STOPPED);
}

static void
the_recorded_message_and_its_copy_are_told_apart(void **state)
{
	(void)state;
	draw(story, RESULT);
	for (size_t i = 0; i < d.row_count; i++) {
		assert_int_equal(d.rows[i].recorded, i == 2 || i == 3);
		assert_int_equal(d.rows[i].copy, i >= 6);
	}
}

static void
lifelines_stand_as_the_network_does(void **state)
{
	static const char *const expected[] = {
	    "client", "gateway", "attacker", "backend1"};

	(void)state;
	draw(story, RESULT);
	assert_int_equal(d.host_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(d.hosts[i]->name, expected[i]);
}

static void
what_nobody_judges_is_one_row(void **state)
{
	static const char flood[] = HONEST(40000, 5, "f-1", "aa")
	    HONEST(40000, 5, "f-2", "bb") HONEST(40000, 5, "f-3", "cc");

	(void)state;
	draw(flood, RESULT);
	assert_int_equal(d.row_count, 1);
	shows(0, "client", "gateway", "3 honest requests, f-1 to f-3");
}

static void
a_copy_that_took_effect_is_no_success_of_a_layer(void **state)
{
	(void)state;
	draw(effect, "{\"stopped_by\":\"nobody\",\"copies\":[{\"event\":9,"
		     "\"at\":\"backend1\",\"check\":\"\"}],\"expected\":"
		     "[{\"text\":\"executed t-1 twice\"}]}");
	assert_int_equal(d.rows[8].kind, DIAGRAM_EXECUTED);
	assert_string_equal(d.rows[8].text, "nobody stopped the copy");
}

/* Of many copies, the backend's word about another is none about this one. */
static void
a_refusal_is_of_the_check_that_the_result_names(void **state)
{
	(void)state;
	draw(effect, RESULT);
	assert_int_equal(d.row_count, 8);
}

/* Rows beyond the limit are counted, and the verdict has its place. */
static void
more_rows_than_there_is_room_for_are_counted(void **state)
{
	struct buffer events = {0};

	(void)state;
	for (int i = 0; i < DIAGRAM_ROWS_MAX + 1; i++)
		buffer_add_text(&events, AT("104", "attacker", "recorded") END);
	draw(buffer_text(&events), "{}");
	assert_int_equal(d.row_count, DIAGRAM_ROWS_MAX);
	assert_int_equal(d.left_out, 1);
	buffer_drain(&events, strlen(AT("104", "attacker", "recorded") END));
	draw(buffer_text(&events), "{}");
	assert_int_equal(d.row_count, DIAGRAM_ROWS_MAX);
	assert_int_equal(d.left_out, 0);
	buffer_clear(&events);
}

/* Whatever is left of the events, a diagram comes of it. */
static void
every_shorter_prefix_gives_a_diagram(void **state)
{
	char cut[sizeof(story)];

	(void)state;
	for (size_t n = 0; n < sizeof(story); n++) {
		memcpy(cut, story, n);
		cut[n] = '\0';
		draw(cut, RESULT);
		assert_true(d.row_count <= 9);
		for (size_t i = 0; i < d.row_count; i++)
			assert_true(
			    diagram_column(&d, d.rows[i].from) < d.host_count);
	}
}

static void
events_of_unknown_hosts_and_types_are_left_out(void **state)
{
	(void)state;
	draw(AT("104", "nowhere", "recorded") END AT("104", "client", "news")
		 END AT("104", "attacker", "copy_sent") END "no event\n",
	    "{\"copies\":[{\"event\":-5,\"at\":\"nowhere\"},7,null]}");
	assert_int_equal(d.row_count, 0);
	draw("", "[]");
	assert_int_equal(d.row_count, 0);
	/* Numbers that no 64 bits hold. */
	draw(AT("104", "attacker", "recorded") ",\"frames\":4e32" END,
	    "{\"copies\":[{\"event\":-1e300}]}");
	assert_string_equal(d.rows[0].text, "has recorded 0 frames");
}

/* The bytes that TLS hides on the way to the gateway are the next wire's. */
static void
a_request_stands_in_a_frame_of_its_own_connection(void **state)
{
	struct frame_seen seen[] = {
	    {.number = 7,
		.at = 1,
		.src = {AF_INET, {198, 51, 100, 10}, 40001},
		.dest = {AF_INET, {198, 51, 100, 20}, 443},
		.length = 100},
	    {.number = 8,
		.at = 2,
		.src = {AF_INET, {203, 0, 113, 20}, 50000},
		.dest = {AF_INET, {203, 0, 113, 41}, 80},
		.length = 80,
		.fingerprints = {"bb"},
		.fingerprint_count = 1},
	};

	(void)state;
	frames = (struct frame_list){seen, 2};
	draw(story, RESULT);
	frames = (struct frame_list){0};
	shows(2, "client", "gateway", "POST t-1");
	assert_int_equal(d.rows[2].frame, 7);
	shows(3, "gateway", "backend1", "POST t-1 \xc2\xb7 accepted 201");
	assert_int_equal(d.rows[3].frame, 8);
}

#define DATAGRAM(ms, fp, verdict)                                              \
	AT(ms, "gateway", "dtls_record")                                       \
	FLOW(40001)                                                            \
	PRINT(fp)                                                              \
	",\"type\":\"application_data\",\"number\":1,"                         \
	"\"verdict\":\"" verdict "\"" END
#define POST(ms, fp)                                                           \
	AT(ms, "gateway", "request")                                           \
	FLOW(40001)                                                            \
	PRINT(fp)                                                              \
	",\"method\":\"POST\",\"path\":\"/" fp "\","                           \
	"\"verdict\":\"forwarded\"" END
#define COPY_OF(ms, fp)                                                        \
	AT(ms, "attacker", "copy_sent")                                        \
	FLOW(40001)                                                            \
	PRINT(fp)                                                              \
	",\"kind\":"                                                           \
	"\"record\"" END

static const char datagrams[] = DATAGRAM("100", "aa", "accepted")
    POST("101", "a1") COPY_OF("200", "aa") DATAGRAM("201", "aa", "seen")
	DATAGRAM("202", "bb", "accepted") DATAGRAM("202", "cc", "accepted")
	    POST("203", "b1") POST("204", "c1");

/* Nobody answers a copy that DTLS drops, but its receiver tells of it. */
static void
a_dropped_datagram_has_its_verdict_behind_it(void **state)
{
	(void)state;
	draw(datagrams, "{\"stopped_by\":\"dtls-record\",\"copies\":"
			"[{\"event\":2,\"at\":\"gateway\",\"check\":\"\"}]}");
	assert_int_equal(d.row_count, 6);
	shows(0, "client", "gateway", "POST /a1");
	assert_true(d.rows[0].recorded && !d.rows[0].copy);
	shows(1, "attacker", "gateway", "copy of a record");
	shows(2, "gateway", "gateway", "record 1: seen");
	shows(3, "gateway", "gateway", "stopped by dtls-record");
	shows(4, "client", "gateway", "POST /b1");
	assert_false(d.rows[4].copy);
}

/* Taken together, read one by one: each in the frame of its own record. */
static void
a_request_stands_in_the_datagram_that_brought_it(void **state)
{
	const struct endpoint client = {AF_INET, {198, 51, 100, 10}, 40001},
			      gateway = {AF_INET, {198, 51, 100, 20}, 443};
	struct frame_seen seen[4] = {0};
	static const char *const prints[] = {"aa", "aa", "bb", "cc"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		seen[i] = (struct frame_seen){.number = (uint32_t)i + 1,
		    .at = 1,
		    .src = client,
		    .dest = gateway,
		    .length = 80,
		    .fingerprint_count = 1};
		strcpy(seen[i].fingerprints[0], prints[i]);
	}
	frames = (struct frame_list){seen, 4};
	draw(datagrams, "{}");
	frames = (struct frame_list){0};
	assert_int_equal(d.row_count, 5);
	shows(3, "client", "gateway", "POST /b1");
	assert_int_equal(d.rows[3].frame, 3);
	shows(4, "client", "gateway", "POST /c1");
	assert_int_equal(d.rows[4].frame, 4);
}

/* What had no answer is no arrow. */
static void
an_unanswered_transfer_is_a_note(void **state)
{
	(void)state;
	draw(AT("100", "client", "connection") PID(7)
		 FLOW(40001) ",\"action\":\"opened\"" END AT("200", "client",
		     "transfer") PID(7) ",\"id\":\"t-2\","
					"\"outcome\":\"unanswered\",\"reason\":"
					"\"no-answer\"" END,
	    RESULT_OF_T2);
	assert_int_equal(d.row_count, 2);
	shows(1, "client", "client", "t-2: unanswered (no-answer)");
	assert_int_equal(d.rows[1].kind, DIAGRAM_NOTE);
}

/* Its name is looked for in what the story expects, and stands nowhere. */
static void
a_transfer_without_a_name_is_judged_by_nobody(void **state)
{
	(void)state;
	draw(AT("104", "client", "transfer") PID(9) ",\"status\":201" END,
	    RESULT_OF_T2);
	assert_int_equal(d.row_count, 1);
	assert_int_equal(d.rows[0].kind, DIAGRAM_QUIET);
	draw(AT("104", "client", "transfer") PID(9) ",\"id\":\"t-2\"" END,
	    RESULT_OF_T2);
	assert_int_equal(d.row_count, 1);
	assert_int_equal(d.rows[0].kind, DIAGRAM_NOTE);
}

/* Two plays of one story: the texts of what they show. */
static void
say(const char *events, struct buffer *said)
{
	draw(events, RESULT);
	buffer_reset(said);
	diagram_say(&d, said);
}

static void
the_same_exchange_at_another_moment_says_the_same(void **state)
{
	struct buffer said = {0}, later = {0}, words = {0};

	(void)state;
	say(story, &said);
	say(AT("001", "attacker", "position") END, &later);
	assert_false(diagram_same_arrows(
	    buffer_bytes(&said), buffer_bytes(&later), &words));
	say(story, &later);
	assert_true(diagram_same_arrows(
	    buffer_bytes(&said), buffer_bytes(&later), &words));
	assert_int_equal(buffer_bytes(&words).left, 0);
	say(STORY("\"verdict\":\"replayed\",\"check\":\"nonce\","
		  "\"status\":400"),
	    &later);
	assert_true(diagram_same_arrows(
	    buffer_bytes(&said), buffer_bytes(&later), &words));
	assert_string_equal(buffer_text(&words), "t-1: replayed 400");
	buffer_clear(&said);
	buffer_clear(&later);
	buffer_clear(&words);
}

/* A text that is cut is never the same, from either side. */
static void
fewer_rows_are_not_the_same_arrows(void **state)
{
	struct buffer said = {0}, words = {0};
	struct bytes whole, cut;

	(void)state;
	say(story, &said);
	whole = buffer_bytes(&said);
	for (size_t n = 0; n < whole.left; n++) {
		cut = (struct bytes){whole.at, n};
		assert_false(diagram_same_arrows(whole, cut, &words));
		assert_false(diagram_same_arrows(cut, whole, &words));
	}
	buffer_clear(&said);
	buffer_clear(&words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_story_is_told_in_order),
	    cmocka_unit_test(the_recorded_message_and_its_copy_are_told_apart),
	    cmocka_unit_test(a_request_stands_in_a_frame_of_its_own_connection),
	    cmocka_unit_test(a_dropped_datagram_has_its_verdict_behind_it),
	    cmocka_unit_test(a_request_stands_in_the_datagram_that_brought_it),
	    cmocka_unit_test(an_unanswered_transfer_is_a_note),
	    cmocka_unit_test(a_transfer_without_a_name_is_judged_by_nobody),
	    cmocka_unit_test(lifelines_stand_as_the_network_does),
	    cmocka_unit_test(what_nobody_judges_is_one_row),
	    cmocka_unit_test(a_copy_that_took_effect_is_no_success_of_a_layer),
	    cmocka_unit_test(a_refusal_is_of_the_check_that_the_result_names),
	    cmocka_unit_test(more_rows_than_there_is_room_for_are_counted),
	    cmocka_unit_test(every_shorter_prefix_gives_a_diagram),
	    cmocka_unit_test(the_same_exchange_at_another_moment_says_the_same),
	    cmocka_unit_test(fewer_rows_are_not_the_same_arrows),
	    cmocka_unit_test(events_of_unknown_hosts_and_types_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

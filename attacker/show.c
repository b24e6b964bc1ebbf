/* SPDX-License-Identifier: MIT */
/*
 * attacker show: print what is on a tape.
 *
 *	tape -> conversations -> a view of each
 *
 * Needs no lab and sends nothing.  A tape that breaks off is shown up to there,
 * with a warning, and exit status 2.
 */
#include "capture/tape.h"
#include "commands.h"
#include "exit_code.h"
#include "json.h"
#include "lab.h"
#include "option.h"
#include "reassemble/conversation.h"
#include "view/conversation_view.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

struct show {
	const char *path;
	bool json, segments;
	long conversation;               /* 0: all */
	struct conversation_view *views; /* in the order they began */
	size_t count;
};

/* Views of conversations nobody asked for stay empty. */
static struct conversation_view *
view_of(struct show *s, size_t number)
{
	size_t more = number < 64 ? 64 : number * 2;

	if (number > s->count) {
		s->views = reallocarray(s->views, more, sizeof(s->views[0]));
		if (s->views == NULL)
			err(EX_SOFTWARE, "%zu conversations", number);
		while (s->count < more)
			s->views[s->count++] = (struct conversation_view){
			    .with_segments = s->segments};
	}
	return &s->views[number - 1];
}

static void
show_finding(void *user, const struct finding *f)
{
	struct show *s = user;
	struct conversation_view *v = view_of(s, f->conversation->number);

	if (s->conversation != 0 &&
	    (size_t)s->conversation != f->conversation->number)
		return;
	if (s->json)
		json_view_add(v, f);
	else
		text_view_add(v, f);
}

static void
print_text(struct show *s, const struct conversation_counts *counts)
{
	struct buffer text = {0};

	for (size_t i = 0; i < s->count; i++)
		if (s->views[i].conversation != NULL) {
			text_view_print(&s->views[i]);
			putchar('\n');
		}
	conversation_counts_text(counts, &text);
	printf("%s: %s\n", s->path, buffer_text(&text));
	buffer_clear(&text);
}

static void
print_json(struct show *s, const struct conversation_counts *counts)
{
	struct buffer out = {0};

	json_open(&out, '{');
	json_member_number(&out, "v", 1);
	json_member_text(&out, "tape", s->path);
	json_member_number(&out, "frames", (int64_t)counts->frames);
	json_member_number(&out, "frames_cut", (int64_t)counts->cut);
	json_member_number(&out, "records", (int64_t)counts->records);
	json_member_number(&out, "requests", (int64_t)counts->requests);
	json_key(&out, "conversations");
	json_open(&out, '[');
	for (size_t i = 0; i < s->count; i++)
		if (s->views[i].conversation != NULL)
			json_view_finish(&s->views[i], &out);
	json_close(&out, ']');
	json_close(&out, '}');
	puts(buffer_text(&out));
	buffer_clear(&out);
}

static int
print_all(struct show *s, const struct conversations *set)
{
	struct conversation_counts counts;

	conversations_count(set, &counts);
	if (s->conversation > 0 &&
	    conversations_get(set, (size_t)s->conversation) == NULL) {
		warnx("tape %s has %llu conversation%s, no number %ld", s->path,
		    (unsigned long long)counts.conversations,
		    counts.conversations == 1 ? "" : "s", s->conversation);
		return EXIT_USAGE;
	}
	if (s->json)
		print_json(s, &counts);
	else
		print_text(s, &counts);
	if (counts.cut > 0)
		warnx("tape %s: %llu frames are cut short and not read; record "
		      "whole frames (tcpdump -s 0)",
		    s->path, (unsigned long long)counts.cut);
	return EXIT_AS_EXPECTED;
}

static int
show_tape(struct show *s)
{
	struct tape *tape = tape_open(s->path);
	struct conversations *set;
	enum tape_verdict verdict;
	struct frame frame;
	int status;

	if (tape == NULL)
		return EXIT_USAGE;
	set = conversations_new(show_finding, s);
	while ((verdict = tape_next(tape, &frame)) == TAPE_FRAME)
		(void)conversations_feed(set, &frame);
	status = print_all(s, set);
	if (verdict != TAPE_END)
		status = EXIT_USAGE;
	for (size_t i = 0; i < s->count; i++)
		buffer_clear(&s->views[i].lines);
	free(s->views);
	conversations_free(set);
	tape_close(tape);
	return status;
}

int
show_main(int argc, char *argv[])
{
	struct show s = {0};
	const struct option_row rows[] = {
	    OPTION_TEXT("tape", &s.path, "FILE",
		"what to show; default: the lab's tape.pcapng"),
	    OPTION_NUMBER("conversation", &s.conversation, 1, 1000000000,
		"only that one"),
	    OPTION_FLAG(
		"segments", &s.segments, "list segments with data, too"),
	    OPTION_FLAG("json", &s.json, "for programs"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker show",
	    "Print the conversations on a tape, or on any capture file (pcap, "
	    "pcapng).\n"
	    "client:3 and server:3 name a TLS record, request 3 a request, for "
	    "inject and replay.\n"
	    "A capture that breaks off is shown up to there; the exit status "
	    "is then 2.",
	    "[FILE]", rows, "attacker show capture.pcapng"};
	int first, status;

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (argc - first > (s.path == NULL ? 1 : 0)) {
		warnx("attacker show: one tape at a time");
		return EXIT_USAGE;
	}
	if (first < argc)
		s.path = argv[first];
	if (s.path == NULL && (s.path = lab_file("tape.pcapng")) == NULL)
		s.path = "tape.pcapng";
	return show_tape(&s);
}

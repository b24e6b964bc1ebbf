/* SPDX-License-Identifier: MIT */
/*
 * attacker record: write a conversation to a tape.
 *
 *	capture or another tape -> tape
 *				-> conversations, to count what was recorded
 *
 * Listening needs the confinement; reading a capture file does not.
 */
#include "capture/capture.h"
#include "capture/tape.h"
#include "commands.h"
#include "confine/confine.h"
#include "event.h"
#include "exit_code.h"
#include "lab.h"
#include "loop.h"
#include "option.h"
#include "reassemble/conversation.h"
#include "until.h"

#include <err.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct recording {
	const char *path;
	struct tape *tape;
	struct conversations *set;
	struct capture *capture; /* NULL: from a file */
	struct event_base *base;
	struct until until;
	bool failed;
};

static bool
is_enough(const struct recording *r)
{
	struct conversation_counts counts;

	if (r->until.unit == UNTIL_STOPPED)
		return false;
	conversations_count(r->set, &counts);
	return until_is_reached(
	    &r->until, (const uint64_t[UNTIL_UNITS]){
			   [UNTIL_REQUESTS] = counts.requests,
			   [UNTIL_RECORDS] = counts.records,
			   [UNTIL_FRAMES] = counts.frames,
		       });
}

/* False: stop here, there is enough or no room. */
static bool
take(void *user, const struct frame *frame)
{
	struct recording *r = user;

	if (tape_append(r->tape, frame) == -1)
		r->failed = true;
	(void)conversations_feed(r->set, frame);
	return !r->failed && !is_enough(r);
}

static void
drain(struct recording *r)
{
	if (capture_drain(r->capture, take, r) == -1 ||
	    tape_flush(r->tape) == -1)
		r->failed = true;
}

/* All that has passed by now. */
static void
drain_all(struct recording *r)
{
	drain(r);
	capture_settle(r->capture);
	drain(r);
}

static void
on_frames(evutil_socket_t fd, short what, void *user)
{
	struct recording *r = user;

	(void)fd, (void)what;
	drain(r);
	if (r->failed || is_enough(r))
		event_base_loopbreak(r->base);
}

static void
on_signal(evutil_socket_t number, short what, void *user)
{
	struct recording *r = user;

	(void)number, (void)what;
	drain_all(r);
	event_base_loopbreak(r->base);
}

/* Enter: tell when all that has come so far is on the tape. */
static void
on_input(evutil_socket_t fd, short what, void *user)
{
	struct recording *r = user;
	char typed[256];
	ssize_t n = read(fd, typed, sizeof(typed));

	(void)what;
	if (n <= 0) {
		event_del(event_base_get_running_event(r->base));
		return;
	}
	drain_all(r);
	if (r->failed || is_enough(r))
		event_base_loopbreak(r->base);
	for (ssize_t i = 0; i < n && !r->failed; i++)
		if (typed[i] == '\n')
			event_ready();
}

/* Of a runner, not of a terminal, whose lines are for the foreground. */
static struct event *
watch_input(struct recording *r)
{
	struct stat status;
	struct event *input = NULL;

	if (fstat(STDIN_FILENO, &status) == 0 && S_ISFIFO(status.st_mode))
		input = event_new(
		    r->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, r);
	if (input != NULL)
		(void)event_add(input, NULL);
	return input;
}

static int
run_loop(struct recording *r)
{
	struct event *frames, *terminate, *interrupt, *news, *input;
	int result = -1;

	if ((r->base = event_base_new()) == NULL) {
		warnx("attacker record: no event loop");
		return -1;
	}
	frames = event_new(r->base, capture_fd(r->capture),
	    EV_READ | EV_PERSIST, on_frames, r);
	terminate = evsignal_new(r->base, SIGTERM, on_signal, r);
	interrupt = evsignal_new(r->base, SIGINT, on_signal, r);
	news = loop_watch(r->base, confine_fd(), confine_check);
	input = watch_input(r);
	if (news != NULL && frames != NULL && terminate != NULL &&
	    interrupt != NULL && event_add(frames, NULL) == 0 &&
	    event_add(terminate, NULL) == 0 &&
	    event_add(interrupt, NULL) == 0) {
		event_ready();
		result = event_base_dispatch(r->base) == -1 ? -1 : 0;
	}
	if (frames != NULL)
		event_free(frames);
	if (terminate != NULL)
		event_free(terminate);
	if (interrupt != NULL)
		event_free(interrupt);
	if (news != NULL)
		event_free(news);
	if (input != NULL)
		event_free(input);
	event_base_free(r->base);
	return result;
}

static int
record_interface(struct recording *r, const char *interface)
{
	uint64_t received, dropped;

	r->capture = capture_open(interface, NULL, CAPTURE_IN_BULK);
	if (r->capture == NULL)
		return EXIT_USAGE;
	r->tape = tape_create(
	    r->path, interface, NULL, capture_link_type(r->capture));
	if (r->tape == NULL)
		return EXIT_USAGE;
	confine_drop();
	if (run_loop(r) == -1)
		return EXIT_INTERNAL;
	capture_count(r->capture, &received, &dropped);
	tape_statistics(r->tape, received, dropped);
	if (dropped > 0)
		warnx("capture on %s: the kernel dropped %llu frames",
		    interface, (unsigned long long)dropped);
	return r->failed ? EXIT_INTERNAL : EXIT_AS_EXPECTED;
}

static bool
is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* The tape takes its link type from the first frame. */
static int
copy_frames(struct recording *r, struct tape *from, const char *name)
{
	enum tape_verdict verdict;
	struct frame frame;
	bool more = true;

	while (more && (verdict = tape_next(from, &frame)) == TAPE_FRAME) {
		if (r->tape == NULL && (r->tape = tape_create(r->path, name,
					    NULL, frame.link_type)) == NULL)
			return EXIT_USAGE;
		more = take(r, &frame);
	}
	if (r->failed)
		return EXIT_INTERNAL;
	if (r->tape == NULL) {
		warnx("tape %s: no frame to record", name);
		return EXIT_USAGE;
	}
	return !more || verdict == TAPE_END ? EXIT_AS_EXPECTED : EXIT_USAGE;
}

static int
record_file(struct recording *r, const char *name)
{
	struct tape *from;
	int status;

	if (is_same_file(name, r->path)) {
		warnx("attacker record: %s would be recorded onto itself; name "
		      "another --tape",
		    name);
		return EXIT_USAGE;
	}
	if ((from = tape_open(name)) == NULL)
		return EXIT_USAGE;
	status = copy_frames(r, from, name);
	tape_close(from);
	return status;
}

/* The tape holds all that is counted here before anybody hears of it. */
static int
announce(struct recording *r)
{
	struct conversation_counts counts;
	struct buffer text = {0};

	if (r->tape == NULL || tape_flush(r->tape) == -1)
		return -1;
	conversations_count(r->set, &counts);
	event_begin("recorded");
	event_text("tape", r->path);
	event_number("frames", (int64_t)counts.frames);
	event_number("conversations", (int64_t)counts.conversations);
	event_number("records", (int64_t)counts.records);
	event_number("requests", (int64_t)counts.requests);
	event_end();
	conversation_counts_text(&counts, &text);
	printf("%s: %s\n", r->path, buffer_text(&text));
	buffer_clear(&text);
	return 0;
}

static int
record(struct recording *r, const char *interface, const char *from)
{
	struct manifest targets;
	int status;

	if (interface != NULL && confine_enter(&targets) == -1)
		return EXIT_REFUSED;
	r->set = conversations_new(NULL, NULL);
	status = interface != NULL ? record_interface(r, interface)
				   : record_file(r, from);
	if (r->tape != NULL && announce(r) == -1)
		status = EXIT_INTERNAL;
	if (tape_close(r->tape) == -1)
		status = EXIT_INTERNAL;
	capture_close(r->capture);
	conversations_free(r->set);
	return status;
}

int
record_main(int argc, char *argv[])
{
	const char *interface = NULL, *from = NULL, *until = NULL;
	struct recording r = {0};
	const struct option_row rows[] = {
	    OPTION_TEXT("on", &interface, "INTERFACE", "listen there"),
	    OPTION_TEXT("from", &from, "CAPTURE",
		"read a capture file instead (needs no lab)"),
	    OPTION_TEXT("tape", &r.path, "FILE",
		"where to write; default: the lab's tape.pcapng"),
	    OPTION_TEXT("until", &until, "\"N UNIT\"",
		"stop after N requests, records or frames"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker record",
	    "Write what passes an interface to a tape (pcapng), until enough "
	    "passed or SIGTERM.",
	    NULL, rows, "attacker record --on outer --until \"1 request\""};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if ((interface == NULL) == (from == NULL)) {
		warnx("attacker record: give either --on or --from");
		return EXIT_USAGE;
	}
	if (!until_read(until, UNTIL_FRAMES, &r.until)) {
		warnx("attacker record: until: \"%s\" is not a number and one "
		      "of requests, records, frames",
		    until);
		return EXIT_USAGE;
	}
	if (r.path == NULL && (r.path = lab_file("tape.pcapng")) == NULL)
		r.path = "tape.pcapng";
	return record(&r, interface, from);
}

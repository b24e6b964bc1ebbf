/* SPDX-License-Identifier: MIT */
/*
 *	result.json			-> which story, and the claim
 *	scenario.scn			-> is it the lab's?
 *	events, ledgers			-> judge.c, as in play.c
 *	witness, key logs		-> testimony.h, as in play.c
 *
 * What is missing or no evidence is a note, and judged as if it said nothing.
 */
#include "grade.h"

#include "class/below.h"
#include "evidence/read_file.h"
#include "exit_code.h"
#include "grade_capture.h"
#include "grade_claim.h"
#include "grade_events.h"
#include "grade_steps.h"
#include "ground/network.h"
#include "play/player.h"
#include "story/library.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RESULT_MAX (4U << 20)
#define SCENARIO_MAX 65536
#define EVENTS_MAX (16U << 20)
#define LEDGER_MAX (16U << 20)
#define KEY_LOG_MAX (4U << 20)
#define WITNESS_MAX (256U << 20)
#define CA_MAX 65536

/* A play as it is graded. */
struct graded {
	struct grade *grade;
	int folder;
	cJSON *claim;
	struct play play;
	struct player player;
	struct grade_capture capture;
};

/* A file's verdict as a note, unless it was read, or may be missing. */
static bool
is_read(struct graded *g, const char *name, enum below_verdict v, bool optional)
{
	if (v != BELOW_READ && !(optional && v == BELOW_MISSING))
		grade_note(&g->grade->notes, "file", "%s %s", name,
		    below_verdict_text(v));
	return v == BELOW_READ;
}

static void
read_claim(struct graded *g)
{
	struct buffer text = {0};
	enum below_verdict v =
	    below_read(g->folder, "result.json", RESULT_MAX, &text);

	strcpy(g->grade->claimed, "-");
	if (is_read(g, "result.json", v, false)) {
		g->claim = cJSON_Parse(buffer_text(&text));
		strcpy(g->grade->claimed, grade_claim_word(g->claim));
		if (*g->grade->claimed == '?')
			grade_note(&g->grade->notes, "claim",
			    "result.json is no result");
	}
	buffer_clear(&text);
}

/* ID, or ID.VALUE; a folder's name may have a turn behind it. */
static const char *
behind_id(const char *name, const char *id)
{
	size_t length = strlen(id);

	if (strncmp(name, id, length) != 0)
		return NULL;
	return name[length] == '\0' || name[length] == '.' ? &name[length]
							   : NULL;
}

/* The value of `over` that the claim names, or the folder; NULL: none. */
static const char *
find_value(const struct graded *g, const struct scenario *s, const char *name)
{
	const char *named = behind_id(name, s->id);

	for (size_t i = 0; i < s->value_count; i++) {
		if (g->claim != NULL) {
			if (event_text_is(g->claim, s->over, s->values[i]))
				return s->values[i];
		} else if (named != NULL && *named == '.' &&
			   behind_id(&named[1], s->values[i]) != NULL)
			return s->values[i];
	}
	return NULL;
}

static bool
is_of(const struct graded *g, const struct scenario *s, const char *name)
{
	return g->claim != NULL ? event_text_is(g->claim, "id", s->id)
				: library_asks_for(s->id, name);
}

/* Which of the lab's stories is it?  False: none. */
static bool
find_story(struct graded *g, const char *name, const struct library *l)
{
	struct grade *out = g->grade;

	for (size_t i = 0; i < l->count; i++) {
		const struct scenario *s = l->entries[i].scenario;

		if (!is_of(g, s, name))
			continue;
		g->play.scenario = s;
		g->play.file = l->entries[i].path;
		g->play.value = find_value(g, s, name);
		snprintf(out->story, sizeof(out->story), "%s%s%s", s->id,
		    g->play.value == NULL ? "" : ".",
		    g->play.value == NULL ? "" : g->play.value);
		if (s->value_count == 0 || g->play.value != NULL)
			return true;
	}
	grade_note(&out->notes, "story", "the lab does not know this one");
	return false;
}

static void
compare_story(struct graded *g)
{
	struct buffer theirs = {0}, ours = {0};
	enum below_verdict v =
	    below_read(g->folder, "scenario.scn", SCENARIO_MAX, &theirs);

	if (is_read(g, "scenario.scn", v, false) &&
	    read_file(g->play.file, SCENARIO_MAX, &ours) == 0 &&
	    !bytes_equal(buffer_bytes(&theirs), buffer_bytes(&ours)))
		grade_note(&g->grade->notes, "story",
		    "another story: scenario.scn is not the lab's");
	buffer_clear(&theirs);
	buffer_clear(&ours);
}

static void
read_events(struct graded *g)
{
	struct buffer text = {0};
	enum below_verdict v =
	    below_read(g->folder, "events.jsonl", EVENTS_MAX, &text);

	if (!is_read(g, "events.jsonl", v, false))
		buffer_reset(&text);
	evidence_read(&g->player.stage.evidence, buffer_bytes(&text));
	buffer_clear(&text);
}

static void
read_ledger(struct graded *g, const char *host)
{
	char name[64];
	struct buffer file = {0};
	enum below_verdict v;

	snprintf(name, sizeof(name), "ledger-%s.sqlite", host);
	v = below_read(g->folder, name, LEDGER_MAX, &file);
	if (is_read(g, name, v, true) &&
	    executions_add(
		&g->player.result.executions, host, buffer_bytes(&file)) == -1)
		grade_note(
		    &g->grade->notes, "ledger", "%s cannot be read", name);
	buffer_clear(&file);
}

static void
read_ledgers(struct graded *g)
{
	for (size_t i = 0; i < network_manifest.host_count; i++)
		read_ledger(g, network_manifest.hosts[i].name);
}

static void
mark_randoms(struct graded *g, struct bytes text)
{
	struct key_log log = {0};
	char name[FINGERPRINT_SIZE];

	key_log_add(&log, text);
	for (size_t i = 0; i < log.count; i++) {
		const struct key_log_line *line = &log.lines[i];
		struct bytes parts[] = {{line->random, sizeof(line->random)},
		    {line->secret, line->size}};

		grade_mark(&g->grade->marks, GRADE_MARK_RANDOM,
		    fingerprint(parts, 2, name));
	}
	key_log_clear(&log);
}

/* "" is the clients'. */
static void
read_key_log(struct graded *g, struct testimony *t, const char *host)
{
	char name[64];
	struct buffer text = {0};
	enum below_verdict v;

	snprintf(
	    name, sizeof(name), "keys%s%s.log", *host == '\0' ? "" : "-", host);
	v = below_read(g->folder, name, KEY_LOG_MAX, &text);
	if (is_read(g, name, v, true)) {
		mark_randoms(g, buffer_bytes(&text));
		testimony_add_keys(t, buffer_bytes(&text));
	}
	buffer_clear(&text);
}

static void
mark_ca(struct graded *g)
{
	struct buffer text = {0};
	struct bytes all;
	char name[FINGERPRINT_SIZE];
	enum below_verdict v = below_read(g->folder, "ca.pem", CA_MAX, &text);

	all = buffer_bytes(&text);
	if (is_read(g, "ca.pem", v, false))
		grade_mark(&g->grade->marks, GRADE_MARK_CA,
		    fingerprint(&all, 1, name));
	buffer_clear(&text);
}

/* A descriptor that was opened with care, as a path for who wants one. */
static bool
hear_file(struct graded *g, struct testimony *t)
{
	char path[64];
	enum below_verdict v;
	int fd = below_file(g->folder, "witness.pcapng", WITNESS_MAX, &v);
	bool whole;

	if (!is_read(g, "witness.pcapng", v, false))
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	whole = grade_capture_read(&g->capture, path) == 0 &&
		testimony_listen(t, path) == 0;
	close(fd);
	if (!whole)
		grade_note(
		    &g->grade->notes, "capture", "witness.pcapng is not whole");
	return whole;
}

static void
hear(struct graded *g)
{
	const struct evidence *e = &g->player.stage.evidence;
	struct result *result = &g->player.result;
	struct testimony *t = testimony_new(e, &result->observation);

	if (t == NULL)
		return;
	testimony_keep_names(t);
	read_key_log(g, t, "");
	for (size_t i = 0; i < network_manifest.host_count; i++)
		read_key_log(g, t, network_manifest.hosts[i].name);
	if (hear_file(g, t))
		result->testimony = t;
	else
		testimony_clear(t);
	result->frames = g->capture.frames;
}

/*
 * Each copy that was announced stands in the capture, where it entered; and
 * what was withheld, where its sender had sent it.
 */
static void
check_copies(struct graded *g)
{
	const struct result *result = &g->player.result;
	const struct observation *o = &result->observation;

	for (size_t i = 0; i < o->copy_count; i++) {
		const struct testimony_copy *c =
		    testimony_copy(result->testimony, i);

		if ((o->copies[i].missing ? c->recorded : c->sent) == 0)
			grade_note(&g->grade->notes, "copy",
			    "no frame of copy %zu in the capture", i + 1);
	}
}

/* What victims say they have read stands in the capture, byte for byte. */
static void
check_names(struct graded *g)
{
	const struct evidence *e = &g->player.stage.evidence;
	const struct testimony *t = g->player.result.testimony;

	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i];
		bool read = event_is(event, "tls_record") ||
			    event_is(event, "dtls_record") ||
			    (event_is(event, "request") &&
				!testimony_is_hidden(t, event));
		const char *name = event_get_text(event, "fingerprint");

		if (!read || *name == '\0' || testimony_has(t, name))
			continue;
		grade_note(&g->grade->notes, "capture",
		    "the %s of line %zu is not in it",
		    event_is(event, "request") ? "request" : "record", i + 1);
		return;
	}
}

static void
check_capture(struct graded *g)
{
	const struct evidence *e = &g->player.stage.evidence;
	struct grade_notes *notes = &g->grade->notes;

	check_copies(g);
	check_names(g);
	grade_capture_compare(&g->capture, e, notes);
	grade_events_within(e, g->capture.from, g->capture.until, notes);
	/* A machine may be too slow for it; who says so may be lying. */
	if (notes->count > 0 &&
	    event_get_number(g->claim, "frames_dropped") > 0)
		grade_note(
		    notes, "capture", "frames were lost, by its own words");
}

/* What would be written today, from this evidence. */
static void
compare_claim(struct graded *g)
{
	struct buffer text = {0};
	cJSON *anew;

	result_put(&text, &g->player.result, &g->play);
	anew = cJSON_Parse(buffer_text(&text));
	grade_claim_compare(g->claim, anew, g->player.result.testimony != NULL,
	    &g->grade->notes);
	cJSON_Delete(anew);
	buffer_clear(&text);
}

static void
judge_anew(struct graded *g)
{
	struct player *r = &g->player;
	const struct scenario *s = g->play.scenario;

	r->play = &g->play;
	judge_list(r);
	for (size_t i = 0; i < s->step_count; i++)
		if (s->steps[i].verb == VERB_CONTROL)
			(void)judge_expect_control(r, &s->steps[i]);
	read_events(g);
	read_ledgers(g);
	judge(r);
	snprintf(g->grade->judged, sizeof(g->grade->judged), "%s",
	    play_outcome_name(r->result.outcome));
	hear(g);
}

static void
check(struct graded *g)
{
	const struct evidence *e = &g->player.stage.evidence;
	struct grade_notes *notes = &g->grade->notes;

	if (g->claim != NULL)
		compare_claim(g);
	grade_steps(g->play.scenario, g->play.value, e, notes);
	grade_events_order(e, notes);
	grade_events_ledger(e, &g->player.result.executions, notes);
	if (g->player.result.testimony != NULL)
		check_capture(g);
	grade_events_mark(e, &g->grade->marks);
	mark_ca(g);
}

void
grade_play(
    struct grade *out, int folder, const char *name, const struct library *l)
{
	static struct graded g;

	g = (struct graded){.grade = out, .folder = folder};
	g.player.stage.evidence.file = -1;
	*out = (struct grade){.judged = "-"};
	snprintf(out->story, sizeof(out->story), "%s",
	    below_is_name(name, sizeof(out->story)) ? name : "?");
	read_claim(&g);
	if (strcmp(out->claimed, "SKIP") != 0 && find_story(&g, name, l)) {
		compare_story(&g);
		judge_anew(&g);
		check(&g);
	}
	testimony_clear(g.player.result.testimony);
	executions_clear(&g.player.result.executions);
	evidence_close(&g.player.stage.evidence);
	grade_capture_clear(&g.capture);
	cJSON_Delete(g.claim);
}

/* SPDX-License-Identifier: MIT */
/* The inside of one play. */
#include "report_verdict.h"

#include "html.h"
#include "report_ledger.h"

#include <stdio.h>
#include <string.h>

/* The members of an explanation, and what a reader calls them. */
static const struct {
	const char *member, *called;
} explained[] = {
    {"algorithm", "algorithm"},
    {"keys", "keys it was made with"},
    {"made_as", "made with the number"},
    {"expected", "number expected"},
    {"number", "number in its header"},
    {"had_come", "had that number come before"},
    {"highest", "highest that had come"},
    {"carried", "it carried"},
    {"right", "right would have been"},
    {"random", "whose random was new"},
    {"random_recorded", "random when recorded"},
    {"random_now", "random now"},
    {"session_id_sent", "the client's session id"},
    {"session_id_echoed", "ServerHello echoes"},
    {"certificate", "the certificate is that of"},
    {"server_name", "the client asked for"},
    {"verify_data_carried", "Finished carried"},
    {"verify_data_right", "Finished right would be"},
    {"ticket", "its ticket was"},
    {"ticket_fingerprint", "the ticket\xe2\x80\x99s fingerprint"},
    {"binder", "its binder"},
    {"ended_before", "ended, without close_notify, before record"},
};

/* explanation_keys_name's, for who has not read its header. */
static const char *
keys_words(const char *name)
{
	if (strcmp(name, "due") == 0)
		return "those that its receiver uses";
	if (strcmp(name, "former") == 0)
		return "those before they were changed";
	if (strcmp(name, "other-side") == 0)
		return "those of the other direction";
	return "those of another connection";
}

static void
put_value(struct buffer *out, const char *called, const cJSON *explanation,
    const char *member)
{
	const cJSON *value =
	    cJSON_GetObjectItemCaseSensitive(explanation, member);

	if (cJSON_IsString(value) && strcmp(member, "keys") == 0)
		html_printf(out, "<dt>%s<dd>%s", called,
		    keys_words(value->valuestring));
	else if (cJSON_IsString(value))
		html_printf(out, "<dt>%s<dd><code>%s</code>", called,
		    value->valuestring);
	else if (cJSON_IsBool(value))
		html_printf(out, "<dt>%s<dd>%s", called,
		    cJSON_IsTrue(value) ? "yes" : "no");
	else if (cJSON_IsNumber(value))
		html_printf(out, "<dt>%s<dd>%ld", called,
		    (long)event_get_number(explanation, member));
}

static void
put_explanation(struct buffer *out, const cJSON *explanation)
{
	if (!cJSON_IsObject(explanation))
		return;
	html_printf(out, "<dl>");
	for (size_t i = 0; i < sizeof(explained) / sizeof(explained[0]); i++)
		put_value(
		    out, explained[i].called, explanation, explained[i].member);
	html_printf(out, "</dl>");
}

/* What is said of the copies first to last, of so many. */
static void
put_explained(struct buffer *out, const struct buffer *said, size_t first,
    size_t last, size_t count)
{
	if (buffer_bytes(said).left == 0)
		return;
	if (count > 1 && first == last)
		html_printf(out, "<p>Copy %zu:</p>", first);
	else if (count > 1)
		html_printf(out, "<p>Copies %zu to %zu:</p>", first, last);
	buffer_add_bytes(out, buffer_bytes(said));
}

/* Copies that are explained in the same words are explained once. */
static void
put_explanations(struct buffer *out, const cJSON *result)
{
	const cJSON *copies =
	    cJSON_GetObjectItemCaseSensitive(result, "copies");
	struct buffer last = {0}, next = {0};
	size_t count = (size_t)cJSON_GetArraySize(copies), number = 0,
	       first = 1;
	const cJSON *copy;

	cJSON_ArrayForEach(copy, copies)
	{
		number++;
		buffer_reset(&next);
		put_explanation(&next,
		    cJSON_GetObjectItemCaseSensitive(copy, "explanation"));
		if (bytes_equal(buffer_bytes(&next), buffer_bytes(&last)))
			continue;
		put_explained(out, &last, first, number - 1, count);
		first = number;
		buffer_reset(&last);
		buffer_add_bytes(&last, buffer_bytes(&next));
	}
	put_explained(out, &last, first, number, count);
	buffer_clear(&last);
	buffer_clear(&next);
}

#define COPIES_NAMED 8 /* a flood has many */

/* "35 recorded, 60 replayed, 62 refused" */
static void
put_frames_of(struct buffer *said, struct buffer *filter, const cJSON *copy,
    long *recorded)
{
	static const char *const names[] = {"recorded", "replayed", "refused"};
	const cJSON *frames = cJSON_GetObjectItemCaseSensitive(copy, "frames");
	const char *between = buffer_bytes(said).left == 0 ? "" : "; ";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		long frame = (long)event_get_number(frames, names[i]);

		/* Several copies of one message: it is named once. */
		if (frame <= 0 || (i == 0 && frame == *recorded))
			continue;
		if (i == 0)
			*recorded = frame;
		buffer_printf(said, "%s%ld %s", between, frame, names[i]);
		buffer_printf(filter, "%s%ld",
		    buffer_bytes(filter).left == 0 ? "" : ",", frame);
		between = ", ";
	}
}

static void
put_frames(struct buffer *out, const cJSON *result)
{
	struct buffer filter = {0}, said = {0};
	const cJSON *copy;
	long recorded = 0;
	size_t count = 0;

	cJSON_ArrayForEach(
	    copy, cJSON_GetObjectItemCaseSensitive(result, "copies"))
	{
		if (count++ < COPIES_NAMED)
			put_frames_of(&said, &filter, copy, &recorded);
	}
	if (buffer_bytes(&filter).left > 0)
		html_printf(out,
		    "<p>Frames: %s. <code>frame.number in {%s}</code></p>",
		    buffer_text(&said), buffer_text(&filter));
	buffer_clear(&filter);
	buffer_clear(&said);
}

static void
put_files(struct buffer *out, const struct report_play *p)
{
	static const char *const files[] = {
	    "witness.pcapng", "events.jsonl", NULL};
	struct buffer link = {0};

	html_reference(&link, p->name);
	html_printf(out, "<p class=files>");
	for (size_t i = 0; files[i] != NULL; i++)
		if (report_play_has(p, files[i]))
			html_printf(out, "<a href=\"%s/%s\">%s</a> ",
			    buffer_text(&link), files[i], files[i]);
	html_printf(
	    out, "<a href=\"%s/\">all files</a></p>", buffer_text(&link));
	buffer_clear(&link);
}

static void
exchange_clear(struct report_exchange *e)
{
	buffer_clear(&e->said);
	buffer_clear(&e->ledger);
}

void
report_exchanges_clear(struct report_exchanges *x)
{
	for (size_t i = 0; i < x->count; i++)
		exchange_clear(&x->seen[i]);
	x->count = 0;
}

/* One that stands on the page with the same arrows and ledger, or NULL. */
static const struct report_exchange *
find_exchange(const struct report_exchanges *x, const struct report_exchange *e,
    struct buffer *words)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct report_exchange *seen = &x->seen[i];

		buffer_reset(words);
		if (bytes_equal(buffer_bytes(&seen->ledger),
			buffer_bytes(&e->ledger)) &&
		    diagram_same_arrows(buffer_bytes(&seen->said),
			buffer_bytes(&e->said), words))
			return seen;
	}
	return NULL;
}

static void
refer_to(struct buffer *out, const struct report_exchange *seen,
    struct buffer *words)
{
	html_printf(out,
	    "<p>Exchange and ledger: as of <a href=\"#p%zu\">%s</a>, but for "
	    "the "
	    "moments and frame numbers",
	    seen->number, seen->variant);
	if (buffer_bytes(words).left > 0)
		html_printf(out, ", and these words: %s", buffer_text(words));
	html_printf(out, ".</p>");
}

static void
put_exchange(struct buffer *out, const struct report_play *p, size_t number,
    struct report_exchanges *x)
{
	static struct diagram d; /* too large for a stack */
	struct report_exchange e = {.number = number};
	const struct report_exchange *seen;
	struct buffer words = {0};

	diagram_build(&d, &(struct diagram_sources){.evidence = &p->evidence,
			      .result = p->result,
			      .manifest = &p->manifest,
			      .frames = &p->frames});
	report_ledger(&e.ledger, p);
	diagram_say(&d, &e.said);
	seen = find_exchange(x, &e, &words);
	if (seen != NULL)
		refer_to(out, seen, &words);
	else {
		diagram_write(out, &d, p->name, &x->arrows);
		buffer_add_bytes(out, buffer_bytes(&e.ledger));
	}
	buffer_clear(&words);
	snprintf(e.variant, sizeof(e.variant), "%s", report_play_variant(p));
	if (seen == NULL && x->count < REPORT_EXCHANGES_MAX)
		x->seen[x->count++] = e;
	else
		exchange_clear(&e);
}

void
report_verdict(struct buffer *out, const struct report_play *p, size_t number,
    struct report_exchanges *exchanges)
{
	const char *reason = event_get_text(p->result, "reason");

	html_printf(out, "<p class=\"says\">%s</p>",
	    event_get_text(p->result, "sentence"));
	if (*reason != '\0')
		html_printf(out, "<p class=\"fail\">%s</p>", reason);
	put_explanations(out, p->result);
	put_frames(out, p->result);
	put_exchange(out, p, number, exchanges);
	if (p->evidence.unreadable > 0)
		html_printf(out,
		    "<p>%zu line%s of events.jsonl cannot be read.</p>",
		    p->evidence.unreadable,
		    p->evidence.unreadable == 1 ? "" : "s");
	put_files(out, p);
}

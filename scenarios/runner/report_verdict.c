/* SPDX-License-Identifier: MIT */
/* The inside of one play. */
#include "report_verdict.h"

#include "diagram.h"
#include "diagram_svg.h"
#include "html.h"
#include "report_ledger.h"

#include <string.h>

/* The members of an explanation, and what a reader calls them. */
static const struct {
	const char *member, *called;
} explained[] = {
    {"algorithm", "algorithm"},
    {"keys", "keys it was made with"},
    {"made_as", "made with the number"},
    {"expected", "number expected"},
    {"carried", "it carried"},
    {"right", "right would have been"},
    {"random", "whose random was new"},
    {"random_recorded", "random when recorded"},
    {"random_now", "random now"},
    {"verify_data_carried", "Finished carried"},
    {"verify_data_right", "Finished right would be"},
};

static void
put_value(struct buffer *out, const char *called, const cJSON *value)
{
	if (cJSON_IsString(value))
		html_printf(out, "<dt>%s<dd><code>%s</code>", called,
		    value->valuestring);
	else if (cJSON_IsNumber(value))
		html_printf(
		    out, "<dt>%s<dd>%ld", called, (long)value->valuedouble);
}

static void
put_explanation(struct buffer *out, const cJSON *explanation)
{
	if (!cJSON_IsObject(explanation))
		return;
	html_printf(out, "<dl>");
	for (size_t i = 0; i < sizeof(explained) / sizeof(explained[0]); i++)
		put_value(out, explained[i].called,
		    cJSON_GetObjectItemCaseSensitive(
			explanation, explained[i].member));
	html_printf(out, "</dl>");
}

static void
put_explanations(struct buffer *out, const cJSON *result)
{
	const cJSON *copy;

	cJSON_ArrayForEach(
	    copy, cJSON_GetObjectItemCaseSensitive(result, "copies"))
	{
		put_explanation(
		    out, cJSON_GetObjectItemCaseSensitive(copy, "explanation"));
	}
}

static void
put_frames_of(struct buffer *out, struct buffer *filter,
    const struct diagram *d, bool copies, const char *called)
{
	bool any = false;
	uint32_t last = 0; /* two hops can be one frame */

	for (size_t i = 0; i < d->row_count; i++) {
		const struct diagram_row *row = &d->rows[i];

		if (row->frame == 0 || row->frame == last ||
		    (copies ? !row->copy : !row->recorded))
			continue;
		html_printf(
		    out, "%s%ld", any ? ", " : called, (long)row->frame);
		html_printf(filter, "%s%ld",
		    buffer_bytes(filter).left == 0 ? "" : ",",
		    (long)row->frame);
		any = true;
		last = row->frame;
	}
	if (any)
		html_printf(out, ". ");
}

static void
put_frames(struct buffer *out, const struct diagram *d)
{
	struct buffer filter = {0}, said = {0};

	put_frames_of(&said, &filter, d, false, "Recorded: frame ");
	put_frames_of(&said, &filter, d, true, "The copy: frame ");
	if (buffer_bytes(&filter).left > 0)
		html_printf(out,
		    "<p>In witness.pcapng: %s Wireshark shows them with "
		    "<code>frame.number in {%s}</code>.</p>",
		    buffer_text(&said), buffer_text(&filter));
	buffer_clear(&filter);
	buffer_clear(&said);
}

static void
put_files(struct buffer *out, const struct report_play *p)
{
	static const char *const files[] = {"witness.pcapng", "events.jsonl",
	    "result.json", "ledger-backend1.sqlite", "ledger-backend2.sqlite",
	    NULL};
	struct buffer link = {0};

	html_reference(&link, p->name);
	html_printf(out, "<ul class=\"files\">");
	for (size_t i = 0; files[i] != NULL; i++)
		if (report_play_has(p, files[i]))
			html_printf(out, "<li><a href=\"%s/%s\">%s</a>",
			    buffer_text(&link), files[i], files[i]);
	html_printf(
	    out, "<li><a href=\"%s/\">all files</a></ul>", buffer_text(&link));
	buffer_clear(&link);
}

void
report_verdict(struct buffer *out, const struct report_play *p)
{
	static struct diagram d; /* too large for a stack */
	const char *reason = event_get_text(p->result, "reason");

	diagram_build(&d, &(struct diagram_sources){.evidence = &p->evidence,
			      .result = p->result,
			      .manifest = &p->manifest,
			      .frames = &p->frames});
	html_printf(out, "<p class=\"says\">%s</p>",
	    event_get_text(p->result, "sentence"));
	if (*reason != '\0')
		html_printf(out, "<p class=\"fail\">%s</p>", reason);
	put_explanations(out, p->result);
	diagram_write(out, &d, p->name);
	put_frames(out, &d);
	report_ledger(out, p);
	if (p->evidence.unreadable > 0)
		html_printf(out, "<p>%zu lines of events.jsonl are none.</p>",
		    p->evidence.unreadable);
	put_files(out, p);
}

/* SPDX-License-Identifier: MIT */
/* The writer of report.html and of the index. */
#include "report_page.h"

#include "html.h"
#include "report_ledger.h"
#include "report_line.h"
#include "report_style.h"
#include "story/by_hand.h"

#include <stdio.h>
#include <string.h>

void
report_tally_add(struct report_tally *t, const cJSON *result)
{
	const char *word = event_get_text(result, "result");

	if (strcmp(word, "PASS") == 0 || strcmp(word, "XFAIL") == 0)
		t->expected++;
	else if (strcmp(word, "SKIP") == 0)
		t->skipped++;
	else
		t->not_expected++;
}

/* The style of a play, or of a run: one that was skipped has shown nothing. */
static const char *
class_of(const struct report_tally *t)
{
	if (t->not_expected > 0)
		return "fail";
	return t->expected > 0 ? "pass" : "skipped";
}

static void
put_verdict(struct buffer *out, const char *element, const cJSON *result)
{
	const char *word = event_get_text(result, "result");
	struct report_tally one = {0};

	report_tally_add(&one, result);
	html_printf(out, "<%s class=\"%s\">%s", element, class_of(&one),
	    *word == '\0' ? "no verdict" : word);
}

/* Quotes stand where they must: the values here may hold anything else. */
static void
put_head(struct buffer *out, const char *title)
{
	html_printf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
			 "<meta charset=\"utf-8\">"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; style-src ");
	html_hash(out, report_style);
	html_printf(out, "; script-src ");
	html_hash(out, report_script);
	html_printf(out,
	    "; base-uri 'none'; form-action 'none'\">"
	    "<meta name=\"viewport\" content=\"width=device-width,"
	    "initial-scale=1\"><meta name=\"referrer\" "
	    "content=\"no-referrer\"><title>%s</title>\n<style>",
	    title);
	buffer_add_text(out, report_style);
	html_printf(out, "</style></head>\n<body>");
}

static void
put_tally(struct buffer *out, const struct report_tally *t)
{
	html_printf(out, "%zu as expected, %zu not, %zu skipped", t->expected,
	    t->not_expected, t->skipped);
}

void
report_page_head(
    struct report_page *page, const char *run, const struct report_tally *tally)
{
	struct buffer *out = &page->out;

	put_head(out, run);
	html_printf(out,
	    "<a class=\"skip\" href=\"#verdicts\">To the verdicts</a>"
	    "<header><h1>Replay attacks: %s</h1><p>",
	    run);
	put_tally(out, tally);
	html_printf(out,
	    ". Who stopped the copy stands in the programs' own events, what "
	    "took effect in the victims' ledgers.</p></header>\n<main>"
	    "<h2 id=\"verdicts\">Verdicts</h2>"
	    "<form id=\"filter\" hidden><label>Words<input name=\"word\" "
	    "type=\"search\" autocomplete=\"off\"></label>"
	    "<label>Stopped by<select name=\"by\"><option value=\"\">all"
	    "</option></select></label><label>Verdict<select name=\"verdict\">"
	    "<option value=\"\">all</option></select></label>"
	    "<output>all</output></form>"
	    "<table class=\"verdicts\"><thead><tr><th scope=\"col\">play"
	    "<th scope=\"col\">attack<th scope=\"col\">stopped by"
	    "<th scope=\"col\">ledger<th scope=\"col\">price"
	    "<th scope=\"col\">verdict<tbody>\n");
}

#define NO_BREAK_SPACE "\xc2\xa0"

/* Lines may break behind commas only. */
static void
put_ledger(struct buffer *out, const cJSON *result)
{
	struct buffer unbroken = {0};
	char words[160], before = '\0';

	report_ledger_words(result, words, sizeof(words));
	for (size_t i = 0; words[i] != '\0'; before = words[i++]) {
		if (words[i] == ' ' && before != ',')
			buffer_add_text(&unbroken, NO_BREAK_SPACE);
		else
			buffer_add_u8(&unbroken, (uint8_t)words[i]);
	}
	html_printf(out, "%s", buffer_text(&unbroken));
	buffer_clear(&unbroken);
}

static void
put_prices(struct buffer *out, const cJSON *result)
{
	const cJSON *price;
	const char *between = "";

	cJSON_ArrayForEach(
	    price, cJSON_GetObjectItemCaseSensitive(result, "collateral"))
	{
		html_printf(out, "%s%s" NO_BREAK_SPACE "%s", between,
		    event_get_text(price, "what"), event_get_text(price, "id"));
		between = ", ";
	}
}

static const char *
title_of(const struct report_play *p)
{
	return p->scenario != NULL ? p->scenario->title
				   : event_get_text(p->result, "title");
}

void
report_page_row(struct report_page *page, const struct report_play *p)
{
	struct buffer *out = &page->out;
	const char *stopped_by = event_get_text(p->result, "stopped_by");

	html_printf(out,
	    "<tr><th scope=\"row\"><a href=\"#p%zu\">%s</a><td>%s"
	    "<td class=\"%s\">%s<td>",
	    ++page->rows, p->name, title_of(p),
	    strcmp(stopped_by, "nobody") == 0 ? "nobody" : "", stopped_by);
	put_ledger(out, p->result);
	html_printf(out, "<td>");
	put_prices(out, p->result);
	put_verdict(out, "td", p->result);
	html_printf(out, "\n");
}

void
report_page_plays(struct report_page *page)
{
	html_printf(&page->out, "</table>\n");
}

static void
put_scenario(struct buffer *out, const struct report_play *p, const char *id)
{
	const struct scenario *s = p->scenario;
	struct buffer commands = {0};

	html_printf(out,
	    "<section class=\"card\"><h2>%s &#183; %s</h2>"
	    "<p class=\"clause\">%s</p>",
	    id, title_of(p),
	    s != NULL ? s->clause : event_get_text(p->result, "clause"));
	if (s == NULL)
		return;
	html_printf(out, "<p>");
	for (size_t i = 0; i < s->story_count; i++)
		html_printf(out, "%s%s", i == 0 ? "" : " ", s->story[i]);
	by_hand(&commands, s,
	    s->over == NULL ? NULL : event_get_text(p->result, s->over));
	html_printf(out,
	    "<details class=\"hand\"><summary>By hand</summary><p>At the "
	    "prompts of <code>replaylab shell HOST</code>, then <code>shell "
	    "HOST --join</code>:</p><pre tabindex=\"0\">%s</pre></details>",
	    buffer_text(&commands));
	buffer_clear(&commands);
}

/* The plays of a scenario follow each other: one section for all of them. */
static bool
begin_scenario(struct report_page *page, const struct report_play *p)
{
	const char *id = p->scenario != NULL ? p->scenario->id
					     : event_get_text(p->result, "id");

	if (page->plays > 0 && strcmp(id, page->scenario) == 0)
		return false;
	if (page->plays > 0)
		html_printf(&page->out, "</section>\n");
	report_exchanges_clear(&page->exchanges);
	snprintf(page->scenario, sizeof(page->scenario), "%s", id);
	put_scenario(&page->out, p, id);
	return true;
}

void
report_page_play(struct report_page *page, const struct report_play *p)
{
	struct buffer *out = &page->out;
	bool first = begin_scenario(page, p);
	const char *variant = report_play_variant(p);

	html_printf(out,
	    "<details class=\"play\"%s><summary>%s<span>%s %s"
	    "</span>",
	    first ? " open" : "", *variant == '\0' ? p->name : variant,
	    *event_get_text(p->result, "stopped_by") == '\0' ? ""
							     : "stopped by",
	    event_get_text(p->result, "stopped_by"));
	put_verdict(out, "span", p->result);
	html_printf(out, "</span></summary><div class=\"body\" id=\"p%zu\">",
	    ++page->plays);
	report_verdict(out, p, page->plays, &page->exchanges);
	html_printf(out, "</div></details>");
}

void
report_page_skip(struct report_page *page)
{
	html_printf(&page->out, "<span id=\"p%zu\"></span>", ++page->plays);
}

static void
put_end(struct buffer *out)
{
	html_printf(out, "</main><script>");
	buffer_add_text(out, report_script);
	html_printf(out, "</script></body></html>\n");
}

void
report_page_end(struct report_page *page)
{
	if (page->plays > 0)
		html_printf(&page->out, "</section>\n");
	diagram_arrows_write(&page->out, &page->exchanges.arrows);
	report_exchanges_clear(&page->exchanges);
	put_end(&page->out);
}

void
report_index_head(struct report_page *page)
{
	put_head(&page->out, "replaylab: all runs");
	html_printf(&page->out,
	    "<header><h1>All runs</h1></header><main><table class=\"runs\">"
	    "<thead><tr><th scope=\"col\">run<th "
	    "scope=\"col\">result<tbody>\n");
}

void
report_index_row(
    struct report_page *page, const char *run, const struct report_tally *tally)
{
	struct buffer link = {0};

	html_reference(&link, run);
	html_printf(&page->out,
	    "<tr><th scope=\"row\"><a href=\"%s/report.html\">%s</a>"
	    "<td class=\"%s\">",
	    buffer_text(&link), run, class_of(tally));
	put_tally(&page->out, tally);
	html_printf(&page->out, "\n");
	buffer_clear(&link);
}

void
report_index_end(struct report_page *page, const struct report_matrix *matrix)
{
	html_printf(&page->out, "</table>");
	report_matrix_write(&page->out, matrix);
	put_end(&page->out);
}

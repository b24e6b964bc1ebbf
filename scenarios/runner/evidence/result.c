/* SPDX-License-Identifier: MIT */
/* result.json: docs/formats.md describes it. */
#include "result.h"

#include "json.h"

#include <err.h>
#include <stdio.h>

static void
put_copies(struct buffer *out, const struct result *r)
{
	const struct observation *o = &r->observation;

	json_key(out, "copies");
	json_open(out, '[');
	for (size_t i = 0; i < o->copy_count; i++) {
		const struct copy_fate *f = &o->copies[i];

		json_open(out, '{');
		json_member_number(out, "event", (int64_t)f->event);
		json_member_text(out, "at", f->host);
		json_member_text(out, "detail", f->detail);
		json_member_text(out, "check", f->check);
		testimony_members(r->testimony, i, out);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void
put_observation(struct buffer *out, const struct result *r)
{
	const struct observation *o = &r->observation;

	json_member_text(out, "stopped_by", o->stopped_by);
	json_member_text(out, "delivered", o->delivered);
	json_key(out, "executed");
	json_open(out, '[');
	for (size_t i = 0; i < o->executed_count; i++) {
		json_open(out, '{');
		json_member_text(out, "id", o->executed[i].id);
		json_member_number(out, "times", o->executed[i].times);
		json_close(out, '}');
	}
	json_close(out, ']');
	json_key(out, "collateral");
	json_open(out, '[');
	for (size_t i = 0; i < o->price_count; i++) {
		json_open(out, '{');
		json_member_text(out, "what", o->prices[i].what);
		json_member_text(out, "id", o->prices[i].id);
		json_close(out, '}');
	}
	json_close(out, ']');
	put_copies(out, r);
}

static void
put_expected(struct buffer *out, const struct result *r)
{
	json_key(out, "expected");
	json_open(out, '[');
	for (size_t i = 0; i < r->expected_count; i++) {
		struct buffer text = {0};

		for (char *const *w = r->expected[i].words; *w != NULL; w++)
			buffer_printf(&text, "%s%s",
			    w == r->expected[i].words ? "" : " ", *w);
		json_open(out, '{');
		json_member_number(out, "line", r->expected[i].line);
		json_member_text(out, "text", buffer_text(&text));
		json_member_bool(out, "met", r->expected[i].met);
		json_close(out, '}');
		buffer_clear(&text);
	}
	json_close(out, ']');
}

static void
put_ledger(struct buffer *out, const struct executions *x)
{
	json_key(out, "ledger");
	json_open(out, '[');
	for (size_t i = 0; i < x->count; i++) {
		json_open(out, '{');
		json_member_text(out, "backend", x->rows[i].backend);
		json_member_number(out, "seq", x->rows[i].seq);
		json_member_text(out, "id", x->rows[i].id);
		json_member_number(out, "amount", x->rows[i].amount);
		json_member_text(out, "src_ip", x->rows[i].src_ip);
		json_close(out, '}');
	}
	json_close(out, ']');
}

void
result_put(struct buffer *out, const struct result *r, const struct play *p)
{
	struct buffer sentence = {0};

	json_open(out, '{');
	json_member_number(out, "v", 1);
	json_member_text(out, "id", p->scenario->id);
	json_member_text(out, "title", p->scenario->title);
	json_member_text(out, "clause", p->scenario->clause);
	if (p->value != NULL)
		json_member_text(out, p->scenario->over, p->value);
	if (p->turn > 0)
		json_member_number(out, "turn", p->turn);
	json_member_text(out, "result", play_outcome_name(r->outcome));
	json_member_text(out, "reason", r->reason);
	testimony_sentence(r->testimony, &r->observation, &sentence);
	json_member_text(out, "sentence", buffer_text(&sentence));
	put_observation(out, r);
	put_expected(out, r);
	put_ledger(out, &r->executions);
	json_member_number(out, "milliseconds", r->milliseconds);
	json_member_number(out, "frames", (int64_t)r->frames);
	json_member_number(out, "frames_dropped", (int64_t)r->dropped);
	json_member_text(out, "engine", engine_name(p->engine));
	json_member_text(out, "confinement", "A");
	json_member_bool(out, "egress", r->egress);
	json_close(out, '}');
	buffer_add_u8(out, '\n');
	buffer_clear(&sentence);
}

int
result_write(const struct result *r, const struct play *p)
{
	struct buffer out = {0};
	char path[4096];
	FILE *file;
	int outcome = -1;

	result_put(&out, r, p);
	snprintf(path, sizeof(path), "%s/result.json", p->folder);
	if ((file = fopen(path, "we")) != NULL &&
	    fputs(buffer_text(&out), file) >= 0)
		outcome = 0;
	if (file != NULL && fclose(file) == EOF)
		outcome = -1;
	if (outcome == -1)
		warn("%s", path);
	buffer_clear(&out);
	return outcome;
}

cJSON *
result_read(const char *folder)
{
	char path[4200], chunk[4096];
	struct buffer text = {0};
	size_t length;
	cJSON *result;
	FILE *file;

	snprintf(path, sizeof(path), "%s/result.json", folder);
	if ((file = fopen(path, "re")) == NULL)
		return NULL;
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(&text, chunk, length);
	fclose(file);
	result = cJSON_Parse(buffer_text(&text));
	buffer_clear(&text);
	return result;
}

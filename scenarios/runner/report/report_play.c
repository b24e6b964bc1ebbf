/* SPDX-License-Identifier: MIT */
/* Reading evidence back. */
#include "report_play.h"

#include "evidence/read_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLAY_FILE_MAX (64 << 20) /* of one file that is read whole */

static const char *
path_of(const struct report_play *p, const char *file, char into[PATH_MAX])
{
	snprintf(into, PATH_MAX, "%s/%s", p->path, file);
	return into;
}

bool
report_play_has(const struct report_play *p, const char *file)
{
	char path[PATH_MAX];

	return access(path_of(p, file, path), F_OK) == 0;
}

/* The content of a file that may be missing; 0, or -1. */
static int
read_part(const struct report_play *p, const char *file, struct buffer *into)
{
	char path[PATH_MAX];

	return report_play_has(p, file)
		   ? read_file(path_of(p, file, path), PLAY_FILE_MAX, into)
		   : -1;
}

void
report_play_read(struct report_play *p)
{
	struct buffer text = {0};
	char path[PATH_MAX];

	if (read_part(p, "events.jsonl", &text) == 0)
		evidence_read(&p->evidence, buffer_bytes(&text));
	buffer_reset(&text);
	if (read_part(p, "manifest.json", &text) == 0 &&
	    manifest_parse(buffer_bytes(&text), &p->manifest) != MANIFEST_GOOD)
		p->manifest = (struct manifest){0};
	buffer_clear(&text);
	if (report_play_has(p, "witness.pcapng"))
		(void)frame_list_read(
		    &p->frames, path_of(p, "witness.pcapng", path));
}

int
report_play_open(struct report_play *p, const char *run, const char *name)
{
	struct buffer text = {0};
	struct scenario_error error;

	*p = (struct report_play){.name = name};
	snprintf(p->path, sizeof(p->path), "%s/%s", run, name);
	if (read_part(p, "scenario.scn", &text) == 0)
		p->scenario = scenario_parse(buffer_bytes(&text), &error);
	buffer_reset(&text);
	if (read_part(p, "result.json", &text) == 0)
		p->result = cJSON_ParseWithLength(
		    buffer_text(&text), buffer_bytes(&text).left);
	buffer_clear(&text);
	if (p->scenario == NULL && !cJSON_IsObject(p->result)) {
		report_play_close(p);
		return -1;
	}
	if (!cJSON_IsObject(p->result)) {
		cJSON_Delete(p->result);
		p->result = cJSON_CreateObject();
	}
	return 0;
}

void
report_play_close(struct report_play *p)
{
	cJSON_Delete(p->result);
	scenario_free(p->scenario);
	evidence_close(&p->evidence);
	frame_list_clear(&p->frames);
	*p = (struct report_play){0};
}

const char *
report_play_variant(const struct report_play *p)
{
	const char *dot = strchr(p->name, '.');

	return dot == NULL ? "" : &dot[1];
}

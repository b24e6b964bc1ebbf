/* SPDX-License-Identifier: MIT */
/* From a play's folder to what its witness can tell. */
#include "hearing.h"

#include "ground/network.h"
#include "witness_file.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cJSON *
testimony_event(const struct testimony *t, size_t i)
{
	return t->evidence->events[t->observation->copies[i].event];
}

/* A key log that is not there has nothing in it. */
static void
read_key_log(struct key_log *log, const char *folder, const char *host)
{
	char path[4200], chunk[4096];
	struct buffer text = {0};
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/keys%s%s.log", folder,
	    *host == '\0' ? "" : "-", host);
	if ((file = fopen(path, "re")) == NULL)
		return;
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(&text, chunk, length);
	fclose(file);
	key_log_add(log, buffer_bytes(&text));
	buffer_clear(&text);
}

static void
read_key_logs(struct key_log *log, const char *folder)
{
	read_key_log(log, folder, "");
	for (size_t i = 0; i < network_manifest.host_count; i++)
		read_key_log(log, folder, network_manifest.hosts[i].name);
}

struct testimony *
testimony_new(const struct evidence *e, const struct observation *o)
{
	struct testimony *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->copies = calloc(o->copy_count + 1,
			      sizeof(t->copies[0]))) == NULL) {
		warn("testimony");
		testimony_clear(t);
		return NULL;
	}
	t->evidence = e;
	t->observation = o;
	for (size_t i = 0; i < o->copy_count; i++) {
		t->copies[i].from_server =
		    strcmp(event_get_text(testimony_event(t, i), "side"),
			"server") == 0;
		t->names_segments =
		    t->names_segments ||
		    strcmp(event_get_text(testimony_event(t, i), "kind"),
			"segment") == 0;
	}
	return t;
}

void
testimony_add_keys(struct testimony *t, struct bytes key_log)
{
	key_log_add(&t->log, key_log);
}

void
testimony_keep_names(struct testimony *t)
{
	t->keeps_names = true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
testimony_listen(struct testimony *t, const char *path)
{
	if (hearing_listen(t, path) == -1)
		return -1;
	if (t->names.end > 0)
		qsort(t->names.storage, t->names.end / FINGERPRINT_SIZE,
		    FINGERPRINT_SIZE, by_name);
	hearing_explain_handshakes(t);
	hearing_explain_tickets(t);
	hearing_explain_cuts(t);
	return 0;
}

bool
testimony_has(const struct testimony *t, const char *name)
{
	struct bytes names = buffer_bytes(&t->names);

	return names.left > 0 &&
	       bsearch(name, names.at, names.left / FINGERPRINT_SIZE,
		   FINGERPRINT_SIZE, by_name) != NULL;
}

bool
testimony_is_hidden(const struct testimony *t, const cJSON *event)
{
	return hearing_received(t, event) != NULL;
}

struct testimony *
testimony_of(
    const char *folder, const struct evidence *e, const struct observation *o)
{
	struct testimony *t = testimony_new(e, o);
	char path[4200];

	if (t == NULL)
		return NULL;
	read_key_logs(&t->log, folder);
	snprintf(path, sizeof(path), "%s/witness.pcapng", folder);
	if (testimony_listen(t, path) == -1) {
		testimony_clear(t);
		return NULL;
	}
	(void)witness_file_annotate(path, t);
	return t;
}

void
testimony_clear(struct testimony *t)
{
	if (t == NULL)
		return;
	for (int kind = VIEW_SENT; kind <= VIEW_RECEIVED; kind++) {
		struct view *v = &t->view[kind];

		conversations_free(v->conversations);
		for (size_t i = 0; i < v->capacity; i++) {
			if (v->heard[i] == NULL)
				continue;
			tls_reader_clear(&v->heard[i]->reader);
			dtls_reader_clear(&v->heard[i]->datagrams);
			http_reader_free(v->heard[i]->inside);
			free(v->heard[i]);
		}
		free(v->heard);
	}
	tls_epochs_clear(&t->epochs);
	buffer_clear(&t->names);
	key_log_clear(&t->log);
	free(t->copies);
	free(t);
}

const struct testimony_copy *
testimony_copy(const struct testimony *t, size_t i)
{
	return t == NULL ? NULL : &t->copies[i];
}

void
testimony_secrets(const struct testimony *t, uint64_t frame, struct buffer *out)
{
	const struct view *sent = &t->view[VIEW_SENT];

	for (size_t i = 0; i < t->log.count; i++) {
		const struct key_log_line *line = &t->log.lines[i];
		const struct heard *user =
		    line->user == 0 || line->user > sent->capacity
			? NULL
			: sent->heard[line->user - 1];

		if (!key_log_is_ambiguous(&t->log, line)
			? frame == 0
			: user != NULL && user->first_frame == frame)
			key_log_line_write(line, out);
	}
}

/* SPDX-License-Identifier: MIT */
#ifndef CONVERSATION_VIEW_H
#define CONVERSATION_VIEW_H

#include "reassemble/conversation.h"

/*
 * A conversation as a reader sees it: the findings written down as they come,
 * the heading when all is known.
 *
 *	struct conversation_view v = {0};
 *	text_view_add ...  -> text_view_print  -> buffer_clear(&v.lines)
 *	json_view_add ...  -> json_view_finish -> the same
 */
enum view_step {
	STEP_NONE,
	STEP_TCP,       /* the three-way handshake */
	STEP_TLS,       /* the TLS handshake */
	STEP_PROTECTED, /* records that only the two ends understand */
	STEP_CLEAR,     /* HTTP as anybody can read it */
};

struct conversation_view {
	const struct conversation *conversation; /* as far as it is read */
	struct buffer lines;
	enum view_step step;
	bool early_data;             /* some was sent, its end was not */
	bool client_spoke_protected; /* TLS 1.3: its Finished is out */
	bool with_segments;          /* list the segments, too */
};

/* One more thing found. */
void text_view_add(struct conversation_view *v, const struct finding *f);
void json_view_add(struct conversation_view *v, const struct finding *f);

/* Heading and lines, on standard output. */
void text_view_print(struct conversation_view *v);
/* The conversation as one JSON object, appended. */
void json_view_finish(struct conversation_view *v, struct buffer *out);

#endif

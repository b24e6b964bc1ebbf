/* SPDX-License-Identifier: MIT */
/*
 * Changing a request:
 *
 *	message -> draft -> one edit after the other -> bytes -> a request?
 */
#include "edit.h"

#include <ctype.h>
#include <string.h>

#include "content_digest.h"
#include "structured_field.h"
#include "tamper/draft.h"
#include "tamper/rewrite.h"

const char *
edit_verdict_text(enum edit_verdict verdict)
{
	switch (verdict) {
	case EDIT_DONE:
		return "was done";
	case EDIT_NO_FIELD:
		return "is no header field of the recorded request";
	case EDIT_NO_PARAMETER:
		return "has no place: the recorded request has no such "
		       "signature parameter, and no plain field for it";
	case EDIT_NO_AMOUNT:
		return "has no place: the recorded content is no JSON object "
		       "with an amount";
	case EDIT_BAD_WORD:
		return "cannot stand there";
	case EDIT_TOO_MANY:
		return "is one header field too many";
	case EDIT_NO_REQUEST:
		return "would leave no HTTP request";
	}
	return "is wrong";
}

/* No control characters, so that nothing new begins in it; no space either. */
static bool
is_one_word(const char *text)
{
	for (; *text != '\0'; text++)
		if (!isgraph((unsigned char)*text))
			return false;
	return true;
}

static enum edit_verdict
edit_line(struct draft *d, const struct edits *e, const char **word)
{
	struct bytes target = buffer_bytes(&d->target), path;
	struct buffer changed = {0};

	if (e->method != NULL) {
		*word = e->method;
		if (*e->method == '\0' || !is_one_word(e->method))
			return EDIT_BAD_WORD;
		draft_put(&d->method, bytes_of(e->method));
	}
	if (e->path == NULL)
		return EDIT_DONE;
	*word = e->path;
	if (*e->path != '/' || !is_one_word(e->path))
		return EDIT_BAD_WORD;
	buffer_add_text(&changed, e->path);
	/* The query stays, unless the path brings one. */
	if (strchr(e->path, '?') == NULL &&
	    bytes_take_until(&target, '?', &path)) {
		buffer_add_u8(&changed, '?');
		buffer_add_bytes(&changed, target);
	}
	draft_put(&d->target, buffer_bytes(&changed));
	buffer_clear(&changed);
	return EDIT_DONE;
}

/* NAME=VALUE, where VALUE may hold what a field's value may hold. */
static bool
split_field(const char *text, struct bytes *name, struct bytes *value)
{
	*value = bytes_of(text);
	if (!bytes_take_until(value, '=', name) || name->left == 0)
		return false;
	for (; *text != '\0'; text++)
		if (iscntrl((unsigned char)*text))
			return false;
	return true;
}

static enum edit_verdict
edit_fields(struct draft *d, const struct edits *e, const char **word)
{
	struct bytes name, value;

	if (e->host != NULL) {
		*word = e->host;
		if (!is_one_word(e->host) ||
		    !draft_set(d, bytes_of("Host"), bytes_of(e->host)))
			return EDIT_BAD_WORD;
	}
	for (size_t i = 0; i < e->drop.count; i++) {
		*word = e->drop.item[i];
		if (!draft_drop(d, *word))
			return EDIT_NO_FIELD;
	}
	for (size_t i = 0; i < e->set.count; i++) {
		*word = e->set.item[i];
		if (!split_field(*word, &name, &value))
			return EDIT_BAD_WORD;
		if (!draft_set(d, name, value))
			return EDIT_TOO_MANY;
	}
	return EDIT_DONE;
}

/* In the signature's parameters, in the plain field, or in both. */
static enum edit_verdict
edit_freshness(struct draft *d, const char *parameter, const char *plain,
    struct bytes spelt, const char *text)
{
	struct draft_field *input = draft_find(d, "Signature-Input");
	struct draft_field *field = draft_find(d, plain);
	struct buffer changed = {0};
	bool done = false;

	if (input != NULL && rewrite_parameter(buffer_bytes(&input->value),
				 parameter, spelt, &changed)) {
		draft_put(&input->value, buffer_bytes(&changed));
		done = true;
	}
	buffer_clear(&changed);
	if (field != NULL) {
		draft_put(&field->value, bytes_of(text));
		done = true;
	}
	return done ? EDIT_DONE : EDIT_NO_PARAMETER;
}

static enum edit_verdict
edit_created(struct draft *d, const struct edits *e, const char **word)
{
	*word = e->created;
	/* RFC 9651 section 3.3.1: an integer has at most 15 digits. */
	if (strlen(e->created) > 15 || *e->created == '\0' ||
	    strspn(e->created, "0123456789") != strlen(e->created))
		return EDIT_BAD_WORD;
	return edit_freshness(
	    d, "created", "Request-Created", bytes_of(e->created), e->created);
}

static enum edit_verdict
edit_nonce(struct draft *d, const struct edits *e, const char **word)
{
	struct buffer spelt = {0};
	enum edit_verdict verdict = EDIT_BAD_WORD;

	*word = e->nonce;
	if (is_one_word(e->nonce) &&
	    sf_write_string(&spelt, bytes_of(e->nonce)))
		verdict = edit_freshness(d, "nonce", "Request-Nonce",
		    buffer_bytes(&spelt), e->nonce);
	buffer_clear(&spelt);
	return verdict;
}

static enum edit_verdict
edit_content(struct draft *d, const struct edits *e, const char **word)
{
	struct buffer changed = {0};

	if (e->content != NULL) {
		draft_put(&d->content, bytes_of(e->content));
		d->content_changed = true;
	}
	if (e->amount == NULL)
		return EDIT_DONE;
	*word = e->amount;
	if (!rewrite_amount(
		buffer_bytes(&d->content), bytes_of(e->amount), &changed)) {
		buffer_clear(&changed);
		return EDIT_NO_AMOUNT;
	}
	draft_put(&d->content, buffer_bytes(&changed));
	d->content_changed = true;
	buffer_clear(&changed);
	return EDIT_DONE;
}

static enum edit_verdict
edit_digest(struct draft *d, const char **word)
{
	struct buffer digest = {0};
	bool room;

	*word = "Content-Digest";
	content_digest_write(&digest, buffer_bytes(&d->content));
	room = draft_set(d, bytes_of(*word), buffer_bytes(&digest));
	buffer_clear(&digest);
	return room ? EDIT_DONE : EDIT_TOO_MANY;
}

/* The same meaning in other bytes. */
static enum edit_verdict
edit_spelling(struct draft *d, const struct edits *e, const char **word)
{
	struct draft_field *field;
	struct buffer changed = {0};

	for (size_t i = 0; i < e->respace.count; i++) {
		*word = e->respace.item[i];
		if ((field = draft_find(d, *word)) == NULL)
			return EDIT_NO_FIELD;
		rewrite_spaces(buffer_bytes(&field->value), &changed);
		draft_put(&field->value, buffer_bytes(&changed));
		buffer_clear(&changed);
	}
	for (size_t i = 0; i < e->recase.count; i++) {
		*word = e->recase.item[i];
		if ((field = draft_find(d, *word)) == NULL)
			return EDIT_NO_FIELD;
		rewrite_case(buffer_bytes(&field->name), &changed);
		draft_put(&field->name, buffer_bytes(&changed));
		buffer_clear(&changed);
	}
	return EDIT_DONE;
}

static enum edit_verdict
edit_all(struct draft *d, const struct edits *e, const char **word)
{
	enum edit_verdict verdict = edit_line(d, e, word);

	if (verdict == EDIT_DONE)
		verdict = edit_fields(d, e, word);
	if (verdict == EDIT_DONE && e->created != NULL)
		verdict = edit_created(d, e, word);
	if (verdict == EDIT_DONE && e->nonce != NULL)
		verdict = edit_nonce(d, e, word);
	if (verdict == EDIT_DONE)
		verdict = edit_content(d, e, word);
	if (verdict == EDIT_DONE && e->fix_digest)
		verdict = edit_digest(d, word);
	if (verdict == EDIT_DONE && !draft_fit_length(d))
		verdict = EDIT_TOO_MANY;
	if (verdict == EDIT_DONE)
		verdict = edit_spelling(d, e, word);
	return verdict;
}

/* Would a server read exactly one request in it? */
static bool
is_request(struct bytes wire)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *message;
	bool complete =
	    http_reader_feed(reader, &wire, &message) == HTTP_COMPLETE &&
	    wire.left == 0;

	http_reader_free(reader);
	return complete;
}

enum edit_verdict
edit_request(const struct http_message *request, const struct edits *edits,
    struct buffer *out, const char **word)
{
	struct buffer wire = {0};
	enum edit_verdict verdict;
	struct draft d;

	draft_init(&d, request);
	verdict = edit_all(&d, edits, word);
	if (verdict == EDIT_DONE) {
		draft_write(&d, &wire);
		if (is_request(buffer_bytes(&wire))) {
			buffer_add_bytes(out, buffer_bytes(&wire));
		} else {
			*word = "this";
			verdict = EDIT_NO_REQUEST;
		}
	}
	buffer_clear(&wire);
	draft_clear(&d);
	return verdict;
}

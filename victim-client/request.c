/* SPDX-License-Identifier: MIT */
/* POST /transfers and GET /accounts/NAME. */
#include "request.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

/* Signs and writes a draft, and is done with it. */
static int
finish(struct buffer *out, struct http_draft *d, const struct signing *s,
    int64_t now)
{
	int result = signing_apply(s, now, d);

	if (result == 0)
		http_draft_write(d, out);
	http_draft_clear(d);
	return result;
}

/* RFC 3986 section 2.1: what a path may not hold as it is. */
static void
add_segment(struct buffer *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";

	for (; *text != '\0'; text++)
		if (strchr(plain, *text) != NULL)
			buffer_add_u8(out, (uint8_t)*text);
		else
			buffer_printf(out, "%%%02X", (unsigned char)*text);
}

static void
draft_get(struct http_draft *d, const char *authority, const struct transfer *t)
{
	struct buffer target = {0};

	buffer_add_text(&target, "/transfers?id=");
	add_segment(&target, t->id);
	buffer_add_text(&target, "&from=");
	add_segment(&target, t->from);
	buffer_add_text(&target, "&to=");
	add_segment(&target, t->to);
	buffer_printf(&target, "&amount=%ld", t->amount);
	http_draft_request(d, "GET", buffer_text(&target), authority);
	buffer_clear(&target);
}

/* Where it is for one state of an account, to that account. */
static void
draft_post(
    struct http_draft *d, const char *authority, const struct transfer *t)
{
	struct buffer content = {0}, target = {0};

	json_open(&content, '{');
	json_member_text(&content, "id", t->id);
	json_member_text(&content, "from", t->from);
	json_member_text(&content, "to", t->to);
	json_member_number(&content, "amount", t->amount);
	json_close(&content, '}');
	buffer_add_text(
	    &target, t->version == NULL ? "/transfers" : "/accounts/");
	if (t->version != NULL)
		add_segment(&target, t->from);
	http_draft_request(d, "POST", buffer_text(&target), authority);
	http_draft_content(d, "application/json", buffer_bytes(&content));
	buffer_clear(&target);
	buffer_clear(&content);
}

int
request_transfer(struct buffer *out, const char *authority,
    const struct transfer *t, const struct signing *s, int64_t now)
{
	struct http_draft d = {0};

	if (t->get)
		draft_get(&d, authority, t);
	else
		draft_post(&d, authority, t);
	if (t->idempotency_key != NULL)
		buffer_printf(
		    &d.head, "Idempotency-Key: \"%s\"\r\n", t->idempotency_key);
	if (t->version != NULL)
		buffer_printf(&d.head, "If-Match: \"%s\"\r\n", t->version);
	return finish(out, &d, s, now);
}

int
request_balance(struct buffer *out, const char *authority, const char *account,
    const struct signing *s, int64_t now)
{
	struct http_draft d = {0};
	struct buffer target = {0};

	buffer_add_text(&target, "/accounts/");
	add_segment(&target, account);
	http_draft_request(&d, "GET", buffer_text(&target), authority);
	buffer_clear(&target);
	return finish(out, &d, s, now);
}

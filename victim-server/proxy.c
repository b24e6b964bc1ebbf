/* SPDX-License-Identifier: MIT */
#include "proxy.h"

#include "event.h"
#include "exit_code.h"
#include "http_signature.h"
#include "loop.h"
#include "problem.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request that is on its way upstream. */
struct passage {
	struct exchange *exchange;
	struct proxy *proxy;
	const char *upstream;
};

static int
open_upstreams(struct proxy *p, struct event_base *base,
    const struct option_list *upstreams)
{
	struct http_client_settings settings = {0};
	char host[256], *colon, *end;

	for (size_t i = 0; i < upstreams->count; i++) {
		snprintf(host, sizeof(host), "%s", upstreams->item[i]);
		settings.host = host;
		settings.port = 80;
		if ((colon = strchr(host, ':')) != NULL) {
			*colon = '\0';
			settings.port = strtol(colon + 1, &end, 10);
			if (*end != '\0' || settings.port < 1 ||
			    settings.port > 65535) {
				warnx("--%s %s: is not HOST or HOST:PORT",
				    p->option, upstreams->item[i]);
				return -1;
			}
		}
		p->names[p->count] = upstreams->item[i];
		p->upstreams[p->count] = http_client_new(base, &settings);
		if (p->upstreams[p->count] == NULL)
			return -1;
		p->count++;
	}
	if (p->count == 0) {
		warnx("%s: forward to whom?  Name it with --%s HOST[:PORT]",
		    p->role, p->option);
		return -1;
	}
	return 0;
}

static void
close_upstreams(struct proxy *p)
{
	for (size_t i = 0; i < p->count; i++)
		http_client_free(p->upstreams[i]);
	p->count = 0;
}

int
proxy_serve(struct proxy *p, const struct option_list *upstreams,
    struct http_server_settings *settings)
{
	struct event_base *base = loop_new();
	struct http_server *server = NULL;
	int status = EXIT_USAGE;

	settings->role = p->role;
	if (base != NULL && open_upstreams(p, base, upstreams) == 0 &&
	    (server = http_server_open(base, settings)) != NULL) {
		event_ready();
		status = loop_run(base) == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
	}
	http_server_close(server);
	close_upstreams(p);
	loop_free(base);
	return status;
}

static size_t
choose(struct proxy *p, const struct http_message *request)
{
	struct http_signature signature;
	uint32_t sum = 2166136261u; /* FNV-1a */
	uint8_t c;

	switch (p->policy) {
	case PROXY_KEYID:
		if (http_signature_read(request, &signature) != SIGNATURE_GOOD)
			break;
		while (bytes_take_u8(&signature.keyid, &c))
			sum = (sum ^ c) * 16777619u;
		return sum % p->count;
	case PROXY_ROUND_ROBIN:
		break;
	}
	return p->next++ % p->count;
}

static void
tell(const struct passage *passage, const char *verdict, const char *check,
    int status)
{
	const struct http_message *request =
	    exchange_request(passage->exchange);
	char fingerprint[FINGERPRINT_SIZE];

	http_request_fingerprint(request, fingerprint);
	event_begin("request");
	event_text("role", passage->proxy->role);
	event_bytes("method", request->method);
	event_bytes("path", http_path(request));
	event_text("fingerprint", fingerprint);
	event_text("verdict", verdict);
	event_text("check", check);
	if (status != 0)
		event_number("status", status);
	event_text("upstream", passage->upstream);
	if (exchange_is_early(passage->exchange))
		event_bool("early_data", true);
	exchange_put_flow(passage->exchange);
	event_end();
}

static void
on_answer(enum http_client_outcome outcome, const struct http_message *response,
    void *argument)
{
	struct passage *passage = argument;
	struct http_draft answer = {0};
	int status = outcome == HTTP_CLIENT_TIMEOUT ? 504 : 502;

	if (outcome == HTTP_CLIENT_ANSWERED &&
	    passage->proxy->lose_answers > 0) {
		/* It was done upstream, and its client will not know. */
		passage->proxy->lose_answers--;
		if (!exchange_lose(passage->exchange))
			passage->proxy->unanswered = passage->exchange;
	} else if (outcome == HTTP_CLIENT_ANSWERED)
		exchange_forward(passage->exchange, response);
	else {
		tell(passage, "upstream-unavailable", NULL, status);
		problem_draft(&answer, status, "upstream-unavailable",
		    http_client_outcome_name(outcome));
		exchange_answer(passage->exchange, &answer);
		http_draft_clear(&answer);
	}
	free(passage);
}

void
proxy_refuse(struct proxy *p, struct exchange *x, const char *verdict,
    const char *check, int status, const char *detail)
{
	const struct passage passage = {x, p, NULL};
	struct http_draft answer = {0};

	tell(&passage, verdict, check, status);
	problem_draft(&answer, status, verdict, detail);
	exchange_answer(x, &answer);
	http_draft_clear(&answer);
}

/* Its client has given up by now; this ends what is left of it. */
static void
end_unanswered(struct proxy *p)
{
	struct exchange *x = p->unanswered;
	struct http_draft answer = {0};

	if (x == NULL)
		return;
	p->unanswered = NULL;
	problem_draft(&answer, 504, "upstream-unavailable", "answer lost");
	exchange_answer(x, &answer);
	http_draft_clear(&answer);
}

int
proxy_plant(struct proxy *p, const struct option_list *weaknesses)
{
	for (size_t i = 0; i < weaknesses->count; i++) {
		const char *name = weaknesses->item[i];

		if (strcmp(name, "forget-early-data") == 0)
			p->forget_early_data = true;
		else if (strcmp(name, "strip-early-data") == 0)
			p->strip_early_data = true;
		else {
			warnx("weakness: the %s has none of the name %s; see "
			      "SECURITY.md",
			    p->role, name);
			return -1;
		}
	}
	return 0;
}

/* The weakness strip-early-data: what another hop had marked is not. */
static void
strip(struct http_message *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->field_count; i++)
		if (!bytes_equal_text_nocase(m->fields[i].name, "Early-Data"))
			m->fields[kept++] = m->fields[i];
	m->field_count = kept;
}

/*
 * RFC 8470 section 5.1: a request that goes on before its client's handshake is
 * complete must say so, and what says so already is not changed.
 */
static void
write_onward(const struct proxy *p, const struct exchange *x,
    const struct http_message *request, struct buffer *out)
{
	const struct http_field mark = {bytes_of("Early-Data"), bytes_of("1")};
	struct http_message onward = *request;
	bool marked = http_field(request, "Early-Data", NULL) != NULL;

	if (p->strip_early_data)
		strip(&onward);
	http_write_request(out, &onward,
	    exchange_is_early(x) && !marked && !p->forget_early_data ? &mark
								     : NULL);
}

void
proxy_handle(
    struct exchange *x, const struct http_message *request, void *argument)
{
	struct proxy *p = argument;
	size_t i = choose(p, request);
	struct passage *passage = malloc(sizeof(*passage));
	struct buffer out = {0};

	end_unanswered(p);
	if (passage == NULL)
		err(70, "a request");
	*passage = (struct passage){x, p, p->names[i]};
	tell(passage, "forwarded", NULL, 0);
	write_onward(p, x, request, &out);
	http_client_send(
	    p->upstreams[i], buffer_bytes(&out), on_answer, passage);
	buffer_clear(&out);
}

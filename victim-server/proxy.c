/* SPDX-License-Identifier: MIT */
#include "proxy.h"

#include "event.h"
#include "exit_code.h"
#include "http_signature.h"
#include "lab.h"
#include "loop.h"
#include "problem.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTTPS "https://"

/* A request that is on its way upstream. */
struct passage {
	struct exchange *exchange;
	struct proxy *proxy;
	size_t upstream; /* where it is */
	size_t left;     /* upstream servers that were not asked */
	struct buffer wire;
	char as[FINGERPRINT_SIZE]; /* of what goes on, if it was rewritten */
};

/* What https:// needs, once.  -1 after a warning. */
static int
open_tls(struct proxy *p)
{
	if (p->tls.certificate == NULL)
		p->tls.certificate = lab_file("inner.pem");
	if (p->tls.ca == NULL)
		p->tls.ca = lab_file("ca.pem");
	if (p->context == NULL)
		p->context = tls_context_client(&p->tls);
	return p->context == NULL ? -1 : 0;
}

static int
open_upstream(struct proxy *p, struct event_base *base, const char *item)
{
	bool secure = strncmp(item, HTTPS, strlen(HTTPS)) == 0;
	const char *name = secure ? item + strlen(HTTPS) : item;
	char host[256], *colon, *end;
	struct http_client_settings settings = {.host = host,
	    .port = secure ? 443 : 80,
	    .timeout_ms = (int)p->timeout};

	snprintf(host, sizeof(host), "%s", name);
	if ((colon = strchr(host, ':')) != NULL) {
		*colon = '\0';
		settings.port = strtol(colon + 1, &end, 10);
		if (*end != '\0' || settings.port < 1 ||
		    settings.port > 65535) {
			warnx("--%s %s: is not HOST or HOST:PORT", p->option,
			    item);
			return -1;
		}
	}
	if (secure && open_tls(p) == -1)
		return -1;
	settings.tls = secure ? p->context : NULL;
	p->names[p->count] = name;
	p->upstreams[p->count] = http_client_new(base, &settings);
	return p->upstreams[p->count++] == NULL ? -1 : 0;
}

static int
open_upstreams(struct proxy *p, struct event_base *base,
    const struct option_list *upstreams)
{
	for (size_t i = 0; i < upstreams->count; i++)
		if (open_upstream(p, base, upstreams->item[i]) == -1)
			return -1;
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
	tls_context_free(p->context);
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

	if (!event_log_is_open())
		return;
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
	if (passage->as[0] != '\0')
		event_text("as", passage->as);
	if (status == 0 || strcmp(verdict, "upstream-unavailable") == 0)
		event_text(
		    "upstream", passage->proxy->names[passage->upstream]);
	if (exchange_is_early(passage->exchange))
		event_bool("early_data", true);
	exchange_put_flow(passage->exchange);
	event_end();
}

static http_answer on_answer;

static void
pass_on(struct passage *passage)
{
	struct proxy *p = passage->proxy;

	passage->left--;
	tell(passage, "forwarded", NULL, 0);
	http_client_send(p->upstreams[passage->upstream],
	    buffer_bytes(&passage->wire), on_answer, passage);
}

/*
 * What proxies did that were told to hide a slow server: the request may have
 * been carried out, and is sent to the next one all the same.
 */
static bool
ask_the_next(struct passage *passage)
{
	if (!passage->proxy->retry_unsafe || passage->left == 0)
		return false;
	passage->upstream = (passage->upstream + 1) % passage->proxy->count;
	pass_on(passage);
	return true;
}

static void
passage_free(struct passage *passage)
{
	buffer_clear(&passage->wire);
	free(passage);
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
		if (ask_the_next(passage))
			return;
		problem_draft(&answer, status, "upstream-unavailable",
		    http_client_outcome_name(outcome));
		exchange_answer(passage->exchange, &answer);
		http_draft_clear(&answer);
	}
	passage_free(passage);
}

void
proxy_refuse(struct proxy *p, struct exchange *x, const char *verdict,
    const char *check, int status, const char *detail)
{
	const struct passage passage = {.exchange = x, .proxy = p};
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
write_onward(struct passage *passage, const struct http_message *request)
{
	const struct http_field mark = {bytes_of("Early-Data"), bytes_of("1")};
	const struct proxy *p = passage->proxy;
	struct http_message onward = *request;
	bool marked = http_field(request, "Early-Data", NULL) != NULL;

	if (p->strip_early_data)
		strip(&onward);
	http_write_request(&passage->wire, &onward,
	    exchange_is_early(passage->exchange) && !marked &&
		    !p->forget_early_data
		? &mark
		: NULL);
}

/* What a rewritten request is known by from here on; -1: it is none. */
static int
write_rewritten(struct passage *passage, struct bytes rewritten)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *written;
	int result = -1;

	if (http_reader_feed(reader, &rewritten, &written) == HTTP_COMPLETE) {
		http_request_fingerprint(written, passage->as);
		write_onward(passage, written);
		result = 0;
	}
	http_reader_free(reader);
	return result;
}

/* The request as it goes on. */
static int
write_request(struct passage *passage, const struct http_message *request)
{
	struct proxy *p = passage->proxy;
	struct buffer out = {0};
	int result;

	if (p->rewrite == NULL) {
		write_onward(passage, request);
		return 0;
	}
	result = p->rewrite(&out, request, p->rewrite_argument);
	if (result == 0)
		result = write_rewritten(passage, buffer_bytes(&out));
	buffer_clear(&out);
	return result;
}

void
proxy_handle(
    struct exchange *x, const struct http_message *request, void *argument)
{
	struct proxy *p = argument;
	struct passage *passage = calloc(1, sizeof(*passage));

	end_unanswered(p);
	if (passage == NULL)
		err(70, "a request");
	passage->exchange = x;
	passage->proxy = p;
	passage->upstream = choose(p, request);
	passage->left = p->count;
	if (write_request(passage, request) == 0) {
		pass_on(passage);
		return;
	}
	passage_free(passage);
	proxy_refuse(
	    p, x, "malformed", "syntax", 400, "It cannot be passed on.");
}

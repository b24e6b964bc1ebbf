/* SPDX-License-Identifier: MIT */
/*
 * The gateway: TLS ends here.  What it protected goes on as plain HTTP.
 */
#include "roles.h"

#include "backend/guard.h"
#include "early_gate.h"
#include "exit_code.h"
#include "lab.h"
#include "lab_clock.h"
#include "option.h"
#include "proxy.h"
#include "signing.h"
#include "tls_context.h"

#include <err.h>
#include <string.h>

struct gateway {
	struct tls_settings tls;
	struct early_gate_options early_options;
	struct early_gate early;
	struct option_list upstreams, weaknesses;
	long port;
	struct guard_options guard_options;
	struct guard guard;
	struct proxy proxy;
	const char *sign, *keyid; /* what it adds itself; NULL: nothing */
	struct signing signing;
};

/*
 * The check at the gateway: it stops a copy that comes through here, and none
 * that is sent to those behind.
 */
static void
check_and_forward(
    struct exchange *x, const struct http_message *request, void *argument)
{
	struct gateway *g = argument;
	enum verdict verdict = VERDICT_ACCEPTED;
	struct defence_claim claim;

	if (exchange_is_early(x) &&
	    !early_gate_allows(&g->early, request->method)) {
		proxy_refuse(&g->proxy, x, verdict_name(VERDICT_TOO_EARLY),
		    check_name(CHECK_EARLY_DATA),
		    verdict_status(VERDICT_TOO_EARLY),
		    verdict_detail(VERDICT_TOO_EARLY));
		return;
	}
	if (g->guard.policy.signature || g->guard.policy.early_data)
		verdict = defence_judge(&g->guard.policy, g->guard.keys,
		    request, lab_now() / NANOSECONDS, g->guard.nonces, &claim);
	if (verdict == VERDICT_ACCEPTED)
		proxy_handle(x, request, &g->proxy);
	else
		proxy_refuse(&g->proxy, x, verdict_name(verdict),
		    check_name(claim.check), verdict_status(verdict),
		    verdict_detail(verdict));
}

static bool
is_replaced(struct bytes name)
{
	static const char *const names[] = {
	    "Signature-Input", "Signature", "Content-Digest"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bytes_equal_text_nocase(name, names[i]))
			return true;
	return false;
}

/*
 * A gateway that vouches for what it passes on: the request leaves with its
 * signature, its time and its nonce.  So does a copy, with fresh ones.
 */
static int
sign_anew(
    struct buffer *out, const struct http_message *request, void *argument)
{
	struct gateway *g = argument;
	struct http_message plain = *request;
	struct http_draft d = {0};
	int result;

	plain.field_count = 0;
	for (size_t i = 0; i < request->field_count; i++)
		if (!is_replaced(request->fields[i].name))
			plain.fields[plain.field_count++] = request->fields[i];
	http_draft_copy(&d, &plain);
	result = signing_apply(&g->signing, lab_now() / NANOSECONDS, &d);
	if (result == 0)
		http_draft_write(&d, out);
	http_draft_clear(&d);
	return result;
}

/* -1 after a warning. */
static int
open_signing(struct gateway *g)
{
	const char *keys = g->guard_options.keys;

	if (g->sign == NULL)
		return 0;
	if (keys == NULL)
		keys = lab_file("keys.json");
	g->proxy.rewrite = sign_anew;
	g->proxy.rewrite_argument = g;
	return signing_read_parts(&g->signing, g->sign) == -1 ||
		       signing_open(&g->signing, keys, g->keyid) == -1
		   ? -1
		   : 0;
}

/* One flaw is of TLS itself; the others are the proxy's. */
static int
plant(struct gateway *g)
{
	struct option_list of_proxy = {0};

	for (size_t i = 0; i < g->weaknesses.count; i++) {
		const char *name = g->weaknesses.item[i];

		if (strcmp(name, "window-before-verification") == 0)
			g->tls.window_first = true;
		else
			of_proxy.item[of_proxy.count++] = name;
	}
	return proxy_plant(&g->proxy, &of_proxy);
}

static int
serve(struct gateway *g)
{
	struct tls_context *tls = NULL;
	struct http_server_settings settings = {
	    .port = g->port,
	    .handler = check_and_forward,
	    .argument = g,
	};
	int status = EXIT_USAGE;

	if (early_gate_open(&g->early, &g->early_options, &g->tls) == 0 &&
	    (settings.tls = tls = tls_context_server(&g->tls)) != NULL)
		status = proxy_serve(&g->proxy, &g->upstreams, &settings);
	tls_context_free(tls);
	early_gate_close(&g->early);
	return status;
}

int
gateway_main(int argc, char *argv[])
{
	struct gateway g = {.port = 443,
	    .keyid = "gateway",
	    .proxy = {.role = "gateway", .option = "upstream"},
	    .guard_options = {.check = "none", .nonce_store = STORE_MEMORY}};
	const struct option_usage usage = {
	    .command = "victim-server gateway",
	    .does = "Take HTTPS, forward plain HTTP.",
	    .rows =
		(const struct option_row[]){
		    OPTION_LIST("upstream", &g.upstreams, "HOST[:PORT]",
			"forward to this server; or to https://HOST"),
		    PROXY_OPTIONS(&g.proxy),
		    OPTION_TEXT("sign", &g.sign, "PARTS",
			"sign in the client's stead: signature,timestamp,"
			"nonce"),
		    OPTION_TEXT("keyid", &g.keyid, "NAME",
			"sign with this key; default: gateway"),
		    OPTION_TEXT("keys", &g.guard_options.keys, "FILE",
			"where the keys are; default: the lab's keys.json"),
		    OPTION_NUMBER("listen", &g.port, 1, 65535,
			"port to listen on (default 443)"),
		    OPTION_TEXT("certificate", &g.tls.certificate, "FILE",
			"certificate and key, PEM (default: the lab's)"),
		    OPTION_LIST("suite", &g.tls.suites, "WORD",
			"allow only these: tls12-cbc, tls12-gcm, ... tls13"),
		    OPTION_TEXT("client-ca", &g.tls.ca, "FILE",
			"ask clients for a certificate of this CA"),
		    OPTION_FLAG("renegotiation", &g.tls.renegotiation,
			"let TLS 1.2 clients renegotiate"),
		    OPTION_FLAG("log-records", &g.tls.log_records,
			"an event for each TLS record received"),
		    OPTION_TEXT("check", &g.guard_options.check, "LIST",
			"of signature,timestamp,nonce,early-data; default: "
			"none"),
		    OPTION_NUMBER("lose-answers", &g.proxy.lose_answers, 1,
			1000, "that many answers never reach their clients"),
		    OPTION_FLAG("datagrams", &g.tls.datagrams,
			"DTLS 1.2 over UDP instead of TLS over TCP"),
		    EARLY_GATE_OPTIONS(&g.early_options),
		    OPTION_LIST("weakness", &g.weaknesses, "NAME",
			"plant a flaw; SECURITY.md lists them"),
		    TLS_RECORD_OPTIONS(&g.tls),
		    OPTION_END,
		},
	    .example = "victim-server gateway --upstream balancer --suite "
		       "tls13",
	};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (plant(&g) == -1)
		return EXIT_USAGE;
	if (guard_read(&g.guard, &g.guard_options) == -1)
		return EXIT_USAGE;
	if (g.guard.policy.challenge || g.guard.policy.idempotency) {
		warnx("check: challenge and idempotency are the backend's");
		return EXIT_USAGE;
	}
	if (lab_join("victim-server") == -1)
		return EXIT_INTERNAL;
	if (guard_open(&g.guard, &g.guard_options) == -1)
		return EXIT_USAGE;
	if (g.tls.certificate == NULL)
		g.tls.certificate = lab_file("gateway.pem");
	status = open_signing(&g) == -1 ? EXIT_USAGE : serve(&g);
	signing_clear(&g.signing);
	guard_close(&g.guard);
	return status;
}

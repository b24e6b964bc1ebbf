/* SPDX-License-Identifier: MIT */
/*
 * The gateway: TLS ends here.  What it protected goes on as plain HTTP.
 */
#include "roles.h"

#include "event.h"
#include "exit_code.h"
#include "lab.h"
#include "loop.h"
#include "option.h"
#include "proxy.h"
#include "tls_context.h"

struct gateway {
	struct tls_settings tls;
	struct option_list upstreams;
	long port;
};

static int
serve(const struct gateway *g)
{
	struct proxy proxy = {.role = "gateway"};
	struct event_base *base = loop_new();
	struct tls_context *tls = NULL;
	struct http_server *server = NULL;
	int outcome = EXIT_USAGE;

	if (base == NULL || (tls = tls_context_server(&g->tls)) == NULL ||
	    proxy_open(&proxy, base, &g->upstreams) == -1 ||
	    (server = http_server_open(base, &(struct http_server_settings){
						 .role = "gateway",
						 .port = g->port,
						 .tls = tls,
						 .handler = proxy_handle,
						 .argument = &proxy,
					     })) == NULL)
		goto out;
	event_ready();
	outcome = loop_run(base) == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
out:
	http_server_close(server);
	proxy_close(&proxy);
	tls_context_free(tls);
	loop_free(base);
	return outcome;
}

int
gateway_main(int argc, char *argv[])
{
	struct gateway g = {.port = 443};
	const struct option_usage usage = {
	    .command = "victim-server gateway",
	    .does = "Take HTTPS, forward plain HTTP.",
	    .rows =
		(const struct option_row[]){
		    OPTION_LIST("upstream", &g.upstreams, "HOST[:PORT]",
			"forward to this server"),
		    OPTION_NUMBER("listen", &g.port, 1, 65535,
			"port to listen on (default 443)"),
		    OPTION_TEXT("certificate", &g.tls.certificate, "FILE",
			"certificate and key, PEM (default: the lab's)"),
		    OPTION_LIST("suite", &g.tls.suites, "WORD",
			"allow only these: tls12-cbc, tls12-gcm, ... tls13"),
		    OPTION_TEXT("client-ca", &g.tls.ca, "FILE",
			"ask clients for a certificate of this CA"),
		    OPTION_FLAG("log-records", &g.tls.log_records,
			"an event for each TLS record received"),
		    TLS_RECORD_OPTIONS(&g.tls),
		    OPTION_END,
		},
	    .example = "victim-server gateway --upstream balancer --suite "
		       "tls13",
	};

	switch (option_read(&usage, argc, argv, NULL)) {
	case OPTIONS_READ:
		break;
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	if (lab_join("victim-server") == -1)
		return EXIT_INTERNAL;
	if (g.tls.certificate == NULL)
		g.tls.certificate = lab_file("gateway.pem");
	return serve(&g);
}

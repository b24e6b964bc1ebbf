/* SPDX-License-Identifier: MIT */
/* The load balancer: plain HTTP in, plain HTTP out, over a set of backends. */
#include "roles.h"

#include "exit_code.h"
#include "lab.h"
#include "option.h"
#include "proxy.h"

int
balancer_main(int argc, char *argv[])
{
	static const char *const policies[] = {"round-robin", "keyid", NULL};
	struct proxy proxy = {.role = "balancer", .option = "backend"};
	struct http_server_settings settings = {
	    .handler = proxy_handle, .argument = &proxy};
	struct option_list backends = {0}, weaknesses = {0};
	struct tls_settings tls = {0};
	struct tls_context *context;
	int policy = PROXY_ROUND_ROBIN, status;
	const struct option_usage usage = {
	    .command = "victim-server balancer",
	    .does = "Spread HTTP requests over backends.",
	    .rows =
		(const struct option_row[]){
		    OPTION_LIST("backend", &backends, "HOST[:PORT]",
			"one of the servers to forward to; or https://HOST"),
		    PROXY_OPTIONS(&proxy),
		    OPTION_FLAG("retry-unsafe", &proxy.retry_unsafe,
			"no answer: send the same request to the next one"),
		    TLS_INNER_OPTIONS(&tls),
		    OPTION_WORD("policy", &policy, "WORD", policies,
			"how to choose (default round-robin)"),
		    OPTION_NUMBER("listen", &settings.port, 1, 65535,
			"port to listen on (default 80, or 443 with --tls)"),
		    OPTION_LIST("weakness", &weaknesses, "NAME",
			"plant a flaw; SECURITY.md lists them"),
		    OPTION_END,
		},
	    .example = "victim-server balancer --backend backend1 --backend "
		       "backend2",
	};

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (proxy_plant(&proxy, &weaknesses) == -1)
		return EXIT_USAGE;
	if (lab_join("victim-server") == -1)
		return EXIT_INTERNAL;
	proxy.policy = (enum proxy_policy)policy;
	if (tls_context_inner(&tls, &settings.port, &context) == -1)
		return EXIT_USAGE;
	settings.tls = context;
	status = proxy_serve(&proxy, &backends, &settings);
	tls_context_free(context);
	return status;
}

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
	    .port = 80, .handler = proxy_handle, .argument = &proxy};
	struct option_list backends = {0}, weaknesses = {0};
	int policy = PROXY_ROUND_ROBIN;
	const struct option_usage usage = {
	    .command = "victim-server balancer",
	    .does = "Spread HTTP requests over backends.",
	    .rows =
		(const struct option_row[]){
		    OPTION_LIST("backend", &backends, "HOST[:PORT]",
			"one of the servers to forward to"),
		    OPTION_WORD("policy", &policy, "WORD", policies,
			"how to choose (default round-robin)"),
		    OPTION_NUMBER("listen", &settings.port, 1, 65535,
			"port to listen on (default 80)"),
		    OPTION_NUMBER("lose-answers", &proxy.lose_answers, 1, 1000,
			"do not pass on the first N answers"),
		    OPTION_LIST("weakness", &weaknesses, "NAME",
			"plant a flaw; SECURITY.md lists them"),
		    OPTION_END,
		},
	    .example = "victim-server balancer --backend backend1 --backend "
		       "backend2",
	};

	switch (option_read(&usage, argc, argv, NULL)) {
	case OPTIONS_READ:
		break;
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	if (proxy_plant(&proxy, &weaknesses) == -1)
		return EXIT_USAGE;
	if (lab_join("victim-server") == -1)
		return EXIT_INTERNAL;
	proxy.policy = (enum proxy_policy)policy;
	return proxy_serve(&proxy, &backends, &settings);
}

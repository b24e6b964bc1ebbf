/* SPDX-License-Identifier: MIT */
/*
 * victim-server: the bank that is replayed at, in three roles.
 *
 *	client --TLS--> gateway --HTTP--> balancer --HTTP--> backend -> ledger
 */
#include "backend/ledger_sqlite.h"
#include "loop.h"
#include "option.h"
#include "roles.h"

#include <openssl/crypto.h>
#include <stdio.h>

static const struct command commands[] = {
    {"gateway", gateway_main, "end TLS and pass requests on"},
    {"balancer", balancer_main, "spread requests over backends"},
    {"backend", backend_main, "check requests and keep the ledger"},
    {NULL, NULL, NULL},
};

static void
print_versions(void)
{
	puts(OpenSSL_version(OPENSSL_VERSION));
	printf("libevent %s\n", loop_version());
	printf("SQLite %s\n", ledger_sqlite_version());
}

int
main(int argc, char *argv[])
{
	return command_run("victim-server",
	    "The lab's bank: one role of it in each process.", commands,
	    print_versions, argc, argv);
}

/* SPDX-License-Identifier: MIT */
/*
 * victim-client: a customer's program, honest and done right.
 *
 *	request -> signing -> session -> outcome	transfer, balance
 *
 * It protects each request as its options say and reports what became of it.
 * Whatever an attacker achieves, he achieves without its help.
 */
#include "commands.h"
#include "exit_code.h"
#include "lab.h"
#include "option.h"

#include <openssl/crypto.h>
#include <stdio.h>

static const struct command commands[] = {
    {"transfer", transfer_main, "move money from one account to another"},
    {"balance", balance_main, "ask what an account holds"},
    {NULL, NULL, NULL},
};

static void
print_versions(void)
{
	puts(OpenSSL_version(OPENSSL_VERSION));
}

int
main(int argc, char *argv[])
{
	if (lab_join("victim-client") == -1)
		return EXIT_INTERNAL;
	return command_run("victim-client",
	    "Use the bank of a lab as an honest customer does.", commands,
	    print_versions, argc, argv);
}

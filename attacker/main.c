/* SPDX-License-Identifier: MIT */
/*
 * attacker: records conversations of the lab, looks at them, plays them back.
 *
 *	capture -> reassemble -> tape			attacker record
 *				 tape -> reassemble	attacker show
 *				 tape -> select -> inject	attacker inject
 *				 tape -> select -> connection	attacker replay
 *	capture -> rules -> port			attacker relay
 *	connection -> connection			attacker intercept
 *				 tape -> select -> edit -> connection
 *							attacker tamper
 */
#include "commands.h"
#include "exit_code.h"
#include "lab.h"
#include "option.h"

#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <stdio.h>

static const struct command commands[] = {
    {"record", record_main, "write a conversation to a tape"},
    {"show", show_main, "print what is on a tape"},
    {"inject", inject_main, "put a copy into a live connection"},
    {"replay", replay_main, "send a copy over a connection of its own"},
    {"tamper", tamper_main, "change a copy, then send it"},
    {"relay", relay_main, "pass on what two hosts say, with rules"},
    {"intercept", intercept_main, "be a TLS server to its clients, live"},
    {NULL, NULL, NULL},
};

static void
print_versions(void)
{
	puts(OpenSSL_version(OPENSSL_VERSION));
	puts(pcap_lib_version());
}

int
main(int argc, char *argv[])
{
	if (lab_join("attacker") == -1)
		return EXIT_INTERNAL;
	return command_run("attacker",
	    "Record, look at and replay what passes in a lab's network.",
	    commands, print_versions, argc, argv);
}

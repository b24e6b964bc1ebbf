/* SPDX-License-Identifier: MIT */
/*
 * replaylab: runs the lab's scenarios, each on a network of its own.
 *
 *	scenario file -> sandbox -> plant -> programs -> evidence -> verdict
 *
 * It starts the other programs and reads what they say; it shares no code with
 * them beyond common/.
 */
#include "commands.h"

#include "option.h"

#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <sqlite3.h>
#include <stdio.h>

static const struct command commands[] = {
    {"list", list_main, "name the scenarios"},
    {"show", show_main, "tell one: story, clauses, commands"},
    {"run", run_main, "play scenarios and judge them"},
    {"matrix", matrix_main, "one table of attacks and defences"},
    {"report", report_main, "write a run's report, to read in a browser"},
    {"explain", explain_main, "tell why the copies of a run were refused"},
    {"shell", shell_main, "a prompt on a host of the lab"},
    {"doctor", doctor_main, "can this machine run the lab?"},
    {"class", class_main, "a lab for each student of a class"},
    {"grade", grade_main, "judge what students handed in"},
    {"export", export_main, "the network for containerlab or Kathara"},
    {"prepare", prepare_main, "make the folder of a lab started otherwise"},
    {"postgresql", postgresql_main, "a PostgreSQL server on a lab's host"},
    {"redis", redis_main, "a Redis server on a lab's host"},
    {"stock", stock_main, "a stock server or client in a victim's place"},
    {"host", host_main, "the first process of a host's container"},
    {NULL, NULL, NULL},
};

static void
versions(void)
{
	printf("%s\n%s\nSQLite %s\n", OpenSSL_version(OPENSSL_VERSION),
	    pcap_lib_version(), sqlite3_libversion());
}

int
main(int argc, char *argv[])
{
	return command_run("replaylab",
	    "Replay attacks on TLS and HTTP, played in a lab of their own and "
	    "judged by the\nvictim's ledger.",
	    commands, versions, argc, argv);
}

/* SPDX-License-Identifier: MIT */
/* replaylab doctor: can this machine run the lab, and if not, what helps? */
#include "commands.h"

#include "exit_code.h"
#include "ground/egress.h"
#include "ground/engine.h"
#include "ground/plant.h"
#include "ground/sandbox.h"
#include "lab_clock.h"
#include "option.h"
#include "story/library.h"

#include <err.h>
#include <errno.h>
#include <linux/landlock.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define DISK_LEAST_MIB 200

static bool
say(bool good, const char *what, const char *how)
{
	printf("%s  %-18s %s\n", good ? "ok  " : "FAIL", what, how);
	return good;
}

static bool
check_kernel(void)
{
	struct utsname name;

	uname(&name);
	return say(strcmp(name.sysname, "Linux") == 0, "kernel", name.release);
}

static bool
check_namespaces(void)
{
	const char *missing = sandbox_missing();

	return say(missing == NULL, "namespaces",
	    missing != NULL  ? missing
	    : geteuid() == 0 ? "user, network, mount, process (as root)"
			     : "user, network, mount, process (no root)");
}

static int
build_network(void *argument)
{
	struct plant plant;

	(void)argument;
	return plant_build(&plant, WIRING_SWITCH, NULL) == -1;
}

static bool
check_network(void)
{
	int64_t began = true_now();
	char how[160];
	int status = -1;
	pid_t pid = sandbox_spawn(build_network, NULL);

	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	snprintf(how, sizeof(how),
	    status == 0 ? "veth and bridge; lab up and down in %.0f ms"
			: "veth or bridge is missing; as root: modprobe -a "
			  "veth bridge",
	    (double)(true_now() - began) / 1e6);
	return say(status == 0, "network", how);
}

/* Without these the lab runs, and says so: locks that are not there. */
static void
check_confinement(void)
{
	const char *missing = egress_missing();
	long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	char how[192];

	snprintf(how, sizeof(how),
	    "the attacker has no lock 5: no nftables at egress (%s); Linux "
	    "5.16 with nf_tables has it",
	    missing);
	printf("%s  %-18s %s\n", missing == NULL ? "ok  " : "warn",
	    "egress filter",
	    missing == NULL ? "nftables, on the attacker's links" : how);
	snprintf(how, sizeof(how),
	    "version %ld; the attacker opens no file once he works", landlock);
	printf("%s  %-18s %s\n", landlock > 0 ? "ok  " : "warn", "landlock",
	    landlock > 0 ? how
			 : "a part of the attacker's lock 7 is missing; Linux "
			   "5.13 has it, if it is switched on at boot (lsm=)");
}

static bool
check_programs(void)
{
	static const char *const programs[] = {
	    "attacker", "victim-client", "victim-server"};
	char path[4200];

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", library_programs(),
		    programs[i]);
		if (access(path, X_OK) == -1)
			return say(
			    false, "programs", "not all built; type make");
	}
	return say(true, "programs", library_programs());
}

static bool
check_scenarios(const char *where)
{
	struct library l;
	char how[64];
	bool good = library_open(&l, where) == 0;

	snprintf(how, sizeof(how), "%zu readable", l.count);
	library_close(&l);
	return say(good, "scenarios", how);
}

/* Time stamps are compared with what certificates and windows say. */
static bool
check_clock(void)
{
	char now[RFC3339_SIZE];
	int64_t year2025 = INT64_C(1735689600) * NANOSECONDS;

	rfc3339(true_now(), now);
	return say(true_now() > year2025, "clock",
	    true_now() > year2025 ? now : "set wrong; set it with date -s");
}

static bool
check_disk(void)
{
	struct statvfs disk;
	char how[96];
	unsigned long mib = 0;

	if (statvfs(".", &disk) == 0)
		mib = (unsigned long)(disk.f_bavail * disk.f_frsize >> 20);
	snprintf(how, sizeof(how), "%lu MiB free here%s", mib,
	    mib < DISK_LEAST_MIB ? "; 200 are wanted for evidence" : "");
	return say(mib >= DISK_LEAST_MIB && access(".", W_OK) == 0, "disk",
	    access(".", W_OK) == 0 ? how : "this folder cannot be written");
}

/* Nobody needs them: what is missing is said, and is no failure. */
static void
tell_containers(enum engine_kind kind)
{
	const struct engine engine = {.kind = kind};
	const char *missing = engine_missing(&engine);

	printf("%s  %-18s %s\n", missing == NULL ? "ok  " : "none",
	    engine_words[kind],
	    missing == NULL ? "for --engine, with its image" : missing);
}

int
doctor_main(int argc, char *argv[])
{
	const char *where = NULL;
	bool good = true;
	char versions[160];
	const struct option_usage usage = {
	    .command = "replaylab doctor",
	    .does = "Check this machine: each line is ok, or says what "
		    "helps.\nWhat is none is not needed.",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT(
			"scenarios", &where, "DIR", "read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab doctor",
	};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	snprintf(versions, sizeof(versions), "%s; %s; SQLite %s",
	    OpenSSL_version(OPENSSL_VERSION_STRING), pcap_lib_version(),
	    sqlite3_libversion());
	good &= check_kernel();
	good &= check_namespaces();
	good &= check_network();
	check_confinement();
	good &= say(true, "libraries", versions);
	good &= check_programs();
	good &= check_scenarios(where);
	good &= check_clock();
	good &= check_disk();
	tell_containers(ENGINE_PODMAN);
	tell_containers(ENGINE_DOCKER);
	return good ? EXIT_AS_EXPECTED : EXIT_SKIPPED;
}

/* SPDX-License-Identifier: MIT */
/*
 * replaylab postgresql: a real PostgreSQL server on a host of the lab.
 *
 *	initdb, or a copy of another's data -> postgres -> its ledger, kept
 *
 * PostgreSQL refuses to run as uid 0, which everybody is in the lab (but not in
 * a store's container): so it gets a user namespace of its own, where the same
 * user has another number.
 */
#include "store_server.h"

#include "commands.h"
#include "evidence/store_ledger.h"
#include "exit_code.h"
#include "lab.h"
#include "play/installed.h"
#include "stock.h"

#include <err.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UID "1"
#define AS_ANOTHER "unshare", "--user", "--map-user=" UID, "--map-group=" UID
#define WHO "-U", "replaylab", "-p", "5432"
#define AS_ANOTHER_WORDS 4
/* What the last one says; a standby says it as soon as it follows. */
#define READY "database system is ready to accept connections"
#define FOLLOWS "started streaming WAL from primary"

static const char *const enters[] = {"nothing", "hang", "promote", NULL};

struct postgresql {
	char folder[64]; /* of its programs, with a slash, or "" */
	char data[4096];
	char ledger[4096];
	bool synchronous, crash;
	const char *standby_of;
	int enter;
};

/* The newest of Debian's, which are not in PATH; else what is in PATH. */
static bool
find_programs(struct postgresql *p)
{
	glob_t found;
	bool good;

	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) != 0)
		return is_installed("postgres") && is_installed("initdb");
	good = snprintf(p->folder, sizeof(p->folder), "%.*s",
		   (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) -
			 strlen("postgres")),
		   found.gl_pathv[found.gl_pathc - 1]) < (int)sizeof(p->folder);
	globfree(&found);
	return good;
}

static const char *
program(const struct postgresql *p, const char *name, char into[128])
{
	snprintf(into, 128, "%s%s", p->folder, name);
	return into;
}

/* A command line that begins with AS_ANOTHER, or the rest of it. */
static const char *const *
as_another(const char *const words[])
{
	return geteuid() == 0 ? words : &words[AS_ANOTHER_WORDS];
}

/* Everybody in the lab's inner network may come in, and copy. */
static int
let_in(const struct postgresql *p)
{
	char path[4200];
	FILE *rules;

	snprintf(path, sizeof(path), "%s/pg_hba.conf", p->data);
	if ((rules = fopen(path, "we")) == NULL ||
	    fputs("host all,replication all 0.0.0.0/0 trust\n", rules) == EOF ||
	    fclose(rules) == EOF) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

static int
make_data(const struct postgresql *p)
{
	char name[128];
	const char *const new[] = {AS_ANOTHER, program(p, "initdb", name), "-D",
	    p->data, "-U", "replaylab", "--auth=trust", "--no-sync",
	    "--locale=C", "--encoding=UTF8", "--wal-segsize=1", NULL};
	const char *const copy[] = {AS_ANOTHER,
	    program(
		p, p->standby_of == NULL ? "initdb" : "pg_basebackup", name),
	    "-D", p->data, "-h", p->standby_of, WHO, "-R", "-X", "stream", "-c",
	    "fast", "--no-sync", /* so that the witness keeps up: */
	    "--compress=server-gzip:1", "--max-rate=4M", NULL};

	if (p->standby_of != NULL)
		return store_server_run(as_another(copy), NULL);
	return store_server_run(as_another(new), NULL) == 0 ? let_in(p) : -1;
}

static int
ask(struct postgresql *p, const char *sql, struct buffer *out)
{
	char name[128];
	const char *const words[] = {program(p, "psql", name), "-h",
	    store_server_address(), WHO, "-X", "-q", "-A", "-t", "-F", "\t",
	    "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres", NULL};

	return store_server_run(words, out);
}

static int
promote(void *argument)
{
	return ask(argument, "SELECT pg_promote()", NULL);
}

/* The verdict is not to depend on what a backend says of it: read the table. */
static int
keep_ledger(void *argument)
{
	struct postgresql *p = argument;
	struct buffer rows = {0};
	int outcome = ask(p,
	    "SELECT seq, id, amount, src_ip, at FROM transfer ORDER BY seq",
	    &rows);

	if (outcome == 0)
		outcome = store_ledger_write(p->ledger, buffer_bytes(&rows));
	buffer_clear(&rows);
	return outcome;
}

static int
serve(struct postgresql *p)
{
	char name[128], listen[80], standbys[64];
	const char *const words[] = {AS_ANOTHER, program(p, "postgres", name),
	    "-D", p->data, "-p", "5432", "-c", listen, "-c",
	    "unix_socket_directories=", "-c", "shared_buffers=16MB", "-c",
	    "max_connections=20", "-c", "min_wal_size=2MB", "-c",
	    "max_wal_size=16MB", "-c", "autovacuum=off", "-c", standbys, NULL};
	struct store_server server = {
	    .words = as_another(words),
	    .ready = p->standby_of == NULL ? READY : FOLLOWS,
	    .enter = (enum store_enter)p->enter,
	    .act = promote,
	    .last = keep_ledger,
	    .argument = p,
	    .end_signal = SIGINT,
	    .crash = p->crash,
	};

	snprintf(listen, sizeof(listen), "listen_addresses=%s",
	    store_server_address());
	snprintf(standbys, sizeof(standbys), "synchronous_standby_names=%s",
	    p->synchronous ? "*" : "");
	return store_server_serve(&server);
}

static int
run(void *argument)
{
	struct postgresql *p = argument;
	char host[64] = "", name[96], postgres[128];
	const char *const version[] = {postgres, "--version", NULL};
	const char *ledger;
	bool fresh;

	if (!find_programs(p))
		return stock_absent("PostgreSQL", "postgresql");
	gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "ledger-%s.sqlite", host);
	if (store_server_place(p->data, sizeof(p->data), &fresh) == -1)
		return EXIT_USAGE;
	if ((ledger = lab_file(name)) == NULL || lab_join("postgresql") == -1)
		return EXIT_INTERNAL;
	snprintf(p->ledger, sizeof(p->ledger), "%s", ledger);
	program(p, "postgres", postgres);
	stock_announce(version);
	if (store_ledger_begin(p->ledger) == -1 ||
	    (fresh && make_data(p) == -1))
		return EXIT_INTERNAL;
	return serve(p);
}

int
postgresql_main(int argc, char *argv[])
{
	struct postgresql p = {0};
	const struct option_row rows[] = {
	    OPTION_TEXT("standby-of", &p.standby_of, "HOST",
		"copy that server's data and follow it"),
	    OPTION_FLAG("synchronous", &p.synchronous,
		"commit only what a standby has, too"),
	    OPTION_WORD("on-enter", &p.enter, "WHAT", enters,
		"Enter makes it hang, and go on again; or promotes a standby"),
	    OPTION_FLAG("crash", &p.crash, "end by SIGKILL, as a crash does"),
	    OPTION_END,
	};
	const struct option_usage usage = {
	    .command = "replaylab postgresql",
	    .does = "Inside a lab: a PostgreSQL server for this host.",
	    .rows = rows,
	    .example = "replaylab shell store --empty -- replaylab postgresql",
	};

	return store_server_command(&usage, argc, argv, run, &p);
}

/* SPDX-License-Identifier: MIT */
/* replaylab stock: the command, and what its two halves share. */
#include "stock/stock.h"

#include "bytes.h"
#include "commands.h"
#include "event.h"
#include "exit_code.h"
#include "lab.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * MAC-then-encrypt needs no setting in the servers: the lab's own side neither
 * offers nor accepts encrypt-then-MAC (RFC 7366 section 2 takes both).
 */
static const struct stock_suite suites[] = {
    {"tls12-cbc", "ECDHE-RSA-AES128-SHA256",
	"NONE:+VERS-TLS1.2:+ECDHE-RSA:+AES-128-CBC:+SHA256:+GROUP-ALL:"
	"+SIGN-ALL:+COMP-NULL"},
    {"tls12-gcm", "ECDHE-RSA-AES128-GCM-SHA256",
	"NONE:+VERS-TLS1.2:+ECDHE-RSA:+AES-128-GCM:+AEAD:+GROUP-ALL:"
	"+SIGN-ALL:+COMP-NULL"},
    {"tls12-chacha", "ECDHE-RSA-CHACHA20-POLY1305",
	"NONE:+VERS-TLS1.2:+ECDHE-RSA:+CHACHA20-POLY1305:+AEAD:+GROUP-ALL:"
	"+SIGN-ALL:+COMP-NULL"},
    {"tls12-rsa", "AES128-GCM-SHA256",
	"NONE:+VERS-TLS1.2:+RSA:+AES-128-GCM:+AEAD:+GROUP-ALL:+SIGN-ALL:"
	"+COMP-NULL"},
    {"tls13", NULL, "NORMAL:-VERS-ALL:+VERS-TLS1.3"},
};

static int
read_suite(struct stock *s)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (strcmp(s->word, suites[i].word) == 0)
			s->suite = &suites[i];
	if (s->suite == NULL)
		warnx("%s is no suite for a stock program; there are "
		      "tls12-cbc, tls12-gcm, tls12-chacha, tls12-rsa and tls13",
		    s->word);
	return s->suite == NULL ? -1 : 0;
}

/* A balancer speaks plain HTTP on both sides. */
static int
read_balancer(const struct stock *s)
{
	bool nginx = strcmp(s->program, "nginx") == 0;

	if (!nginx && strcmp(s->program, "haproxy") != 0)
		warnx("--backend is for nginx and haproxy, not %s", s->program);
	else if (s->word != NULL || s->upstream != NULL)
		warnx("--backend goes with neither a suite nor --upstream");
	else if (nginx && s->redispatch)
		warnx("--redispatch is for haproxy; nginx always does that");
	else
		return 0;
	return -1;
}

/* PROGRAM or PROGRAM+SUITE: a value of `over` can name both. */
static int
read_program(struct stock *s, const char *operand)
{
	size_t length = strcspn(operand, "+");

	if (snprintf(s->program, sizeof(s->program), "%.*s", (int)length,
		operand) >= (int)sizeof(s->program))
		s->program[0] = '\0';
	if (operand[length] == '+') {
		if (s->word != NULL) {
			warnx(
			    "two suites: %s and --suite %s", operand, s->word);
			return -1;
		}
		s->word = strchr(operand, '+') + 1;
	}
	if (s->default_host && strcmp(s->program, "nginx") != 0) {
		warnx("--default-host is for nginx, not %s", s->program);
		return -1;
	}
	if (s->backends.count > 0)
		return read_balancer(s);
	if (s->timeout != 0 || s->redispatch || s->retry_unsafe) {
		warnx("--timeout, --redispatch and --retry-unsafe go with "
		      "--backend");
		return -1;
	}
	if (s->word == NULL)
		s->word = "tls13";
	return read_suite(s);
}

int
stock_absent(const char *program, const char *package)
{
	warnx("%s is not installed; apt-get install %s", program, package);
	return EXIT_SKIPPED;
}

int
stock_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if ((fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		warn("signals");
	return fd;
}

static void
become(const char *const words[], int in, int out, int errors)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    (in != -1 && dup2(in, STDIN_FILENO) == -1) ||
	    (out != -1 && dup2(out, STDOUT_FILENO) == -1) ||
	    (errors != -1 && dup2(errors, STDERR_FILENO) == -1))
		_exit(EXIT_INTERNAL);
	execvp(words[0], (char **)words);
	_exit(EXIT_INTERNAL);
}

pid_t
stock_child(const char *const words[], int in, int out, int errors)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0)
		become(words, in, out, errors);
	if (pid == -1)
		warn("%s", words[0]);
	return pid;
}

const char *
stock_announce(const char *const words[])
{
	static char version[128];
	int ends[2];
	ssize_t length = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		err(EXIT_INTERNAL, "%s", words[0]);
	pid = stock_child(words, -1, ends[1], ends[1]);
	close(ends[1]);
	if (pid != -1) {
		length = read(ends[0], version, sizeof(version) - 1);
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	version[length > 0 ? length : 0] = '\0';
	version[strcspn(version, "\n")] = '\0';
	event_begin("stock");
	event_text("version", version);
	event_end();
	return version;
}

/* "bad record mac" as RFC 8446 section 6 spells it. */
void
stock_alert_begin(struct bytes words)
{
	char name[64];
	size_t i;

	for (i = 0; i < words.left && i + 1 < sizeof(name); i++)
		name[i] = words.at[i] == ' ' ? '_' : (char)tolower(words.at[i]);
	name[i] = '\0';
	event_begin("tls_alert");
	event_text("direction", "sent");
	event_text("level", "fatal");
	event_text("description", name);
}

static int
run(struct stock *s, int count, char *operands[])
{
	bool client;

	if (count < 1 || read_program(s, operands[0]) == -1) {
		if (count < 1)
			warnx("replaylab stock: which program?  There are "
			      "nginx, haproxy, lighttpd-LIBRARY, s_server and "
			      "curl");
		return EXIT_USAGE;
	}
	client = strcmp(s->program, "curl") == 0;
	if (client != (count == 2 && strcmp(operands[1], "transfer") == 0) ||
	    count > 2) {
		warnx("replaylab stock: curl takes the word transfer, and no "
		      "server does");
		return EXIT_USAGE;
	}
	if (lab_file("manifest.json") == NULL) {
		warnx("replaylab stock: there is no lab here; see replaylab "
		      "shell");
		return EXIT_USAGE;
	}
	if (lab_join(s->program) == -1)
		return EXIT_INTERNAL;
	return client ? stock_pay(s) : stock_serve(s);
}

int
stock_main(int argc, char *argv[])
{
	struct stock s = {0};
	int first, status;
	const struct option_row rows[] = {
	    OPTION_TEXT("suite", &s.word, "SUITE",
		"tls12-cbc, tls12-gcm, tls12-chacha, tls12-rsa, tls13; also "
		"as PROGRAM+SUITE"),
	    OPTION_TEXT("upstream", &s.upstream, "HOST",
		"servers: forward to this host's port 80"),
	    OPTION_FLAG("default-host", &s.default_host,
		"nginx: tell upstream the Host that nginx would by itself, "
		"which is upstream's name"),
	    OPTION_LIST("backend", &s.backends, "HOST",
		"nginx, haproxy: balance plain HTTP over port 80 of these"),
	    OPTION_NUMBER("timeout", &s.timeout, 1, 60000,
		"with --backend: wait so long for an answer (ms)"),
	    OPTION_FLAG("redispatch", &s.redispatch,
		"haproxy with --backend: go to the next one after a failed "
		"connection"),
	    OPTION_FLAG("retry-unsafe", &s.retry_unsafe,
		"with --backend: send even a POST to the next one if there "
		"is no answer"),
	    OPTION_TEXT("from", &s.from, "ACCOUNT", "curl: whose money"),
	    OPTION_TEXT("to", &s.to, "ACCOUNT", "curl: who gets it"),
	    OPTION_NUMBER("amount", &s.amount, 1, 1000000000, "curl: how much"),
	    OPTION_LIST("id", &s.ids, "ID", "curl: a transfer of that name"),
	    OPTION_FLAG("step", &s.step,
		"curl: wait for Enter before every transfer but the first"),
	    OPTION_FLAG("watch", &s.watch,
		"curl: while it waits, have the head of that transfer sent "
		"and the connection watched"),
	    OPTION_TEXT("connect", &s.connect, "HOST",
		"curl: go there instead of to the gateway"),
	    OPTION_END,
	};
	const struct option_usage usage = {
	    .command = "replaylab stock",
	    .does = "Inside a lab: run a stock program in a victim's place "
		    "and pass on what it says.",
	    .operands = "nginx|haproxy|lighttpd-LIBRARY|s_server|curl transfer",
	    .rows = rows,
	    .example = "replaylab shell gateway --empty -- replaylab stock "
		       "nginx --upstream balancer",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	return run(&s, argc - first, argv + first);
}

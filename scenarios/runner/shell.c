/* SPDX-License-Identifier: MIT */
/*
 * replaylab shell: the lab up, its servers running, and a prompt (or a command)
 * on one of its hosts.  The lab is gone when the prompt is left.
 */
#include "commands.h"

#include "evidence/testimony.h"
#include "exit_code.h"
#include "ground/network.h"
#include "join.h"
#include "option.h"
#include "play/run_folder.h"
#include "play/stage.h"
#include "story/library.h"
#include "story/scenario_command.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct shell {
	const char *host;
	const struct scenario *scenario; /* whose servers run, or NULL */
	const char *value;
	bool empty; /* no servers at all */
	bool join;  /* a lab that runs already */
	bool hub;
	char *const *command; /* NULL-ended; NULL: a prompt */
	char folder[4096];
	struct engine engine;
};

static bool
is_up(struct stage *s, void *argument)
{
	const struct process *p = argument;

	(void)s;
	return p->ready > 0 || p->ended;
}

static int
start_server(struct stage *s, const char *host, const char *const words[])
{
	struct process *p = stage_spawn(s, host, words, false);
	char last[256];

	if (p == NULL)
		return -1;
	stage_await(s, is_up, p, STAGE_DEADLINE_MS);
	if (p->ready > 0 && !p->ended)
		return 0;
	warnx("%s on %s did not start: %s", p->name, host,
	    stage_last_words(s, p, last, sizeof(last)));
	return -1;
}

static int
start_scenario_server(
    struct stage *s, const struct shell *sh, const struct scenario_step *step)
{
	struct scenario_command c;

	if (!scenario_command(sh->scenario, step, sh->value, &c)) {
		warnx("%s, line %u: a word is too long", sh->scenario->id,
		    step->line);
		return -1;
	}
	return start_server(s, step->actor, c.words);
}

static int
start_servers(struct stage *s, const struct shell *sh)
{
	const struct scenario *scenario = sh->scenario;

	if (sh->empty)
		return 0;
	if (scenario == NULL) {
		for (size_t i = 0; network_servers[i][0] != NULL; i++)
			if (start_server(s, network_servers[i][0],
				network_servers[i] + 1) == -1)
				return -1;
		return 0;
	}
	for (size_t i = 0; i < scenario->step_count; i++)
		if (scenario->steps[i].verb == VERB_START &&
		    network_serves(scenario->steps[i].actor) &&
		    start_scenario_server(s, sh, &scenario->steps[i]) == -1)
			return -1;
	return 0;
}

static bool
has_ended(struct stage *s, void *argument)
{
	const struct process *p = argument;

	(void)s;
	return p->ended;
}

/* The command, or the user's shell, or what there is in a container. */
static const char *const *
choose_words(const struct shell *sh, const char *prompt[2])
{
	prompt[0] = getenv("SHELL") == NULL ? "/bin/sh" : getenv("SHELL");
	prompt[1] = NULL;
	return sh->command == NULL ? prompt : (const char *const *)sh->command;
}

/* What was done by hand is told in the capture as what a story does. */
static void
hear_witness(struct stage *s, const char *folder)
{
	static struct observation o;
	const struct executions none = {0};
	const bool heard = s->witness != NULL;

	if (stage_end_hosts(s) == -1 || !heard)
		return;
	observe(&s->evidence, &none, &o);
	testimony_clear(testimony_of(folder, &s->evidence, &o));
}

static int
inside(void *argument)
{
	const struct shell *sh = argument;
	const char *prompt[2];
	const char *const *words = choose_words(sh, prompt);
	struct stage stage;
	struct process *p;
	int outcome = EXIT_INTERNAL;
	enum scenario_wiring wiring = sh->hub ? WIRING_HUB : WIRING_SWITCH;

	signal(SIGINT, SIG_IGN); /* Ctrl-C is for what runs in the shell */
	if (!sh->hub && sh->scenario != NULL)
		wiring = sh->scenario->wiring;
	if (stage_open(&stage, &sh->engine, sh->folder, library_programs(),
		wiring, NULL) == -1 ||
	    (!engine_has_containers(&sh->engine) &&
		join_publish(&stage) == -1)) {
		stage_close(&stage);
		return EXIT_INTERNAL;
	}
	if (engine_has_containers(&sh->engine))
		prompt[0] = ground_has(&stage.ground, "bash") ? "bash" : "sh";
	if (start_servers(&stage, sh) == 0 &&
	    (p = stage_spawn(&stage, sh->host, words, true)) != NULL) {
		while (!stage_await(&stage, has_ended, p, STAGE_DEADLINE_MS) &&
		       !stage.failed)
			;
		outcome = p->exit_code;
	}
	(void)stage_note_egress(&stage);
	hear_witness(&stage, sh->folder);
	stage_close(&stage);
	return outcome;
}

static int
run_shell(struct shell *sh, const char *runs)
{
	struct run_folder folder;
	const char *missing = engine_missing(&sh->engine);
	int status;
	pid_t pid;

	if (missing != NULL) {
		warnx("the lab cannot run here: %s", missing);
		return EXIT_SKIPPED;
	}
	stage_warn();
	if (run_folder_create(&folder, runs) == -1)
		return EXIT_INTERNAL;
	if (run_folder_add(
		&folder, "shell", NULL, sh->folder, sizeof(sh->folder)) == -1 ||
	    engine_begin(&sh->engine, folder.path) == -1 ||
	    (pid = engine_spawn(&sh->engine, inside, sh)) == -1) {
		engine_end(&sh->engine);
		run_folder_remove(&folder, NULL);
		return EXIT_INTERNAL;
	}
	if (!engine_has_containers(&sh->engine))
		join_publish_pid(sh->folder, pid);
	if (sh->command == NULL)
		fprintf(stderr,
		    "On %s; evidence goes to %s.  `exit` ends the lab.%s\n",
		    sh->host, sh->folder,
		    engine_has_containers(&sh->engine)
			? ""
			: "  From another terminal: replaylab shell HOST "
			  "--join");
	signal(SIGINT, SIG_IGN);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	engine_clean(&sh->engine);
	engine_end(&sh->engine);
	run_folder_finish(&folder);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
join_shell(struct shell *sh, const char *runs)
{
	const char *prompt[2];

	if (join_find(runs, sh->folder, sizeof(sh->folder)) == -1)
		return EXIT_USAGE;
	return join_run(
	    sh->folder, library_programs(), sh->host, choose_words(sh, prompt));
}

/* The scenario NAME, or NAME.VALUE. */
static int
find_scenario(struct shell *sh, const struct library *l, const char *name)
{
	size_t length = strcspn(name, ".");

	for (size_t i = 0; i < l->count; i++) {
		const struct scenario *s = l->entries[i].scenario;

		if (strlen(s->id) != length ||
		    strncmp(s->id, name, length) != 0)
			continue;
		sh->scenario = s;
		sh->value = name[length] == '.'  ? name + length + 1
			    : s->value_count > 0 ? s->values[0]
						 : NULL;
		return 0;
	}
	warnx("no scenario is called %s; replaylab list names them", name);
	return -1;
}

int
shell_main(int argc, char *argv[])
{
	const char *where = NULL, *runs = "runs", *name = NULL;
	struct shell sh = {.host = "client"};
	struct library l;
	int first, outcome;
	const struct option_usage usage = {
	    .command = "replaylab shell",
	    .does = "Bring the lab up and give a prompt on one of its hosts "
		    "(default: client), or run\na command there and exit with "
		    "its status.",
	    .operands = "[HOST] [-- COMMAND...]",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT("with", &name, "NAME",
			"the servers and wiring of this scenario"),
		    OPTION_FLAG(
			"join", &sh.join, "in the lab another terminal has up"),
		    OPTION_WORD("engine", &sh.engine.kind, "ENGINE",
			engine_words,
			"hosts are netns (the default), podman or docker"),
		    OPTION_TEXT("image", &sh.engine.image, "NAME",
			"the containers' (default: replaylab)"),
		    OPTION_FLAG("empty", &sh.empty, "start no servers"),
		    OPTION_FLAG("hub", &sh.hub,
			"hubs instead of switches: all hear all"),
		    OPTION_TEXT("runs", &runs, "DIR",
			"keep evidence here (default: runs)"),
		    OPTION_TEXT("scenarios", &where, "DIR|FILE",
			"read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab shell attacker --hub -- attacker record "
		       "--on outer",
	};

	if ((outcome = option_status(&usage, argc, argv, &first)) != -1)
		return outcome;
	if (first < argc)
		sh.host = argv[first++];
	if (first < argc)
		sh.command = argv + first;
	if (network_program(sh.host) == NULL) {
		warnx("%s is no host of the lab; there are client, client2, "
		      "attacker, gateway, gateway2, balancer, backend1, "
		      "backend2, store and store2",
		    sh.host);
		return EXIT_USAGE;
	}
	if (sh.join && engine_has_containers(&sh.engine)) {
		warnx("--join is for a lab of namespaces");
		return EXIT_USAGE;
	}
	if (sh.join)
		return join_shell(&sh, runs);
	if (library_open(&l, where) == -1 ||
	    (name != NULL && find_scenario(&sh, &l, name) == -1))
		outcome = EXIT_USAGE;
	else
		outcome = run_shell(&sh, runs);
	library_close(&l);
	return outcome;
}

/* SPDX-License-Identifier: MIT */
/* replaylab explain: why the copies of a run were refused, number by number. */
#include "commands.h"

#include "evidence/evidence.h"
#include "evidence/result.h"
#include "exit_code.h"
#include "explain_capture.h"
#include "option.h"
#include "story/library.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_frames(const cJSON *copy)
{
	static const char *const names[] = {"recorded", "replayed", "refused"};
	const cJSON *frames = cJSON_GetObjectItemCaseSensitive(copy, "frames");
	const char *before = "  frames     ";

	for (size_t i = 0; i < 3; i++) {
		long frame = (long)event_get_number(frames, names[i]);

		if (frame == 0)
			continue;
		printf("%s%s in %ld", before, names[i], frame);
		before = ", ";
	}
	if (*before == ',')
		putchar('\n');
}

static const char *
keys_words(const char *keys)
{
	if (strcmp(keys, "former") == 0)
		return " of keys that have been changed since";
	if (strcmp(keys, "other-side") == 0)
		return " of the other direction, under its keys";
	if (strcmp(keys, "other-connection") == 0)
		return " of another connection, under its keys";
	return "";
}

/* Of a DTLS record: what it says, and what had come before it. */
static void
print_window(const cJSON *e)
{
	const cJSON *had_come = cJSON_GetObjectItemCaseSensitive(e, "had_come");

	printf("  says       record %ld%s\n",
	    (long)event_get_number(e, "number"),
	    cJSON_IsTrue(had_come)    ? ", which had come before"
	    : cJSON_IsFalse(had_come) ? ", which had not come before"
				      : "");
	if (cJSON_GetObjectItemCaseSensitive(e, "highest") != NULL)
		printf("  highest    record %ld\n",
		    (long)event_get_number(e, "highest"));
}

static void
print_record(const cJSON *e)
{
	const char *algorithm = event_get_text(e, "algorithm");
	const char *what = strncmp(algorithm, "HMAC", 4) == 0 ? "MAC" : "tag";

	printf("  made as    record %ld%s\n",
	    (long)event_get_number(e, "made_as"),
	    keys_words(event_get_text(e, "keys")));
	if (cJSON_GetObjectItemCaseSensitive(e, "number") != NULL)
		print_window(e);
	else
		printf("  expected   record %ld\n",
		    (long)event_get_number(e, "expected"));
	printf("  carried    %s %s (%s)\n", what, event_get_text(e, "carried"),
	    algorithm);
	printf("  right was  %s %s\n", what, event_get_text(e, "right"));
}

static void
print_row(const cJSON *e, const char *name, const char *title)
{
	const char *value = event_get_text(e, name);

	if (*value != '\0')
		printf("  %-32s %s\n", title, value);
}

static void
print_handshake(const cJSON *e)
{
	const char *whose = event_get_text(e, "random");
	char title[64];

	snprintf(title, sizeof(title), "%s's random, recorded", whose);
	print_row(e, "random_recorded", title);
	snprintf(title, sizeof(title), "%s's random, now", whose);
	print_row(e, "random_now", title);
	print_row(e, "session_id_sent", "the client's session id");
	print_row(e, "session_id_echoed", "ServerHello echoes");
	print_row(e, "certificate", "the certificate is that of");
	print_row(e, "server_name", "the client asked for");
	print_row(e, "verify_data_carried", "the recorded Finished says");
	print_row(e, "verify_data_right", "here it would have to say");
	print_row(e, "ticket", "its ticket was");
	print_row(e, "ticket_fingerprint", "the ticket's fingerprint");
	print_row(e, "binder", "its binder");
	if (cJSON_GetObjectItemCaseSensitive(e, "ended_before") != NULL)
		printf("  %-32s %ld\n", "no close_notify, and no record",
		    (long)event_get_number(e, "ended_before"));
}

static void
print_copy(const cJSON *copy, int number)
{
	const cJSON *e = cJSON_GetObjectItemCaseSensitive(copy, "explanation");
	const char *detail = event_get_text(copy, "detail");
	const char *at = event_get_text(copy, "at");

	printf("copy %d", number);
	if (*at != '\0')
		printf("  %s: %s", at, *detail == '\0' ? "-" : detail);
	putchar('\n');
	print_frames(copy);
	if (cJSON_GetObjectItemCaseSensitive(e, "made_as") != NULL)
		print_record(e);
	else if (e != NULL)
		print_handshake(e);
}

/* 0, or -1 if there is no result in that folder. */
static int
explain_folder(const char *folder, const char *name)
{
	cJSON *result = result_read(folder);
	const cJSON *copy;
	int number = 0;

	if (result == NULL)
		return -1;
	printf("%s  %s\n%s\n", name, event_get_text(result, "title"),
	    event_get_text(result, "sentence"));
	cJSON_ArrayForEach(copy, cJSON_GetObjectItemCaseSensitive(result,
				     "copies")) print_copy(copy, ++number);
	cJSON_Delete(result);
	return 0;
}

/* A story of that run, or all its values; how many there were. */
static int
explain_in(const char *run, const char *name)
{
	char folder[8192];
	struct dirent **entries;
	int count = scandir(run, &entries, NULL, alphasort), explained = 0;

	for (int i = 0; i < count; i++) {
		const char *entry = entries[i]->d_name;

		snprintf(folder, sizeof(folder), "%s/%s", run, entry);
		if (*entry != '.' &&
		    (name == NULL || library_asks_for(name, entry)) &&
		    explain_folder(folder, entry) == 0)
			explained++;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return explained;
}

/* A folder as it is typed, or a name in the newest run. */
static int
explain(const char *runs, const char *what)
{
	char latest[4096];
	const char *name = what == NULL ? NULL : strrchr(what, '/');

	if (what != NULL &&
	    explain_folder(what, name == NULL ? what : name + 1) == 0)
		return 1;
	snprintf(latest, sizeof(latest), "%s/latest", runs);
	if (what != NULL && name != NULL)
		return explain_in(what, NULL);
	return explain_in(latest, what);
}

/* "runs/latest/R1.tls13/" is the folder without its slash. */
static void
cut_slashes(char *what)
{
	size_t length = strlen(what);

	while (length > 1 && what[length - 1] == '/')
		what[--length] = '\0';
}

static void
tell_nothing(const char *runs, const char *what)
{
	if (what == NULL)
		warnx("%s: no result is there; replaylab run makes one", runs);
	else if (strchr(what, '/') != NULL)
		warnx("%s: no result is there; name the folder of a run or of "
		      "a play",
		    what);
	else
		warnx("no result of %s below %s; play it first", what, runs);
}

int
explain_main(int argc, char *argv[])
{
	const char *runs = "runs", *capture = NULL, *key_log = NULL;
	int first, status;
	const struct option_usage usage = {
	    .command = "replaylab explain",
	    .does = "Tell why the copies of a run were refused: numbers, MACs "
		    "and randoms.\nOr tell of each record of TLS or DTLS in "
		    "any capture what its MAC or tag is made of.",
	    .operands = "[NAME|FOLDER]...",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT(
			"runs", &runs, "DIR", "look for the newest run here"),
		    OPTION_TEXT("capture", &capture, "FILE",
			"pcap or pcapng, of whatever programs"),
		    OPTION_TEXT("key-log", &key_log, "FILE",
			"its secrets, as SSLKEYLOGFILE has them"),
		    OPTION_END,
		},
	    .example = "replaylab explain R1.tls13",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if ((capture == NULL) != (key_log == NULL) ||
	    (capture != NULL && first < argc)) {
		warnx("replaylab explain: --capture and --key-log belong "
		      "together, and take no name");
		return EXIT_USAGE;
	}
	if (capture != NULL)
		return explain_capture(capture, key_log) == 0 ? EXIT_AS_EXPECTED
							      : EXIT_USAGE;
	for (int i = first; i < argc || i == first; i++) {
		if (i < argc)
			cut_slashes(argv[i]);
		if (explain(runs, i < argc ? argv[i] : NULL) > 0)
			continue;
		tell_nothing(runs, i < argc ? argv[i] : NULL);
		return EXIT_USAGE;
	}
	return EXIT_AS_EXPECTED;
}

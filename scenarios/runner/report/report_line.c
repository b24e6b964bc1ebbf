/* SPDX-License-Identifier: MIT */
/* The verdict table, and the same for machines. */
#include "report_line.h"

#include "evidence/evidence.h"
#include "evidence/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TABLE_FORMAT "%-4s %-*s %-43s %-17s %-20s %s\n"

static bool
in_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_color == NULL || !*no_color);
}

static int
variant_width(const struct report_counts *counts)
{
	return counts->width > 12 ? counts->width : 12;
}

void
report_begin(
    enum report_form form, size_t plays, const struct report_counts *counts)
{
	switch (form) {
	case REPORT_TABLE:
		printf(TABLE_FORMAT, "", variant_width(counts), "variant",
		    "attack", "stopped by", "ledger", "verdict");
		break;
	case REPORT_TAP:
		printf("KTAP version 1\n1..%zu\n", plays);
		break;
	case REPORT_JSON:
		break;
	}
	fflush(stdout);
}

const char *
report_ledger_words(const cJSON *result, char *into, size_t size)
{
	static const char *const times[] = {"never", "once", "twice"};
	const cJSON *entry;
	size_t length = 0;

	into[0] = '\0';
	cJSON_ArrayForEach(
	    entry, cJSON_GetObjectItemCaseSensitive(result, "executed"))
	{
		const char *id = event_get_text(entry, "id");
		int64_t count = event_get_number(entry, "times");
		char number[16];

		if (strncmp(id, "control-", 8) == 0 || length >= size)
			continue;
		snprintf(number, sizeof(number), "%ldx", (long)count);
		length += (size_t)snprintf(into + length, size - length,
		    "%s%s %s", length == 0 ? "" : ", ", id,
		    count < 3 ? times[count] : number);
	}
	return into;
}

static void
print_row(const struct play *p, const cJSON *result, const char *verdict,
    const struct report_counts *counts)
{
	const char *colour =
	    strcmp(verdict, "FAIL") == 0 || strcmp(verdict, "XPASS") == 0
		? "\033[1;31m"
	    : strcmp(verdict, "SKIP") == 0 ? "\033[33m"
					   : "\033[32m";
	char ledger[160], painted[64];
	const char *reason = event_get_text(result, "reason");
	const char *sentence = event_get_text(result, "sentence");

	snprintf(painted, sizeof(painted),
	    in_colour() ? "%s%s\033[0m" : "%.0s%s", colour, verdict);
	printf(TABLE_FORMAT, p->scenario->id, variant_width(counts),
	    p->value == NULL ? "" : p->value, p->scenario->title,
	    event_get_text(result, "stopped_by"),
	    report_ledger_words(result, ledger, sizeof(ledger)), painted);
	if (*sentence != '\0')
		printf("     %s\n", sentence);
	if (*reason != '\0')
		printf("     %s: %s\n", p->file, reason);
}

static void
print_tap(const struct play *p, const char *name, const cJSON *result,
    const char *verdict, size_t number)
{
	bool good =
	    strcmp(verdict, "FAIL") != 0 && strcmp(verdict, "XPASS") != 0;
	const char *reason = event_get_text(result, "reason");

	printf("%s %zu %s", good ? "ok" : "not ok", number, name);
	if (strcmp(verdict, "SKIP") == 0)
		printf(" # SKIP %s", reason);
	else if (strcmp(verdict, "XFAIL") == 0)
		printf(" # XFAIL %s", reason);
	putchar('\n');
	if (!good)
		printf("# %s: %s\n", p->file, reason);
}

static void
count(struct report_counts *counts, const char *verdict)
{
	if (strcmp(verdict, "PASS") == 0 || strcmp(verdict, "XFAIL") == 0)
		counts->passed++;
	else if (strcmp(verdict, "SKIP") == 0)
		counts->skipped++;
	else
		counts->failed++;
}

void
report_line(enum report_form form, const struct play *p, const char *name,
    int status, size_t number, struct report_counts *counts)
{
	/* Else what is there may be by a host, not by the runner. */
	cJSON *result = status == 0 ? result_read(p->folder) : NULL;
	const char *verdict = event_get_text(result, "result");
	char *line, reason[64] = "the runner failed; see above";

	if (WIFSIGNALED(status))
		snprintf(reason, sizeof(reason),
		    "the runner was killed by signal %d", WTERMSIG(status));
	if (result == NULL) {
		counts->broken++;
		result = cJSON_CreateObject();
		cJSON_AddStringToObject(result, "id", p->scenario->id);
		cJSON_AddStringToObject(result, "result", "FAIL");
		cJSON_AddStringToObject(result, "reason", reason);
		verdict = "FAIL";
	}
	count(counts, verdict);
	switch (form) {
	case REPORT_TABLE:
		print_row(p, result, verdict, counts);
		break;
	case REPORT_TAP:
		print_tap(p, name, result, verdict, number);
		break;
	case REPORT_JSON:
		line = cJSON_PrintUnformatted(result);
		puts(line == NULL ? "{}" : line);
		free(line);
		break;
	}
	fflush(stdout);
	cJSON_Delete(result);
}

void
report_end(enum report_form form, const struct report_counts *counts,
    int64_t milliseconds, const char *folder)
{
	if (form == REPORT_JSON)
		return;
	printf("%s%zu as expected, %zu not, %zu skipped, in %.1f s.  "
	       "Evidence: %s/report.html\n",
	    form == REPORT_TAP ? "# " : "\n", counts->passed, counts->failed,
	    counts->skipped, (double)milliseconds / 1000, folder);
}

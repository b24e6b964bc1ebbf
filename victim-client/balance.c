/* SPDX-License-Identifier: MIT */
/* victim-client balance: ask what an account holds. */
#include "commands.h"
#include "event.h"
#include "exit_code.h"
#include "json.h"
#include "lab_clock.h"
#include "request.h"
#include "session.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <stdio.h>

/* What the answer says the account holds; false if it does not. */
static bool
read_amount(struct reply *r, int64_t *amount)
{
	cJSON *root = cJSON_Parse(buffer_text(&r->content));
	const cJSON *balance =
	    cJSON_GetObjectItemCaseSensitive(root, "balance");
	bool found = reply_accepted(r) && cJSON_IsNumber(balance);

	if (found)
		*amount = (int64_t)cJSON_GetNumberValue(balance);
	cJSON_Delete(root);
	return found;
}

static void
print_json(const char *account, const struct reply *r, const int64_t *amount)
{
	struct buffer line = {0};

	json_open(&line, '{');
	json_member_text(&line, "account", account);
	if (amount != NULL)
		json_member_number(&line, "amount", *amount);
	reply_put_json(r, &line);
	json_close(&line, '}');
	puts(buffer_text(&line));
	buffer_clear(&line);
}

/* amount is NULL if there is none to report. */
static void
report(const struct session_settings *settings, const char *account,
    const struct reply *r, const int64_t *amount)
{
	event_begin("balance");
	event_text("account", account);
	if (amount != NULL)
		event_number("amount", *amount);
	reply_put_event(r);
	event_end();
	if (settings->json) {
		print_json(account, r, amount);
	} else if (amount != NULL) {
		printf("%s: %lld\n", account, (long long)*amount);
	} else {
		printf("%s: ", account);
		reply_print(r);
		putchar('\n');
	}
}

static int
balance(const struct session_settings *settings, struct session *s,
    const char *account)
{
	struct buffer request = {0};
	struct reply reply = {0};
	int64_t amount;
	bool known = false;

	if (request_balance(&request, session_authority(s), account,
		session_signing(s), lab_now() / NANOSECONDS) == 0 &&
	    session_exchange(s, buffer_bytes(&request), &reply) == 0) {
		known = read_amount(&reply, &amount);
		report(settings, account, &reply, known ? &amount : NULL);
	}
	reply_clear(&reply);
	buffer_clear(&request);
	return known ? EXIT_AS_EXPECTED : EXIT_DIFFERS;
}

int
balance_main(int argc, char *argv[])
{
	struct session_settings settings = {0};
	const char *account = NULL;
	const struct option_row rows[] = {
	    OPTION_TEXT("account", &account, "ACCOUNT", "which one"),
	    SESSION_OPTIONS(&settings),
	    OPTION_END,
	};
	const struct option_usage usage = {"victim-client balance",
	    "Ask what an account holds.", NULL, rows,
	    "victim-client balance --account alice"};
	struct session *s;
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (account == NULL) {
		warnx("victim-client balance: --account is needed");
		return EXIT_USAGE;
	}
	if ((s = session_open(&settings)) == NULL)
		return EXIT_USAGE;
	status = balance(&settings, s, account);
	session_close(s);
	return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * attacker relay: in the path between two hosts of a switched network.  Here
 * are its words; what it does with them is in relay/relaying.h.
 *
 * Connections that began before us are joined where one side begins a record
 * or a message; from there on they are counted.  Those that were edited do not
 * outlive us: their two ends no longer agree on sequence numbers, and nobody
 * is left to translate.
 */
#include "commands.h"
#include "confine/confine.h"
#include "exit_code.h"
#include "option.h"
#include "relay/relaying.h"
#include "until.h"

#include <err.h>

static int
relay(struct relaying_orders *orders)
{
	switch (relaying_run(orders)) {
	case RELAYING_DONE:
		return EXIT_AS_EXPECTED;
	case RELAYING_NOT_OPENED:
		return EXIT_USAGE;
	case RELAYING_NO_POSITION:
		return EXIT_DIFFERS;
	case RELAYING_FAILED:
		break;
	}
	return EXIT_INTERNAL;
}

static int
enter(struct relaying_orders *orders, const char *network)
{
	static struct manifest targets; /* large, and borrowed by `between` */
	enum between_verdict verdict;

	if (confine_enter(&targets) == -1)
		return EXIT_REFUSED;
	verdict =
	    between_read(&targets, orders->names, network, &orders->between);
	if (verdict != BETWEEN_GOOD) {
		warnx("attacker relay: between: \"%s\" %s", orders->names,
		    between_text(verdict));
		return verdict == BETWEEN_UNKNOWN ? EXIT_REFUSED : EXIT_USAGE;
	}
	return relay(orders);
}

static int
add_rules(struct relaying_orders *r,
    const struct option_list lists[RULE_ACTIONS], long conversation)
{
	for (int action = 0; action < RULE_ACTIONS; action++)
		for (size_t i = 0; i < lists[action].count; i++) {
			const char *words = lists[action].item[i];

			if (rules_add(&r->rules, (enum rule_action)action,
				words, (size_t)conversation))
				continue;
			warnx("attacker relay: %s: \"%s\" names no record or "
			      "request; say client:5, server:next or "
			      "\"request 1\"",
			    rule_action_name((enum rule_action)action), words);
			return -1;
		}
	return 0;
}

int
relay_main(int argc, char *argv[])
{
	static struct relaying_orders r;
	struct option_list lists[RULE_ACTIONS] = {0};
	const char *network = NULL, *until = NULL;
	long conversation = 0;
	const struct option_row rows[] = {
	    OPTION_TEXT("between", &r.names, "A,B", "two hosts of the lab"),
	    OPTION_TEXT("on", &network, "INTERFACE",
		"where they meet, if on several networks"),
	    OPTION_LIST("hold", &lists[RULE_HOLD], "UNIT",
		"stop there, go on at Enter or --release-after"),
	    OPTION_LIST("drop", &lists[RULE_DROP], "UNIT", "leave it out"),
	    OPTION_LIST("duplicate", &lists[RULE_DUPLICATE], "UNIT",
		"deliver it twice"),
	    OPTION_LIST("swap", &lists[RULE_SWAP], "UNIT",
		"deliver the one behind it first"),
	    OPTION_LIST("reflect", &lists[RULE_REFLECT], "UNIT",
		"deliver it, and give it back to its sender too"),
	    OPTION_LIST("cut", &lists[RULE_CUT], "UNIT",
		"end the stream in its place (FIN)"),
	    OPTION_NUMBER("release-after", &r.release_after, 1, 1000000000,
		"release when so many more of its kind and side passed"),
	    OPTION_NUMBER("conversation", &conversation, 1, 1000000000,
		"rules speak of that one; default: the first that fits"),
	    OPTION_TEXT("until", &until, "\"N UNIT\"",
		"leave after N requests, records, frames or edits"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker relay",
	    "Get between two hosts by ARP and pass on what they say.  A UNIT "
	    "is a TLS or DTLS record\n(client:5, server:7), an HTTP request "
	    "(\"request "
	    "1\"), each counted from the beginning\nof its connection, or "
	    "the next one after Enter (client:next, \"request next\"),\nor "
	    "the Nth behind that (client:next+N).",
	    NULL, rows,
	    "attacker relay --between client,gateway --drop client:5"};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (r.names == NULL) {
		warnx("attacker relay: --between A,B is needed");
		return EXIT_USAGE;
	}
	if (!until_read(until, UNTIL_EDITS, &r.until)) {
		warnx("attacker relay: until: \"%s\" is not a number and one "
		      "of requests, records, frames, edits",
		    until);
		return EXIT_USAGE;
	}
	if (add_rules(&r, lists, conversation) == -1)
		return EXIT_USAGE;
	return enter(&r, network);
}

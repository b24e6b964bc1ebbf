/* SPDX-License-Identifier: MIT */
#ifndef EDIT_REPORT_H
#define EDIT_REPORT_H

#include "datagram_relay.h"
#include "tcp_pair.h"

/*
 * What a rule does, as the evidence has it: `copy_sent` for what goes to
 * somebody who would not have got it now, `withheld` for what does not go to
 * somebody who would have.  Counted by action.
 */
struct edit_counts {
	uint64_t acted[RULE_ACTIONS]; /* by enum rule_action */
	uint64_t released;
	uint64_t bytes_added, bytes_removed;
};

/* Write the event and a line for a person, before any byte moves. */
void edit_report(struct edit_counts *counts, const struct tcp_edit *edit);
void edit_report_datagram(
    struct edit_counts *counts, const struct datagram_edit *edit);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef EARLY_GATE_H
#define EARLY_GATE_H

#include "backend/nonce_memory.h"
#include "option.h"
#include "tls_context.h"

/*
 * What a gateway lets in as early data: by which rule, whose copies it would
 * notice, and for which methods.
 *
 *	EARLY_GATE_OPTIONS -> early_gate_open -> early_gate_allows ...
 *	    -> early_gate_close
 */
struct early_gate_options {
	int rule; /* enum early_data_rule */
	const char *store, *ticket_keys, *methods;
	bool quarantine;
};

#define EARLY_GATE_OPTIONS(o)                                                  \
	OPTION_WORD("early-data", &(o)->rule, "RULE", early_data_rules,        \
	    "refuse (default), accept, single-use, once or wait"),             \
	    OPTION_TEXT("early-data-store", &(o)->store, "WHERE",              \
		"what once remembers: memory (default), or FILE"),             \
	    OPTION_FLAG("early-data-quarantine", &(o)->quarantine,             \
		"take none that may have come before a restart"),              \
	    OPTION_TEXT("early-data-methods", &(o)->methods, "LIST",           \
		"only these, such as GET,HEAD; else answer 425"),              \
	    OPTION_TEXT("ticket-keys", &(o)->ticket_keys, "FILE",              \
		"keys of session tickets; made if it is not there")

struct early_gate {
	const char *methods; /* NULL: all; borrowed */
	struct nonce_memory *taken;
};

/*
 * Put the rule into the settings of a TLS server, which then borrow the gate.
 * After lab_join, whose clock and folder it needs.  -1 after a warning.
 */
int early_gate_open(struct early_gate *g, const struct early_gate_options *o,
    struct tls_settings *tls);
void early_gate_close(struct early_gate *g);

/* May a request with this method be served from early data (RFC 8470 4)? */
bool early_gate_allows(const struct early_gate *g, struct bytes method);

#endif

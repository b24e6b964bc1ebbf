/* SPDX-License-Identifier: MIT */
#ifndef DECISION_H
#define DECISION_H

#include "backend/defence.h"
#include "backend/ledger.h"
#include "backend/metrics.h"
#include "backend/route.h"

/*
 * What was decided about a request: all that its client is told.  Who decides
 * is service.c; this is how a decision is put into words.  Pure but for the
 * challenge that a 401 gives out.
 */
struct decision {
	enum route route;
	enum verdict verdict;
	enum check check;         /* which found that */
	struct transfer transfer; /* of ROUTE_TRANSFER */
	struct receipt receipt;   /* of a transfer that was carried out */
	struct account account;   /* that the path names, if it does */
	int64_t version;          /* of that account: ledger_account_version */
	int64_t at;               /* seconds, by the clock of this host */
};

/* 201 for a transfer that is accepted, else verdict_status. */
int decision_status(const struct decision *d);

/*
 * The entity tag of the account's version, without its quotes: what the answer
 * has as ETag, and If-Match is held against (RFC 9110 section 13.1.1).
 */
#define DECISION_TAG_SIZE 22 /* with its NUL */
void decision_tag(const struct decision *d, char into[DECISION_TAG_SIZE]);

/*
 * The whole answer; clear the draft afterwards.  The policy gives the scheme
 * and the issuer of challenges, the metrics are the content of ROUTE_METRICS.
 */
void decision_draft(const struct decision *d,
    const struct defence_policy *policy, const struct metrics *metrics,
    struct http_draft *draft);

#endif

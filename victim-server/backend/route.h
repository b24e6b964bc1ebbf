/* SPDX-License-Identifier: MIT */
#ifndef ROUTE_H
#define ROUTE_H

#include "backend/bank.h"

/*
 * What a request is for, by its method and path:
 *
 *	POST /transfers		a transfer
 *	POST /accounts/NAME	a transfer from that account
 *	GET  /accounts/NAME	what is in it
 *	GET  /healthz, /metrics
 */
enum route {
	ROUTE_TRANSFER,
	ROUTE_BALANCE,
	ROUTE_HEALTH,
	ROUTE_METRICS,
	ROUTE_NOWHERE,
};

/* Sets the account's name where the path has one, and nothing else of it. */
enum route route_find(
    struct bytes method, struct bytes path, struct account *account);

/*
 * Does the route serve the method?  ROUTE_NOWHERE refuses none: it is not
 * found, whatever the method.  unsafe_get: WEAK_UNSAFE_GET.
 */
bool route_allows(enum route route, struct bytes method, bool unsafe_get);

/*
 * The methods of the path, as the field Allow lists them (RFC 9110 section
 * 10.2.1); "" of ROUTE_NOWHERE.
 */
const char *route_methods(enum route route);

#endif

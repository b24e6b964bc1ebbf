/* SPDX-License-Identifier: MIT */
/* The paths of the backend, and the methods of each. */
#include "backend/route.h"

#include <string.h>

#define ACCOUNTS "/accounts/"

static enum route
find_path(struct bytes path, struct account *account)
{
	struct bytes prefix;

	if (bytes_equal_text(path, "/transfers"))
		return ROUTE_TRANSFER;
	if (bytes_equal_text(path, "/healthz"))
		return ROUTE_HEALTH;
	if (bytes_equal_text(path, "/metrics"))
		return ROUTE_METRICS;
	if (bytes_take(&path, strlen(ACCOUNTS), &prefix) &&
	    bytes_equal_text(prefix, ACCOUNTS) &&
	    account_name_read(path, account->name))
		return ROUTE_BALANCE;
	return ROUTE_NOWHERE;
}

enum route
route_find(struct bytes method, struct bytes path, struct account *account)
{
	enum route route = find_path(path, account);

	if (route == ROUTE_BALANCE && bytes_equal_text(method, "POST"))
		return ROUTE_TRANSFER;
	return route;
}

bool
route_allows(enum route route, struct bytes method, bool unsafe_get)
{
	bool get = bytes_equal_text(method, "GET");

	if (route == ROUTE_TRANSFER)
		return bytes_equal_text(method, "POST") || (get && unsafe_get);
	return route == ROUTE_NOWHERE || get ||
	       bytes_equal_text(method, "HEAD");
}

const char *
route_methods(enum route route)
{
	switch (route) {
	case ROUTE_TRANSFER: /* the weakness unsafe-get does not tell */
		return "POST";
	case ROUTE_BALANCE:
		return "GET, HEAD, POST";
	case ROUTE_HEALTH:
	case ROUTE_METRICS:
		return "GET, HEAD";
	case ROUTE_NOWHERE:
		break;
	}
	return "";
}

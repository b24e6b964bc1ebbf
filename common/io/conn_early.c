/* SPDX-License-Identifier: MIT */
/* What a connection says of its early data; one without TLS has none. */
#include "conn_tls.h"

bool
conn_offer_early_data(struct conn *c, struct bytes data)
{
	return conn_under(c) != NULL &&
	       conn_tls_offer_early_data(conn_under(c), data);
}

enum early_data_state
conn_early_data(const struct conn *c)
{
	return conn_under(c) == NULL ? EARLY_DATA_NONE
				     : conn_tls_early_data(conn_under(c));
}

bool
conn_is_early(const struct conn *c)
{
	return conn_under(c) != NULL && conn_tls_is_early(conn_under(c));
}

/* SPDX-License-Identifier: MIT */
#include "conn_end.h"

#include <errno.h>

const char *
conn_end_name(enum conn_end end)
{
	switch (end) {
	case CONN_DONE:
		return "done";
	case CONN_EOF:
		return "eof";
	case CONN_TRUNCATED:
		return "truncated";
	case CONN_RESET:
		return "reset";
	case CONN_TIMEOUT:
		return "timeout";
	case CONN_TLS_ERROR:
		return "tls-error";
	case CONN_ERROR:
		return "error";
	}
	return "error";
}

enum conn_end
conn_end_of(int cause)
{
	if (cause == ECONNRESET || cause == EPIPE)
		return CONN_RESET;
	return cause == 0 ? CONN_EOF : CONN_ERROR;
}

/* SPDX-License-Identifier: MIT */
#ifndef LIBPQ_H
#define LIBPQ_H

#include <libpq-fe.h>

/*
 * libpq, loaded when a backend asks for it.  It comes with Kerberos, LDAP and
 * GnuTLS, twenty libraries that every gateway and balancer would map as well;
 * and where it is not installed, all else goes on.
 */
#define LIBPQ_FUNCTIONS(DO)                                                    \
	DO(clear)                                                              \
	DO(cmdStatus)                                                          \
	DO(connectPoll)                                                        \
	DO(connectStartParams)                                                 \
	DO(consumeInput)                                                       \
	DO(errorMessage)                                                       \
	DO(finish)                                                             \
	DO(flush)                                                              \
	DO(getResult)                                                          \
	DO(getvalue)                                                           \
	DO(isBusy)                                                             \
	DO(ntuples)                                                            \
	DO(resultErrorMessage)                                                 \
	DO(resultStatus)                                                       \
	DO(sendQuery)                                                          \
	DO(sendQueryParams)                                                    \
	DO(setNoticeReceiver)                                                  \
	DO(setnonblocking)                                                     \
	DO(socket)                                                             \
	DO(status)

/* libpq's own functions, by their names less PQ. */
struct libpq {
#define LIBPQ_MEMBER(name) __typeof__(PQ##name) *name;
	LIBPQ_FUNCTIONS(LIBPQ_MEMBER)
#undef LIBPQ_MEMBER
};

/* The same for all; NULL after a warning. */
const struct libpq *libpq_load(void);

#endif

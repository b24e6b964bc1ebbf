/* SPDX-License-Identifier: MIT */
#ifndef SERVICE_H
#define SERVICE_H

#include "defence.h"
#include "http_server.h"
#include "ledger.h"

/*
 * The backend's answers.  Requests handled since the last settling share one
 * transaction; none is answered, and no event says how it went, before that
 * transaction is on disk.
 *
 *	service_new -> (service_handle ... -> service_settle) ... ->
 *	service_free
 *
 * It has no loop of its own: `due` asks the caller to settle soon.
 */
struct service;

struct service_settings {
	struct defence_policy policy;
	const struct keyring *keys;  /* borrowed; may be NULL without checks */
	struct ledger *ledger;       /* borrowed */
	struct nonce_memory *nonces; /* borrowed; NULL: the ledger's own */
	long lose_answers;           /* so many transfers are not answered */
	void (*due)(void *argument);
	void *argument;
};

struct service *service_new(const struct service_settings *settings);
void service_free(struct service *s); /* NULL is allowed; settle before */

/* An http_handler; its argument is the service. */
void service_handle(
    struct exchange *x, const struct http_message *request, void *argument);

/* Commit what was handled and answer it. */
void service_settle(struct service *s);

#endif

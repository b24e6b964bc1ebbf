/* SPDX-License-Identifier: MIT */
/* Describing a copy. */
#include "copy.h"

#include "event.h"
#include "http_message.h"
#include "tls_record.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/* The "id" of a transfer's JSON content. */
static void
describe_content(struct copy *copy, struct bytes content)
{
	cJSON *root;
	const char *id;

	if (content.left == 0)
		return;
	root = cJSON_ParseWithLength((const char *)content.at, content.left);
	id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "id"));
	if (id != NULL && strlen(id) < sizeof(copy->id))
		strcpy(copy->id, id);
	cJSON_Delete(root);
}

static bool
describe_request(struct copy *copy, struct bytes payload)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *message;
	bool complete =
	    http_reader_feed(reader, &payload, &message) == HTTP_COMPLETE;

	if (complete) {
		http_request_fingerprint(message, copy->fingerprint);
		describe_content(copy, message->content);
	}
	http_reader_free(reader);
	return complete;
}

void
copy_describe(struct copy *copy, struct bytes payload)
{
	struct bytes in = payload;
	struct tls_record record;

	copy->id[0] = '\0';
	if (tls_record_take(&in, &record) == TLS_RECORD_COMPLETE)
		fingerprint(&record.whole, 1, copy->fingerprint);
	else if (!describe_request(copy, payload))
		fingerprint(&payload, 1, copy->fingerprint);
}

void
copy_event_flow(
    const struct endpoint *initiator, const struct endpoint *responder)
{
	char address[INET6_ADDRSTRLEN];

	event_text("src_ip", endpoint_address(initiator, address));
	event_number("src_port", initiator->port);
	event_text("dest_ip", endpoint_address(responder, address));
	event_number("dest_port", responder->port);
}

void
copy_event_sent(const struct copy *copy, const struct endpoint *initiator,
    const struct endpoint *responder)
{
	event_begin("copy_sent");
	event_text("kind", selection_kind_name(copy->kind));
	event_number("count", 1);
	if (copy->side == SIDE_SERVER)
		event_text("side", "server");
	event_text("fingerprint", copy->fingerprint);
	if (copy->original[0] != '\0')
		event_text("original", copy->original);
	event_number("length", (int64_t)copy->length);
	if (copy->id[0] != '\0')
		event_text("id", copy->id);
	copy_event_flow(initiator, responder);
	if (copy->datagram)
		event_text("proto", "UDP");
	if (copy->has_seq) {
		event_number("tcp_seq", copy->seq);
		event_number("tcp_ack", copy->ack);
	}
	event_end();
}

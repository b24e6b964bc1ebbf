/* SPDX-License-Identifier: MIT */
/*
 *	frame -> did its sender's port bring it?    -> view "sent"
 *	      -> is its receiver's address on it?   -> view "received"
 *
 *	view -> record, request, segment, answer    -> copies
 *	     -> record, opened or refused           -> explanation
 *
 * A record that is sent is made with the keys and the number that were due; one
 * that is received is good or not with those that are due there.
 */
#include "hearing.h"

#include "fingerprint.h"
#include "ground/network.h"
#include "witness_file.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define ETHERNET 1

/* The host whose port has that number, in the order of the witness. */
static const char *
host_of_port(uint32_t port)
{
	const struct manifest *m = &network_manifest;

	for (size_t h = 0; h < m->host_count; h++) {
		if (port < m->hosts[h].interface_count)
			return m->hosts[h].name;
		port -= (uint32_t)m->hosts[h].interface_count;
	}
	return "";
}

static bool
owns(const char *host, const struct endpoint *e)
{
	char address[INET6_ADDRSTRLEN];
	const struct manifest_host *owner =
	    manifest_host_at(&network_manifest, endpoint_address(e, address));

	return owner != NULL && strcmp(owner->name, host) == 0;
}

/* Does the frame bear the MAC address of who has the IP address? */
static bool
is_delivered(const struct segment *s)
{
	char address[INET6_ADDRSTRLEN], mac[18];
	const struct manifest_host *owner = manifest_host_at(
	    &network_manifest, endpoint_address(&s->dest, address));

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x",
	    s->dest_mac[0], s->dest_mac[1], s->dest_mac[2], s->dest_mac[3],
	    s->dest_mac[4], s->dest_mac[5]);
	for (size_t i = 0; owner != NULL && i < owner->interface_count; i++)
		if (strcmp(owner->interfaces[i].address, address) == 0)
			return strcmp(owner->interfaces[i].mac, mac) == 0;
	return false;
}

bool
hearing_is_between(const cJSON *event, const struct endpoint *client,
    const struct endpoint *server)
{
	char address[INET6_ADDRSTRLEN];

	return event_get_number(event, "src_port") == client->port &&
	       event_get_number(event, "dest_port") == server->port &&
	       strcmp(event_get_text(event, "src_ip"),
		   endpoint_address(client, address)) == 0 &&
	       strcmp(event_get_text(event, "dest_ip"),
		   endpoint_address(server, address)) == 0;
}

static bool
is_on(const cJSON *event, const struct conversation *c)
{
	return hearing_is_between(event, &c->side[SIDE_CLIENT].endpoint,
	    &c->side[SIDE_SERVER].endpoint);
}

/* Was it announced before the frame that is being heard? */
static bool
is_announced(const struct testimony *t, const cJSON *event)
{
	return strcmp(event_get_text(event, "timestamp"), t->at) <= 0;
}

static bool
is_withheld(const struct testimony *t, size_t i)
{
	return t->observation->copies[i].missing;
}

/* A copy that these bytes are the original of has its first frame. */
static void
hear_original(struct testimony *t, const char *name)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);
		const char *original = event_get_text(event, "original");

		if (*original == '\0')
			original = event_get_text(event, "fingerprint");
		/* What is withheld is announced when it is there. */
		if (t->copies[i].recorded == 0 && strcmp(original, name) == 0 &&
		    (is_withheld(t, i) || !is_announced(t, event)))
			t->copies[i].recorded = t->frame;
	}
}

/* Words of his own are no copy of anything, and have no name. */
static bool
is_copy(const cJSON *event, const struct finding *f, const char *name)
{
	const char *copied = event_get_text(event, "fingerprint");

	if (*copied == '\0' &&
	    strcmp(event_get_text(event, "kind"), "stream") == 0)
		return strcmp(event_get_text(event, "side"),
			   side_name(f->side)) == 0;
	return strcmp(copied, name) == 0;
}

bool
hearing_copy(struct testimony *t, const struct finding *f, const char *name)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);

		if (!is_copy(event, f, name) ||
		    !is_on(event, f->conversation) || is_withheld(t, i))
			continue;
		if (t->copies[i].sent == t->frame)
			return true; /* its segment had told already */
		if (t->copies[i].sent == 0 && is_announced(t, event)) {
			t->copies[i].sent = t->frame;
			t->copies[i].from_server = f->side == SIDE_SERVER;
			return true;
		}
	}
	return false;
}

static void
hear_name(struct view *v, const struct finding *f, const char *name)
{
	struct testimony *t = v->testimony;
	bool by_attacker = strcmp(t->port_host, "attacker") == 0;

	if (t->keeps_names)
		buffer_add(&t->names, name, FINGERPRINT_SIZE);
	if (v->kind == VIEW_SENT && !by_attacker)
		hear_original(t, name);
	else if (v->kind == VIEW_RECEIVED && by_attacker)
		(void)hearing_copy(t, f, name);
}

/* As the attacker names what he copies. */
static void
name_segment(struct bytes payload, char name[FINGERPRINT_SIZE])
{
	struct bytes in = payload, rest = payload;
	struct tls_record record;
	struct http_reader *reader;
	const struct http_message *message;

	if (tls_record_take(&in, &record) == TLS_RECORD_COMPLETE) {
		fingerprint(&record.whole, 1, name);
		return;
	}
	reader = http_reader_new(HTTP_REQUEST);
	if (http_reader_feed(reader, &rest, &message) == HTTP_COMPLETE)
		http_request_fingerprint(message, name);
	else
		fingerprint(&payload, 1, name);
	http_reader_free(reader);
}

static bool
is_refused(enum layer stopped_by)
{
	return stopped_by != LAYER_UNKNOWN && stopped_by != LAYER_NOBODY;
}

/* The first answer of that side to a copy that was refused. */
void
hearing_answer(struct testimony *t, const struct endpoint *client,
    const struct endpoint *server, enum side speaker, bool bare)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);
		struct testimony_copy *c = &t->copies[i];
		enum layer layer = t->observation->copies[i].stopped_by;

		if (c->refused != 0 || !is_refused(layer) ||
		    (layer == LAYER_TCP) != bare ||
		    c->from_server == (speaker == SIDE_SERVER) ||
		    !is_announced(t, event) ||
		    (c->sent == 0 && !is_withheld(t, i)) ||
		    !hearing_is_between(event, client, server))
			continue;
		c->refused = t->frame;
	}
}

static void
hear_found_answer(struct view *v, const struct finding *f)
{
	if (v->kind == VIEW_SENT)
		hearing_answer(v->testimony,
		    &f->conversation->side[SIDE_CLIENT].endpoint,
		    &f->conversation->side[SIDE_SERVER].endpoint, f->side,
		    false);
}

/* TCP's own answer is a segment without data (RFC 2883 section 4). */
static void
hear_segment(struct testimony *t, const struct segment *s)
{
	hearing_answer(t, &s->src, &s->dest, SIDE_CLIENT, true);
	hearing_answer(t, &s->dest, &s->src, SIDE_SERVER, true);
}

/* The same connection as its senders have it; the newest. */
static size_t
number_as_sent(const struct testimony *t, const struct conversation *c)
{
	const struct view *sent = &t->view[VIEW_SENT];

	for (size_t i = sent->capacity; i-- > 0;)
		if (sent->heard[i] != NULL &&
		    endpoint_equal(&sent->heard[i]->end[SIDE_CLIENT],
			&c->side[SIDE_CLIENT].endpoint) &&
		    endpoint_equal(&sent->heard[i]->end[SIDE_SERVER],
			&c->side[SIDE_SERVER].endpoint))
			return i + 1;
	return 0;
}

const struct heard *
hearing_received(const struct testimony *t, const cJSON *event)
{
	const struct view *received = &t->view[VIEW_RECEIVED];

	for (size_t i = received->capacity; i-- > 0;)
		if (received->heard[i] != NULL &&
		    hearing_is_between(event,
			&received->heard[i]->end[SIDE_CLIENT],
			&received->heard[i]->end[SIDE_SERVER]))
			return received->heard[i];
	return NULL;
}

static void
make_room(struct view *v, size_t number)
{
	size_t capacity = number * 2;

	if (number <= v->capacity)
		return;
	v->heard = reallocarray(v->heard, capacity, sizeof(v->heard[0]));
	if (v->heard == NULL)
		err(EX_SOFTWARE, "%zu conversations", number);
	for (size_t i = v->capacity; i < capacity; i++)
		v->heard[i] = NULL;
	v->capacity = capacity;
}

/* The reader of that conversation; NULL if there are too many. */
static struct heard *
heard_of(struct view *v, const struct conversation *c)
{
	struct testimony *t = v->testimony;
	struct tls_epochs *epochs = v->kind == VIEW_SENT ? &t->epochs : NULL;
	struct heard *h;

	make_room(v, c->number);
	h = v->heard[c->number - 1];
	if (h != NULL || t->readers == HEARING_READERS_MAX)
		return h;
	if ((h = calloc(1, sizeof(*h))) == NULL)
		err(EX_SOFTWARE, "conversation");
	t->readers++;
	h->first_frame = t->frame;
	for (int side = 0; side < SIDES; side++)
		h->end[side] = c->side[side].endpoint;
	h->conversation =
	    v->kind == VIEW_SENT ? c->number : number_as_sent(t, c);
	tls_reader_init(&h->reader, &t->log, epochs, h->conversation);
	dtls_reader_init(&h->datagrams, &t->log, epochs, h->conversation);
	return v->heard[c->number - 1] = h;
}

/* Copies that TLS refused on that connection are explained by this record. */
static void
hear_refused(
    struct view *v, const struct finding *f, const struct tls_opened *opened)
{
	struct testimony *t = v->testimony;

	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);
		struct testimony_copy *c = &t->copies[i];

		if (t->observation->copies[i].stopped_by == LAYER_TLS_RECORD &&
		    !c->is_explained &&
		    c->from_server == (f->side == SIDE_SERVER) &&
		    is_announced(t, event) && is_on(event, f->conversation))
			c->is_explained =
			    explanation_of(&t->epochs, &opened->epoch,
				f->record, &c->record) == EXPLANATION_FOUND;
	}
}

static void
hear_record(struct view *v, const struct finding *f)
{
	struct heard *h = heard_of(v, f->conversation);
	struct tls_opened opened = {.plaintext.type = f->record->type};
	char name[FINGERPRINT_SIZE];
	enum tls_read read;

	hear_name(v, f, fingerprint(&f->record->whole, 1, name));
	if (h == NULL)
		return;
	if (f->conversation->datagrams) {
		hearing_datagram(v, h, f, name);
		return;
	}
	read = tls_reader_take(
	    &h->reader, f->side == SIDE_SERVER, f->record, &opened);
	if (read == TLS_READ_REFUSED && v->kind == VIEW_RECEIVED)
		hear_refused(v, f, &opened);
	if (read == TLS_READ_OPENED && v->kind == VIEW_RECEIVED)
		hearing_inside(v->testimony, h, f, &opened.plaintext);
	if (f->record->type == TLS_ALERT ||
	    (read == TLS_READ_OPENED && opened.plaintext.type == TLS_ALERT))
		hear_found_answer(v, f);
}

static void
on_found(void *user, const struct finding *f)
{
	struct view *v = user;
	char name[FINGERPRINT_SIZE];

	switch (f->kind) {
	case FOUND_RECORD:
		hear_record(v, f);
		return;
	case FOUND_REQUEST:
		http_request_fingerprint(f->message, name);
		hear_name(v, f, name);
		return;
	case FOUND_SEGMENT:
		if (!v->testimony->names_segments)
			return;
		name_segment(f->segment->payload, name);
		hear_name(v, f, name);
		return;
	case FOUND_RESPONSE:
	case FOUND_FIN:
	case FOUND_RST:
		hear_found_answer(v, f);
		return;
	case FOUND_SYN:
	case FOUND_SYN_ACK:
	case FOUND_ACK:
	case FOUND_DATA:
	case FOUND_HANDSHAKE:
	case FOUND_ENCRYPTED_HANDSHAKE:
	case FOUND_CHANGE_CIPHER_SPEC:
	case FOUND_ENCRYPTION:
	case FOUND_ALERT:
	case FOUND_UNREADABLE:
	case FOUND_GAP:
		return;
	}
}

static void
hear_frame(struct testimony *t, const struct pcapng_packet *packet)
{
	const struct frame frame = {.at = packet->at,
	    .link_type = ETHERNET,
	    .bytes = packet->frame,
	    .length = packet->length};
	enum segment_verdict what;
	struct segment s;

	t->frame++;
	what = segment_read(ETHERNET, packet->frame, &s);
	if (what != SEGMENT_TCP && what != SEGMENT_UDP)
		return;
	rfc3339(packet->at, t->at);
	t->port_host = host_of_port(packet->interface);
	if (owns(t->port_host, &s.src)) {
		if (!s.datagram && s.payload.left == 0)
			hear_segment(t, &s);
		conversations_feed(t->view[VIEW_SENT].conversations, &frame);
	}
	if (is_delivered(&s))
		conversations_feed(
		    t->view[VIEW_RECEIVED].conversations, &frame);
}

static void
open_views(struct testimony *t)
{
	for (int kind = VIEW_SENT; kind <= VIEW_RECEIVED; kind++) {
		t->view[kind].testimony = t;
		t->view[kind].kind = (enum view_kind)kind;
		t->view[kind].conversations =
		    conversations_new(on_found, &t->view[kind]);
	}
}

int
hearing_listen(struct testimony *t, const char *path)
{
	struct witness_file file;
	struct pcapng_block block;
	struct pcapng_packet packet;
	int more;

	if (witness_file_open(&file, path) == -1)
		return -1;
	open_views(t);
	while ((more = witness_file_next(&file, &block)) == 1)
		if (pcapng_block_packet(&block, &packet))
			hear_frame(t, &packet);
	witness_file_close(&file);
	return more;
}

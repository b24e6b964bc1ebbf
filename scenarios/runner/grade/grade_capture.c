/* SPDX-License-Identifier: MIT */
/* Reading a witness for what it is, not for what it tells of the copies. */
#include "grade_capture.h"

#include "evidence/witness_file.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define ETHERNET 1

static bool
has_flow(const struct grade_capture *c, const struct grade_flow *flow)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->flows[i].datagrams == flow->datagrams &&
		    endpoint_equal(&c->flows[i].src, &flow->src) &&
		    endpoint_equal(&c->flows[i].dest, &flow->dest))
			return true;
	return false;
}

static void
add_flow(struct grade_capture *c, const struct grade_flow *flow)
{
	if (has_flow(c, flow))
		return;
	if (c->count == c->capacity) {
		c->capacity = c->capacity == 0 ? 64 : c->capacity * 2;
		c->flows =
		    reallocarray(c->flows, c->capacity, sizeof(c->flows[0]));
		if (c->flows == NULL)
			err(EX_SOFTWARE, "%zu flows", c->capacity);
	}
	c->flows[c->count++] = *flow;
}

static void
take_packet(struct grade_capture *c, const struct pcapng_packet *packet)
{
	enum segment_verdict what;
	struct segment s;
	char at[RFC3339_SIZE];

	c->frames++;
	rfc3339(packet->at, at);
	if (*c->from == '\0' || strcmp(at, c->from) < 0)
		strcpy(c->from, at);
	if (strcmp(at, c->until) > 0)
		strcpy(c->until, at);
	what = segment_read(ETHERNET, packet->frame, &s);
	if (what == SEGMENT_TCP || what == SEGMENT_UDP)
		add_flow(c,
		    &(struct grade_flow){what == SEGMENT_UDP, s.src, s.dest});
}

int
grade_capture_read(struct grade_capture *c, const char *path)
{
	struct witness_file file;
	struct pcapng_block block;
	struct pcapng_packet packet;
	struct pcapng_statistics statistics;
	int more;

	*c = (struct grade_capture){0};
	if (witness_file_open(&file, path) == -1)
		return -1;
	while ((more = witness_file_next(&file, &block)) == 1) {
		if (pcapng_block_packet(&block, &packet))
			take_packet(c, &packet);
		else if (pcapng_block_statistics(&block, &statistics)) {
			rfc3339(statistics.from, c->from);
			rfc3339(statistics.until, c->until);
		}
	}
	witness_file_close(&file);
	return more;
}

void
grade_capture_clear(struct grade_capture *c)
{
	free(c->flows);
	*c = (struct grade_capture){0};
}

static bool
read_endpoint(const cJSON *event, const char *address, const char *port,
    struct endpoint *e)
{
	*e = (struct endpoint){
	    .family = AF_INET, .port = (uint16_t)event_get_number(event, port)};
	return e->port != 0 &&
	       inet_pton(AF_INET, event_get_text(event, address), e->address) ==
		   1;
}

void
grade_capture_compare(const struct grade_capture *c, const struct evidence *e,
    struct grade_notes *notes)
{
	struct grade_flow flow;
	char src[ENDPOINT_SIZE], dest[ENDPOINT_SIZE];

	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i];

		flow.datagrams = event_text_is(event, "proto", "UDP");
		if (!read_endpoint(event, "src_ip", "src_port", &flow.src) ||
		    !read_endpoint(event, "dest_ip", "dest_port", &flow.dest) ||
		    has_flow(c, &flow))
			continue;
		grade_note(notes, "capture",
		    "no frame from %s to %s, of which line %zu tells",
		    endpoint_text(&flow.src, src),
		    endpoint_text(&flow.dest, dest), i + 1);
		return;
	}
}

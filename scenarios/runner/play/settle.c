/* SPDX-License-Identifier: MIT */
/*
 * Waiting for what an attack comes to.  Most layers speak by events of their
 * own; TCP speaks by the counters of the receiving host, which are put into the
 * evidence here.
 */
#include "player.h"

#include "evidence/copy_fate.h"
#include "evidence/stock_fate.h"
#include "ground/network.h"
#include "json.h"

#include <string.h>

#define SETTLE_DEADLINE_MS 10000

/* The TCP counters of a host, as they stand. */
static int
read_counters(struct player *r, size_t h, struct tcp_counters *counters)
{
	if (ground_counters(&r->stage.ground, network_manifest.hosts[h].name,
		counters) == -1)
		return player_fault(r, PLAY_FAIL, "TCP counters");
	return 0;
}

/* Note in the evidence what one host's TCP has dropped since the attack began.
 */
static void
note_drop(struct player *r, size_t h, const char *ip)
{
	struct tcp_counters now;
	struct buffer *event;
	int64_t delta;

	if (r->drop_noted[h] || read_counters(r, h, &now) == -1)
		return;
	for (size_t c = 0; c < TCP_COUNTERS && !r->drop_noted[h]; c++) {
		if ((delta = now.value[c] - r->before[h].value[c]) <= 0)
			continue;
		event = evidence_begin(&r->stage.evidence, "tcp_drop");
		json_member_text(event, "on", network_manifest.hosts[h].name);
		json_member_text(event, "ip", ip);
		json_member_text(
		    event, "counter", tcp_counter_name((enum tcp_counter)c));
		json_member_number(event, "delta", delta);
		evidence_end(&r->stage.evidence, event);
		r->drop_noted[h] = true;
	}
}

/* The same of the hosts at the two ends of a copy's flow that serve. */
static void
note_drops(struct player *r, const cJSON *copy)
{
	const char *ends[] = {
	    event_get_text(copy, "src_ip"), event_get_text(copy, "dest_ip")};
	const struct manifest_host *host;

	for (size_t i = 0; i < 2; i++) {
		host = manifest_host_at(&network_manifest, ends[i]);
		if (host != NULL && host->port != 0)
			note_drop(r, (size_t)(host - network_manifest.hosts),
			    ends[i]);
	}
}

static bool
all_copies_judged(struct stage *s, void *argument)
{
	struct player *r = argument;
	const struct evidence *e = &s->evidence;

	for (size_t i = 0; i < e->count; i++) {
		if (!event_is(e->events[i], "copy_sent") ||
		    stock_fate_spoke(e, i) ||
		    copy_fate(e, i).stopped_by != LAYER_UNKNOWN)
			continue;
		note_drops(r, e->events[i]);
		return copy_fate(e, i).stopped_by != LAYER_UNKNOWN;
	}
	return true;
}

int
settle_prepare(struct player *r)
{
	const struct manifest *m = &network_manifest;

	memset(r->drop_noted, 0, sizeof(r->drop_noted));
	for (size_t h = 0; h < m->host_count; h++)
		if (m->hosts[h].port != 0 &&
		    read_counters(r, h, &r->before[h]) == -1)
			return -1;
	return 0;
}

/* If no layer ever speaks, that is what the verdict will say. */
void
settle(struct player *r)
{
	stage_await(&r->stage, all_copies_judged, r, SETTLE_DEADLINE_MS);
}

/* SPDX-License-Identifier: MIT */
/*
 * capture -> conversations -> records -> opened as their receiver must, or
 *     refused, and then by whom and as what they were made.  One of DTLS opens
 *     as the number that it says, once more if it comes again.
 */
#include "explain_capture.h"

#include "dtls_reader.h"
#include "evidence/read_file.h"
#include "explanation.h"
#include "lab_clock.h"
#include "reassemble/conversation.h"
#include "tls_reader.h"

#include <err.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define KEY_LOG_FILE_MAX (16 << 20)

/* A conversation is of one of the two. */
struct readers {
	struct tls_reader tls;
	struct dtls_reader dtls;
};

struct explained {
	struct key_log log;
	struct tls_epochs epochs;
	struct readers **readers; /* by number less one */
	size_t capacity;
	unsigned long frame;
	size_t records, without_keys;
};

static struct readers *
readers_of(struct explained *e, size_t number)
{
	struct readers **readers;

	if (number > e->capacity) {
		e->readers =
		    reallocarray(e->readers, number * 2, sizeof(e->readers[0]));
		if (e->readers == NULL)
			err(EX_SOFTWARE, "%zu conversations", number);
		while (e->capacity < number * 2)
			e->readers[e->capacity++] = NULL;
	}
	readers = &e->readers[number - 1];
	if (*readers == NULL) {
		if ((*readers = calloc(1, sizeof(**readers))) == NULL)
			err(EX_SOFTWARE, "conversation");
		tls_reader_init(&(*readers)->tls, &e->log, &e->epochs, number);
		dtls_reader_init(
		    &(*readers)->dtls, &e->log, &e->epochs, number);
	}
	return *readers;
}

static void
print_authenticator(const struct tls_authenticator *a)
{
	putchar(' ');
	for (size_t i = 0; i < a->size; i++)
		printf("%02x", a->octets[i]);
	if (a->size == 0)
		putchar('-');
}

static void
print_record(const struct explained *e, const struct finding *f,
    const struct explanation *ex, const char *verdict)
{
	printf("%5lu %3zu %-6s %6llu %-7s %-17s", e->frame,
	    f->conversation->number, side_name(f->side),
	    (unsigned long long)ex->expected, verdict, ex->algorithm);
	print_authenticator(&ex->carried);
	print_authenticator(&ex->right);
}

static void
explain_good(const struct explained *e, const struct finding *f,
    const struct tls_epoch *epoch, const char *verdict)
{
	struct explanation ex;

	(void)explanation_of_good(epoch, f->record, &ex);
	print_record(e, f, &ex, verdict);
	putchar('\n');
}

static void
explain_refused(const struct explained *e, const struct finding *f,
    const struct tls_epoch *epoch)
{
	struct explanation ex;

	switch (explanation_of(&e->epochs, epoch, f->record, &ex)) {
	case EXPLANATION_FOUND:
		print_record(e, f, &ex, "refused");
		printf(" made as record %llu, keys: %s\n",
		    (unsigned long long)ex.made_as,
		    explanation_keys_name(ex.keys));
		return;
	case EXPLANATION_UNKNOWN_MAKER:
		print_record(e, f, &ex, "changed");
		puts(" no key of this capture made it");
		return;
	case EXPLANATION_GIVEN_UP:
	case EXPLANATION_NOT_COMPUTED:
		print_record(e, f, &ex, "refused");
		puts(" made as what was not found");
		return;
	}
}

static void
explain_record(struct explained *e, const struct finding *f, enum tls_read read,
    const struct tls_epoch *epoch, bool came_before)
{
	switch (read) {
	case TLS_READ_CLEAR:
		return;
	case TLS_READ_NO_KEYS:
		e->without_keys++;
		return;
	case TLS_READ_OPENED:
		explain_good(e, f, epoch, came_before ? "again" : "good");
		break;
	case TLS_READ_REFUSED:
		explain_refused(e, f, epoch);
		break;
	}
	e->records++;
}

static void
on_found(void *user, const struct finding *f)
{
	struct explained *e = user;
	struct dtls_opened datagram = {0};
	struct tls_opened opened = {0};
	struct readers *readers;
	enum tls_read read;

	if (f->kind != FOUND_RECORD)
		return;
	readers = readers_of(e, f->conversation->number);
	if (f->conversation->datagrams) {
		read = dtls_reader_take(
		    &readers->dtls, f->side == SIDE_SERVER, f->dtls, &datagram);
		explain_record(
		    e, f, read, &datagram.epoch, datagram.came == REPLAY_SEEN);
		return;
	}
	read = tls_reader_take(
	    &readers->tls, f->side == SIDE_SERVER, f->record, &opened);
	explain_record(e, f, read, &opened.epoch, false);
}

static int
read_capture(struct explained *e, const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct conversations *set;
	struct pcap_pkthdr *header;
	const u_char *data;
	int more;

	if (pcap == NULL) {
		warnx("%s: %s", path, why);
		return -1;
	}
	set = conversations_new(on_found, e);
	while ((more = pcap_next_ex(pcap, &header, &data)) == 1) {
		e->frame++;
		conversations_feed(
		    set, &(struct frame){.at = header->ts.tv_sec * NANOSECONDS +
					       header->ts.tv_usec,
			     .link_type = pcap_datalink(pcap),
			     .bytes = {data, header->caplen},
			     .length = header->len});
	}
	if (more == PCAP_ERROR)
		warnx("%s: %s", path, pcap_geterr(pcap));
	conversations_free(set);
	pcap_close(pcap);
	return more == PCAP_ERROR ? -1 : 0;
}

static void
explained_clear(struct explained *e)
{
	for (size_t i = 0; i < e->capacity; i++) {
		if (e->readers[i] == NULL)
			continue;
		tls_reader_clear(&e->readers[i]->tls);
		dtls_reader_clear(&e->readers[i]->dtls);
		free(e->readers[i]);
	}
	free(e->readers);
	tls_epochs_clear(&e->epochs);
	key_log_clear(&e->log);
}

int
explain_capture(const char *capture, const char *key_log)
{
	struct explained e = {0};
	struct buffer text = {0};
	int outcome = read_file(key_log, KEY_LOG_FILE_MAX, &text);

	if (outcome == 0) {
		key_log_add(&e.log, buffer_bytes(&text));
		printf("%5s %3s %-6s %6s %-7s %-17s carried, right\n", "frame",
		    "con", "sender", "number", "verdict", "algorithm");
		outcome = read_capture(&e, capture);
	}
	if (outcome == 0 && e.without_keys > 0)
		warnx("%s has no secret for %zu records", key_log,
		    e.without_keys);
	if (outcome == 0 && e.records == 0) {
		warnx(
		    "%s: no protected record that %s opens", capture, key_log);
		outcome = -1;
	}
	buffer_clear(&text);
	explained_clear(&e);
	return outcome;
}

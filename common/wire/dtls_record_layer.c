/* SPDX-License-Identifier: MIT */
/* DTLS around a fragment: its place, and the window. */
#include "dtls_record_layer.h"

const char *
dtls_verdict_name(enum dtls_verdict verdict)
{
	switch (verdict) {
	case DTLS_ACCEPTED:
		return "accepted";
	case DTLS_SEEN:
		return "seen";
	case DTLS_TOO_OLD:
		return "too-old";
	case DTLS_BAD_RECORD_MAC:
		return "bad-record-mac";
	case DTLS_OTHER_EPOCH:
		return "other-epoch";
	case DTLS_UNEXPECTED:
		return "unexpected";
	}
	return "unexpected";
}

bool
dtls_record_layer_init(struct dtls_record_layer *l,
    const struct tls_record_keys *keys, uint16_t epoch,
    const struct dtls_window_settings *window, bool sends)
{
	bool done = tls_record_layer_init(
	    &l->records, keys, TLS_NUMBERING_IMPLICIT, sends);

	l->records.version = DTLS_1_2;
	l->epoch = epoch;
	l->use = window->use;
	replay_window_init(&l->window, window->size);
	dtls_record_layer_start(l, 0);
	return done;
}

void
dtls_record_layer_clear(struct dtls_record_layer *l)
{
	tls_record_layer_clear(&l->records);
}

void
dtls_record_layer_start(struct dtls_record_layer *l, uint64_t number)
{
	l->records.number = dtls_place(l->epoch, number);
}

bool
dtls_record_protect(struct dtls_record_layer *l, uint8_t type,
    struct bytes content, struct buffer *out)
{
	struct dtls_record record = {
	    .type = type,
	    .version = DTLS_1_2,
	    .epoch = l->epoch,
	    .number = l->records.number & DTLS_NUMBER_MAX,
	};
	struct buffer fragment = {0};
	bool done;

	/* They must not start again; here that would be the next epoch's. */
	if (record.number == DTLS_NUMBER_MAX)
		return false;
	done = tls_fragment_protect(&l->records, type, content, &fragment) ==
	       TLS_LAYER_GOOD;
	record.fragment = buffer_bytes(&fragment);
	if (done)
		dtls_record_write(&record, out);
	buffer_clear(&fragment);
	return done;
}

static enum dtls_verdict
look(const struct dtls_record_layer *l, uint64_t number)
{
	if (l->use == DTLS_WINDOW_OFF)
		return DTLS_ACCEPTED;
	switch (replay_window_look(&l->window, number)) {
	case REPLAY_FRESH:
		return DTLS_ACCEPTED;
	case REPLAY_SEEN:
		return DTLS_SEEN;
	case REPLAY_TOO_OLD:
		return DTLS_TOO_OLD;
	}
	return DTLS_TOO_OLD;
}

static enum dtls_verdict
unprotect(struct dtls_record_layer *l, const struct dtls_record *record,
    struct tls_plaintext *out)
{
	const struct tls_record as_tls = {
	    .type = record->type,
	    .legacy_version = record->version,
	    .fragment = record->fragment,
	};

	l->records.number = dtls_place(record->epoch, record->number);
	switch (tls_fragment_unprotect(&l->records, &as_tls, out)) {
	case TLS_LAYER_GOOD:
		return DTLS_ACCEPTED;
	case TLS_LAYER_BAD_RECORD_MAC:
		return DTLS_BAD_RECORD_MAC;
	case TLS_LAYER_PARTIAL:
	case TLS_LAYER_RECORD_OVERFLOW:
	case TLS_LAYER_UNEXPECTED_MESSAGE:
	case TLS_LAYER_INTERNAL_ERROR:
		break;
	}
	return DTLS_UNEXPECTED;
}

/*
 * RFC 6347 section 4.1.2.6: look first, which is cheap; then the MAC; and only
 * a record that has passed both moves the window.
 */
enum dtls_verdict
dtls_record_judge(struct dtls_record_layer *l, const struct dtls_record *record,
    struct tls_plaintext *out)
{
	struct tls_plaintext plaintext = {0};
	enum dtls_verdict verdict;

	if (record->epoch != l->epoch)
		return DTLS_OTHER_EPOCH;
	verdict = look(l, record->number);
	if (verdict != DTLS_ACCEPTED)
		return verdict;
	if (l->use == DTLS_WINDOW_FIRST) /* as if the number were true */
		replay_window_update(&l->window, record->number);
	verdict = unprotect(l, record, &plaintext);
	if (verdict != DTLS_ACCEPTED)
		return verdict;
	replay_window_update(&l->window, record->number);
	*out = plaintext;
	return DTLS_ACCEPTED;
}

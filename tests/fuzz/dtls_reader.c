/* SPDX-License-Identifier: MIT */
/*
 * An association of any bytes, read with a key log of any bytes: a record that
 * was opened opens again, has come before then, and was made as the number that
 * it says; with another number it is not opened, and nothing is moved by it.
 *
 * The input: a key log, a zero, then records, each behind a byte that is odd
 * for the server's.
 */
#include "dtls_reader.h"
#include "explanation.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEARCHED_MAX 1000

static void
take_again(struct dtls_reader *r, const struct tls_epochs *epochs, bool server,
    const struct dtls_record *record)
{
	const struct tls_record as_tls = dtls_record_as_tls(record);
	struct dtls_record forged = *record;
	struct dtls_opened out;
	struct explanation e;

	forged.number ^= 1;
	if (dtls_reader_take(r, server, &forged, &out) == TLS_READ_OPENED)
		abort();
	if (dtls_reader_take(r, server, record, &out) != TLS_READ_OPENED ||
	    out.came == REPLAY_FRESH || !out.begun ||
	    out.highest < record->number || out.epoch.count != record->number)
		abort();
	if (out.highest > SEARCHED_MAX)
		return;
	if (explanation_of(epochs, &out.epoch, &as_tls, &e) !=
		EXPLANATION_FOUND ||
	    e.made_as != record->number || e.expected != record->number)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, log_text;
	struct key_log log = {0};
	struct tls_epochs epochs = {0};
	struct dtls_reader r;
	struct dtls_record record;
	struct dtls_opened out;
	uint8_t side;

	if (!bytes_take_until(&in, 0, &log_text))
		return 0;
	key_log_add(&log, log_text);
	dtls_reader_init(&r, &log, &epochs, 1);
	while (bytes_take_u8(&in, &side) && dtls_record_take(&in, &record))
		if (dtls_reader_take(&r, side & 1, &record, &out) ==
		    TLS_READ_OPENED)
			take_again(&r, &epochs, side & 1, &record);
	dtls_reader_clear(&r);
	tls_epochs_clear(&epochs);
	key_log_clear(&log);
	return 0;
}

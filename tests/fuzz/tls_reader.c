/* SPDX-License-Identifier: MIT */
/*
 * A connection of any bytes, read with a key log of any bytes: a record of data
 * that was opened is refused if it comes again, and what made it is found.
 *
 * The input: a key log, a zero, then records, each behind a byte that is odd
 * for the server's.
 */
#include "tls_reader.h"
#include "explanation.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take_again(struct tls_reader *r, const struct tls_epochs *epochs, bool server,
    const struct tls_record *record, uint64_t number)
{
	struct tls_opened again;
	struct explanation e;

	if (tls_reader_take(r, server, record, &again) != TLS_READ_REFUSED ||
	    again.epoch.count != number + 1)
		abort();
	if (explanation_of(epochs, &again.epoch, record, &e) !=
		EXPLANATION_FOUND ||
	    e.made_as != number || e.expected != number + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, log_text;
	struct key_log log = {0};
	struct tls_epochs epochs = {0};
	struct tls_reader r;
	struct tls_record record;
	struct tls_opened out;
	uint8_t side;

	if (!bytes_take_until(&in, 0, &log_text))
		return 0;
	key_log_add(&log, log_text);
	tls_reader_init(&r, &log, &epochs, 1);
	while (bytes_take_u8(&in, &side) &&
	       tls_record_take(&in, &record) == TLS_RECORD_COMPLETE)
		if (tls_reader_take(&r, side & 1, &record, &out) ==
			TLS_READ_OPENED &&
		    out.plaintext.type == TLS_APPLICATION_DATA)
			take_again(
			    &r, &epochs, side & 1, &record, out.epoch.count);
	tls_reader_clear(&r);
	tls_epochs_clear(&epochs);
	key_log_clear(&log);
	return 0;
}

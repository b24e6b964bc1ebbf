/* SPDX-License-Identifier: MIT */
/*
 * unprotect(protect(x)) is x; with any bit of the record flipped it is refused;
 * and so is what the input itself calls a record.
 *
 * The input: suite, numbering, type, two bytes of where to flip, content.
 */
#include "tls_record_layer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t suites[] = {
    0xC027, 0x003D, 0xC02F, 0xC030, 0xCCA8, 0x003B, 0x1301, 0x1302, 0x1303};
#define SUITES (sizeof(suites) / sizeof(suites[0]))
#define NUMBERINGS (TLS_NUMBERING_SENT_UNCHECKED + 1)

static struct tls_record_layer layer;

static void
begin(const struct tls_record_keys *keys, uint8_t numbering, bool sends)
{
	if (!tls_record_layer_init(&layer, keys, numbering % NUMBERINGS, sends))
		abort();
}

/* The limit of content, and RFC 8446 5.4: only data may be empty. */
static enum tls_layer_outcome
expected_of(uint8_t type, struct bytes content)
{
	if (content.left > TLS_RECORD_CONTENT_MAX)
		return TLS_LAYER_RECORD_OVERFLOW;
	return content.left == 0 && type != TLS_APPLICATION_DATA
		   ? TLS_LAYER_UNEXPECTED_MESSAGE
		   : TLS_LAYER_GOOD;
}

static void
read_back(const struct tls_record_keys *keys, uint8_t numbering, uint8_t type,
    struct bytes content, struct bytes record)
{
	struct tls_plaintext out;
	enum tls_layer_outcome outcome;

	begin(keys, numbering, false);
	outcome = tls_record_unprotect(&layer, &record, &out);
	if (outcome != expected_of(type, content))
		abort();
	if (outcome == TLS_LAYER_GOOD &&
	    (out.type != type || !bytes_equal(out.content, content) ||
		record.left != 0))
		abort();
	tls_record_layer_clear(&layer);
}

static void
refuse(
    const struct tls_record_keys *keys, uint8_t numbering, struct bytes record)
{
	struct bytes before = record;
	struct tls_plaintext out;

	begin(keys, numbering, false);
	if (tls_record_unprotect(&layer, &record, &out) == TLS_LAYER_GOOD ||
	    record.at != before.at || record.left != before.left)
		abort();
	tls_record_layer_clear(&layer);
}

static void
flip(struct buffer *record, uint16_t where)
{
	size_t at = where / 8 % buffer_bytes(record).left;
	struct buffer flipped = {0};
	struct bytes rest = buffer_bytes(record), part;
	uint8_t byte;

	if (!bytes_take(&rest, at, &part) || !bytes_take_u8(&rest, &byte))
		abort();
	buffer_add_bytes(&flipped, part);
	buffer_add_u8(&flipped, byte ^ (uint8_t)(1U << where % 8));
	buffer_add_bytes(&flipped, rest);
	buffer_clear(record);
	*record = flipped;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct tls_record_keys keys = {0};
	struct buffer record = {0};
	enum tls_layer_outcome outcome;
	uint8_t suite, numbering, type;
	uint16_t where;

	if (!bytes_take_u8(&in, &suite) || !bytes_take_u8(&in, &numbering) ||
	    !bytes_take_u8(&in, &type) || !bytes_take_u16(&in, &where))
		return 0;
	keys.suite = tls_record_suite_find(suites[suite % SUITES]);
	type = (uint8_t)(TLS_CHANGE_CIPHER_SPEC + type % 4);

	refuse(&keys, numbering, in);
	begin(&keys, numbering, true);
	outcome = tls_record_protect(&layer, type, in, &record);
	tls_record_layer_clear(&layer);
	if (outcome != TLS_LAYER_GOOD) {
		if (outcome != expected_of(type, in))
			abort();
	} else {
		read_back(&keys, numbering, type, in, buffer_bytes(&record));
		flip(&record, where);
		refuse(&keys, numbering, buffer_bytes(&record));
	}
	buffer_clear(&record);
	return 0;
}

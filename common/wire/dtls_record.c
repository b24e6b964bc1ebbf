/* SPDX-License-Identifier: MIT */
/* The thirteen bytes before every DTLS record. */
#include "dtls_record.h"

#include "tls_record.h"

bool
dtls_record_take(struct bytes *datagram, struct dtls_record *rec)
{
	struct bytes rest = *datagram; /* commit only on success */
	uint16_t version, epoch, high, length;
	struct bytes fragment;
	uint32_t low;
	uint8_t type;

	if (!bytes_take_u8(&rest, &type) || type < TLS_CHANGE_CIPHER_SPEC ||
	    type > TLS_APPLICATION_DATA)
		return false;
	/* 1.0 is fe ff, 1.2 is fe fd. */
	if (!bytes_take_u16(&rest, &version) || version >> 8 != 0xfe)
		return false;
	if (!bytes_take_u16(&rest, &epoch) || !bytes_take_u16(&rest, &high) ||
	    !bytes_take_u32(&rest, &low) || !bytes_take_u16(&rest, &length))
		return false;
	if (length > TLS_RECORD_FRAGMENT_MAX ||
	    !bytes_take(&rest, length, &fragment))
		return false;
	*rec = (struct dtls_record){
	    .type = type,
	    .version = version,
	    .epoch = epoch,
	    .number = (uint64_t)high << 32 | low,
	    .fragment = fragment,
	};
	return bytes_take(
	    datagram, DTLS_RECORD_HEADER_SIZE + (size_t)length, &rec->whole);
}

void
dtls_record_write(const struct dtls_record *rec, struct buffer *out)
{
	buffer_add_u8(out, rec->type);
	buffer_add_u16(out, rec->version);
	buffer_add_u16(out, rec->epoch);
	buffer_add_u16(out, (uint16_t)(rec->number >> 32));
	buffer_add_u32(out, (uint32_t)rec->number);
	buffer_add_u16(out, (uint16_t)rec->fragment.left);
	buffer_add_bytes(out, rec->fragment);
}

uint64_t
dtls_place(uint16_t epoch, uint64_t number)
{
	return (uint64_t)epoch << 48 | number;
}

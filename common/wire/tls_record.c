/* SPDX-License-Identifier: MIT */
/* The five bytes before every TLS record. */
#include "tls_record.h"

const char *
tls_content_type_name(uint8_t type)
{
	switch ((enum tls_content_type)type) {
	case TLS_CHANGE_CIPHER_SPEC:
		return "change_cipher_spec";
	case TLS_ALERT:
		return "alert";
	case TLS_HANDSHAKE:
		return "handshake";
	case TLS_APPLICATION_DATA:
		return "application_data";
	}
	return "unknown";
}

enum tls_record_verdict
tls_record_take(struct bytes *in, struct tls_record *rec)
{
	struct bytes rest = *in; /* commit only on success */
	uint16_t version, length;
	uint8_t type;

	/* Refuse as early as a byte tells: what is not TLS need not be long. */
	if (!bytes_take_u8(&rest, &type))
		return TLS_RECORD_PARTIAL;
	if (type < TLS_CHANGE_CIPHER_SPEC || type > TLS_APPLICATION_DATA)
		return TLS_RECORD_NOT_TLS;
	if (rest.left > 0 && rest.at[0] != 3)
		return TLS_RECORD_NOT_TLS;
	if (!bytes_take_u16(&rest, &version) || !bytes_take_u16(&rest, &length))
		return TLS_RECORD_PARTIAL;
	if (length > TLS_RECORD_FRAGMENT_MAX)
		return TLS_RECORD_NOT_TLS;
	if (!bytes_take(&rest, length, &rec->fragment))
		return TLS_RECORD_PARTIAL;

	rec->type = type;
	rec->legacy_version = version;
	bytes_take(in, TLS_RECORD_HEADER_SIZE + (size_t)length, &rec->whole);
	return TLS_RECORD_COMPLETE;
}

/* SPDX-License-Identifier: MIT */
/* The twelve bytes before every handshake message of DTLS. */
#include "dtls_handshake.h"

#define HEADER_SIZE 12

bool
dtls_handshake_take(struct bytes *in, struct tls_handshake *message)
{
	struct bytes rest = *in; /* commit only on success */
	uint32_t length, offset, here;
	struct tls_handshake found = {0};

	if (!bytes_take_u8(&rest, &found.type) ||
	    !bytes_take_u24(&rest, &length) || !bytes_skip(&rest, 2) ||
	    !bytes_take_u24(&rest, &offset) || !bytes_take_u24(&rest, &here) ||
	    offset != 0 || here != length ||
	    !bytes_take(&rest, length, &found.body))
		return false;
	*message = found;
	return bytes_take(in, HEADER_SIZE + length, &message->whole);
}

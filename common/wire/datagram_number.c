/* SPDX-License-Identifier: MIT */
#include "datagram_number.h"

#define FIELD "Datagram-Number"
#define DIGITS_MAX 18 /* fewer than overflow 64 bits */

struct bytes
datagram_number_of(const struct http_message *m)
{
	const struct http_field *field = http_field(m, FIELD, NULL);

	return field == NULL ? (struct bytes){NULL, 0} : field->value;
}

bool
datagram_number_read(const struct http_message *m, uint64_t *number)
{
	struct bytes digits = datagram_number_of(m);
	uint64_t value = 0;
	uint8_t digit;

	if (digits.left == 0 || digits.left > DIGITS_MAX)
		return false;
	while (bytes_take_u8(&digits, &digit)) {
		if (digit < '0' || digit > '9')
			return false;
		value = value * 10 + (digit - '0');
	}
	*number = value;
	return true;
}

void
datagram_number_add(struct buffer *message, struct bytes number)
{
	struct bytes rest = buffer_bytes(message), line;
	struct buffer numbered = {0};

	if (!bytes_take_until(&rest, '\n', &line))
		return;
	buffer_add_bytes(&numbered, line);
	buffer_add_text(&numbered, "\n" FIELD ": ");
	buffer_add_bytes(&numbered, number);
	buffer_add_text(&numbered, "\r\n");
	buffer_add_bytes(&numbered, rest);
	buffer_clear(message);
	*message = numbered;
}

/* SPDX-License-Identifier: MIT */
/*
 * Records, protected and unprotected.  What differs between the suites:
 *
 *			what binds a record		   sent before it
 *	MAC, CBC	MAC(number, type, version, length) IV (CBC)
 *	GCM, TLS 1.2	the same as additional data	   8 bytes of nonce
 *	ChaCha, TLS 1.2	the same, and the nonce: number	   nothing
 *	TLS 1.3		header, and the nonce: number	   nothing
 */
#include "tls_record_layer.h"

#include "tls_record_protection.h"

#include <openssl/crypto.h>
#include <string.h>

const char *
tls_layer_outcome_name(enum tls_layer_outcome outcome)
{
	switch (outcome) {
	case TLS_LAYER_GOOD:
		return "good";
	case TLS_LAYER_PARTIAL:
		return "partial";
	case TLS_LAYER_BAD_RECORD_MAC:
		return "bad_record_mac";
	case TLS_LAYER_RECORD_OVERFLOW:
		return "record_overflow";
	case TLS_LAYER_UNEXPECTED_MESSAGE:
		return "unexpected_message";
	case TLS_LAYER_INTERNAL_ERROR:
		return "internal_error";
	}
	return "internal_error";
}

uint8_t
tls_layer_outcome_alert(enum tls_layer_outcome outcome)
{
	switch (outcome) {
	case TLS_LAYER_BAD_RECORD_MAC:
		return 20;
	case TLS_LAYER_RECORD_OVERFLOW:
		return 22;
	case TLS_LAYER_UNEXPECTED_MESSAGE:
		return 10;
	case TLS_LAYER_GOOD:
	case TLS_LAYER_PARTIAL:
	case TLS_LAYER_INTERNAL_ERROR:
		break;
	}
	return 80;
}

static bool
is_1_3(const struct tls_record_layer *l)
{
	return l->keys.suite->version == TLS_1_3;
}

static bool
has_mac(const struct tls_record_layer *l)
{
	return l->keys.suite->mac_size > 0;
}

bool
tls_record_number_is_sent(const struct tls_record_layer *l)
{
	return l->numbering == TLS_NUMBERING_SENT ||
	       l->numbering == TLS_NUMBERING_SENT_UNCHECKED;
}

bool
tls_record_layer_init(struct tls_record_layer *l,
    const struct tls_record_keys *keys, enum tls_numbering numbering,
    bool sends)
{
	memset(l, 0, sizeof(*l));
	l->keys = *keys;
	l->numbering = numbering;
	l->version = TLS_1_2;
	return has_mac(l) ? tls_record_mac_init(l, sends)
			  : tls_record_aead_init(l, sends);
}

void
tls_record_layer_clear(struct tls_record_layer *l)
{
	EVP_CIPHER_CTX_free(l->cipher);
	EVP_MAC_CTX_free(l->mac);
	buffer_clear(&l->additional);
	OPENSSL_cleanse(l, sizeof(*l));
}

static void
put_number(uint64_t number, uint8_t into[8])
{
	for (size_t i = 0; i < 8; i++)
		into[i] = (uint8_t)(number >> (56 - 8 * i));
}

/*
 * The place of a record in its stream, as it goes into what protects it: the
 * sequence number (RFC 5246 section 6.2.3.1, RFC 8446 section 5.3).
 *
 * This is all that stops the replay of a record.  Left out, a record fits any
 * place, and a copy of it is as good as it was.
 */
static struct bytes
place_of(struct tls_record_layer *l, uint64_t number)
{
	if (l->numbering == TLS_NUMBERING_LEFT_OUT)
		return (struct bytes){NULL, 0};
	put_number(number, l->place);
	return (struct bytes){l->place, sizeof(l->place)};
}

/*
 * TLS 1.2: seq_num + type + version + length of the content, under the MAC as
 * in the additional data (RFC 5246 sections 6.2.3.1 and 6.2.3.3).  TLS 1.3:
 * the header as it is sent, with the length of the whole fragment (RFC 8446
 * section 5.2); the number is in the nonce alone.
 */
struct bytes
tls_record_additional(struct tls_record_layer *l, uint64_t number, uint8_t type,
    uint16_t version, size_t length)
{
	buffer_reset(&l->additional);
	if (!is_1_3(l))
		buffer_add_bytes(&l->additional, place_of(l, number));
	buffer_add_u8(&l->additional, type);
	buffer_add_u16(&l->additional, version);
	buffer_add_u16(&l->additional, (uint16_t)length);
	return buffer_bytes(&l->additional);
}

/*
 * The salt and what the record carries, or the IV with the number on its last
 * bytes, exclusive-or.
 */
void
tls_record_nonce(struct tls_record_layer *l, uint64_t number, struct bytes sent,
    uint8_t nonce[TLS_RECORD_NONCE_SIZE])
{
	struct bytes place = place_of(l, number);

	memcpy(nonce, l->keys.iv, TLS_RECORD_NONCE_SIZE);
	if (l->keys.suite->protection == TLS_PROTECTION_AEAD_SENT_NONCE)
		place = sent;
	for (size_t i = 0; i < place.left; i++)
		nonce[TLS_RECORD_NONCE_SIZE - place.left + i] ^= place.at[i];
}

/* How long the fragment of an AEAD record with that content is. */
size_t
tls_record_sealed_size(const struct tls_record_layer *l, size_t content)
{
	enum tls_protection protection = l->keys.suite->protection;

	return content + TLS_RECORD_TAG_SIZE +
	       (tls_record_number_is_sent(l) ? sizeof(l->place) : 0) +
	       (protection == TLS_PROTECTION_AEAD_SENT_NONCE
		       ? TLS_SENT_NONCE_SIZE
		       : 0);
}

static bool
protect_by_mac(struct tls_record_layer *l, uint8_t type, struct bytes content,
    struct buffer *fragment)
{
	return tls_record_mac_protect(l,
	    tls_record_additional(l, l->number, type, l->version, content.left),
	    content, fragment);
}

static bool
protect_by_aead(struct tls_record_layer *l, uint8_t type, struct bytes content,
    struct buffer *fragment)
{
	uint8_t nonce[TLS_RECORD_NONCE_SIZE], sent[TLS_SENT_NONCE_SIZE];
	size_t length =
	    is_1_3(l) ? tls_record_sealed_size(l, content.left) : content.left;

	/* Any value is allowed that comes once; the number does. */
	put_number(l->number, sent);
	if (l->keys.suite->protection == TLS_PROTECTION_AEAD_SENT_NONCE)
		buffer_add(fragment, sent, sizeof(sent));
	tls_record_nonce(
	    l, l->number, (struct bytes){sent, sizeof(sent)}, nonce);
	return tls_record_aead_protect(l, nonce,
	    tls_record_additional(l, l->number, type, l->version, length),
	    content, fragment);
}

static bool
protect_fragment(struct tls_record_layer *l, uint8_t type, struct bytes content,
    struct buffer *fragment)
{
	uint8_t number[sizeof(l->place)];

	put_number(l->number, number);
	if (tls_record_number_is_sent(l))
		buffer_add(fragment, number, sizeof(number));
	return has_mac(l) ? protect_by_mac(l, type, content, fragment)
			  : protect_by_aead(l, type, content, fragment);
}

enum tls_layer_outcome
tls_fragment_protect(struct tls_record_layer *l, uint8_t type,
    struct bytes content, struct buffer *fragment)
{
	if (content.left > TLS_RECORD_CONTENT_MAX + (is_1_3(l) ? 1U : 0U))
		return TLS_LAYER_RECORD_OVERFLOW;
	if (l->number == UINT64_MAX) /* they must not start again */
		return TLS_LAYER_INTERNAL_ERROR;
	if (!protect_fragment(l, type, content, fragment))
		return TLS_LAYER_INTERNAL_ERROR;
	l->number++;
	return TLS_LAYER_GOOD;
}

enum tls_layer_outcome
tls_record_protect(struct tls_record_layer *l, uint8_t type,
    struct bytes content, struct buffer *out)
{
	struct buffer inner = {0}, fragment = {0};
	uint8_t outer = is_1_3(l) ? TLS_APPLICATION_DATA : type;
	enum tls_layer_outcome outcome;

	buffer_add_bytes(&inner, content);
	if (is_1_3(l))
		buffer_add_u8(&inner, type);
	outcome =
	    tls_fragment_protect(l, outer, buffer_bytes(&inner), &fragment);
	if (outcome == TLS_LAYER_GOOD) {
		buffer_add_u8(out, outer);
		buffer_add_u16(out, l->version);
		buffer_add_u16(out, (uint16_t)buffer_bytes(&fragment).left);
		buffer_add_bytes(out, buffer_bytes(&fragment));
	}
	buffer_clear(&inner);
	buffer_clear(&fragment);
	return outcome;
}

static bool
unprotect_by_mac(struct tls_record_layer *l, uint64_t number,
    const struct tls_record *record, struct bytes fragment,
    struct bytes *content)
{
	struct tls_record_opened opened;
	bool padded = tls_record_mac_open(l, fragment, &opened);
	bool right = tls_record_mac_check(l,
	    tls_record_additional(l, number, record->type,
		record->legacy_version, opened.covered.left),
	    &opened);

	*content = opened.content;
	return padded && right;
}

static bool
unprotect_by_aead(struct tls_record_layer *l, uint64_t number,
    const struct tls_record *record, struct bytes fragment,
    struct bytes *content)
{
	uint8_t nonce[TLS_RECORD_NONCE_SIZE];
	struct bytes sent = {NULL, 0};
	size_t length = record->fragment.left;

	if (l->keys.suite->protection == TLS_PROTECTION_AEAD_SENT_NONCE &&
	    !bytes_take(&fragment, TLS_SENT_NONCE_SIZE, &sent))
		return false;
	if (!is_1_3(l)) {
		if (fragment.left < TLS_RECORD_TAG_SIZE)
			return false;
		length = fragment.left - TLS_RECORD_TAG_SIZE;
	}
	tls_record_nonce(l, number, sent, nonce);
	return tls_record_aead_unprotect(l, nonce,
	    tls_record_additional(
		l, number, record->type, record->legacy_version, length),
	    fragment, content);
}

/* The number that the record is checked with; false: it is not the one due. */
static bool
number_of(
    const struct tls_record_layer *l, struct bytes *fragment, uint64_t *number)
{
	uint32_t high, low;

	*number = l->number;
	if (!tls_record_number_is_sent(l))
		return true;
	if (!bytes_take_u32(fragment, &high) || !bytes_take_u32(fragment, &low))
		return false;
	*number = (uint64_t)high << 32 | low;
	return l->numbering == TLS_NUMBERING_SENT_UNCHECKED ||
	       *number == l->number;
}

/* TLSInnerPlaintext: content, its type, zeros (RFC 8446 section 5.2). */
static bool
take_inner_type(struct tls_plaintext *out)
{
	struct bytes inner = out->content;

	while (inner.left > 0 && inner.at[inner.left - 1] == 0)
		inner.left--;
	return inner.left > 0 &&
	       bytes_take(&inner, inner.left - 1, &out->content) &&
	       bytes_take_u8(&inner, &out->type);
}

/* RFC 8446 sections 5.1, 5.2 and 5.4. */
static enum tls_layer_outcome
judge_content(const struct tls_record_layer *l, struct tls_plaintext *out)
{
	/* In TLS 1.3 the type, too, and the zeros are within the limit. */
	if (out->content.left > TLS_RECORD_CONTENT_MAX + (is_1_3(l) ? 1U : 0U))
		return TLS_LAYER_RECORD_OVERFLOW;
	if (is_1_3(l) && !take_inner_type(out))
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	if (out->type != TLS_APPLICATION_DATA && out->content.left == 0)
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	return TLS_LAYER_GOOD;
}

/* What is no record: too long for one, or something else altogether? */
static enum tls_layer_outcome
judge_header(struct bytes in)
{
	struct bytes whole;
	uint8_t type;

	if (bytes_take_u8(&in, &type) && type >= TLS_CHANGE_CIPHER_SPEC &&
	    type <= TLS_APPLICATION_DATA && bytes_take(&in, 4, &whole) &&
	    whole.at[0] == 3)
		return TLS_LAYER_RECORD_OVERFLOW;
	return TLS_LAYER_UNEXPECTED_MESSAGE;
}

enum tls_layer_outcome
tls_fragment_unprotect(struct tls_record_layer *l,
    const struct tls_record *record, struct tls_plaintext *out)
{
	struct bytes fragment = record->fragment;
	uint64_t number;
	bool good;

	/* RFC 8446 section 5: in clear there is nothing after Finished. */
	if (is_1_3(l) && record->type != TLS_APPLICATION_DATA)
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	/* RFC 8446 section 5.2: at most 2^14 + 256 bytes. */
	if (is_1_3(l) && fragment.left > TLS_RECORD_CONTENT_MAX + 256)
		return TLS_LAYER_RECORD_OVERFLOW;
	if (l->number == UINT64_MAX)
		return TLS_LAYER_INTERNAL_ERROR;
	out->type = record->type;
	good = number_of(l, &fragment, &number) &&
	       (has_mac(l) ? unprotect_by_mac(
				 l, number, record, fragment, &out->content)
			   : unprotect_by_aead(
				 l, number, record, fragment, &out->content));
	return good ? judge_content(l, out) : TLS_LAYER_BAD_RECORD_MAC;
}

enum tls_layer_outcome
tls_record_unprotect(
    struct tls_record_layer *l, struct bytes *in, struct tls_plaintext *out)
{
	struct tls_plaintext plaintext = {0};
	enum tls_layer_outcome outcome;
	struct tls_record record;
	struct bytes rest = *in;

	switch (tls_record_take(&rest, &record)) {
	case TLS_RECORD_PARTIAL:
		return TLS_LAYER_PARTIAL;
	case TLS_RECORD_NOT_TLS:
		return judge_header(*in);
	case TLS_RECORD_COMPLETE:
		break;
	}
	outcome = tls_fragment_unprotect(l, &record, &plaintext);
	if (outcome != TLS_LAYER_GOOD)
		return outcome;
	*out = plaintext;
	*in = rest;
	l->number++;
	return TLS_LAYER_GOOD;
}

/* SPDX-License-Identifier: MIT */
/* The MAC or tag of a record: the one it carries, and the one due. */
#include "tls_record_protection.h"

#include <string.h>

static void
keep_last(struct bytes in, size_t size, struct tls_authenticator *into)
{
	if (bytes_skip(&in, in.left - size))
		memcpy(into->octets, in.at, into->size = size);
}

bool
tls_record_authenticator_carried(struct tls_record_layer *l,
    const struct tls_record *record, struct tls_authenticator *carried)
{
	struct bytes fragment = record->fragment;
	struct tls_record_opened opened;

	if (tls_record_number_is_sent(l) &&
	    !bytes_skip(&fragment, sizeof(l->place)))
		return false;
	if (l->keys.suite->mac_size == 0) {
		if (fragment.left < TLS_RECORD_TAG_SIZE)
			return false;
		keep_last(fragment, TLS_RECORD_TAG_SIZE, carried);
		return true;
	}
	if (!tls_record_mac_open(l, fragment, &opened))
		return false;
	keep_last(opened.mac, opened.mac.left, carried);
	return true;
}

/* The AEAD's input: TLS 1.3's has the type and the zeros behind the content. */
static void
put_inner(const struct tls_record_layer *l, const struct tls_record *record,
    const struct tls_plaintext *content, struct buffer *inner)
{
	buffer_add_bytes(inner, content->content);
	if (l->keys.suite->version != TLS_1_3)
		return;
	buffer_add_u8(inner, content->type);
	while (tls_record_sealed_size(l, buffer_bytes(inner).left) <
	       record->fragment.left)
		buffer_add_u8(inner, 0);
}

static bool
tag_due(struct tls_record_layer *l, const struct tls_record *record,
    struct bytes inner, struct buffer *sealed)
{
	uint8_t nonce[TLS_RECORD_NONCE_SIZE];
	struct bytes fragment = record->fragment, sent = {NULL, 0};

	if (tls_record_number_is_sent(l) &&
	    !bytes_skip(&fragment, sizeof(l->place)))
		return false;
	if (l->keys.suite->protection == TLS_PROTECTION_AEAD_SENT_NONCE &&
	    !bytes_take(&fragment, TLS_SENT_NONCE_SIZE, &sent))
		return false;
	tls_record_nonce(l, l->number, sent, nonce);
	return tls_record_aead_protect(l, nonce,
	    tls_record_additional(l, l->number, record->type,
		record->legacy_version,
		l->keys.suite->version == TLS_1_3 ? record->fragment.left
						  : inner.left),
	    inner, sealed);
}

/* Of the content; or, where it stands outside, of what was encrypted. */
static bool
mac_due(struct tls_record_layer *l, const struct tls_record *record,
    struct bytes content, struct tls_authenticator *due)
{
	struct bytes fragment = record->fragment, covered = content;
	uint8_t mac[EVP_MAX_MD_SIZE];
	bool done;

	due->size = l->keys.suite->mac_size;
	if (l->cipher != NULL && l->keys.encrypt_then_mac &&
	    (fragment.left < due->size ||
		!bytes_take(&fragment, fragment.left - due->size, &covered)))
		return false;
	done = tls_record_mac_compute(l,
	    tls_record_additional(l, l->number, record->type,
		record->legacy_version, covered.left),
	    covered, mac);
	memcpy(due->octets, mac, due->size);
	return done;
}

bool
tls_record_authenticator_due(struct tls_record_layer *l,
    const struct tls_record *record, const struct tls_plaintext *content,
    struct tls_authenticator *due)
{
	struct buffer inner = {0}, sealed = {0};
	bool done;

	if (l->keys.suite->mac_size > 0)
		return mac_due(l, record, content->content, due);
	put_inner(l, record, content, &inner);
	done = tag_due(l, record, buffer_bytes(&inner), &sealed);
	if (done)
		keep_last(buffer_bytes(&sealed), TLS_RECORD_TAG_SIZE, due);
	buffer_clear(&inner);
	buffer_clear(&sealed);
	return done;
}

/* SPDX-License-Identifier: MIT */
/* Authenticated encryption of fragments (RFC 5116, as OpenSSL's EVP has it). */
#include "tls_record_protection.h"

bool
tls_record_aead_init(struct tls_record_layer *l, bool sends)
{
	EVP_CIPHER *aead = EVP_CIPHER_fetch(NULL, l->keys.suite->cipher, NULL);
	bool done;

	l->cipher = EVP_CIPHER_CTX_new();
	done = aead != NULL && l->cipher != NULL &&
	       EVP_CipherInit_ex2(l->cipher, aead, l->keys.key, NULL,
		   sends ? 1 : 0, NULL) == 1;
	EVP_CIPHER_free(aead);
	return done;
}

/* Set the nonce, feed what is authenticated only, run the content through. */
static bool
run(struct tls_record_layer *l, const uint8_t *nonce, struct bytes additional,
    struct bytes in)
{
	int length;

	return EVP_CipherInit_ex2(l->cipher, NULL, NULL, nonce, -1, NULL) ==
		   1 &&
	       EVP_CipherUpdate(l->cipher, NULL, &length, additional.at,
		   (int)additional.left) == 1 &&
	       (in.left == 0 || EVP_CipherUpdate(l->cipher, l->work, &length,
				    in.at, (int)in.left) == 1);
}

bool
tls_record_aead_protect(struct tls_record_layer *l, const uint8_t *nonce,
    struct bytes additional, struct bytes content, struct buffer *out)
{
	uint8_t tag[TLS_RECORD_TAG_SIZE];
	int none;

	if (!run(l, nonce, additional, content) ||
	    EVP_CipherFinal_ex(l->cipher, tag, &none) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		l->cipher, EVP_CTRL_AEAD_GET_TAG, sizeof(tag), tag) != 1)
		return false;
	buffer_add(out, l->work, content.left);
	buffer_add(out, tag, sizeof(tag));
	return true;
}

bool
tls_record_aead_unprotect(struct tls_record_layer *l, const uint8_t *nonce,
    struct bytes additional, struct bytes sealed, struct bytes *content)
{
	struct bytes body, tag;
	uint8_t none[TLS_RECORD_TAG_SIZE];
	int length;

	if (sealed.left < TLS_RECORD_TAG_SIZE ||
	    !bytes_take(&sealed, sealed.left - TLS_RECORD_TAG_SIZE, &body) ||
	    !bytes_take(&sealed, TLS_RECORD_TAG_SIZE, &tag))
		return false;
	/* OpenSSL compares the tag in constant time, in Final. */
	if (!run(l, nonce, additional, body) ||
	    EVP_CIPHER_CTX_ctrl(l->cipher, EVP_CTRL_AEAD_SET_TAG, (int)tag.left,
		(void *)tag.at) != 1 ||
	    EVP_CipherFinal_ex(l->cipher, none, &length) != 1)
		return false;
	*content = (struct bytes){l->work, body.left};
	return true;
}

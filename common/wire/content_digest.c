/* SPDX-License-Identifier: MIT */
/* Content-Digest, a dictionary of algorithm = byte sequence. */
#include "content_digest.h"

#include <err.h>
#include <openssl/evp.h>
#include <string.h>
#include <sysexits.h>

#include "structured_field.h"

#define DIGEST_MAX 64 /* sha-512 */

static size_t
hash(const EVP_MD *algorithm, struct bytes content, uint8_t into[DIGEST_MAX])
{
	unsigned int length = 0;

	if (!EVP_Digest(content.left == 0 ? (const void *)"" : content.at,
		content.left, into, &length, algorithm, NULL))
		errx(EX_SOFTWARE, "OpenSSL has no SHA-2");
	return length;
}

void
content_digest_write(struct buffer *out, struct bytes content)
{
	uint8_t digest[DIGEST_MAX];
	size_t length = hash(EVP_sha256(), content, digest);

	buffer_add_text(out, "sha-256=");
	sf_write_bytes(out, (struct bytes){digest, length});
}

/* Section 5: the active algorithms; NULL is one we do not know. */
static const EVP_MD *
algorithm_of(struct bytes key)
{
	if (bytes_equal_text(key, "sha-256"))
		return EVP_sha256();
	if (bytes_equal_text(key, "sha-512"))
		return EVP_sha512();
	return NULL;
}

static enum digest_verdict
check_member(const struct sf_member *member, struct bytes content)
{
	const EVP_MD *algorithm = algorithm_of(member->key);
	uint8_t expected[DIGEST_MAX], sent[DIGEST_MAX];
	size_t length, sent_length;

	if (algorithm == NULL)
		return DIGEST_ABSENT;
	if (member->is_inner_list || member->value.type != SF_BYTES)
		return DIGEST_MALFORMED;
	length = hash(algorithm, content, expected);
	if (!sf_bytes_decode(
		member->value.text, sent, sizeof(sent), &sent_length))
		return DIGEST_WRONG;
	return sent_length == length && memcmp(sent, expected, length) == 0
		   ? DIGEST_GOOD
		   : DIGEST_WRONG;
}

/*
 * Over one field line; *verdict gets worse, never better.  The order of the
 * enum is the order of worse.
 */
static void
check_line(
    struct bytes value, struct bytes content, enum digest_verdict *verdict)
{
	enum digest_verdict one;
	struct sf_member member;
	enum sf_verdict next;

	while ((next = sf_dictionary_next(&value, &member)) == SF_TAKEN) {
		one = check_member(&member, content);
		if (one == DIGEST_GOOD && *verdict == DIGEST_ABSENT)
			*verdict = DIGEST_GOOD;
		else if (one > DIGEST_ABSENT && one > *verdict)
			*verdict = one;
	}
	if (next == SF_MALFORMED && *verdict < DIGEST_MALFORMED)
		*verdict = DIGEST_MALFORMED;
}

enum digest_verdict
content_digest_check(const struct http_message *m)
{
	enum digest_verdict verdict = DIGEST_ABSENT;

	for (size_t i = 0; i < m->field_count; i++)
		if (bytes_equal_text_nocase(
			m->fields[i].name, "Content-Digest"))
			check_line(m->fields[i].value, m->content, &verdict);
	return verdict;
}

const char *
digest_verdict_name(enum digest_verdict verdict)
{
	switch (verdict) {
	case DIGEST_GOOD:
		return "good";
	case DIGEST_ABSENT:
		return "absent";
	case DIGEST_MALFORMED:
		return "malformed";
	case DIGEST_WRONG:
		return "wrong";
	}
	return "unknown";
}

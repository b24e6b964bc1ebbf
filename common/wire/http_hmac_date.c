/* SPDX-License-Identifier: MIT */
/* One string, made alike by who signs and who verifies. */
#include "http_hmac_date.h"

#include <err.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "auth_params.h"
#include "content_digest.h"
#include "http_date.h"
#include "structured_field.h"

#define HMAC_SIZE 32
#define WITH_CONTENT "date request-line host content-digest"
#define WITHOUT_CONTENT "date request-line host"

static const char *
headers_of(const struct http_message *m)
{
	return m->content.left > 0 ? WITH_CONTENT : WITHOUT_CONTENT;
}

enum signature_verdict
http_hmac_date_read(const struct http_message *m, struct http_signature *sig)
{
	struct bytes credentials, date, algorithm, headers;

	*sig = (struct http_signature){0};
	if (http_field(m, "Authorization", NULL) == NULL)
		return SIGNATURE_ABSENT;
	if (!http_only_field(m, "Authorization", &credentials) ||
	    !http_only_field(m, "Date", &date) ||
	    !http_date_read(date, &sig->created) ||
	    !auth_scheme_take(&credentials, "hmac") ||
	    !auth_param_find(credentials, "username", &sig->keyid) ||
	    !auth_param_find(credentials, "algorithm", &algorithm) ||
	    !bytes_equal_text(algorithm, "hmac-sha256") ||
	    !auth_param_find(credentials, "headers", &headers) ||
	    !bytes_equal_text(headers, headers_of(m)) ||
	    !auth_param_find(credentials, "signature", &sig->value))
		return SIGNATURE_MALFORMED;
	sig->has_keyid = sig->has_created = true;
	return SIGNATURE_GOOD;
}

static bool
add_field(struct buffer *text, const struct http_message *m, const char *name)
{
	struct bytes value;

	if (!http_only_field(m, name, &value))
		return false;
	buffer_printf(text, "\n%s: ", name);
	buffer_add_bytes(text, value);
	return true;
}

/* False if something that is to be signed is not there. */
static bool
write_text(struct buffer *text, const struct http_message *m)
{
	struct bytes date;

	if (!http_only_field(m, "Date", &date))
		return false;
	buffer_add_text(text, "date: ");
	buffer_add_bytes(text, date);
	buffer_add_text(text, "\n");
	buffer_add_bytes(text, m->method);
	buffer_add_text(text, " ");
	buffer_add_bytes(text, m->target);
	buffer_add_text(text, " HTTP/1.1");
	return add_field(text, m, "host") &&
	       (m->content.left == 0 || add_field(text, m, "content-digest"));
}

static bool
make_mac(const struct http_message *m, const struct signature_key *key,
    uint8_t mac[EVP_MAX_MD_SIZE])
{
	struct buffer text = {0};
	unsigned int length;
	bool good = key->algorithm == SIGNATURE_HMAC_SHA256 &&
		    write_text(&text, m) &&
		    HMAC(EVP_sha256(), key->material.at,
			(int)key->material.left, buffer_bytes(&text).at,
			buffer_bytes(&text).left, mac, &length) != NULL;

	buffer_clear(&text);
	return good;
}

enum signature_verdict
http_hmac_date_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key)
{
	uint8_t right[EVP_MAX_MD_SIZE], sent[HMAC_SIZE];
	size_t length;

	if ((m->content.left > 0 && content_digest_check(m) != DIGEST_GOOD) ||
	    !sf_bytes_decode(sig->value, sent, sizeof(sent), &length) ||
	    length != HMAC_SIZE || !make_mac(m, key, right) ||
	    CRYPTO_memcmp(right, sent, HMAC_SIZE) != 0)
		return SIGNATURE_WRONG;
	return SIGNATURE_GOOD;
}

int
http_hmac_date_sign(struct http_draft *d, int64_t now, const char *keyid,
    const struct signature_key *key)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	unsigned char text[EVP_MAX_MD_SIZE * 2];
	uint8_t mac[EVP_MAX_MD_SIZE];
	const struct http_message *m;
	struct buffer wire = {0};
	char date[HTTP_DATE_SIZE];
	struct bytes in;
	int result = -1;

	http_date_write(now, date);
	http_draft_field(d, "Date", date);
	http_draft_write(d, &wire);
	in = buffer_bytes(&wire);
	if (http_reader_feed(reader, &in, &m) != HTTP_COMPLETE ||
	    !make_mac(m, key, mac))
		warnx("sign: hmac-date needs a request, and a key of "
		      "hmac-sha256");
	else {
		EVP_EncodeBlock(text, mac, HMAC_SIZE);
		buffer_printf(&d->head,
		    "Authorization: hmac username=\"%s\", "
		    "algorithm=\"hmac-sha256\", headers=\"%s\", "
		    "signature=\"%s\"\r\n",
		    keyid, headers_of(m), (const char *)text);
		result = 0;
	}
	buffer_clear(&wire);
	http_reader_free(reader);
	return result;
}

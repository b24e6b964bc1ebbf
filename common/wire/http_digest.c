/* SPDX-License-Identifier: MIT */
/* Hashes of hashes, joined by colons. */
#include "http_digest.h"

#include <err.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "auth_params.h"

#define NC_SIZE 8

struct credentials {
	struct bytes username, realm, nonce, uri, algorithm, nc, cnonce, qop,
	    response;
};

static const char *
qop_name(enum http_digest_qop qop)
{
	return qop == DIGEST_AUTH ? "auth" : "auth-int";
}

static bool
is_lower_hex(struct bytes text)
{
	for (size_t i = 0; i < text.left; i++)
		if (text.at[i] == '\0' ||
		    strchr("0123456789abcdef", text.at[i]) == NULL)
			return false;
	return true;
}

static bool
find_all(struct bytes in, struct credentials *c)
{
	const struct {
		const char *name;
		struct bytes *value;
	} all[] = {{"username", &c->username}, {"realm", &c->realm},
	    {"nonce", &c->nonce}, {"uri", &c->uri},
	    {"algorithm", &c->algorithm}, {"nc", &c->nc},
	    {"cnonce", &c->cnonce}, {"qop", &c->qop},
	    {"response", &c->response}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!auth_param_find(in, all[i].name, all[i].value))
			return false;
	return true;
}

static bool
take_credentials(const struct http_message *m, enum http_digest_qop qop,
    struct credentials *c)
{
	struct bytes in;

	return http_only_field(m, "Authorization", &in) &&
	       auth_scheme_take(&in, "Digest") && find_all(in, c) &&
	       bytes_equal_text(c->algorithm, "SHA-256") &&
	       bytes_equal_text(c->qop, qop_name(qop)) &&
	       c->nc.left == NC_SIZE && is_lower_hex(c->nc) &&
	       c->response.left == HTTP_DIGEST_SIZE - 1 &&
	       is_lower_hex(c->response);
}

enum signature_verdict
http_digest_read(const struct http_message *m, enum http_digest_qop qop,
    struct http_signature *sig)
{
	struct credentials c;

	*sig = (struct http_signature){0};
	if (http_field(m, "Authorization", NULL) == NULL)
		return SIGNATURE_ABSENT;
	if (!take_credentials(m, qop, &c) || c.nonce.left == 0 ||
	    memchr(c.nonce.at, '\0', c.nonce.left) != NULL ||
	    c.nonce.left + 1 + NC_SIZE >= sizeof(sig->own))
		return SIGNATURE_MALFORMED;
	snprintf(sig->own, sizeof(sig->own), "%.*s:%.*s", (int)c.nonce.left,
	    (const char *)c.nonce.at, NC_SIZE, (const char *)c.nc.at);
	sig->keyid = c.username;
	sig->nonce = c.nonce;
	sig->value = c.response;
	sig->has_keyid = sig->has_nonce = true;
	return SIGNATURE_GOOD;
}

static void
hash(struct bytes data, char into[HTTP_DIGEST_SIZE])
{
	uint8_t octets[EVP_MAX_MD_SIZE];

	if (EVP_Digest(data.left == 0 ? (const void *)"" : data.at, data.left,
		octets, NULL, EVP_sha256(), NULL) != 1)
		errx(70, "OpenSSL has no SHA-256");
	for (size_t i = 0; i < (HTTP_DIGEST_SIZE - 1) / 2; i++)
		snprintf(&into[2 * i], 3, "%02x", octets[i]);
}

/* The hash of parts with colons between. */
static void
hash_parts(const struct bytes *parts, size_t count, char into[HTTP_DIGEST_SIZE])
{
	struct buffer text = {0};

	for (size_t i = 0; i < count; i++) {
		buffer_add_text(&text, i == 0 ? "" : ":");
		buffer_add_bytes(&text, parts[i]);
	}
	hash(buffer_bytes(&text), into);
	buffer_clear(&text);
}

/* Sections 3.4.2 and 3.4.3. */
static void
respond(const struct http_message *m, enum http_digest_qop qop,
    const struct credentials *c, struct bytes secret,
    char into[HTTP_DIGEST_SIZE])
{
	char a1[HTTP_DIGEST_SIZE], a2[HTTP_DIGEST_SIZE],
	    content[HTTP_DIGEST_SIZE];

	hash(m->content, content);
	hash_parts((struct bytes[]){c->username, c->realm, secret}, 3, a1);
	hash_parts((struct bytes[]){m->method, c->uri, bytes_of(content)},
	    qop == DIGEST_AUTH ? 2 : 3, a2);
	hash_parts((struct bytes[]){bytes_of(a1), c->nonce, c->nc, c->cnonce,
		       c->qop, bytes_of(a2)},
	    6, into);
	OPENSSL_cleanse(a1, sizeof(a1));
}

bool
http_digest_response(const struct http_message *m, enum http_digest_qop qop,
    struct bytes secret, char into[HTTP_DIGEST_SIZE])
{
	struct credentials c;

	if (!take_credentials(m, qop, &c))
		return false;
	respond(m, qop, &c, secret, into);
	return true;
}

enum signature_verdict
http_digest_verify(const struct http_message *m, enum http_digest_qop qop,
    const struct http_signature *sig, const struct signature_key *key)
{
	char right[HTTP_DIGEST_SIZE];
	struct credentials c;

	if (key->algorithm != SIGNATURE_HMAC_SHA256 ||
	    !take_credentials(m, qop, &c) ||
	    !bytes_equal_text(c.realm, HTTP_DIGEST_REALM) ||
	    !bytes_equal(c.uri, m->target))
		return SIGNATURE_WRONG;
	respond(m, qop, &c, key->material, right);
	return CRYPTO_memcmp(right, sig->value.at, HTTP_DIGEST_SIZE - 1) == 0
		   ? SIGNATURE_GOOD
		   : SIGNATURE_WRONG;
}

static void
add_authorization(
    struct http_draft *d, const struct credentials *c, const char *response)
{
	const struct {
		const char *before;
		struct bytes value;
	} parts[] = {{"Authorization: Digest username=\"", c->username},
	    {"\", realm=\"", c->realm}, {"\", nonce=\"", c->nonce},
	    {"\", uri=\"", c->uri}, {"\", algorithm=SHA-256, nc=", c->nc},
	    {", cnonce=\"", c->cnonce}, {"\", qop=", c->qop},
	    {", response=\"", bytes_of(response)}};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buffer_add_text(&d->head, parts[i].before);
		buffer_add_bytes(&d->head, parts[i].value);
	}
	buffer_add_text(&d->head, "\"\r\n");
}

int
http_digest_sign(struct http_draft *d, enum http_digest_qop qop,
    const char *nonce, const char *cnonce, const char *keyid,
    const struct signature_key *key)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct credentials c = {.username = bytes_of(keyid),
	    .realm = bytes_of(HTTP_DIGEST_REALM),
	    .nonce = bytes_of(nonce),
	    .nc = bytes_of("00000001"),
	    .cnonce = bytes_of(cnonce),
	    .qop = bytes_of(qop_name(qop))};
	char response[HTTP_DIGEST_SIZE];
	const struct http_message *m;
	struct buffer wire = {0};
	struct bytes in;
	int result = -1;

	http_draft_write(d, &wire);
	in = buffer_bytes(&wire);
	if (key->algorithm != SIGNATURE_HMAC_SHA256 ||
	    http_reader_feed(reader, &in, &m) != HTTP_COMPLETE)
		warnx("sign: digest needs a request, and a key of "
		      "hmac-sha256");
	else {
		c.uri = m->target;
		respond(m, qop, &c, key->material, response);
		add_authorization(d, &c, response);
		result = 0;
	}
	buffer_clear(&wire);
	http_reader_free(reader);
	return result;
}

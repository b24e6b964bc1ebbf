/* SPDX-License-Identifier: MIT */
/* The proof: three parts, two of them JSON. */
#include "http_dpop.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <openssl/evp.h>
#include <string.h>

#include "base64url.h"
#include "json.h"

#define ED25519_KEY_SIZE 32
#define ED25519_SIZE 64

struct proof {
	cJSON *header, *payload;
	struct bytes said; /* both as they were sent, with the dot between */
	uint8_t signature[ED25519_SIZE];
};

static void
proof_clear(struct proof *p)
{
	cJSON_Delete(p->header);
	cJSON_Delete(p->payload);
}

static cJSON *
read_json(struct bytes part)
{
	uint8_t text[DPOP_PROOF_MAX];
	const char *end = NULL;
	size_t length;
	cJSON *json;

	if (!base64url_read(part, text, sizeof(text), &length))
		return NULL;
	json = cJSON_ParseWithLengthOpts((char *)text, length, &end, false);
	if (json != NULL && end == (char *)text + length)
		return json;
	cJSON_Delete(json);
	return NULL;
}

/* RFC 7515 section 7.1.  False after clearing. */
static bool
proof_read(struct bytes whole, struct proof *p)
{
	struct bytes header, payload, rest = whole;
	size_t length;

	*p = (struct proof){0};
	if (whole.left > DPOP_PROOF_MAX ||
	    !bytes_take_until(&rest, '.', &header) ||
	    !bytes_take_until(&rest, '.', &payload) ||
	    (p->header = read_json(header)) == NULL ||
	    (p->payload = read_json(payload)) == NULL ||
	    !base64url_read(rest, p->signature, ED25519_SIZE, &length) ||
	    length != ED25519_SIZE) {
		proof_clear(p);
		return false;
	}
	p->said = (struct bytes){whole.at, header.left + 1 + payload.left};
	return true;
}

static bool
text_is(const cJSON *object, const char *name, const char *value)
{
	return strcmp(json_get_text(object, name), value) == 0;
}

/* RFC 9449 section 4.2; no extension that must be understood. */
static bool
is_header_good(const cJSON *header)
{
	const cJSON *jwk = cJSON_GetObjectItemCaseSensitive(header, "jwk");

	return text_is(header, "typ", "dpop+jwt") &&
	       text_is(header, "alg", "EdDSA") &&
	       cJSON_GetObjectItemCaseSensitive(header, "crit") == NULL &&
	       text_is(jwk, "kty", "OKP") && text_is(jwk, "crv", "Ed25519") &&
	       cJSON_GetObjectItemCaseSensitive(jwk, "d") == NULL;
}

/* No number is NaN here, and fails every comparison. */
static bool
take_time(const cJSON *payload, struct http_signature *sig)
{
	double iat = cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(payload, "iat"));

	if (!(iat >= 0 && iat <= 999999999999.0))
		return false;
	sig->created = (int64_t)iat;
	return sig->has_created = true;
}

static bool
take_jti(const cJSON *payload, struct http_signature *sig)
{
	const char *jti = json_get_text(payload, "jti");

	if (*jti == '\0' || strlen(jti) >= sizeof(sig->own))
		return false;
	strcpy(sig->own, jti);
	return sig->has_nonce = true;
}

static bool
take_token(const struct http_message *m, struct bytes *token)
{
	struct bytes scheme;

	return http_only_field(m, "Authorization", token) &&
	       bytes_take_until(token, ' ', &scheme) &&
	       bytes_equal_text_nocase(scheme, "DPoP") && token->left > 0;
}

enum signature_verdict
http_dpop_read(const struct http_message *m, struct http_signature *sig)
{
	struct proof p;
	bool good;

	*sig = (struct http_signature){0};
	if (http_field(m, "DPoP", NULL) == NULL)
		return SIGNATURE_ABSENT;
	if (!take_token(m, &sig->keyid) ||
	    !http_only_field(m, "DPoP", &sig->value) ||
	    !proof_read(sig->value, &p))
		return SIGNATURE_MALFORMED;
	good = is_header_good(p.header) && take_time(p.payload, sig) &&
	       take_jti(p.payload, sig);
	proof_clear(&p);
	sig->nonce = bytes_of(sig->own);
	sig->has_keyid = true;
	return good ? SIGNATURE_GOOD : SIGNATURE_MALFORMED;
}

static void
write_hash(struct buffer *out, struct bytes token)
{
	uint8_t hash[EVP_MAX_MD_SIZE];

	if (EVP_Digest(token.at, token.left, hash, NULL, EVP_sha256(), NULL) ==
	    1)
		base64url_write(out, (struct bytes){hash, 32});
}

/* The URI without query and fragment (RFC 9449 section 4.2). */
static void
write_uri(struct buffer *out, const struct http_message *m)
{
	struct bytes host = {0};

	(void)!http_only_field(m, "Host", &host);
	buffer_add_text(out, "https://");
	buffer_add_bytes(out, host);
	buffer_add_bytes(out, http_path(m));
}

/* Is the proof about this request (RFC 9449 section 4.3)? */
static bool
is_about(const cJSON *payload, const struct http_message *m, struct bytes token)
{
	struct buffer uri = {0}, hash = {0};
	bool good;

	write_uri(&uri, m);
	write_hash(&hash, token);
	good = bytes_equal_text(m->method, json_get_text(payload, "htm")) &&
	       text_is(payload, "htu", buffer_text(&uri)) &&
	       text_is(payload, "ath", buffer_text(&hash));
	buffer_clear(&uri);
	buffer_clear(&hash);
	return good;
}

static bool
is_key(const cJSON *header, struct bytes public)
{
	struct buffer x = {0};
	bool good;

	base64url_write(&x, public);
	good = text_is(cJSON_GetObjectItemCaseSensitive(header, "jwk"), "x",
	    buffer_text(&x));
	buffer_clear(&x);
	return good;
}

enum signature_verdict
http_dpop_verify(const struct http_message *m, const struct http_signature *sig,
    const struct signature_key *key)
{
	struct proof p;
	bool good;

	if (key->algorithm != SIGNATURE_ED25519 || !proof_read(sig->value, &p))
		return SIGNATURE_WRONG;
	good = is_key(p.header, key->material) &&
	       is_about(p.payload, m, sig->keyid) &&
	       signature_ed25519_verify(key->material, p.said,
		   (struct bytes){p.signature, ED25519_SIZE});
	proof_clear(&p);
	return good ? SIGNATURE_GOOD : SIGNATURE_WRONG;
}

static void
write_header(struct buffer *out, struct bytes public)
{
	struct buffer json = {0}, x = {0};

	base64url_write(&x, public);
	json_open(&json, '{');
	json_member_text(&json, "typ", "dpop+jwt");
	json_member_text(&json, "alg", "EdDSA");
	json_key(&json, "jwk");
	json_open(&json, '{');
	json_member_text(&json, "kty", "OKP");
	json_member_text(&json, "crv", "Ed25519");
	json_member_text(&json, "x", buffer_text(&x));
	json_close(&json, '}');
	json_close(&json, '}');
	base64url_write(out, buffer_bytes(&json));
	buffer_clear(&json);
	buffer_clear(&x);
}

static void
write_payload(struct buffer *out, const struct http_message *m, int64_t now,
    const char *jti, const char *keyid)
{
	struct buffer json = {0}, uri = {0}, hash = {0};

	write_uri(&uri, m);
	write_hash(&hash, bytes_of(keyid));
	json_open(&json, '{');
	json_member_text(&json, "jti", jti);
	json_member_bytes(&json, "htm", m->method);
	json_member_text(&json, "htu", buffer_text(&uri));
	json_member_number(&json, "iat", now);
	json_member_text(&json, "ath", buffer_text(&hash));
	json_close(&json, '}');
	base64url_write(out, buffer_bytes(&json));
	buffer_clear(&json);
	buffer_clear(&uri);
	buffer_clear(&hash);
}

int
http_dpop_sign(struct http_draft *d, int64_t now, const char *jti,
    const char *keyid, const struct signature_key *key)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	uint8_t public[ED25519_KEY_SIZE], signature[ED25519_SIZE];
	struct buffer wire = {0}, proof = {0};
	const struct http_message *m;
	struct bytes in;
	int result = -1;

	http_draft_write(d, &wire);
	in = buffer_bytes(&wire);
	if (key->algorithm != SIGNATURE_ED25519 ||
	    !signature_ed25519_public(key->material, public) ||
	    http_reader_feed(reader, &in, &m) != HTTP_COMPLETE) {
		warnx("sign: dpop needs a request, and a key of ed25519");
		goto out;
	}
	write_header(&proof, (struct bytes){public, sizeof(public)});
	buffer_add_text(&proof, ".");
	write_payload(&proof, m, now, jti, keyid);
	if (!signature_ed25519_sign(
		key->material, buffer_bytes(&proof), signature)) {
		warnx("sign: OpenSSL cannot use this ed25519 key");
		goto out;
	}
	buffer_add_text(&proof, ".");
	base64url_write(&proof, (struct bytes){signature, ED25519_SIZE});
	buffer_printf(&d->head, "Authorization: DPoP %s\r\nDPoP: %s\r\n", keyid,
	    buffer_text(&proof));
	result = 0;
out:
	buffer_clear(&wire);
	buffer_clear(&proof);
	http_reader_free(reader);
	return result;
}

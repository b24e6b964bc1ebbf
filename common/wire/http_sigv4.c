/* SPDX-License-Identifier: MIT */
/* One canonical request, made alike by who signs and who verifies. */
#include "http_sigv4.h"

#include <err.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "http_date.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SECRET_MAX 64
#define NAME_MAX_SIZE 64

struct credentials {
	struct bytes keyid;
	struct http_sigv4_scope scope;
	struct bytes fields;
	struct bytes signature;
};

static bool
take_word(struct bytes *in, const char *word)
{
	struct bytes rest = *in, found;

	if (!bytes_take(&rest, strlen(word), &found) ||
	    !bytes_equal_text(found, word))
		return false;
	*in = rest;
	return true;
}

static bool
take_credentials(struct bytes in, struct credentials *c)
{
	if (!take_word(&in, ALGORITHM " Credential=") ||
	    !bytes_take_until(&in, '/', &c->keyid) || c->keyid.left == 0 ||
	    !bytes_take_until(&in, '/', &c->scope.date) ||
	    !bytes_take_until(&in, '/', &c->scope.region) ||
	    !bytes_take_until(&in, '/', &c->scope.service) ||
	    !take_word(&in, "aws4_request, SignedHeaders=") ||
	    !bytes_take_until(&in, ',', &c->fields) ||
	    !take_word(&in, " Signature="))
		return false;
	c->signature = in;
	return in.left == HTTP_SIGV4_SIZE - 1;
}

static bool
add_component(struct http_signature *sig, struct bytes name)
{
	if (sig->component_count == SIGNATURE_COMPONENTS_MAX ||
	    name.left == 0 || name.left >= NAME_MAX_SIZE ||
	    memchr(name.at, '\0', name.left) != NULL)
		return false;
	sig->components[sig->component_count++] = name;
	return true;
}

/* False also if the list leaves out what a copy could be changed in. */
static bool
take_components(struct bytes list, struct http_signature *sig)
{
	struct bytes name;

	while (bytes_take_until(&list, ';', &name))
		if (!add_component(sig, name))
			return false;
	return add_component(sig, list) && http_signature_covers(sig, "host") &&
	       http_signature_covers(sig, "x-amz-date");
}

enum signature_verdict
http_sigv4_read(const struct http_message *m, struct http_signature *sig)
{
	struct bytes authorization, date;
	struct credentials c;

	*sig = (struct http_signature){0};
	if (http_field(m, "Authorization", NULL) == NULL)
		return SIGNATURE_ABSENT;
	if (!http_only_field(m, "Authorization", &authorization) ||
	    !http_only_field(m, "X-Amz-Date", &date) ||
	    !http_date_read_basic(date, &sig->created) ||
	    !take_credentials(authorization, &c) ||
	    !take_components(c.fields, sig))
		return SIGNATURE_MALFORMED;
	sig->keyid = c.keyid;
	sig->value = c.signature;
	sig->has_keyid = sig->has_created = true;
	return SIGNATURE_GOOD;
}

static bool
mac(const uint8_t *key, size_t size, struct bytes text,
    uint8_t into[HTTP_SIGV4_KEY_SIZE])
{
	/* Of no text, too: OpenSSL takes no NULL for it. */
	return HMAC(EVP_sha256(), key, (int)size,
		   text.left == 0 ? (const uint8_t *)"" : text.at, text.left,
		   into, NULL) != NULL;
}

bool
http_sigv4_key(const struct http_sigv4_scope *scope, struct bytes secret,
    uint8_t into[HTTP_SIGV4_KEY_SIZE])
{
	const struct bytes steps[] = {scope->date, scope->region,
	    scope->service, bytes_of("aws4_request")};
	uint8_t key[4 + SECRET_MAX] = {'A', 'W', 'S', '4'};
	size_t size = 4 + secret.left;
	bool good = secret.left > 0 && secret.left <= SECRET_MAX;

	if (good)
		memcpy(&key[4], secret.at, secret.left);
	for (size_t i = 0; good && i < sizeof(steps) / sizeof(steps[0]); i++) {
		good = mac(key, size, steps[i], into);
		size = HTTP_SIGV4_KEY_SIZE;
		memcpy(key, into, size);
	}
	OPENSSL_cleanse(key, sizeof(key));
	return good;
}

static void
write_hex(const uint8_t octets[32], char into[HTTP_SIGV4_SIZE])
{
	for (size_t i = 0; i < 32; i++)
		snprintf(&into[2 * i], 3, "%02x", octets[i]);
}

static void
add_hash(struct buffer *out, struct bytes data)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	char hex[HTTP_SIGV4_SIZE];

	if (EVP_Digest(data.left == 0 ? (const void *)"" : data.at, data.left,
		hash, NULL, EVP_sha256(), NULL) != 1)
		errx(70, "OpenSSL has no SHA-256");
	write_hex(hash, hex);
	buffer_add_text(out, hex);
}

static bool
add_fields(struct buffer *out, const struct http_message *m,
    const struct http_signature *sig)
{
	char name[NAME_MAX_SIZE];
	struct bytes value;

	for (size_t i = 0; i < sig->component_count; i++) {
		snprintf(name, sizeof(name), "%.*s",
		    (int)sig->components[i].left,
		    (const char *)sig->components[i].at);
		if (!http_only_field(m, name, &value))
			return false;
		buffer_printf(out, "%s:", name);
		buffer_add_bytes(out, value);
		buffer_add_text(out, "\n");
	}
	return true;
}

static void
add_names(struct buffer *out, const struct http_signature *sig)
{
	for (size_t i = 0; i < sig->component_count; i++) {
		buffer_add_text(out, i == 0 ? "" : ";");
		buffer_add_bytes(out, sig->components[i]);
	}
}

static bool
write_request(struct buffer *out, const struct http_message *m,
    const struct http_signature *sig)
{
	const struct bytes parts[] = {m->method, http_path(m), http_query(m)};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buffer_add_bytes(out, parts[i]);
		buffer_add_text(out, "\n");
	}
	if (!add_fields(out, m, sig))
		return false;
	buffer_add_text(out, "\n");
	add_names(out, sig);
	buffer_add_text(out, "\n");
	add_hash(out, m->content);
	return true;
}

static void
write_text(struct buffer *out, struct bytes date,
    const struct http_sigv4_scope *scope, struct bytes request)
{
	const struct bytes parts[] = {
	    scope->date, scope->region, scope->service};

	buffer_add_text(out, ALGORITHM "\n");
	buffer_add_bytes(out, date);
	buffer_add_text(out, "\n");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buffer_add_bytes(out, parts[i]);
		buffer_add_text(out, "/");
	}
	buffer_add_text(out, "aws4_request\n");
	add_hash(out, request);
}

bool
http_sigv4_signature(const struct http_message *m,
    const struct http_signature *sig, const struct http_sigv4_scope *scope,
    const struct signature_key *key, char into[HTTP_SIGV4_SIZE])
{
	uint8_t derived[HTTP_SIGV4_KEY_SIZE], value[HTTP_SIGV4_KEY_SIZE];
	struct buffer request = {0}, text = {0};
	struct bytes date;
	bool good = key->algorithm == SIGNATURE_HMAC_SHA256 &&
		    http_only_field(m, "X-Amz-Date", &date) &&
		    write_request(&request, m, sig) &&
		    http_sigv4_key(scope, key->material, derived);

	if (good) {
		write_text(&text, date, scope, buffer_bytes(&request));
		good =
		    mac(derived, sizeof(derived), buffer_bytes(&text), value);
		OPENSSL_cleanse(derived, sizeof(derived));
	}
	if (good)
		write_hex(value, into);
	buffer_clear(&request);
	buffer_clear(&text);
	return good;
}

/* A key of another day, region or service is good for nothing here. */
static bool
is_ours(const struct http_message *m, const struct http_sigv4_scope *scope)
{
	struct bytes date, day;

	return http_only_field(m, "X-Amz-Date", &date) &&
	       bytes_take(&date, 8, &day) && bytes_equal(day, scope->date) &&
	       bytes_equal_text(scope->region, HTTP_SIGV4_REGION) &&
	       bytes_equal_text(scope->service, HTTP_SIGV4_SERVICE);
}

enum signature_verdict
http_sigv4_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key)
{
	struct bytes authorization;
	char right[HTTP_SIGV4_SIZE];
	struct credentials c;

	if (!http_only_field(m, "Authorization", &authorization) ||
	    !take_credentials(authorization, &c) || !is_ours(m, &c.scope) ||
	    !http_sigv4_signature(m, sig, &c.scope, key, right) ||
	    CRYPTO_memcmp(right, c.signature.at, HTTP_SIGV4_SIZE - 1) != 0)
		return SIGNATURE_WRONG;
	return SIGNATURE_GOOD;
}

/* In the order of their names, and those only that are there. */
static void
choose_components(const struct http_message *m, struct http_signature *sig)
{
	static const char *const names[] = {"content-type", "host",
	    "idempotency-key", "if-match", "x-amz-date"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (http_field(m, names[i], NULL) != NULL)
			add_component(sig, bytes_of(names[i]));
}

static void
add_authorization(struct http_draft *d, const char *keyid, const char *day,
    const struct http_signature *sig, const char *value)
{
	buffer_printf(&d->head,
	    "Authorization: " ALGORITHM " Credential=%s/%s/" HTTP_SIGV4_REGION
	    "/" HTTP_SIGV4_SERVICE "/aws4_request, SignedHeaders=",
	    keyid, day);
	add_names(&d->head, sig);
	buffer_printf(&d->head, ", Signature=%s\r\n", value);
}

int
http_sigv4_sign(struct http_draft *d, int64_t now, const char *keyid,
    const struct signature_key *key)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	char date[HTTP_DATE_BASIC_SIZE], day[9], value[HTTP_SIGV4_SIZE];
	struct http_signature sig = {0};
	const struct http_message *m;
	struct http_sigv4_scope scope = {.region = bytes_of(HTTP_SIGV4_REGION),
	    .service = bytes_of(HTTP_SIGV4_SERVICE)};
	struct buffer wire = {0};
	struct bytes in;
	int result = -1;

	http_date_write_basic(now, date);
	snprintf(day, sizeof(day), "%.8s", date);
	scope.date = bytes_of(day);
	http_draft_field(d, "X-Amz-Date", date);
	http_draft_write(d, &wire);
	in = buffer_bytes(&wire);
	if (http_reader_feed(reader, &in, &m) == HTTP_COMPLETE) {
		choose_components(m, &sig);
		if (http_sigv4_signature(m, &sig, &scope, key, value)) {
			add_authorization(d, keyid, day, &sig, value);
			result = 0;
		}
	}
	if (result == -1)
		warnx("sign: sigv4 needs a request, and a key of hmac-sha256");
	buffer_clear(&wire);
	http_reader_free(reader);
	return result;
}

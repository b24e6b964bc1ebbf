/* SPDX-License-Identifier: MIT */
/* The parts of a signature, and the keys file. */
#include "signing.h"

#include "buffer.h"
#include "content_digest.h"
#include "http_digest.h"
#include "http_dpop.h"
#include "http_hmac_date.h"
#include "http_sigv4.h"
#include "json.h"
#include "structured_field.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_FILE_MAX 65536

const char *const signing_schemes[] = {
    "signature", "hmac-date", "dpop", "sigv4", "digest", "digest-int", NULL};

/* Sets what one word of the list stands for. */
static bool
take_part(struct signing *s, const char *word)
{
	if (strcmp(word, "timestamp") == 0)
		s->timestamp = true;
	else if (strcmp(word, "nonce") == 0)
		s->nonce = true;
	else if (strcmp(word, "signature") != 0)
		return false;
	s->signature = true;
	return true;
}

int
signing_read_parts(struct signing *s, const char *words)
{
	char list[64], *at = list, *word;

	s->signature = s->timestamp = s->nonce = false;
	if (words == NULL)
		words = "signature,timestamp,nonce";
	if (strcmp(words, "none") == 0)
		return 0;
	if ((size_t)snprintf(list, sizeof(list), "%s", words) >= sizeof(list)) {
		warnx("sign: the list is too long; it has at most the words "
		      "signature,timestamp,nonce");
		return -1;
	}
	while ((word = strsep(&at, ",")) != NULL) {
		if (take_part(s, word))
			continue;
		warnx("sign: \"%s\" is no part of a signature; write none, or "
		      "a list of signature,timestamp,nonce",
		    word);
		return -1;
	}
	return 0;
}

int
signing_read_cover(struct signing *s, const char *words)
{
	char *at = s->cover, *word;
	size_t n = 0;

	s->covers_chosen = words != NULL;
	if (words == NULL || strcmp(words, "none") == 0)
		return 0;
	if ((size_t)snprintf(s->cover, sizeof(s->cover), "%s", words) >=
	    sizeof(s->cover)) {
		warnx("cover: the list is too long");
		return -1;
	}
	while ((word = strsep(&at, ",")) != NULL) {
		if (*word == '\0' || n == SIGNATURE_COMPONENTS_MAX) {
			warnx("cover: write none, or a list of at most %d "
			      "components such as @method,content-digest",
			    SIGNATURE_COMPONENTS_MAX);
			return -1;
		}
		s->components[n++] = word;
	}
	return 0;
}

int
signing_read_unsigned(struct signing *s, const char *words)
{
	s->plain_timestamp = s->plain_nonce = false;
	if (words == NULL)
		return 0;
	s->plain_timestamp = strstr(words, "timestamp") != NULL;
	s->plain_nonce = strstr(words, "nonce") != NULL;
	if (strcmp(words, "timestamp") == 0 || strcmp(words, "nonce") == 0 ||
	    strcmp(words, "timestamp,nonce") == 0 ||
	    strcmp(words, "nonce,timestamp") == 0)
		return 0;
	warnx(
	    "unsigned: \"%s\" is neither timestamp nor nonce nor both", words);
	return -1;
}

static int
read_file(const char *path, struct buffer *text)
{
	FILE *file = fopen(path, "re");
	char piece[4096];
	size_t n;

	if (file == NULL) {
		warn("keys: %s", path);
		return -1;
	}
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0 &&
	       buffer_bytes(text).left <= KEYS_FILE_MAX)
		buffer_add(text, piece, n);
	if (ferror(file))
		warn("keys: %s", path);
	else if (n > 0)
		warnx("keys: %s: more than %d bytes", path, KEYS_FILE_MAX);
	n = (size_t)ferror(file) + n;
	fclose(file);
	OPENSSL_cleanse(piece, sizeof(piece));
	return n == 0 ? 0 : -1;
}

/* The secret of one key object; false if it is none of ours. */
static bool
take_key(struct signing *s, const cJSON *key)
{
	int algorithm =
	    signature_algorithm_of(bytes_of(json_get_text(key, "alg")));
	const char *name =
	    algorithm == SIGNATURE_ED25519 ? "private" : "secret";

	if (algorithm == -1 ||
	    !sf_bytes_decode(bytes_of(json_get_text(key, name)), s->secret,
		sizeof(s->secret), &s->secret_length) ||
	    s->secret_length == 0)
		return false;
	s->algorithm = (enum signature_algorithm)algorithm;
	return true;
}

static int
find_key(struct signing *s, const cJSON *keys, const char *path)
{
	const cJSON *key;

	cJSON_ArrayForEach(key, keys)
	{
		if (strcmp(json_get_text(key, "keyid"), s->keyid) != 0)
			continue;
		if (take_key(s, key))
			return 0;
		warnx("keys: %s: the key \"%s\" has no alg of hmac-sha256 with "
		      "secret, or ed25519 with private",
		    path, s->keyid);
		return -1;
	}
	warnx(
	    "keys: %s has no key \"%s\"; choose with --keyid", path, s->keyid);
	return -1;
}

int
signing_open(struct signing *s, const char *path, const char *keyid)
{
	struct buffer text = {0};
	cJSON *root = NULL;
	const cJSON *keys;
	int result = -1;

	s->keyid = keyid;
	if (!s->signature)
		return 0;
	if (path == NULL) {
		warnx("keys: outside a lab there is no keys.json; give --keys "
		      "FILE or --sign none");
		return -1;
	}
	if (read_file(path, &text) == -1)
		goto out;
	root = cJSON_Parse(buffer_text(&text));
	keys = cJSON_GetObjectItemCaseSensitive(root, "keys");
	if (!cJSON_IsArray(keys))
		warnx("keys: %s is not {\"v\":1,\"keys\":[...]}", path);
	else
		result = find_key(s, keys, path);
out:
	cJSON_Delete(root);
	buffer_clear(&text);
	return result;
}

void
signing_clear(struct signing *s)
{
	OPENSSL_cleanse(s->secret, sizeof(s->secret));
	s->secret_length = 0;
}

const char *
signing_nonce(char into[SIGNING_NONCE_SIZE])
{
	uint8_t random[16];
	unsigned char base64[25];

	/* Two requests with one nonce would be one request to the server. */
	if (RAND_bytes(random, sizeof(random)) != 1)
		errx(70, "OpenSSL has no random bytes for a nonce");
	EVP_EncodeBlock(base64, random, sizeof(random));
	for (size_t i = 0; i < SIGNING_NONCE_SIZE - 1; i++) {
		char c = (char)base64[i];

		into[i] = c == '+' ? '-' : c == '/' ? '_' : c;
	}
	into[SIGNING_NONCE_SIZE - 1] = '\0';
	return into;
}

static void
add_digest(struct http_draft *d)
{
	struct buffer digest = {0};

	content_digest_write(&digest, buffer_bytes(&d->content));
	http_draft_field(d, "Content-Digest", buffer_text(&digest));
	buffer_clear(&digest);
}

/* Header fields no signature covers: who passes them on may rewrite them. */
static void
add_plain(const struct signing *s, int64_t now, const char *nonce,
    struct http_draft *d)
{
	char seconds[24];

	if (s->plain_timestamp) {
		snprintf(seconds, sizeof(seconds), "%" PRId64, now);
		http_draft_field(d, "Request-Created", seconds);
	}
	if (s->plain_nonce)
		http_draft_field(d, "Request-Nonce", nonce);
	if (s->bearer != NULL)
		buffer_printf(
		    &d->head, "Authorization: Bearer %s\r\n", s->bearer);
}

static bool
has_field(struct http_draft *d, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s: ", name);
	return strcasestr(buffer_text(&d->head), line) != NULL;
}

/* The components to cover, without the fields that are not there. */
static void
choose_components(const struct signing *s, struct http_draft *d,
    const char *into[SIGNATURE_COMPONENTS_MAX + 1])
{
	static const char *const all[] = {"@method", "@authority", "@path",
	    "@query", "content-digest", "idempotency-key", "if-match", NULL};
	const char *const *from = s->covers_chosen ? s->components : all;
	size_t n = 0;

	for (; *from != NULL; from++)
		if (**from == '@' || has_field(d, *from))
			into[n++] = *from;
	into[n] = NULL;
}

/* Nothing, until the server has named its nonce. */
static int
answer_digest(const struct signing *s, enum http_digest_qop qop,
    const struct signature_key *key, struct http_draft *d)
{
	char cnonce[SIGNING_NONCE_SIZE];

	if (s->fixed_nonce == NULL)
		return 0;
	return http_digest_sign(
	    d, qop, s->fixed_nonce, signing_nonce(cnonce), s->keyid, key);
}

int
signing_apply(const struct signing *s, int64_t now, struct http_draft *d)
{
	const char *components[SIGNATURE_COMPONENTS_MAX + 1];
	bool has_content = buffer_bytes(&d->content).left > 0;
	char random[SIGNING_NONCE_SIZE];
	const char *nonce =
	    s->fixed_nonce != NULL ? s->fixed_nonce : signing_nonce(random);
	const struct signature_choice choice = {
	    .components = components,
	    .with_created = s->timestamp,
	    .created = now,
	    .nonce = s->nonce ? nonce : NULL,
	    .keyid = s->keyid,
	    .with_alg = true,
	    .secure = s->secure,
	};
	const struct signature_key key = {
	    s->algorithm, {s->secret, s->secret_length}};

	add_plain(s, now, nonce, d);
	if (!s->signature)
		return 0;
	if (has_content)
		add_digest(d);
	switch (s->scheme) {
	case SIGNING_SIGNATURE:
		break;
	case SIGNING_HMAC_DATE:
		return http_hmac_date_sign(d, now, s->keyid, &key);
	case SIGNING_DPOP:
		return http_dpop_sign(d, now, nonce, s->keyid, &key);
	case SIGNING_SIGV4:
		return http_sigv4_sign(d, now, s->keyid, &key);
	case SIGNING_DIGEST:
		return answer_digest(s, DIGEST_AUTH, &key, d);
	case SIGNING_DIGEST_INT:
		return answer_digest(s, DIGEST_AUTH_INT, &key, d);
	}
	choose_components(s, d, components);
	return http_sign(d, &choice, &key);
}

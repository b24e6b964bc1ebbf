/* SPDX-License-Identifier: MIT */
/* Reading keys.json, strictly: a key that is not understood stops the start. */
#include "keyring.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "structured_field.h"

#define KEYS_MAX 32
#define KEYID_SIZE 65
#define MATERIAL_MAX 128
#define ED25519_PUBLIC_SIZE 32 /* RFC 8032 section 5.1.5 */

struct keyring {
	size_t count;
	struct {
		char keyid[KEYID_SIZE];
		uint8_t material[MATERIAL_MAX];
		struct signature_key key; /* points to material */
	} keys[KEYS_MAX];
};

static bool
is_length_right(enum signature_algorithm algorithm, size_t length)
{
	switch (algorithm) {
	case SIGNATURE_HMAC_SHA256:
		return length > 0;
	case SIGNATURE_ED25519:
		return length == ED25519_PUBLIC_SIZE;
	}
	return false;
}

/* NULL if it was added, else what is wrong with it. */
static const char *
add_key(struct keyring *k, const cJSON *object)
{
	const char *keyid = json_get_text(object, "keyid"), *material;
	int algorithm =
	    signature_algorithm_of(bytes_of(json_get_text(object, "alg")));
	size_t length;

	if (k->count == KEYS_MAX)
		return "is one key too many";
	if (*keyid == '\0' || strlen(keyid) >= KEYID_SIZE)
		return "has no keyid, or one that is too long";
	if (keyring_find(k, bytes_of(keyid)) != NULL)
		return "has a keyid that another key has";
	if (algorithm == -1)
		return "has an alg that is neither hmac-sha256 nor ed25519";
	material = json_get_text(
	    object, algorithm == SIGNATURE_HMAC_SHA256 ? "secret" : "public");
	if (!sf_bytes_decode(bytes_of(material), k->keys[k->count].material,
		MATERIAL_MAX, &length) ||
	    !is_length_right((enum signature_algorithm)algorithm, length))
		return "has no secret (hmac-sha256) or public (ed25519) of "
		       "the right length in base64";
	strcpy(k->keys[k->count].keyid, keyid);
	k->keys[k->count].key = (struct signature_key){
	    (enum signature_algorithm)algorithm,
	    {k->keys[k->count].material, length},
	};
	k->count++;
	return NULL;
}

static int
add_keys(struct keyring *k, const cJSON *json, const char *name)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "keys");
	const cJSON *object;
	const char *why;
	int number = 0;

	if (!cJSON_IsArray(list)) {
		warnx("%s: not {\"v\":1,\"keys\":[...]}", name);
		return -1;
	}
	cJSON_ArrayForEach(object, list)
	{
		number++;
		if ((why = add_key(k, object)) != NULL) {
			warnx("%s: key %d %s", name, number, why);
			return -1;
		}
	}
	return 0;
}

struct keyring *
keyring_parse(struct bytes text, const char *name)
{
	struct keyring *k = calloc(1, sizeof(*k));
	cJSON *json = NULL;

	if (k == NULL) {
		warn("%s", name);
		return NULL;
	}
	json = cJSON_ParseWithLength((const char *)text.at, text.left);
	if (add_keys(k, json, name) == -1) {
		keyring_close(k);
		k = NULL;
	}
	cJSON_Delete(json);
	return k;
}

struct keyring *
keyring_open(const char *path)
{
	static char text[KEYRING_TEXT_MAX];
	FILE *file = fopen(path, "re");
	struct keyring *k = NULL;
	size_t length;

	if (file == NULL) {
		warn("keys %s", path);
		return NULL;
	}
	length = fread(text, 1, sizeof(text), file);
	if (ferror(file))
		warn("keys %s", path);
	else if (length == sizeof(text))
		warnx("keys %s: larger than %zu bytes", path, sizeof(text));
	else
		k = keyring_parse(
		    (struct bytes){(const uint8_t *)text, length}, path);
	fclose(file);
	OPENSSL_cleanse(text, sizeof(text));
	return k;
}

void
keyring_close(struct keyring *k)
{
	if (k != NULL)
		OPENSSL_cleanse(k, sizeof(*k));
	free(k);
}

const struct signature_key *
keyring_find(const struct keyring *k, struct bytes keyid)
{
	for (size_t i = 0; i < k->count; i++)
		if (bytes_equal_text(keyid, k->keys[i].keyid))
			return &k->keys[i].key;
	return NULL;
}

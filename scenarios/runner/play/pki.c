/* SPDX-License-Identifier: MIT */
/* The run's certificates and signing keys, by OpenSSL. */
#include "pki.h"

#include "json.h"

#include <err.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DAY 86400L

static int
failed(const char *what)
{
	warnx("OpenSSL could not make %s", what);
	return -1;
}

static bool
add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int added;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	if (extension == NULL)
		return false;
	added = X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return added == 1;
}

struct subject {
	const char *name;
	const char *names; /* subjectAltName, or NULL */
	const char *usage; /* keyUsage */
};

/* A certificate over key, signed by the issuer (or by itself). */
static X509 *
certify(const struct subject *subject, EVP_PKEY *key, X509 *issuer,
    EVP_PKEY *issuer_key)
{
	X509 *c = X509_new();
	X509_NAME *name = X509_NAME_new();
	uint64_t serial;
	bool is_ca = issuer == NULL;

	if (c == NULL || name == NULL ||
	    RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1 ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)subject->name, -1, -1, 0) ||
	    !X509_set_version(c, X509_VERSION_3) ||
	    !ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial >> 1) ||
	    !X509_gmtime_adj(X509_getm_notBefore(c), -DAY) ||
	    !X509_gmtime_adj(X509_getm_notAfter(c), 30 * DAY) ||
	    !X509_set_subject_name(c, name) || !X509_set_pubkey(c, key) ||
	    !X509_set_issuer_name(
		c, is_ca ? name : X509_get_subject_name(issuer)) ||
	    !add_extension(c, is_ca ? c : issuer, NID_basic_constraints,
		is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE") ||
	    !add_extension(
		c, is_ca ? c : issuer, NID_key_usage, subject->usage) ||
	    !add_extension(
		c, is_ca ? c : issuer, NID_subject_key_identifier, "hash") ||
	    (!is_ca && !add_extension(c, issuer, NID_authority_key_identifier,
			   "keyid:always")) ||
	    (subject->names != NULL &&
		!add_extension(
		    c, issuer, NID_subject_alt_name, subject->names)) ||
	    X509_sign(c, issuer_key, EVP_sha256()) == 0) {
		X509_free(c);
		c = NULL;
	}
	X509_NAME_free(name);
	return c;
}

static int
write_pem(
    const char *folder, const char *name, X509 *certificate, EVP_PKEY *key)
{
	char path[4096];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((file = fopen(path, "we")) == NULL) {
		warn("%s", path);
		return -1;
	}
	good = PEM_write_X509(file, certificate) == 1 &&
	       (key == NULL || PEM_write_PrivateKey(
				   file, key, NULL, NULL, 0, NULL, NULL) == 1);
	if (fclose(file) == EOF || !good) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

static int
issue(const char *folder, const char *file, const struct subject *subject,
    EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key)
{
	X509 *certificate =
	    key == NULL ? NULL : certify(subject, key, ca, ca_key);
	int outcome = certificate == NULL
			  ? failed(file)
			  : write_pem(folder, file, certificate, key);

	X509_free(certificate);
	EVP_PKEY_free(key);
	return outcome;
}

static int
create_certificates(const char *folder)
{
	static const struct subject authority = {
	    "replaylab throw-away CA", NULL, "critical,keyCertSign,cRLSign"};
	static const struct subject gateway = {"gateway",
	    "DNS:gateway,DNS:gateway2,IP:198.51.100.20,IP:198.51.100.21",
	    "critical,digitalSignature,keyEncipherment"};
	static const struct subject inner = {"inner",
	    "DNS:balancer,DNS:backend1,DNS:backend2",
	    "critical,digitalSignature,keyEncipherment"};
	static const struct subject client = {
	    "client", NULL, "critical,digitalSignature"};
	EVP_PKEY *ca_key = EVP_EC_gen("P-256");
	X509 *ca =
	    ca_key == NULL ? NULL : certify(&authority, ca_key, NULL, ca_key);
	int outcome = -1;

	if (ca == NULL)
		failed("ca.pem");
	else if (write_pem(folder, "ca.pem", ca, NULL) == 0 &&
		 issue(folder, "gateway.pem", &gateway, EVP_RSA_gen(2048), ca,
		     ca_key) == 0 &&
		 issue(folder, "inner.pem", &inner, EVP_RSA_gen(2048), ca,
		     ca_key) == 0 &&
		 issue(folder, "client.pem", &client, EVP_EC_gen("P-256"), ca,
		     ca_key) == 0 &&
		 issue(folder, "misissued.pem", &gateway, EVP_EC_gen("P-256"),
		     ca, ca_key) == 0)
		outcome = 0;
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	return outcome;
}

static void
put_base64(struct buffer *out, const char *name, const uint8_t *raw, size_t n)
{
	unsigned char text[128];

	EVP_EncodeBlock(text, raw, (int)n);
	json_member_text(out, name, (const char *)text);
}

static bool
put_hmac_key(struct buffer *out, const char *keyid)
{
	uint8_t secret[32];

	if (RAND_bytes(secret, sizeof(secret)) != 1)
		return false;
	json_open(out, '{');
	json_member_text(out, "keyid", keyid);
	json_member_text(out, "alg", "hmac-sha256");
	put_base64(out, "secret", secret, sizeof(secret));
	json_close(out, '}');
	return true;
}

static bool
put_ed25519_key(struct buffer *out, const char *keyid)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t private[32], public[32];
	size_t private_size = sizeof(private), public_size = sizeof(public);
	bool good =
	    key != NULL &&
	    EVP_PKEY_get_raw_private_key(key, private, &private_size) == 1 &&
	    EVP_PKEY_get_raw_public_key(key, public, &public_size) == 1;

	EVP_PKEY_free(key);
	if (!good)
		return false;
	json_open(out, '{');
	json_member_text(out, "keyid", keyid);
	json_member_text(out, "alg", "ed25519");
	put_base64(out, "private", private, private_size);
	put_base64(out, "public", public, public_size);
	json_close(out, '}');
	return true;
}

static int
create_keys(const char *folder)
{
	struct buffer out = {0};
	char path[4096];
	FILE *file = NULL;
	int outcome = -1;

	json_open(&out, '{');
	json_member_number(&out, "v", 1);
	json_key(&out, "keys");
	json_open(&out, '[');
	if (!put_hmac_key(&out, "client") || !put_hmac_key(&out, "client2") ||
	    !put_hmac_key(&out, "gateway") ||
	    !put_ed25519_key(&out, "client-ed25519")) {
		failed("keys.json");
		goto out;
	}
	json_close(&out, ']');
	json_close(&out, '}');
	snprintf(path, sizeof(path), "%s/keys.json", folder);
	if ((file = fopen(path, "we")) == NULL ||
	    fprintf(file, "%s\n", buffer_text(&out)) < 0) {
		warn("%s", path);
		goto out;
	}
	outcome = 0;
out:
	if (file != NULL && fclose(file) == EOF)
		outcome = -1;
	buffer_clear(&out);
	return outcome;
}

int
pki_create(const char *folder)
{
	return create_certificates(folder) == -1 || create_keys(folder) == -1
		   ? -1
		   : 0;
}

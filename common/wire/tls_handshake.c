/* SPDX-License-Identifier: MIT */
/* Handshake messages and what the two hellos carry. */
#include "tls_handshake.h"

#include <openssl/bio.h>
#include <openssl/x509.h>
#include <string.h>

/* RFC 8446 section 4.2, RFC 6066, RFC 7301, RFC 7366, RFC 7627, RFC 5077. */
enum extension_type {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_PROTOCOLS = 16,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_EXTENDED_MASTER_SECRET = 23,
	EXTENSION_SESSION_TICKET = 35,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_EARLY_DATA = 42,
	EXTENSION_SUPPORTED_VERSIONS = 43,
	EXTENSION_KEY_SHARE = 51,
};

/* A ServerHello with this random is a HelloRetryRequest: RFC 8446 4.1.3. */
static const uint8_t retry_random[] = {
    0xcf,
    0x21,
    0xad,
    0x74,
    0xe5,
    0x9a,
    0x61,
    0x11,
    0xbe,
    0x1d,
    0x8c,
    0x02,
    0x1e,
    0x65,
    0xb8,
    0x91,
    0xc2,
    0xa2,
    0x11,
    0x16,
    0x7a,
    0xbb,
    0x8c,
    0x5e,
    0x07,
    0x9e,
    0x09,
    0xe2,
    0xc8,
    0xa8,
    0x33,
    0x9c,
};

static bool
is_retry_request(struct bytes body)
{
	struct bytes random;

	return bytes_skip(&body, sizeof(uint16_t)) &&
	       bytes_take(&body, sizeof(retry_random), &random) &&
	       memcmp(random.at, retry_random, sizeof(retry_random)) == 0;
}

enum tls_handshake_verdict
tls_handshake_take(struct bytes *in, struct tls_handshake *message)
{
	struct bytes rest = *in;
	uint32_t length;
	uint8_t type;

	if (!bytes_take_u8(&rest, &type) || !bytes_take_u24(&rest, &length))
		return TLS_HANDSHAKE_PARTIAL;
	if (length > TLS_HANDSHAKE_BODY_MAX)
		return TLS_HANDSHAKE_TOO_LONG;
	if (!bytes_take(&rest, length, &message->body))
		return TLS_HANDSHAKE_PARTIAL;
	message->type = type;
	message->retry_request =
	    type == TLS_SERVER_HELLO && is_retry_request(message->body);
	bytes_take(in, in->left - rest.left, &message->whole);
	return TLS_HANDSHAKE_COMPLETE;
}

/* One extension at a time; false when the list ends or breaks. */
static bool
take_extension(struct bytes *list, uint16_t *type, struct bytes *data)
{
	struct bytes rest = *list;

	if (!bytes_take_u16(&rest, type) || !bytes_take_vector16(&rest, data))
		return false;
	*list = rest;
	return true;
}

/* RFC 6066 section 3: a list of typed names, of which host_name is 0. */
static bool
read_server_name(struct bytes data, struct tls_hello *hello)
{
	struct bytes list, name;
	uint8_t type;

	if (data.left == 0) /* a server's answer */
		return true;
	if (!bytes_take_vector16(&data, &list))
		return false;
	while (list.left > 0) {
		if (!bytes_take_u8(&list, &type) ||
		    !bytes_take_vector16(&list, &name))
			return false;
		if (type == 0)
			hello->server_name = name;
	}
	return true;
}

static bool
read_offered_versions(struct bytes data, struct tls_hello *hello)
{
	struct bytes list;
	uint16_t version;

	if (!bytes_take_vector8(&data, &list))
		return false;
	hello->versions = list;
	hello->version = 0;
	while (list.left > 0) {
		if (!bytes_take_u16(&list, &version))
			return false;
		if (!tls_is_grease(version) && version > hello->version)
			hello->version = version;
	}
	return true;
}

/* The first group that is not GREASE. */
static bool
read_offered_shares(struct bytes data, struct tls_hello *hello)
{
	struct bytes list, key;
	uint16_t group;

	if (!bytes_take_vector16(&data, &list))
		return false;
	while (list.left > 0) {
		if (!bytes_take_u16(&list, &group) ||
		    !bytes_take_vector16(&list, &key))
			return false;
		if (hello->group == 0 && !tls_is_grease(group))
			hello->group = group;
	}
	return true;
}

static bool
read_extension(
    bool from_client, uint16_t type, struct bytes data, struct tls_hello *hello)
{
	switch (type) {
	case EXTENSION_SERVER_NAME:
		return read_server_name(data, hello);
	case EXTENSION_PROTOCOLS:
		hello->protocols = data;
		return true;
	case EXTENSION_ENCRYPT_THEN_MAC:
		hello->has_encrypt_then_mac = true;
		return true;
	case EXTENSION_EXTENDED_MASTER_SECRET:
		hello->has_extended_master_secret = true;
		return true;
	case EXTENSION_SESSION_TICKET:
		hello->has_ticket = data.left > 0;
		return true;
	case EXTENSION_PRE_SHARED_KEY:
		hello->has_pre_shared_key = true;
		if (from_client)
			hello->pre_shared_key = data;
		return true;
	case EXTENSION_EARLY_DATA:
		hello->has_early_data = true;
		return true;
	case EXTENSION_SUPPORTED_VERSIONS:
		return from_client ? read_offered_versions(data, hello)
				   : bytes_take_u16(&data, &hello->version);
	case EXTENSION_KEY_SHARE:
		return from_client ? read_offered_shares(data, hello)
				   : bytes_take_u16(&data, &hello->group);
	}
	return true; /* one we do not read */
}

/* TLS 1.2 allows a hello without extensions at all. */
static bool
read_extensions(bool from_client, struct bytes rest, struct tls_hello *hello)
{
	struct bytes list, data;
	uint16_t type;

	if (rest.left == 0)
		return true;
	if (!bytes_take_vector16(&rest, &list) || rest.left > 0)
		return false;
	while (take_extension(&list, &type, &data))
		if (!read_extension(from_client, type, data, hello))
			return false;
	return list.left == 0;
}

static bool
take_hello_start(struct bytes *body, struct tls_hello *hello)
{
	*hello = (struct tls_hello){0};
	if (!bytes_take_u16(body, &hello->legacy_version) ||
	    !bytes_take(body, sizeof(retry_random), &hello->random) ||
	    !bytes_take_vector8(body, &hello->session_id))
		return false;
	hello->version = hello->legacy_version;
	return true;
}

bool
tls_client_hello_read(struct bytes body, struct tls_hello *hello)
{
	struct bytes compressions;

	return take_hello_start(&body, hello) &&
	       bytes_take_vector16(&body, &hello->suites) &&
	       hello->suites.left % 2 == 0 &&
	       bytes_take_vector8(&body, &compressions) &&
	       read_extensions(true, body, hello);
}

bool
tls_server_hello_read(struct bytes body, struct tls_hello *hello)
{
	uint8_t compression;

	return take_hello_start(&body, hello) &&
	       bytes_take_u16(&body, &hello->suite) &&
	       bytes_take_u8(&body, &compression) &&
	       read_extensions(false, body, hello);
}

bool
tls_offered_psk_read(struct bytes extension, struct tls_offered_psk *psk)
{
	struct bytes identities, binders;

	return bytes_take_vector16(&extension, &identities) &&
	       bytes_take_vector16(&extension, &binders) &&
	       extension.left == 0 &&
	       bytes_take_vector16(&identities, &psk->identity) &&
	       bytes_take_u32(&identities, &psk->obfuscated_age) &&
	       bytes_take_vector8(&binders, &psk->binder);
}

bool
tls_certificate_read(struct bytes body, struct bytes *certificate)
{
	struct bytes list;

	*certificate = (struct bytes){NULL, 0};
	if (!bytes_take_vector24(&body, &list))
		return false;
	return list.left == 0 || bytes_take_vector24(&list, certificate);
}

bool
tls_certificate_subject(struct bytes certificate, char into[TLS_SUBJECT_SIZE])
{
	const unsigned char *at = certificate.at;
	X509 *x509 = NULL;
	BIO *text = NULL;
	int length = -1;

	if (certificate.left > 0)
		x509 = d2i_X509(NULL, &at, (long)certificate.left);
	if (x509 != NULL && (text = BIO_new(BIO_s_mem())) != NULL &&
	    X509_NAME_print_ex(
		text, X509_get_subject_name(x509), 0, XN_FLAG_ONELINE) >= 0)
		length = BIO_read(text, into, TLS_SUBJECT_SIZE - 1);
	into[length < 0 ? 0 : length] = '\0';
	BIO_free(text);
	X509_free(x509);
	return length >= 0;
}

bool
tls_server_key_exchange_group(struct bytes body, uint16_t *group)
{
	const uint8_t named_curve = 3; /* RFC 8422 section 5.4 */
	uint8_t curve_type;

	return bytes_take_u8(&body, &curve_type) && curve_type == named_curve &&
	       bytes_take_u16(&body, group);
}

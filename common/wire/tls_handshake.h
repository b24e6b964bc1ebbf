/* SPDX-License-Identifier: MIT */
#ifndef TLS_HANDSHAKE_H
#define TLS_HANDSHAKE_H

#include "bytes.h"

/*
 * Handshake messages, as they stand in records not yet encrypted (RFC 5246
 * section 7.4, RFC 8446 section 4).
 *
 * A message may span records, and a record may hold several: put the fragments
 * of one direction behind one another, then take messages off the front.
 *
 *	tls_handshake_take -> tls_client_hello_read, ...
 *
 * Everything read is borrowed from the message.
 */

enum tls_handshake_type {
	TLS_HELLO_REQUEST = 0,
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_HELLO_VERIFY_REQUEST = 3,
	TLS_NEW_SESSION_TICKET = 4,
	TLS_END_OF_EARLY_DATA = 5,
	TLS_ENCRYPTED_EXTENSIONS = 8,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_KEY_EXCHANGE = 12,
	TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14,
	TLS_CERTIFICATE_VERIFY = 15,
	TLS_CLIENT_KEY_EXCHANGE = 16,
	TLS_FINISHED = 20,
	TLS_CERTIFICATE_URL = 21,
	TLS_CERTIFICATE_STATUS = 22,
	TLS_SUPPLEMENTAL_DATA = 23,
	TLS_KEY_UPDATE = 24,
	TLS_COMPRESSED_CERTIFICATE = 25,
	TLS_MESSAGE_HASH = 254,
};

/* A longer message is refused: no certificate chain in use is so long. */
#define TLS_HANDSHAKE_BODY_MAX (1 << 17)

struct tls_handshake {
	uint8_t type;
	bool retry_request; /* a ServerHello that is a HelloRetryRequest */
	struct bytes body;  /* without type and length */
	struct bytes whole;
};

/* As the RFCs write it, "HelloRetryRequest" included; "unknown message". */
const char *tls_handshake_name(const struct tls_handshake *message);

enum tls_handshake_verdict {
	TLS_HANDSHAKE_COMPLETE, /* *message is set, *in starts after it */
	TLS_HANDSHAKE_PARTIAL,  /* *in is untouched, come back with more */
	TLS_HANDSHAKE_TOO_LONG, /* nothing that follows can be read */
};
enum tls_handshake_verdict tls_handshake_take(
    struct bytes *in, struct tls_handshake *message);

/* A ClientHello or a ServerHello; what is not there is empty. */
struct tls_hello {
	uint16_t legacy_version;
	struct bytes random;
	struct bytes session_id;
	struct bytes suites;   /* ClientHello: two bytes each */
	uint16_t suite;        /* ServerHello: the one chosen */
	struct bytes versions; /* ClientHello: supported_versions */
	uint16_t version;      /* the highest offered, or the one chosen */
	struct bytes server_name;
	struct bytes protocols; /* ALPN, as in the extension */
	uint16_t group;         /* of the (first) key share; 0: none */
	bool has_pre_shared_key;
	struct bytes pre_shared_key; /* ClientHello: as in the extension */
	bool has_early_data;
	bool has_ticket; /* a session ticket that is not empty (RFC 5077) */
	bool has_encrypt_then_mac;
	bool has_extended_master_secret;
};

/* False: the lengths in it contradict each other. */
bool tls_client_hello_read(struct bytes body, struct tls_hello *hello);
bool tls_server_hello_read(struct bytes body, struct tls_hello *hello);

/* The first of a ClientHello's pre-shared keys (RFC 8446 section 4.2.11). */
struct tls_offered_psk {
	struct bytes identity;   /* a ticket, most often */
	uint32_t obfuscated_age; /* its age in ms, plus a number it came with */
	struct bytes binder;     /* the proof that the client has the key */
};
bool tls_offered_psk_read(struct bytes extension, struct tls_offered_psk *psk);

/* The first certificate (DER) of TLS 1.2's Certificate; empty if none. */
bool tls_certificate_read(struct bytes body, struct bytes *certificate);

/* The subject of a certificate as one line, such as "CN = gateway". */
#define TLS_SUBJECT_SIZE 128
bool tls_certificate_subject(
    struct bytes certificate, char into[TLS_SUBJECT_SIZE]);

/* The named group of TLS 1.2's ServerKeyExchange; false if it has none. */
bool tls_server_key_exchange_group(struct bytes body, uint16_t *group);

/* Registered names; NULL for a number that the table does not have. */
const char *tls_suite_name(uint16_t suite);
const char *tls_group_name(uint16_t group);
const char *tls_version_name(uint16_t version);  /* "TLSv1.3" */
const char *tls_alert_name(uint8_t description); /* "bad_record_mac" */

/* GREASE (RFC 8701): a value that stands for nothing. */
bool tls_is_grease(uint16_t value);

#endif

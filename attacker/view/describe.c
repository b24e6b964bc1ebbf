/* SPDX-License-Identifier: MIT */
/* What the handshake messages in clear carry, for people and for programs. */
#include "describe.h"

#include "json.h"

#include <ctype.h>
#include <stdio.h>

const char *
name_or_number(const char *name, uint16_t number, char into[NUMBER_NAME_SIZE])
{
	if (name != NULL)
		return name;
	snprintf(into, NUMBER_NAME_SIZE, "0x%04x", number);
	return into;
}

static const char *
version_name(uint16_t version, char into[NUMBER_NAME_SIZE])
{
	return name_or_number(tls_version_name(version), version, into);
}

static void
add_hex(struct buffer *out, struct bytes bytes)
{
	uint8_t byte;

	while (bytes_take_u8(&bytes, &byte))
		buffer_printf(out, "%02x", byte);
}

/* Outside bytes as text: what a terminal must not see becomes a dot. */
static void
add_visible(struct buffer *out, struct bytes text)
{
	uint8_t c;

	while (bytes_take_u8(&text, &c))
		buffer_add_u8(out, isprint(c) ? c : '.');
}

void
describe_text(struct buffer *out, struct bytes text, size_t most)
{
	struct bytes start;

	if (text.left <= most) {
		add_visible(out, text);
	} else if (bytes_take(&text, most, &start)) {
		add_visible(out, start);
		buffer_add_text(out, "..");
	}
}

/* The first bytes of a random are enough to tell it from another. */
static void
add_random(struct buffer *out, struct bytes random)
{
	const size_t shown = 8;
	struct bytes start;

	buffer_add_text(out, "random ");
	if (bytes_take(&random, shown, &start))
		add_hex(out, start);
	buffer_add_text(out, "..");
}

static void
add_flags(struct buffer *out, const struct tls_hello *hello)
{
	if (hello->has_ticket)
		buffer_add_text(out, ", session_ticket");
	if (hello->has_pre_shared_key)
		buffer_add_text(out, ", pre_shared_key");
	if (hello->has_early_data)
		buffer_add_text(out, ", early_data");
}

static void
add_group(struct buffer *out, uint16_t group)
{
	char number[NUMBER_NAME_SIZE];

	if (group != 0)
		buffer_printf(out, ", key share %s",
		    name_or_number(tls_group_name(group), group, number));
}

static void
describe_client_hello(struct buffer *out, struct bytes body)
{
	char number[NUMBER_NAME_SIZE];
	struct tls_hello hello;

	if (!tls_client_hello_read(body, &hello)) {
		buffer_add_text(out, "malformed");
		return;
	}
	buffer_printf(out, "up to %s, %zu suites",
	    version_name(hello.version, number), hello.suites.left / 2);
	if (hello.server_name.left > 0) {
		buffer_add_text(out, ", SNI ");
		describe_text(out, hello.server_name, 40);
	}
	add_group(out, hello.group);
	add_flags(out, &hello);
	buffer_add_text(out, ", ");
	add_random(out, hello.random);
	if (hello.session_id.left > 0)
		buffer_printf(
		    out, ", session id of %zu bytes", hello.session_id.left);
}

static void
describe_server_hello(struct buffer *out, const struct tls_handshake *m)
{
	char number[NUMBER_NAME_SIZE];
	struct tls_hello hello;

	if (!tls_server_hello_read(m->body, &hello)) {
		buffer_add_text(out, "malformed");
		return;
	}
	buffer_printf(out, "%s, ", version_name(hello.version, number));
	buffer_add_text(out,
	    name_or_number(tls_suite_name(hello.suite), hello.suite, number));
	add_group(out, hello.group);
	add_flags(out, &hello);
	if (!m->retry_request) {
		buffer_add_text(out, ", ");
		add_random(out, hello.random);
	}
}

static void
describe_certificate(struct buffer *out, struct bytes body)
{
	char subject[TLS_SUBJECT_SIZE];
	struct bytes certificate;

	if (!tls_certificate_read(body, &certificate))
		buffer_add_text(out, "malformed");
	else if (certificate.left == 0)
		buffer_add_text(out, "none");
	else if (tls_certificate_subject(certificate, subject))
		add_visible(out, bytes_of(subject));
	else
		buffer_add_text(out, "a certificate that cannot be read");
}

static void
describe_server_key_exchange(struct buffer *out, struct bytes body)
{
	char number[NUMBER_NAME_SIZE];
	uint16_t group;

	if (tls_server_key_exchange_group(body, &group))
		buffer_add_text(
		    out, name_or_number(tls_group_name(group), group, number));
	else
		buffer_printf(out, "%zu bytes", body.left);
}

void
describe_handshake(struct buffer *out, const struct tls_handshake *m)
{
	switch (m->type) {
	case TLS_CLIENT_HELLO:
		describe_client_hello(out, m->body);
		break;
	case TLS_SERVER_HELLO:
		describe_server_hello(out, m);
		break;
	case TLS_CERTIFICATE:
		describe_certificate(out, m->body);
		break;
	case TLS_SERVER_KEY_EXCHANGE:
		describe_server_key_exchange(out, m->body);
		break;
	default:
		if (m->body.left > 0)
			buffer_printf(out, "%zu bytes", m->body.left);
	}
}

static void
member_hex(struct buffer *out, const char *name, struct bytes bytes)
{
	struct buffer hex = {0};

	add_hex(&hex, bytes);
	json_member_text(out, name, buffer_text(&hex));
	buffer_clear(&hex);
}

static void
member_version(struct buffer *out, const char *name, uint16_t version)
{
	char number[NUMBER_NAME_SIZE];

	json_member_text(out, name, version_name(version, number));
}

/* A list of two-byte numbers by their names. */
static void
member_list(struct buffer *out, const char *name, struct bytes list,
    const char *(*name_of)(uint16_t))
{
	char text[NUMBER_NAME_SIZE];
	uint16_t number;

	json_key(out, name);
	json_open(out, '[');
	while (bytes_take_u16(&list, &number))
		json_text(out, name_or_number(name_of(number), number, text));
	json_close(out, ']');
}

static void
hello_members(struct buffer *out, const struct tls_hello *hello)
{
	char number[NUMBER_NAME_SIZE];

	member_version(out, "legacy_version", hello->legacy_version);
	member_version(out, "version", hello->version);
	member_hex(out, "random", hello->random);
	member_hex(out, "session_id", hello->session_id);
	if (hello->group != 0)
		json_member_text(out, "key_share",
		    name_or_number(
			tls_group_name(hello->group), hello->group, number));
	json_member_bool(out, "session_ticket", hello->has_ticket);
	json_member_bool(out, "pre_shared_key", hello->has_pre_shared_key);
	json_member_bool(out, "early_data", hello->has_early_data);
	json_member_bool(out, "encrypt_then_mac", hello->has_encrypt_then_mac);
	json_member_bool(
	    out, "extended_master_secret", hello->has_extended_master_secret);
}

static void
client_hello_members(struct buffer *out, struct bytes body)
{
	struct tls_hello hello;

	if (!tls_client_hello_read(body, &hello))
		return;
	hello_members(out, &hello);
	if (hello.server_name.left > 0)
		json_member_bytes(out, "server_name", hello.server_name);
	member_list(
	    out, "supported_versions", hello.versions, tls_version_name);
	member_list(out, "cipher_suites", hello.suites, tls_suite_name);
}

static void
server_hello_members(struct buffer *out, struct bytes body)
{
	char number[NUMBER_NAME_SIZE];
	struct tls_hello hello;

	if (!tls_server_hello_read(body, &hello))
		return;
	hello_members(out, &hello);
	json_member_text(out, "cipher_suite",
	    name_or_number(tls_suite_name(hello.suite), hello.suite, number));
}

void
describe_handshake_json(struct buffer *out, const struct tls_handshake *m)
{
	struct buffer words = {0};

	if (m->type == TLS_CLIENT_HELLO) {
		client_hello_members(out, m->body);
	} else if (m->type == TLS_SERVER_HELLO) {
		server_hello_members(out, m->body);
	} else {
		describe_handshake(&words, m);
		json_member_text(out, "carries", buffer_text(&words));
	}
	buffer_clear(&words);
}

/* SPDX-License-Identifier: MIT */
/*
 * Reading a signature and rebuilding what it signs.  The keys and the
 * algorithms are in http_sign.c.
 */
#include "http_signature.h"

#include <ctype.h>
#include <string.h>

#include "structured_field.h"

/* The one line of that field; repeated fields are no signature of ours. */
static enum signature_verdict
only_line(const struct http_message *m, const char *name, struct bytes *value)
{
	size_t count;
	const struct http_field *field = http_field(m, name, &count);

	if (count == 0)
		return SIGNATURE_ABSENT;
	*value = field->value;
	return count == 1 ? SIGNATURE_GOOD : SIGNATURE_MALFORMED;
}

/* A dictionary of exactly one member. */
static bool
read_only_member(struct bytes value, struct sf_member *member)
{
	struct sf_member second;

	return sf_dictionary_next(&value, member) == SF_TAKEN &&
	       sf_dictionary_next(&value, &second) == SF_END;
}

static bool
is_derived(struct bytes name)
{
	static const char *const known[] = {"@method", "@authority", "@path",
	    "@query", "@request-target", "@status", "@target-uri"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (bytes_equal_text(name, known[i]))
			return true;
	return false;
}

/* RFC 9421 section 2.1: names of fields are in lower case. */
static bool
is_component_name(struct bytes name)
{
	uint8_t c;

	if (name.left == 0)
		return false;
	if (name.at[0] == '@')
		return is_derived(name);
	while (bytes_take_u8(&name, &c))
		if (!islower(c) && !isdigit(c) &&
		    (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	return true;
}

static bool
is_among(const struct bytes *words, size_t count, struct bytes word)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(words[i], word))
			return true;
	return false;
}

bool
http_signature_covers(const struct http_signature *sig, const char *component)
{
	return is_among(
	    sig->components, sig->component_count, bytes_of(component));
}

static bool
read_components(struct bytes inner, struct http_signature *sig)
{
	struct sf_member item;
	enum sf_verdict next;

	while ((next = sf_inner_next(&inner, &item)) == SF_TAKEN) {
		struct bytes name = item.value.text;

		if (item.value.type != SF_STRING || item.parameters.left > 0 ||
		    !is_component_name(name) ||
		    is_among(sig->components, sig->component_count, name) ||
		    sig->component_count == SIGNATURE_COMPONENTS_MAX)
			return false;
		sig->components[sig->component_count++] = name;
	}
	return next == SF_END;
}

/* Each of these: not given before, and of the type it must have. */
static bool
set_time(const struct sf_value *v, bool *has, int64_t *into)
{
	if (*has || v->type != SF_INTEGER)
		return false;
	*has = true;
	*into = v->number;
	return true;
}

static bool
set_text(const struct sf_value *v, bool *has, struct bytes *into)
{
	if (*has || v->type != SF_STRING)
		return false;
	*has = true;
	*into = v->text;
	return true;
}

/* RFC 9421 section 2.3; parameters that nobody registered say nothing. */
static bool
read_parameter(const struct sf_parameter *p, struct http_signature *sig)
{
	if (bytes_equal_text(p->key, "created"))
		return set_time(&p->value, &sig->has_created, &sig->created);
	if (bytes_equal_text(p->key, "expires"))
		return set_time(&p->value, &sig->has_expires, &sig->expires);
	if (bytes_equal_text(p->key, "nonce"))
		return set_text(&p->value, &sig->has_nonce, &sig->nonce);
	if (bytes_equal_text(p->key, "keyid"))
		return set_text(&p->value, &sig->has_keyid, &sig->keyid);
	if (bytes_equal_text(p->key, "alg"))
		return set_text(&p->value, &sig->has_alg, &sig->alg);
	return true;
}

static bool
read_parameters(struct bytes parameters, struct http_signature *sig)
{
	struct bytes seen[SIGNATURE_PARAMETERS_MAX];
	struct sf_parameter p;
	enum sf_verdict next;
	size_t count = 0;

	while ((next = sf_parameters_next(&parameters, &p)) == SF_TAKEN) {
		if (count == SIGNATURE_PARAMETERS_MAX ||
		    is_among(seen, count, p.key) || !read_parameter(&p, sig))
			return false;
		seen[count++] = p.key;
	}
	return next == SF_END;
}

/* All of a dictionary's only member behind "label=". */
static bool
member_value(struct bytes field, struct bytes *value)
{
	struct bytes label;

	*value = field;
	return bytes_take_until(value, '=', &label);
}

static bool
read_input(struct bytes field, struct http_signature *sig)
{
	struct sf_member member;

	if (!read_only_member(field, &member) || !member.is_inner_list ||
	    !member_value(field, &sig->params))
		return false;
	sig->label = member.key;
	return read_components(member.inner, sig) &&
	       read_parameters(member.parameters, sig);
}

enum signature_verdict
http_signature_read(const struct http_message *m, struct http_signature *sig)
{
	struct bytes input = {0}, value = {0};
	enum signature_verdict has_input, has_value;
	struct sf_member member;

	*sig = (struct http_signature){0};
	has_input = only_line(m, "Signature-Input", &input);
	has_value = only_line(m, "Signature", &value);
	if (has_input == SIGNATURE_ABSENT && has_value == SIGNATURE_ABSENT)
		return SIGNATURE_ABSENT;
	if (has_input != SIGNATURE_GOOD || has_value != SIGNATURE_GOOD ||
	    !read_input(input, sig) || !read_only_member(value, &member) ||
	    member.is_inner_list || member.value.type != SF_BYTES ||
	    !bytes_equal(member.key, sig->label))
		return SIGNATURE_MALFORMED;
	sig->value = member.value.text;
	return SIGNATURE_GOOD;
}

/* RFC 9421 section 2.2.3, with the scheme's default ports of RFC 9110. */
static bool
add_authority(const struct http_message *m, struct buffer *base)
{
	static const char *const ports[] = {":443", ":80", ":"};
	const struct http_field *host = http_field(m, "Host", NULL);
	struct bytes name, port;
	uint8_t c;

	if (host == NULL)
		return false;
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		port = host->value;
		if (port.left > strlen(ports[i]) &&
		    bytes_take(&port, port.left - strlen(ports[i]), &name) &&
		    bytes_equal_text(port, ports[i]))
			break;
		name = host->value;
	}
	while (bytes_take_u8(&name, &c))
		buffer_add_u8(base, (uint8_t)tolower(c));
	return true;
}

/* RFC 9421 section 2.2.2; behind who ends TLS it is no longer the client's. */
static bool
add_target_uri(const struct http_message *m, struct buffer *base)
{
	buffer_add_text(base, m->secure ? "https://" : "http://");
	if (!add_authority(m, base))
		return false;
	buffer_add_bytes(base, m->target);
	return true;
}

static bool
add_query(const struct http_message *m, struct buffer *base)
{
	buffer_add_u8(base, '?'); /* also where there is no query */
	buffer_add_bytes(base, http_query(m));
	return true;
}

static bool
add_status(const struct http_message *m, struct buffer *base)
{
	buffer_printf(base, "%03d", m->status);
	return true;
}

/* RFC 9421 section 2.1: every line of that name, joined. */
static bool
add_field(const struct http_message *m, struct bytes name, struct buffer *base)
{
	const char *before = "";
	bool found = false;

	for (size_t i = 0; i < m->field_count; i++) {
		const struct http_field *field = &m->fields[i];

		/* A component has no NUL, so this compares all of it. */
		if (field->name.left != name.left ||
		    strncasecmp((const char *)field->name.at,
			(const char *)name.at, name.left) != 0)
			continue;
		buffer_add_text(base, before);
		buffer_add_bytes(base, field->value);
		before = ", ";
		found = true;
	}
	return found;
}

static bool
add_component(
    const struct http_message *m, struct bytes name, struct buffer *base)
{
	if (name.left > 0 && name.at[0] != '@')
		return add_field(m, name, base);
	if (bytes_equal_text(name, "@status"))
		return m->kind == HTTP_RESPONSE && add_status(m, base);
	if (m->kind != HTTP_REQUEST)
		return false;
	if (bytes_equal_text(name, "@authority"))
		return add_authority(m, base);
	if (bytes_equal_text(name, "@target-uri"))
		return add_target_uri(m, base);
	if (bytes_equal_text(name, "@query"))
		return add_query(m, base);
	if (bytes_equal_text(name, "@method"))
		buffer_add_bytes(base, m->method);
	else if (bytes_equal_text(name, "@path"))
		buffer_add_bytes(base, http_path(m));
	else if (bytes_equal_text(name, "@request-target"))
		buffer_add_bytes(base, m->target);
	else
		return false;
	return true;
}

enum signature_verdict
http_signature_base(const struct http_message *m,
    const struct http_signature *sig, struct buffer *base)
{
	struct bytes params = sig->params;
	struct sf_member member;

	for (size_t i = 0; i < sig->component_count; i++) {
		buffer_add_u8(base, '"');
		buffer_add_bytes(base, sig->components[i]);
		buffer_add_text(base, "\": ");
		if (!add_component(m, sig->components[i], base))
			return SIGNATURE_COMPONENT_ABSENT;
		buffer_add_u8(base, '\n');
	}
	if (sf_list_next(&params, &member) != SF_TAKEN || params.left > 0)
		return SIGNATURE_MALFORMED;
	buffer_add_text(base, "\"@signature-params\": ");
	sf_write_member(base, &member);
	return SIGNATURE_GOOD;
}

const char *
signature_verdict_name(enum signature_verdict verdict)
{
	switch (verdict) {
	case SIGNATURE_GOOD:
		return "good";
	case SIGNATURE_ABSENT:
		return "absent";
	case SIGNATURE_MALFORMED:
		return "malformed";
	case SIGNATURE_COMPONENT_ABSENT:
		return "component-absent";
	case SIGNATURE_WRONG:
		return "wrong";
	}
	return "unknown";
}

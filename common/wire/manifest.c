/* SPDX-License-Identifier: MIT */
/*
 * The manifest, read strictly: whoever may name targets decides where the
 * attacker sends, so anything not exactly as the runner writes it is refused.
 */
#include "manifest.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <string.h>

#include "buffer.h"

/* Many times what the largest manifest takes. */
#define MANIFEST_TEXT_MAX 65536

/* Copies a text member; false if it is absent, empty or does not fit. */
static bool
take_text(const cJSON *object, const char *name, char *into, size_t size)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	if (text == NULL || *text == '\0' || strlen(text) >= size)
		return false;
	memcpy(into, text, strlen(text) + 1);
	return true;
}

/* Names end up in file names and messages: letters, digits, "-", "_". */
static bool
is_name(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] ==
	       '\0';
}

/* The one spelling an address has (RFC 5952), so texts compare as addresses. */
static bool
is_address(const char *text)
{
	char canonical[INET6_ADDRSTRLEN];
	uint8_t address[16];
	int family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;

	return inet_pton(family, text, address) == 1 &&
	       inet_ntop(family, address, canonical, sizeof(canonical)) !=
		   NULL &&
	       strcmp(canonical, text) == 0;
}

/* Six groups of two hexadecimal digits. */
static bool
is_mac(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : strchr(hex, text[i]) == NULL)
			return false;
	return true;
}

static bool
take_interface(const cJSON *object, struct manifest_interface *interface)
{
	return take_text(object, "network", interface->network,
		   sizeof(interface->network)) &&
	       take_text(object, "address", interface->address,
		   sizeof(interface->address)) &&
	       take_text(
		   object, "mac", interface->mac, sizeof(interface->mac)) &&
	       is_name(interface->network) && is_address(interface->address) &&
	       is_mac(interface->mac);
}

static bool
take_port(const cJSON *object, uint16_t *port)
{
	double number = cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(object, "port"));

	/* Not a number gives NaN, which fails every comparison. */
	if (!(number >= 0 && number <= UINT16_MAX) ||
	    (uint16_t)number != number)
		return false;
	*port = (uint16_t)number;
	return true;
}

/* The two ways a host can clash with one before it. */
static bool
is_new(const struct manifest *m, const struct manifest_host *host)
{
	if (manifest_host(m, host->name) != NULL)
		return false;
	for (size_t i = 0; i < host->interface_count; i++)
		if (manifest_host_at(m, host->interfaces[i].address) != NULL)
			return false;
	return true;
}

static bool
take_host(const cJSON *object, struct manifest *m)
{
	const cJSON *list =
	    cJSON_GetObjectItemCaseSensitive(object, "interfaces");
	struct manifest_host host = {0};
	const cJSON *item;

	if (m->host_count == MANIFEST_HOSTS_MAX ||
	    !take_text(object, "name", host.name, sizeof(host.name)) ||
	    !is_name(host.name) || !take_port(object, &host.port) ||
	    !cJSON_IsArray(list))
		return false;
	cJSON_ArrayForEach(item, list)
	{
		if (host.interface_count == MANIFEST_INTERFACES_MAX ||
		    !take_interface(
			item, &host.interfaces[host.interface_count]))
			return false;
		host.interface_count++;
	}
	if (!is_new(m, &host))
		return false;
	m->hosts[m->host_count++] = host;
	return true;
}

static bool
take_egress(const cJSON *root, bool *egress)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "egress");

	*egress = cJSON_IsTrue(item);
	return item == NULL || cJSON_IsBool(item);
}

static bool
take_hosts(const cJSON *root, struct manifest *m)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "hosts");
	const cJSON *item;

	if (cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(root, "v")) !=
		1 ||
	    !cJSON_IsArray(list))
		return false;
	cJSON_ArrayForEach(item, list)
	{
		if (!take_host(item, m))
			return false;
	}
	return true;
}

/* The document, with nothing but white space after it; NULL if it is none. */
static cJSON *
read_json(struct bytes text)
{
	struct buffer copy = {0};
	cJSON *root;

	if (text.left == 0 || text.left > MANIFEST_TEXT_MAX ||
	    memchr(text.at, '\0', text.left) != NULL)
		return NULL;
	buffer_add_bytes(&copy, text);
	root = cJSON_ParseWithOpts(buffer_text(&copy), NULL, true);
	buffer_clear(&copy);
	return root;
}

enum manifest_verdict
manifest_parse(struct bytes text, struct manifest *m)
{
	cJSON *root = read_json(text);
	bool good;

	*m = (struct manifest){0};
	if (root == NULL)
		return MANIFEST_NOT_JSON;
	good = take_hosts(root, m) && take_egress(root, &m->egress);
	cJSON_Delete(root);
	if (good)
		return MANIFEST_GOOD;
	*m = (struct manifest){0};
	return MANIFEST_MALFORMED;
}

const struct manifest_host *
manifest_host(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->host_count; i++)
		if (strcmp(m->hosts[i].name, name) == 0)
			return &m->hosts[i];
	return NULL;
}

const struct manifest_interface *
manifest_interface(const struct manifest_host *host, const char *network)
{
	for (size_t i = 0; i < host->interface_count; i++)
		if (strcmp(host->interfaces[i].network, network) == 0)
			return &host->interfaces[i];
	return NULL;
}

const struct manifest_host *
manifest_host_at(const struct manifest *m, const char *address)
{
	for (size_t i = 0; i < m->host_count; i++) {
		const struct manifest_host *host = &m->hosts[i];

		for (size_t j = 0; j < host->interface_count; j++)
			if (strcmp(host->interfaces[j].address, address) == 0)
				return host;
	}
	return NULL;
}

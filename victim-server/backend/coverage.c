/* SPDX-License-Identifier: MIT */
/* Component by component. */
#include "coverage.h"

#include <string.h>

/* What is not covered can be changed: the whole request must be. */
static bool
must_be_covered(const struct defence_policy *policy, const char *component)
{
	if (policy->weak[WEAK_EMPTY_COVERAGE])
		return false;
	if (policy->weak[WEAK_UNSIGNED_BODY] &&
	    strcmp(component, "content-digest") == 0)
		return false;
	if (policy->weak[WEAK_UNSIGNED_TARGET] && component[0] == '@')
		return false;
	return true;
}

/* Nor can a field be added that says when a request is to take effect. */
static bool
covers_conditions(
    const struct http_message *request, const struct http_signature *sig)
{
	static const char *const fields[] = {"idempotency-key", "if-match"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (http_field(request, fields[i], NULL) != NULL &&
		    !http_signature_covers(sig, fields[i]))
			return false;
	return true;
}

/* The target URI has all of authority, path and query in it. */
static bool
covers(const struct http_signature *sig, const char *component)
{
	return http_signature_covers(sig, component) ||
	       (component[0] == '@' && strcmp(component, "@method") != 0 &&
		   http_signature_covers(sig, "@target-uri"));
}

bool
coverage_is_whole(const struct defence_policy *policy,
    const struct http_message *request, const struct http_signature *sig)
{
	static const char *const components[] = {
	    "@method", "@authority", "@path", "@query", "content-digest"};

	/* Other schemes cover what they cover, and list none of it. */
	if (policy->scheme != SCHEME_SIGNATURE)
		return covers_conditions(request, sig);
	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (must_be_covered(policy, components[i]) &&
		    !covers(sig, components[i]))
			return false;
	return covers_conditions(request, sig);
}

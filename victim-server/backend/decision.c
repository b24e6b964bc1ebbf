/* SPDX-License-Identifier: MIT */
/* A decision as its client is told it: status, fields and content. */
#include "backend/decision.h"

#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "problem.h"

int
decision_status(const struct decision *d)
{
	return d->route == ROUTE_TRANSFER && d->verdict == VERDICT_ACCEPTED
		   ? 201
		   : verdict_status(d->verdict);
}

void
decision_tag(const struct decision *d, char into[DECISION_TAG_SIZE])
{
	snprintf(into, DECISION_TAG_SIZE, "v%" PRId64, d->version);
}

static void
write_receipt(struct buffer *out, const struct decision *d)
{
	json_open(out, '{');
	json_member_text(out, "id", d->transfer.id);
	json_member_number(out, "seq", d->receipt.seq);
	json_member_number(out, "balance", d->receipt.balance);
	json_close(out, '}');
}

static void
write_balance(struct buffer *out, const struct decision *d)
{
	json_open(out, '{');
	json_member_text(out, "account", d->account.name);
	json_member_number(out, "balance", d->account.balance);
	json_close(out, '}');
}

/* The content of a good answer, and its media type. */
static const char *
write_content(
    const struct decision *d, const struct metrics *metrics, struct buffer *out)
{
	switch (d->route) {
	case ROUTE_TRANSFER:
		write_receipt(out, d);
		break;
	case ROUTE_BALANCE:
		write_balance(out, d);
		break;
	case ROUTE_METRICS:
		metrics_write(metrics, out);
		return METRICS_MEDIA_TYPE;
	case ROUTE_HEALTH:
	case ROUTE_NOWHERE:
		buffer_add_text(out, "{\"status\":\"ok\"}");
		break;
	}
	return "application/json";
}

static void
draft_challenge(const struct decision *d, const struct defence_policy *policy,
    struct http_draft *draft)
{
	const char *params = scheme_challenge_params(policy->scheme);
	char nonce[CHALLENGE_SIZE];

	buffer_printf(&draft->head, "WWW-Authenticate: %s",
	    scheme_challenge(policy->scheme));
	if (policy->issuer != NULL) {
		challenge_issue(policy->issuer, d->at, nonce);
		buffer_printf(&draft->head, " nonce=\"%s\"", nonce);
	}
	if (*params != '\0')
		buffer_printf(&draft->head, "%s %s",
		    policy->issuer != NULL ? "," : "", params);
	buffer_add_text(&draft->head, "\r\n");
}

static void
draft_refusal(const struct decision *d, int status,
    const struct defence_policy *policy, struct http_draft *draft)
{
	problem_draft(draft, status, verdict_name(d->verdict),
	    verdict_detail(d->verdict));
	if (status == 401) /* RFC 9110 section 15.5.2 */
		draft_challenge(d, policy, draft);
	if (status == 405) /* section 15.5.6 */
		http_draft_field(draft, "Allow", route_methods(d->route));
}

static void
draft_tag(const struct decision *d, struct http_draft *draft)
{
	char tag[DECISION_TAG_SIZE];

	decision_tag(d, tag);
	buffer_printf(&draft->head, "ETag: \"%s\"\r\n", tag);
}

void
decision_draft(const struct decision *d, const struct defence_policy *policy,
    const struct metrics *metrics, struct http_draft *draft)
{
	int status = decision_status(d);
	struct buffer content = {0};
	const char *media_type;

	if (status / 100 != 2) {
		draft_refusal(d, status, policy, draft);
		return;
	}
	media_type = write_content(d, metrics, &content);
	http_draft_response(draft, status);
	if (d->route == ROUTE_BALANCE)
		draft_tag(d, draft);
	http_draft_content(draft, media_type, buffer_bytes(&content));
	buffer_clear(&content);
}

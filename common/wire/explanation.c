/* SPDX-License-Identifier: MIT */
/* Every key and every number that could have made a record, tried. */
#include "explanation.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

const char *
explanation_keys_name(enum explanation_keys keys)
{
	switch (keys) {
	case EXPLANATION_KEYS_DUE:
		return "due";
	case EXPLANATION_KEYS_FORMER:
		return "former";
	case EXPLANATION_KEYS_OTHER_SIDE:
		return "other-side";
	case EXPLANATION_KEYS_OTHER_CONNECTION:
		return "other-connection";
	}
	return "unknown";
}

static bool
same_keys(const struct tls_record_keys *a, const struct tls_record_keys *b)
{
	return a->suite == b->suite &&
	       CRYPTO_memcmp(a->key, b->key, sizeof(a->key)) == 0 &&
	       CRYPTO_memcmp(a->mac_key, b->mac_key, sizeof(a->mac_key)) == 0 &&
	       CRYPTO_memcmp(a->iv, b->iv, sizeof(a->iv)) == 0;
}

static enum explanation_keys
compare_keys(const struct tls_epoch *maker, const struct tls_epoch *receiver)
{
	if (same_keys(&maker->keys, &receiver->keys))
		return EXPLANATION_KEYS_DUE;
	if (maker->conversation != receiver->conversation)
		return EXPLANATION_KEYS_OTHER_CONNECTION;
	return maker->server == receiver->server ? EXPLANATION_KEYS_FORMER
						 : EXPLANATION_KEYS_OTHER_SIDE;
}

/* On success *l is a layer with the epoch's keys and *content is in it. */
static bool
made_in(const struct tls_epoch *epoch, const struct tls_record *record,
    struct tls_record_layer *l, struct tls_plaintext *content, size_t *trials,
    uint64_t *number)
{
	bool found = false;

	/* Without a number every number fits. */
	if (epoch->numbering == TLS_NUMBERING_LEFT_OUT)
		return false;
	if (!tls_record_layer_init(l, &epoch->keys, epoch->numbering, false))
		*trials = 0; /* OpenSSL cannot */
	for (uint64_t n = epoch->count; !found && n > 0 && *trials > 0; n--) {
		*number = n - 1;
		found =
		    tls_epoch_opens(l, epoch->place + *number, record, content);
		--*trials;
	}
	if (!found)
		tls_record_layer_clear(l);
	return found;
}

static const struct tls_epoch *
find_maker(const struct tls_epochs *made, const struct tls_record *record,
    struct tls_record_layer *l, struct tls_plaintext *content, size_t *trials,
    uint64_t *number)
{
	/* The newest first: most copies are of their own connection. */
	for (size_t i = made->count; i-- > 0;)
		if (made_in(&made->all[i], record, l, content, trials, number))
			return &made->all[i];
	return NULL;
}

static bool
compute(const struct tls_epoch *receiver, const struct tls_record *record,
    struct tls_record_layer *maker, const struct tls_plaintext *content,
    struct explanation *out)
{
	struct tls_record_layer *due = malloc(sizeof(*due));
	bool done = false;

	if (due == NULL)
		return false;
	if (tls_record_layer_init(
		due, &receiver->keys, receiver->numbering, true)) {
		due->number = receiver->place + receiver->count;
		done = tls_record_authenticator_due(
			   due, record, content, &out->right) &&
		       tls_record_authenticator_carried(
			   maker, record, &out->carried);
	}
	tls_record_layer_clear(due);
	free(due);
	return done;
}

static const char *
algorithm_of(const struct tls_record_suite *suite)
{
	return suite->mac_size > 0 ? "HMAC-SHA256" : suite->cipher;
}

enum explanation_verdict
explanation_of(const struct tls_epochs *made, const struct tls_epoch *receiver,
    const struct tls_record *record, struct explanation *out)
{
	struct tls_record_layer *l = malloc(sizeof(*l));
	const struct tls_epoch *maker;
	size_t trials = EXPLANATION_TRIALS_MAX;
	struct tls_plaintext content;
	bool done;

	if (l == NULL)
		return EXPLANATION_NOT_COMPUTED;
	*out = (struct explanation){.expected = receiver->count,
	    .algorithm = algorithm_of(receiver->keys.suite)};
	maker = find_maker(made, record, l, &content, &trials, &out->made_as);
	if (maker == NULL) {
		free(l);
		return trials == 0 ? EXPLANATION_GIVEN_UP
				   : EXPLANATION_UNKNOWN_MAKER;
	}
	out->keys = compare_keys(maker, receiver);
	done = compute(receiver, record, l, &content, out);
	tls_record_layer_clear(l);
	free(l);
	return done ? EXPLANATION_FOUND : EXPLANATION_NOT_COMPUTED;
}

enum explanation_verdict
explanation_of_good(const struct tls_epoch *receiver,
    const struct tls_record *record, struct explanation *out)
{
	struct tls_record_layer *l = malloc(sizeof(*l));
	enum explanation_verdict verdict = EXPLANATION_NOT_COMPUTED;
	struct tls_plaintext content;

	if (l == NULL)
		return verdict;
	*out = (struct explanation){.keys = EXPLANATION_KEYS_DUE,
	    .made_as = receiver->count,
	    .expected = receiver->count,
	    .algorithm = algorithm_of(receiver->keys.suite)};
	if (tls_record_layer_init(
		l, &receiver->keys, receiver->numbering, false)) {
		verdict = EXPLANATION_UNKNOWN_MAKER;
		if (tls_epoch_opens(
			l, receiver->place + receiver->count, record, &content))
			verdict = compute(receiver, record, l, &content, out)
				      ? EXPLANATION_FOUND
				      : EXPLANATION_NOT_COMPUTED;
	}
	tls_record_layer_clear(l);
	free(l);
	return verdict;
}

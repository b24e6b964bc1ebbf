/* SPDX-License-Identifier: MIT */
#ifndef KEYRING_H
#define KEYRING_H

#include "http_signature.h"

/*
 * Who signs with which key, for the one who verifies (keys.json):
 *
 *	{"v":1,"keys":[
 *	  {"keyid":"client","alg":"hmac-sha256","secret":"BASE64"},
 *	  {"keyid":"client-ed25519","alg":"ed25519","public":"BASE64"}]}
 *
 * A private key there is not looked at.
 */
struct keyring;

#define KEYRING_TEXT_MAX 65536

/* NULL after a warning that names what is wrong. */
struct keyring *keyring_open(const char *path);

/* The same from memory; `name` is what a warning calls it. */
struct keyring *keyring_parse(struct bytes text, const char *name);
void keyring_close(struct keyring *k); /* NULL is allowed */

/* The key to verify with, or NULL. */
const struct signature_key *keyring_find(
    const struct keyring *k, struct bytes keyid);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef PKI_H
#define PKI_H

/*
 * What a run trusts, made fresh for each run and worth nothing outside it:
 *
 *	ca.pem		the throw-away certificate authority
 *	gateway.pem	certificate (RSA 2048, for RSA key exchange too) and key
 *	client.pem	a client's certificate (P-256) and key
 *	inner.pem	the same of those behind the gateways (RSA 2048)
 *	misissued.pem	one in the gateway's name that the CA should not have
 *			given away, with the attacker's key
 *	keys.json	the keys requests are signed with
 */

/* Write them into a folder.  0, or -1 after a warning. */
int pki_create(const char *folder);

#endif

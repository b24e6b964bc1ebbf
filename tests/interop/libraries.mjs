// SPDX-License-Identifier: MIT
//
// HTTP message signatures by two authors who are not us, behind one shape:
//
//	sign(request, components, parameters, key) -> Signature, Signature-Input
//	verify(request, components, key) -> does it hold?
//
// A request is {method, url, fields, content}, with fields as pairs of name and
// value.  A key is an object of keys.json.  The first library brings its own
// HMAC; of the second, which has Ed25519 only, all but the HMAC is used.  The
// third decides by itself what it signs, and with no nonce: method, target URI
// and content; it signs through the first, and has a verifier of its own.
import crypto from "node:crypto";
import { createRequire } from "node:module";

export const require = createRequire(process.env.INTEROP + "/");

// Node 18 has this, and does not show it.
globalThis.crypto ??= crypto.webcrypto;

const raw = (text) => Buffer.from(text, "base64");
const base64url = (text) => raw(text).toString("base64url");

function jwk(key, isPrivate) {
	return {
		kty: "OKP",
		crv: "Ed25519",
		x: base64url(key.public),
		...(isPrivate && { d: base64url(key.private) }),
	};
}

function hmac(key, data) {
	return crypto.createHmac("sha256", raw(key.secret)).update(data).digest();
}

function nodeKey(key, isPrivate) {
	if (key.alg === "hmac-sha256")
		return raw(key.secret);
	const make = isPrivate ? crypto.createPrivateKey : crypto.createPublicKey;
	return make({ key: jwk(key, isPrivate), format: "jwk" });
}

const dhensby = require("http-message-signatures");

const httpMessageSignatures = {
	async sign(request, components, parameters, key) {
		const { created, expires, ...rest } = parameters;
		const signed = await dhensby.httpbis.signMessage({
			key: dhensby.createSigner(
			    nodeKey(key, true), key.alg, key.keyid),
			name: "theirs",
			fields: components,
			params: Object.keys(parameters),
			paramValues: {
				created: new Date(created * 1000),
				expires: new Date(expires * 1000),
				...rest,
			},
		}, { ...request, headers: Object.fromEntries(request.fields) });
		return signed.headers;
	},

	async verify(request, components, key) {
		const verify =
		    dhensby.createVerifier(nodeKey(key, false), key.alg);
		return await dhensby.httpbis.verifyMessage({
			keyLookup: async ({ keyid }) => keyid === key.keyid ?
			    { id: keyid, algs: [key.alg], verify } : null,
			requiredFields: components,
			requiredParams: ["created", "nonce", "keyid", "alg"],
			maxAge: 300,
			tolerance: 2,
		}, { ...request, headers: Object.fromEntries(request.fields) });
	},
};

const cloudflare = require("http-message-sig");

function describe({ method, url, fields }) {
	return {
		kind: "request",
		method,
		targetUri: url,
		fields: fields.map(([name, value]) => ({ name, value })),
	};
}

async function webKey(key, usage) {
	return await globalThis.crypto.subtle.importKey("jwk",
	    jwk(key, usage === "sign"), { name: "Ed25519" }, true, [usage]);
}

const httpMessageSig = {
	async sign(request, components, parameters, key) {
		const signer = key.alg === "ed25519" ?
		    cloudflare.webcrypto.signer(await webKey(key, "sign")) :
		    { algorithm: key.alg, sign: (data) => hmac(key, data) };
		const made = await cloudflare.createSignature(
		    describe(request), { components, parameters, signer });
		return {
			Signature: made.signature,
			"Signature-Input": made.signatureInput,
		};
	},

	async verify(request, components, key) {
		const verifier = key.alg === "ed25519" ?
		    cloudflare.webcrypto.verifier(await webKey(key, "verify")) :
		    {
			algorithm: key.alg,
			verify: (data, value) => value.length === 32 &&
			    crypto.timingSafeEqual(hmac(key, data), value),
		    };
		const found = await cloudflare.verifySignature(
		    describe(request), {
			policy: {
				algorithms: [key.alg],
				requiredComponents: components,
				requiredParameters: ["created", "nonce", "keyid"],
				maxAge: 300,
			},
			resolveVerifier: () => verifier,
		});
		return found.parameters.keyid === key.keyid;
	},
};

const interledger = require("@interledger/http-signature-utils");

// Names of fields in lower case, as the verifier looks for them.
const lowerCased = (fields) => Object.fromEntries(
    fields.map(([name, value]) => [name.toLowerCase(), value]));

const httpSignatureUtils = {
	async sign({ method, url, fields, content }, _, __, key) {
		return await interledger.createSignatureHeaders({
			request: { method, url, body: content,
			    headers: Object.fromEntries(fields) },
			privateKey: nodeKey(key, true),
			keyId: key.keyid,
		});
	},

	async verify({ method, url, fields, content }, _, key) {
		const headers = lowerCased(fields);
		const request = { method, url, headers, body: content };
		return interledger.getKeyId(headers["signature-input"]) ===
		    key.keyid && interledger.validateSignatureHeaders(request) &&
		    await interledger.validateSignature(jwk(key), request);
	},
};

export const libraries = {
	"http-message-signatures": httpMessageSignatures,
	"http-message-sig": httpMessageSig,
	"@interledger/http-signature-utils": httpSignatureUtils,
};

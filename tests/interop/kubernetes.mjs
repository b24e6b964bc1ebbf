// SPDX-License-Identifier: MIT
//
// kubernetes.mjs FILE: are these objects that Kubernetes knows, and does a lab
// get what it must have and no more?
//
// YAML is read by the package yaml, objects are validated by the package
// kubernetes-models, which is made of Kubernetes' own OpenAPI schema.  That does
// not forbid what it does not know, so every field that it never looked at is
// wrong, too.  Then the level `restricted` of the Pod Security Standards
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/), and
// what this project promises beyond.  Prints what is wrong, and a last line.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.INTEROP + "/");
const { parseAllDocuments } = require("yaml");
const wrong = [];
const must = (good, what) => good || wrong.push(what);

// A copy that notes which of its fields were looked at.
function watched(value, path, fields) {
	if (value === null || typeof value !== "object")
		return value;
	const inside = Array.isArray(value) ? [] : {};
	const seen = new Set();

	for (const [key, v] of Object.entries(value)) {
		inside[key] = watched(v, `${path}/${key}`, fields);
		fields.push([`${path}/${key}`, () =>
		    Array.isArray(value) || seen.has(key)]);
	}
	return new Proxy(inside, {
		get(target, key) {
			seen.add(key);
			return target[key];
		},
	});
}

function model({ apiVersion, kind }) {
	const { [kind]: Model } =
	    require(`kubernetes-models/${apiVersion}/${kind}`);
	return Model;
}

function validate(object) {
	const fields = [];
	const name = `${object.kind}/${object.metadata?.name}`;

	try {
		const copy = watched(object, name, fields);
		model(object).prototype.validate.call(copy);
	} catch (e) {
		wrong.push(`${name}: ${e.message}`);
		return;
	}
	for (const [path, wasSeen] of fields)
		must(wasSeen(), `${path}: no such field`);
}

// Of the level `restricted`, by its table.
function checkRestricted(pod) {
	const allowed = ["configMap", "csi", "downwardAPI", "emptyDir",
	    "ephemeral", "persistentVolumeClaim", "projected", "secret"];
	const { securityContext: all = {}, containers, volumes = [] } = pod;

	must(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, "host's own");
	for (const { name, ...source } of volumes)
		must(Object.keys(source).every((k) => allowed.includes(k)),
		    `volume ${name}`);
	for (const c of containers) {
		const own = { ...all, ...c.securityContext };
		const { add = [], drop = [] } = own.capabilities ?? {};

		must(!own.privileged, "privileged");
		must(own.allowPrivilegeEscalation === false, "escalation");
		must(own.runAsNonRoot === true && own.runAsUser !== 0, "root");
		must(drop.includes("ALL") && add.length === 0, "capabilities");
		must(["RuntimeDefault", "Localhost"].includes(
		    own.seccompProfile?.type), "seccomp");
		must([undefined, "RuntimeDefault", "Localhost"].includes(
		    own.appArmorProfile?.type), "AppArmor");
		must([undefined, "Default"].includes(own.procMount), "proc");
		must(!(c.ports ?? []).some((p) => p.hostPort), "host ports");
	}
}

// Of this project.
function checkLab(pod) {
	must(pod.hostUsers === false, "a user namespace of its own");
	must(pod.automountServiceAccountToken === false, "no token");
	must(pod.containers.length === 1, "one lab is one container");
	for (const { image, imagePullPolicy, resources, securityContext } of
	    pod.containers) {
		// Without a host that is docker.io's, whoever has the name there.
		must(/^(localhost|[^/]*[.:][^/]*)\//.test(image) &&
		    (imagePullPolicy === "Never" || /@sha256:/.test(image)),
		    "whose image");
		must(securityContext.readOnlyRootFilesystem, "read-only root");
		for (const what of ["cpu", "memory", "ephemeral-storage"])
			must(resources?.limits?.[what] &&
			    resources.requests?.[what], `limit of ${what}`);
	}
}

const objects = parseAllDocuments(fs.readFileSync(process.argv[2], "utf8"),
    { strict: true }).map((d) => {
	d.errors.forEach((e) => wrong.push(e.message));
	return d.toJS();
}).filter(Boolean);
const of = (kind) => objects.filter((o) => o.kind === kind);

objects.forEach(validate);
for (const { spec } of [...of("StatefulSet"), ...of("Pod")]) {
	const pod = spec.template?.spec ?? spec;

	checkRestricted(pod);
	checkLab(pod);
}
must(of("NetworkPolicy").some(({ spec }) =>
    Object.keys(spec.podSelector).length === 0 && !spec.ingress &&
    !spec.egress && spec.policyTypes.join() === "Ingress,Egress"),
    "nobody may talk to anybody");
must(of("Namespace").every(({ metadata }) => metadata.labels[
    "pod-security.kubernetes.io/enforce"] === "restricted"), "level");
must(of("ResourceQuota").length === 1 && of("LimitRange").length === 1,
    "quota and limits");

wrong.forEach((line) => console.log(line));
console.log(`${objects.length} objects, ${wrong.length} wrong`);

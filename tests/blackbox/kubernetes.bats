#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The class on a cluster: objects that Kubernetes knows, which ask for no more
# than a lab needs.

file=containers/kubernetes/class.yaml

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export INTEROP=$PWD/.setup/interop
	command -v node >/dev/null || skip "needs node"
	[ -d "$INTEROP/node_modules/kubernetes-models" ] ||
		skip "needs the npm packages of ./lab setup --tests"
}

@test "every object is valid, restricted and walled in" {
	run node tests/interop/kubernetes.mjs "$file"
	echo "$output"
	[ "$output" = "5 objects, 0 wrong" ]
}

# wrong SED-SCRIPT SAID: with that change something is wrong, and it is said.
wrong() {
	sed "$1" "$file" >"$BATS_TEST_TMPDIR/changed.yaml"
	[ "$(cat "$file")" != "$(cat "$BATS_TEST_TMPDIR/changed.yaml")" ]
	run node tests/interop/kubernetes.mjs "$BATS_TEST_TMPDIR/changed.yaml"
	echo "$1: $output"
	[[ $output == *"$2"* && $output != *" 0 wrong" ]]
}

@test "a field that Kubernetes does not know, or not so, is found" {
	wrong 's/hostUsers/hostUser/' "hostUser: no such field"
	wrong 's/sizeLimit/sizeLimits/' "sizeLimits: no such field"
	wrong 's/replicas: 30/replicas: many/' "must be integer"
}

@test "a lock that is taken away is found" {
	wrong 's/hostUsers: false/hostUsers: true/' "user namespace"
	wrong 's/drop: \[ALL\]/add: [NET_ADMIN]/' capabilities
	wrong 's/type: Localhost/type: Unconfined/' seccomp
	wrong 's/runAsUser: 1000/runAsUser: 0/' root
	wrong 's/policyTypes: .*/policyTypes: [Ingress]/' "nobody may talk"
	wrong 's/limits: {cpu: "1"/limits: {cpus: "1"/' "limit of cpu"
	wrong 's,image: localhost/,image: ,' "whose image"
	wrong 's/imagePullPolicy: Never/imagePullPolicy: IfNotPresent/' "whose image"
	wrong 's/enforce: restricted/enforce: baseline/' level
}

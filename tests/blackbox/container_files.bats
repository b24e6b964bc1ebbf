#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The files that Docker reads are judged by others' readers of their formats.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export INTEROP=$PWD/.setup/interop
	command -v node >/dev/null || skip "needs node"
	[ -d "$INTEROP/node_modules/dclint" ] ||
		skip "needs the npm packages of ./lab setup --tests"
}

@test "the compose files and the Containerfiles keep their formats' rules" {
	exported=$BATS_TEST_TMPDIR/new
	"${B:-build}/bin/replaylab" export kathara "$exported"
	run node tests/interop/containers.mjs containers/compose.yaml \
	    containers/compose.docker.yaml containers/Containerfile \
	    "$exported/Containerfile"
	echo "$output"
	[ "$output" = "4 files, 0 wrong" ]
}

# wrong FILE SED-SCRIPT SAID: with that change something is wrong, and is said.
wrong() {
	changed=$BATS_TEST_TMPDIR/$(basename "$1")
	sed "$2" "$1" >"$changed"
	run node tests/interop/containers.mjs "$changed"
	echo "$2: $output"
	[[ $output == *"$3"* && $output != *" 0 wrong" ]]
}

@test "a word that the formats do not know is found" {
	wrong containers/compose.yaml s/cap_drop/cap_drops/ cap_drops
	wrong containers/compose.yaml s/x-podman.disable/podman.disable/ \
	    podman.disable
	wrong containers/compose.docker.yaml s/driver_opts/driver_options/ \
	    driver_options
	wrong containers/Containerfile s/ENTRYPOINT/ENTRYPOINTS/ ENTRYPOINTS
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Structured fields (RFC 9651) as other people read them: the working group's
# own examples, and a library for Node over inputs that were made up.  Both lie
# where `./lab setup --tests` put them; without them these tests are skipped.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export INTEROP=$PWD/.setup/interop
	command -v node >/dev/null || skip "needs node"
	[ -d "$INTEROP/node_modules" ] ||
		skip "needs the npm packages of ./lab setup --tests"
}

# agree WHAT LEAST: nothing differs, over so many fields and refused ones.
agree() {
	run node tests/interop/structured_fields.mjs "$1" \
		"${B:-build}/tests/interop/structured_field"
	echo "$output"
	[ "$status" -eq 0 ]
	read -r compared _ refused _ different _ <<<"${lines[-1]}"
	[ "$compared" -ge "$2" ]
	[ "$refused" -ge $(($2 / 4)) ]
	[ "$((compared - refused))" -ge $(($2 / 4)) ]
	[ "$different" -eq 0 ]
}

@test "the working group's examples are read, refused and written as it says" {
	agree suite 1500
}

@test "structured-headers reads and refuses what we do, over 40000 fields" {
	agree second 40000
}

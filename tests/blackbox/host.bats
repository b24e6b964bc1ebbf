#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The first process of a host's container, without the container: what it runs,
# and that it ends with whatever it does not understand.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=${B:-build}/bin/replaylab
}

@test "it runs what it is told to, with the runner's descriptors, and ends with it" {
	run timeout 60 tests/blackbox/helper/runner_of_a_host "$lab"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -v '^replaylab: ' <<<"$output")" = "$(
		cat <<-END
			hello True
			ran True 0 ['typed', 'word'] b'e\n' b'v\n' b''
			signalled True
			found sh True
			found no-such-program False
			no descriptors True
			ended 0
			refused 0
			refused 0
			refused 0
			refused 0
			refused 0
			refused 0
		END
	)" ]
}

@test "a mistake in its command is a line and status 2" {
	for words in "" client "--runner /nowhere" "client gateway --runner /x"; do
		# shellcheck disable=SC2086 # several words
		run "$lab" host $words
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$output")" -eq 1 ]
	done
	run "$lab" host client --runner /nowhere/socket
	[ "$status" -eq 70 ]
}

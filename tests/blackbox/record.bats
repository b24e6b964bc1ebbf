#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# attacker record on an interface: nothing the kernel captured is lost, and
# the event counts what a reader of the tape finds.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	ATTACKER=$(realpath "${B:-build}/bin/attacker")
	export ATTACKER
	cd tests/blackbox || return
	helper/hub helper/recording.sh true 2>/dev/null ||
		skip "no user namespaces here"
}

story() {
	run timeout 60 helper/hub helper/recording.sh "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

# The frames of the recorded event are the frames of the tape.
counts_agree() {
	local counted shown
	counted=$(sed -nE 's/.*"frames":([0-9]+).*/\1/p' <<<"$output")
	shown=$(sed -nE 's/.*: ([0-9]+) frames.*/\1/p' <<<"$output")
	[ -n "$counted" ] && [ "$counted" -eq "$shown" ]
}

@test "a recorder that is told to end first empties the ring" {
	for signal in TERM INT; do
		story drained "$signal"
		[[ "$output" == *"status 0"* ]]
		# With a few of the hosts' own, such as neighbour discovery.
		[[ "$output" =~ \"frames\":3[0-9][0-9], ]]
		counts_agree
	done
}

@test "what has passed when a recorder is told to end is on the tape" {
	for _ in {1..5}; do
		story ended_at_once
		[[ "$output" == *"status 0"* ]]
		[[ "$output" =~ \"frames\":3[0-9][0-9], ]]
		counts_agree
	done
}

@test "a recorder that has enough ends by itself" {
	story until_enough
	[[ "$output" == *"status 0"* ]]
	[[ "$output" == *'"frames":10,'* ]]
	counts_agree
}

@test "a recorder that is asked tells when all that has come is on the tape" {
	story asked
	[[ "$output" == *"status 0"* ]]
	[[ "$output" =~ :\ 3[0-9][0-9]\ frames ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The bench runs: each row, for a moment, gives a ratio.  How large it is, no
# test asks: the machine is not ours alone.

setup() {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME/../.."
}

rows() {
	tests/bench/run --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'
}

@test "each row gives a ratio, or names the package that is missing" {
	[ "$(rows | wc -l)" -gt 0 ]
	for row in $(rows); do
		run tests/bench/run --brief --json "$row"
		echo "$row: $output"
		[ "$status" -eq 0 ]
		[ "${#lines[@]}" -gt 0 ]
		for line in "${lines[@]}"; do
			[[ $line =~ \"ratio\":[0-9] ||
				$line =~ \"skip\":\"needs.*apt-get\ install ]]
		done
	done
}

@test "the table has a line for each figure" {
	run tests/bench/run --brief "$(rows | head -n 1)"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == what*ours*"beside it"*ratio*reach* ]]
	[ "${#lines[@]}" -gt 1 ]
}

@test "mistakes are named in one line" {
	for words in nonesuch "--rounds 0" "--rounds" --nonesuch; do
		# shellcheck disable=SC2086 # an option and its value
		run tests/bench/run $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

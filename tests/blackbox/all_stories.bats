#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every story of the catalogue, once: a story may be skipped where a program is
# not installed, and then it names the package.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
}

@test "every story comes out as expected" {
	run "$lab" run all --runs "$runs" -j 2 --json
	grep -v '"result":"PASS"' <<<"$output" || :
	[ "$status" -eq 0 ]
	[ "$(grep -c '"result":"PASS"' <<<"$output")" -ge 150 ]
	! grep -vE '"result":"(PASS|XFAIL|SKIP)"' <<<"$output"
	! grep '"result":"SKIP"' <<<"$output" | grep -v 'install'
	# No frame is lost, not even of a standby that copies a whole database.
	! grep '"result":"PASS"' <<<"$output" | grep -v '"frames_dropped":0'
}

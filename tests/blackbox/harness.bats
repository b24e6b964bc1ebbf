#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The test runner itself: no kind of broken test program passes unnoticed.

setup() {
	export B=$BATS_TEST_TMPDIR/build
	# Not the files of the run that this test is part of.
	unset TALLY LOGS
	mkdir -p "$B/tests/unit/part" "$B/tests/fuzz"
	cd "$BATS_TEST_DIRNAME/../.."
}

# program NAME: a test program from the shell lines on standard input.
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$B/tests/$1"
	chmod +x "$B/tests/$1"
}

last_line() {
	echo "${lines[${#lines[@]} - 1]}"
}

@test "programs that pass are added up" {
	program unit/part/a_test <<<'printf "1..2\nok 1 - a\nok 2 - b\n"'
	program unit/part/b_test <<<'printf "1..1\nok 1 - c\n"'
	program fuzz/target <<<'echo this property holds'
	run tests/run unit fuzz
	[ "$status" -eq 0 ]
	[ "$(last_line)" = "4 passed, 0 failed" ]
	[ "$(cat "$B/tests/summary")" = "4 passed, 0 failed" ]
}

@test "a failing test is counted, and what it said is printed" {
	program unit/part/a_test <<<'
		printf "1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n"; exit 1'
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "1 passed, 1 failed" ]
	[[ $output == *"# 1 != 2"* ]]
}

@test "a program that dies without its report has failed" {
	program unit/part/a_test <<<'kill -SEGV $$'
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "0 passed, 1 failed" ]
}

@test "a program that dies after tests that passed has failed" {
	program unit/part/a_test <<<'printf "1..1\nok 1 - a\n"; kill -ABRT $$'
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "1 passed, 1 failed" ]
}

@test "a program that ends before its plan does has failed" {
	program unit/part/a_test <<<'printf "1..3\nok 1 - a\n"'
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "1 passed, 1 failed" ]
}

@test "a program that reports nothing has failed" {
	program unit/part/a_test <<<'exit 0'
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "0 passed, 1 failed" ]
}

@test "a program that hangs is ended and has failed" {
	program unit/part/a_test <<<'echo 1..1; exec sleep 60'
	TEST_TIMEOUT=1 run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "0 passed, 1 failed" ]
}

@test "a fuzz target that dies has failed, and what it said is printed" {
	program fuzz/target <<<'echo input 12 broke it; kill -ABRT $$'
	run tests/run fuzz
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "0 passed, 1 failed" ]
	[[ $output == *"input 12 broke it"* ]]
}

@test "a skipped test is counted apart" {
	program unit/part/a_test <<<'
		printf "1..2\nok 1 - a\nnot ok 2 # SKIP not here\n"'
	run tests/run unit
	[ "$status" -eq 0 ]
	[ "$(last_line)" = "1 passed, 0 failed, 1 skipped" ]
}

@test "nothing to run is a failure" {
	run tests/run unit
	[ "$status" -eq 1 ]
	[ "$(last_line)" = "0 passed, 0 failed" ]
}

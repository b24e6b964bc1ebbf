#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The lessons are typed as they stand, and print what they show; what the
# documents name is there.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	checkout=$PWD
	bin=$(realpath "${B:-build}/bin")

	# A checkout of its own to type in, with the programs under test.
	desk=$BATS_TEST_TMPDIR
	mkdir "$desk/build"
	ln -s "$bin" "$desk/build/bin"
	ln -s "$checkout/scenarios" "$checkout/tests" "$desk"
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$bin/replaylab" >"$desk/lab"
	chmod +x "$desk/lab"
}

typed() {
	cd "$desk" || return 1
	"$checkout/tests/blackbox/helper/typed" "$checkout/docs/lessons/$1"*.md
}

@test "lesson 1, three steps, as one types it" {
	typed 01
}

@test "lesson 2, sequence numbers, as one types it" {
	typed 02
}

@test "lesson 3, nonce and time stamp, as one types it" {
	typed 03
}

@test "lesson 4, early data, as one types it" {
	typed 04
}

@test "lesson 5, named schemes, as one types it" {
	typed 05
}

@test "there is a test for each lesson" {
	[ "$(ls docs/lessons)" = "01-three-steps.md
02-sequence-numbers.md
03-nonce-and-timestamp.md
04-early-data.md
05-named-schemes.md" ]
}

@test "every file that a document links to is there" {
	for document in *.md docs/*.md docs/lessons/*.md; do
		for link in $(grep -oE '\]\([^)#]+' "$document" | cut -c3-); do
			case $link in
			http*) continue ;;
			esac
			[ -e "$(dirname "$document")/$link" ] || {
				echo "$document: no $link"
				return 1
			}
		done
	done
}

@test "every story that the threat model names is there" {
	known=$("$bin/replaylab" list | cut -d' ' -f1)
	named=$(grep -oE '`[A-Z][0-9]+[a-z]?`' docs/threat-model.md | tr -d '`')
	[ -n "$named" ]
	for id in $named; do
		grep -qx "$id" <<<"$known" || { echo "no story $id"; return 1; }
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# An installed copy is a lab of its own: it finds its programs, stories and
# pages from wherever it was put, and writes where it is called.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	at=$BATS_TEST_TMPDIR/somewhere
	make -s install B="${B:-build}" DESTDIR="$at" PREFIX=/usr >/dev/null
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
}

@test "an installed copy plays a story in any folder, without the checkout" {
	mv "$at" "$at.moved"
	cd "$BATS_TEST_TMPDIR/elsewhere" || return 1
	run env -i HOME=/nonexistent PATH=/usr/bin:/bin \
	    "$at.moved/usr/bin/replaylab" run N1
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s runs/latest/N1/witness.pcapng ]
	[ "$(readlink -f runs/latest/..)" = "$PWD/runs" ]
}

@test "it has every story of the checkout, and no other" {
	diff <(find scenarios -name '*.scn' | sort) \
	    <(cd "$at/usr/share/replaylab" && find scenarios -type f | sort)
	[ "$("$at/usr/bin/replaylab" list)" = "$("${B:-build}/bin/replaylab" list)" ]
}

@test "it has the manual pages, and the documents that the README names" {
	for page in attacker.1 victim-client.1 victim-server.1 replaylab.1 \
	    replaylab-scenario.5; do
		cmp "docs/man/$page" "$at/usr/share/man/man${page##*.}/$page"
	done
	cd "$at/usr/share/doc/replaylab" || return 1
	for named in $(grep -oE '\]\([a-zA-Z/0-9._-]+\)' README.md |
	    tr -d '])('); do
		[ -e "$named" ] || {
			echo "not installed: $named"
			return 1
		}
	done
}

@test "prepare makes the folder of a lab, once, with what a run's folder has" {
	lab=$PWD/${B:-build}/bin/replaylab
	cd "$BATS_TEST_TMPDIR/elsewhere" || return 1
	"$lab" prepare --folder made
	cp -r made before
	"$lab" prepare --folder made
	diff -r made before
	"$lab" shell client --empty -- true
	# Whose network it is for has no filter at the attacker's egress.
	grep -q '"egress":false' made/manifest.json
	diff <(sed 's/"egress":[a-z]*//' made/manifest.json) \
	    <(sed 's/"egress":[a-z]*//' runs/latest/shell/manifest.json)
	for file in ca.pem gateway.pem inner.pem client.pem keys.json hosts \
	    clock/client clock/attacker; do
		[ -s "made/$file" ]
	done
}

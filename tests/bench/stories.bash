# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: stories at once, and one after the other
#
# The plays of one story, each in a lab of its own: as many at once as there are
# cores, beside the sum of them alone.
. tests/bench/measure.bash

story=R1
rounds=${BENCH_ROUNDS:-3} # each takes long
[ -z "$brief" ] || story=R1.tls13

play() { # OPTION...: nanoseconds for all of them
	local began=${EPOCHREALTIME/[.,]/}

	"$B/bin/replaylab" run --runs "$scratch/runs" "$@" "$story" \
		>"$scratch/told" || {
		cat "$scratch/told" >&2
		return 1
	}
	echo $((${EPOCHREALTIME/[.,]/} - began))000
	rm -rf "$scratch/runs"
}

at_once() { play; }
alone() { play --jobs 1; }

bench() {
	measure at_once alone
	row "stories: as many as cores" "${median[at_once]}" \
		"one by one" "${median[alone]}" ns "<=0.6"
}

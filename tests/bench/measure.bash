# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What every row of the bench is written in.  A row is a file NAME.bash with a
# function `bench`, run inside tests/blackbox/helper/hub.

made=$B/tests/bench        # the bench's own programs
scratch=/run/bench         # a tmpfs of the namespace
rounds=${BENCH_ROUNDS:-5}  # of which the medians are taken
brief=${BENCH_BRIEF:-}     # only to see that it runs
mkdir -p "$scratch"

# measure FUNCTION...: each prints one number.  They take turns, so that what
# else the machine does meets all of them; ${median[FUNCTION]} is the result.
declare -A samples median
measure() {
	local round f

	for f; do samples[$f]=; done
	for ((round = 0; round < rounds; round++)); do
		for f; do samples[$f]+="$($f) "; done
	done
	for f; do median[$f]=$(middle "${samples[$f]}"); done
}

middle() { # NUMBERS
	tr ' ' '\n' <<<"$1" | grep . | sort -g |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# row WHAT OURS PEER THEIRS UNIT REACH: one line of the table.  REACH is what
# ours divided by theirs should be: ">=3", "<=0.6".
row() {
	printf 'row\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# skip WHAT PEER PACKAGE
skip() {
	printf 'skip\t%s\t%s\tneeds %s: apt-get install %s\n' "$1" "$2" "$2" \
		"$3"
}

# A folder $disk in the build folder, for what must be on a real disk.
on_disk() {
	disk=$(mktemp -d "$made/disk.XXXXXX")
	trap 'rm -rf "$disk"' EXIT
}

# serve NAME COMMAND...: in the background, until it listens on ${port[NAME]} of
# the loopback; ${pid[NAME]} is set.
declare -A pid port
serve() {
	local name=$1 deadline=$((SECONDS + 10))

	shift
	REPLAYLAB_DIR='' "$@" >"$scratch/$name.log" 2>&1 &
	pid[$name]=$!
	until (: <>"/dev/tcp/127.0.0.1/${port[$name]}") 2>"$scratch/refused"; do
		if ! kill -0 "${pid[$name]}" || [ $SECONDS -gt $deadline ]; then
			cat "$scratch/$name.log" >&2
			return 1
		fi
		read -rt 0.02 <> <(:) || :
	done
}

# CPU seconds that these processes have had.
cpu() { # PID...
	local pid

	for pid; do cat "/proc/$pid/task"/*/schedstat; done |
		awk '{ spent += $1 } END { print spent / 1e9 }'
}

rate() { # COUNT BEFORE AFTER: a second of CPU, of which cpu told both
	awk -v n="$1" -v a="$2" -v b="$3" \
		'BEGIN { printf "%.0f\n", n / (b > a ? b - a : 0.001) }'
}

have() { # PROGRAM: there, or in the folders of root
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null
}

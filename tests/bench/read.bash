# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: TLS records a second that are read from a capture
#
# One long stream, a record in each segment.  What tshark takes to start is not
# held against it.
. tests/bench/measure.bash

frames=30000
[ -z "$brief" ] || frames=5000

by_us() { "$made/reading" ours "$scratch/many"; }
bare_walk() { "$made/reading" bare "$scratch/many"; }

tshark_takes() { # CAPTURE: microseconds
	local began=${EPOCHREALTIME/[.,]/}
	tshark -r "$scratch/$1" -Y tls.record -T fields \
		-e tls.record.length >"$scratch/told" 2>"$scratch/tshark"
	echo $((${EPOCHREALTIME/[.,]/} - began))
}

by_tshark() {
	local whole start
	whole=$(tshark_takes many)
	start=$(tshark_takes one)
	awk -v n="$frames" -v t=$((whole - start)) \
		'BEGIN { printf "%.0f\n", n * 1e6 / (t > 1 ? t : 1) }'
}

bench() {
	"$made/reading" make "$scratch/many" "$frames"
	"$made/reading" make "$scratch/one" 1
	if have tshark; then
		measure by_us bare_walk by_tshark
		row "read: TLS records" "${median[by_us]}" tshark \
			"${median[by_tshark]}" records/s ">=150"
	else
		measure by_us bare_walk
		skip "read: TLS records" tshark tshark
	fi
	row "read: TLS records" "${median[by_us]}" "bare walk" \
		"${median[bare_walk]}" records/s ">=0.7"
}

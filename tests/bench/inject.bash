# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: frames a second that the attacker puts on a cable
#
# Segments of one flow, to a hardware address that nobody has, so that all of
# it is the sending.  Without offload, as in the lab: what goes to the kernel as
# one is cut before it is on the cable.
. tests/bench/measure.bash

rounds=${BENCH_ROUNDS:-3} # each takes long
seconds=0.4
[ -z "$brief" ] || seconds=0.05

blast() { # HOW
	"$made/blast" "$1" cable "$size" "$seconds"
}

in_batches() { blast port; }
one_by_one() { blast injector; }
limit() { blast sendmmsg; }

by_tcpreplay() {
	tcpreplay -i cable -K --topspeed --loop 100000000 --no-flow-stats \
		--duration 1 "$scratch/frames-$size" 2>&1 |
		sed -n 's/^Actual: \([0-9]*\) packets.* in \([0-9.]*\) .*/\1 \2/p' |
		awk '{ printf "%.0f\n", $1 / $2 }'
}

beside_limit() {
	row "inject: $size bytes, in batches" "${median[in_batches]}" \
		sendmmsg "${median[limit]}" frames/s ">=0.8"
	row "inject: $size bytes, one by one" "${median[one_by_one]}" \
		sendmmsg "${median[limit]}" frames/s ""
}

bench() {
	have ethtool || {
		skip inject ethtool ethtool
		return
	}
	ip link add name cable type veth peer name end
	ethtool -K cable tx off tso off gso off >/dev/null
	ip link set cable up
	ip link set end up
	for size in 64 1400; do
		if ! have tcpreplay; then
			measure in_batches one_by_one limit
			beside_limit
			skip "inject: $size bytes, in batches" tcpreplay tcpreplay
			continue
		fi
		"$made/blast" write "$size" "$scratch/frames-$size"
		measure in_batches one_by_one limit by_tcpreplay
		beside_limit
		row "inject: $size bytes, in batches" "${median[in_batches]}" \
			tcpreplay "${median[by_tcpreplay]}" frames/s ">=3"
	done
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: goodput and delay of a TCP stream through attacker relay
#
# One TCP stream between two hosts, whose frames cross the bridge alone, or go
# by way of the attacker on it: `attacker relay`, or ettercap.  Three labs side
# by side, without offload, as replaylab's own.
. tests/bench/measure.bash

rounds=${BENCH_ROUNDS:-3} # each takes long
events=$REPLAYLAB_DIR/events
seconds=${brief:+0.05}
seconds=${seconds:-1}

# Host NAME of the lab of SUFFIX is NAME-SUFFIX; the addresses are the same.
lab() { # SUFFIX
	ip link add name "switch-$1" type bridge mcast_snooping 0
	ip link set "switch-$1" up
	host "client-$1" 198.51.100.10 02:00:00:00:01:10 "switch-$1"
	host "server-$1" 198.51.100.20 02:00:00:00:01:20 "switch-$1"
	host "attacker-$1" 198.51.100.66 02:00:00:00:01:66 "switch-$1"
	for name in client server attacker; do
		on "$name-$1" ethtool -K outer tx off tso off gso off gro off \
			>/dev/null
	done
	on "server-$1" "$made/stream" serve >"$scratch/server-$1" 2>&1 &
	await listening "$scratch/server-$1"
	# Both ends know each other, so there is something to take over.
	on "client-$1" "$made/stream" echo 198.51.100.20 0.01 >"$scratch/echo"
}

# Where a host of the lab believes another one to be.
believes() { # HOST ADDRESS
	on "$1" ip neigh show to "$2" dev outer | grep -q 02:00:00:00:01:66
}

await_position() { # SUFFIX WHO
	until believes "client-$1" 198.51.100.20 &&
		believes "server-$1" 198.51.100.10; do
		[ $SECONDS -lt 20 ] || {
			echo "$2 has not the position" >&2
			return 1
		}
		read -rt 0.1 <> <(:) || :
	done
}

start_relay() {
	REPLAYLAB_EVENTS=$events on attacker-r "$B/bin/attacker" relay \
		--between client,server </dev/null >"$scratch/relay" 2>&1 &
	await '"ready"' "$events"
}

# Where only root is mapped it cannot become nobody.
start_ettercap() {
	exec 5<> <(:)
	EC_UID=0 EC_GID=0 on attacker-e ettercap -T -q -i outer \
		-M arp:remote /198.51.100.10// /198.51.100.20// <&5 \
		>"$scratch/ettercap" 2>&1 &
	await_position e ettercap
}

goodput() { # SUFFIX
	on "client-$1" "$made/stream" send 198.51.100.20 "$seconds"
}

round_trip() { # SUFFIX
	on "client-$1" "$made/stream" echo 198.51.100.20 "$seconds"
}

goodput_bridge() { goodput b; }
goodput_relay() { goodput r; }
goodput_ettercap() { goodput e; }
trip_bridge() { round_trip b; }
trip_relay() { round_trip r; }
trip_ettercap() { round_trip e; }

less() { # A B
	awk -v a="$1" -v b="$2" 'BEGIN { print (a > b ? a - b : 0) }'
}

beside_bridge() {
	measure goodput_bridge goodput_relay trip_bridge trip_relay
	row "relay: one TCP stream" "${median[goodput_relay]}" bridge \
		"${median[goodput_bridge]}" B/s ">=0.5"
	row "relay: round trip" "${median[trip_relay]}" bridge \
		"${median[trip_bridge]}" ns ""
}

beside_both() {
	measure goodput_bridge goodput_relay goodput_ettercap trip_bridge \
		trip_relay trip_ettercap
	row "relay: one TCP stream" "${median[goodput_relay]}" bridge \
		"${median[goodput_bridge]}" B/s ">=0.5"
	row "relay: one TCP stream" "${median[goodput_relay]}" ettercap \
		"${median[goodput_ettercap]}" B/s ">=3"
	row "relay: added round trip" \
		"$(less "${median[trip_relay]}" "${median[trip_bridge]}")" \
		ettercap \
		"$(less "${median[trip_ettercap]}" "${median[trip_bridge]}")" \
		ns ""
}

bench() {
	have ethtool || {
		skip relay ethtool ethtool
		return
	}
	lab b
	lab r
	start_relay
	have ettercap || {
		beside_bridge
		skip "relay: one TCP stream" ettercap ettercap-text-only
		return
	}
	lab e
	start_ettercap
	beside_both
}

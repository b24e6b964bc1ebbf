# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: frames a second that the attacker gets onto a tape
#
# Streams of TLS records, by tcpreplay; the attacker also puts them together and
# counts the records.  Once at a pace that all keep up with, for what it costs,
# and once as fast as tcpreplay can, for what is lost.  The ring is as large for
# all, the tape in memory.
. tests/bench/measure.bash

frames=5000 # of a stream
streams=8
[ -z "$brief" ] || frames=100
[ -z "$brief" ] || streams=2
ring=32 # MB
rounds=${BENCH_ROUNDS:-3} # each takes long
pace=--topspeed

tape=$scratch/tape
log=$scratch/log

ours() { recorded '"ready"' "$B/bin/attacker" record --on end --tape "$tape"; }
by_tcpdump() {
	recorded listening tcpdump -i end -B $((ring << 10)) -w "$tape"
}
by_dumpcap() { recorded File: dumpcap -i end -B "$ring" -w "$tape"; }

# In a network of its own, at the end of the cable.  Not as root: what tcpdump
# does then cannot be done where there is only one user.
start() { # COMMAND...
	ip link add cable type veth peer name end
	ethtool -K cable tx off tso off gso off gro off >/dev/null
	ethtool -K end tx off tso off gso off gro off >/dev/null
	ip link set cable up
	# shellcheck disable=SC2016 # for the shell inside
	unshare --user --map-user 1000 --keep-caps --net bash -c '
		echo there >"$1/log"
		read -r <"$1/go"
		ip link set end up
		shift
		exec "$@"' bash "$scratch" "$@" >>"$log" 2>&1 &
	recorder=$!
	await there "$log"
	ip link set end netns "$recorder"
	echo go >"$scratch/go"
}

# No more comes onto the tape.
settle() {
	local before=-1 now

	until now=$(stat -c %s "$tape") && [ "$now" = "$before" ]; do
		before=$now
		read -rt 0.1 <> <(:) || :
	done
}

send() { # prints the seconds it took
	tcpreplay -i cable -K "$pace" --unique-ip --loop "$streams" \
		--no-flow-stats "$scratch/frames" 2>&1 |
		sed -n 's/^Actual: .* in \([0-9.]*\) seconds/\1/p'
}

kept() { # how many frames each says that it kept
	sed -n 's/^\([0-9]*\) packets captured/\1/p
		s/^Packets captured: //p
		s/.*: \([0-9]*\) frames, .*/\1/p' <(tr '\r' '\n' <"$log") |
		tail -n 1
}

# Frames a second: of its CPU, or of the flood.
recorded() { # READY COMMAND...
	local ready=$1 took spent

	shift
	rm -f "$tape" "$log"
	start "$@"
	await "$ready" "$log"
	took=$(send)
	settle
	spent=$(cpu "$recorder")
	kill "$recorder"
	wait "$recorder" || :
	ip link del cable 2>"$scratch/gone" || : # or gone with its end
	[ "$pace" = --topspeed ] || took=$spent
	rate "$(kept)" 0 "$took"
}

beside() { # WHAT REACH-OF-TCPDUMP REACH-OF-DUMPCAP
	local peers=()

	! have tcpdump || peers+=(by_tcpdump)
	! have dumpcap || peers+=(by_dumpcap)
	measure ours "${peers[@]}"
	if have tcpdump; then
		row "record: $1" "${median[ours]}" tcpdump \
			"${median[by_tcpdump]}" frames/s "$2"
	else
		skip "record: $1" tcpdump tcpdump
	fi
	if have dumpcap; then
		row "record: $1" "${median[ours]}" dumpcap \
			"${median[by_dumpcap]}" frames/s "$3"
	else
		skip "record: $1" dumpcap wireshark-common
	fi
}

bench() {
	if ! have ethtool || ! have tcpreplay; then
		skip record tcpreplay "tcpreplay ethtool"
		return
	fi
	mkfifo "$scratch/go"
	chmod 777 "$scratch"
	export REPLAYLAB_EVENTS=$log
	"$made/reading" make "$scratch/frames" "$frames"
	beside "frames of a flood" ">=1" ">=1.3"
	pace=--pps=80000
	beside "frames, a second of CPU" ">=1.67" ""
}

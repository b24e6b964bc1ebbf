# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stories of record.bats, run inside helper/hub.

events=$REPLAYLAB_DIR/events

exec_on() {
	exec ip netns exec "$@"
}

start_recorder() {
	# Not `on`: the signals must reach the recorder itself.
	REPLAYLAB_EVENTS=$events exec_on attacker "$ATTACKER" record \
		--on outer --tape "$REPLAYLAB_DIR/tape" "$@" \
		<"${enter:-/dev/null}" >/dev/null &
	recorder=$!
	await '"ready"' "$events"
}

# N frames: datagrams that nobody answers; the last has left when this returns,
# or when process PID is told to end.
send() { # N [PID]
	on client perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(Proto => "udp",
		    PeerAddr => "198.51.100.20", PeerPort => 9) or die;
		$s->send("frame") for 1 .. shift;
		kill TERM => @ARGV' "$@"
}

tell() {
	wait "$recorder"
	echo "status $?"
	grep recorded "$events"
	"$ATTACKER" show "$REPLAYLAB_DIR/tape"
}

# The signal comes while frames still stand in the kernel's ring.
drained() {
	on client ip neigh add 198.51.100.20 dev outer lladdr 02:00:00:00:01:20
	start_recorder
	kill -STOP "$recorder"
	send 300
	kill -"$1" "$recorder"
	kill -CONT "$recorder"
	tell
}

# The same with a question: when it is answered the tape has them.
asked() {
	enter=$REPLAYLAB_DIR/enter
	mkfifo "$enter"
	exec 5<>"$enter"
	on client ip neigh add 198.51.100.20 dev outer lladdr 02:00:00:00:01:20
	start_recorder
	kill -STOP "$recorder"
	send 300
	echo >&5
	kill -CONT "$recorder"
	await '"seq":2,.*"ready"' "$events"
	"$ATTACKER" show "$REPLAYLAB_DIR/tape"
	kill -TERM "$recorder"
	wait "$recorder"
	echo "status $?"
}

# The signal comes right behind the frames, which nobody has handed over yet.
ended_at_once() {
	on client ip neigh add 198.51.100.20 dev outer lladdr 02:00:00:00:01:20
	start_recorder
	send 300 "$recorder"
	tell
}

until_enough() {
	start_recorder --until "10 frames"
	send 200
	tell
}

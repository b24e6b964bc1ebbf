# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stories of locks.bats in which a network changes while the attacker works,
# run inside helper/hub.
. tests/blackbox/helper/injection.sh

events=$REPLAYLAB_DIR/events
attacker=

# A switch learns who is where, and shows a frame to nobody else.
switched() {
	ip link set hub type bridge ageing_time 30000
}

# No frame but the attacker's: the kernel announces IPv6 addresses.
echo 1 | on attacker tee /proc/sys/net/ipv6/conf/outer/disable_ipv6 >/dev/null

pause() {
	read -rt 0.02 <> <(:) || :
}

change() { # SHELL
	on attacker sh -ec "$1"
}

# Frames that the attacker's link has sent, or received.
count() { # tx|rx
	on attacker ip -s link show outer |
		awk -v row="$1:" '{ if (found) { print $2; exit }
			found = toupper($1) == toupper(row) }'
}

# Whose part he plays he finds by the name of his host.
start() { # WORDS...
	# shellcheck disable=SC2016
	REPLAYLAB_EVENTS=$events ip netns exec attacker unshare --uts sh -c \
		'hostname attacker && exec "$0" "$@"' "$ATTACKER" "$@" \
		>"$REPLAYLAB_DIR/said" 2>&1 &
	attacker=$!
}

tell() {
	local status=0
	wait "$attacker" || status=$?
	echo "status $status"
	echo "sent $(($(count tx) - before))"
	cat "$REPLAYLAB_DIR/said"
	[ ! -e "$events" ] || cat "$events"
}

# A request and its answer, for other stories.
tape() { # FILE
	serve_http
	start record --on outer --tape "$1"
	await '"ready"' "$events"
	transfer
	kill "$attacker"
	wait "$attacker"
}

# A certificate for intercept to show, which nobody looks at.
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x \
		-keyout "$REPLAYLAB_DIR/key" -out "$REPLAYLAB_DIR/ca.pem" \
		2>"$REPLAYLAB_DIR/req"
	cat "$REPLAYLAB_DIR/ca.pem" "$REPLAYLAB_DIR/key" \
		>"$REPLAYLAB_DIR/misissued.pem"
}

# One that waits for whatever comes: the change comes first.
waiting() { # CHANGE WORDS...
	local change=$1
	shift
	[ "$1" != intercept ] || certificate
	start "$@"
	await '"ready"' "$events"
	before=$(count tx)
	change "$change"
	tell
}

# One that reads a tape, which comes after the change.
reading() { # CHANGE TAPE WORDS...
	local change=$1 tape=$2
	shift 2
	mkfifo "$REPLAYLAB_DIR/fifo"
	start "$@" --tape "$REPLAYLAB_DIR/fifo"
	# Opening waits for who reads, and by then he has passed his locks.
	exec 6>"$REPLAYLAB_DIR/fifo"
	before=$(count tx)
	change "$change"
	cat "$tape" >&6
	exec 6>&-
	tell
}

# In the path, with a client who goes on: nothing more is passed on to anybody.
relaying() { # CHANGE
	switched
	start relay --between client,server
	await '"ready"' "$events"
	on client perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(Proto => "udp",
		    PeerAddr => "198.51.100.20", PeerPort => 9) or die;
		for (;;) { $s->send("frame"); select undef, undef, undef, .001 }
	' &
	before=$(count tx)
	until [ "$(count tx)" -gt $((before + 50)) ]; do pause; done
	change "$1"
	wait "$attacker" || echo "status $?"
	before=$(count tx) received=$(count rx)
	until [ "$(count rx)" -gt $((received + 200)) ]; do pause; done
	echo "sent $(($(count tx) - before))"
	cat "$REPLAYLAB_DIR/said" "$events"
}

# What a lab may do disturbs nobody.
allowed() { # CHANGE
	switched
	start relay --between client,server
	await '"ready"' "$events"
	before=0
	change "$1"
	serve_http
	transfer
	kill "$attacker"
	tell
}

# The rights of a relay that works.
rights() {
	start relay --between client,server
	await '"ready"' "$events"
	cat "/proc/$attacker/status"
}

# Each command says that it has given up its rights before anything else.
given_up() { # TAPE
	switched
	serve_http
	start record --on outer --tape "$REPLAYLAB_DIR/new"
	await '"ready"' "$events"
	kill "$attacker"
	wait "$attacker"
	transfer
	certificate
	for words in "inject --request last --on outer" \
		"inject --segment client:last --on outer" \
		"replay --request 1" "replay --stream client" \
		"replay --request 1 --from client" "tamper --request 1"; do
		# shellcheck disable=SC2086
		start $words --tape "$1"
		wait "$attacker"
	done
	for words in "intercept --to server" "relay --between client,server" \
		"replay --stream server --tape $1"; do
		# shellcheck disable=SC2086
		start $words
		await "\"pid\":$attacker.*\"ready\"" "$events"
		kill "$attacker"
		wait "$attacker" || :
	done
	cat "$events"
}

# Of one request, whose server tells what it got.
three_copies() {
	serve_http
	record --until "1 request"
	transfer
	wait "$recorder"
	before=0
	start replay --request 1 --count 3
	tell
	cat "$REPLAYLAB_DIR/server"
}

left_alone() { # WORDS...
	before=0
	start "$@"
	tell
}

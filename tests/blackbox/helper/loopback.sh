# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Programs on loopback, outside of a lab: what their tests share.

# The programs, a folder, ten ports, and no lab's events.
on_loopback() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	CLIENT=$(realpath "${B:-build}/bin/victim-client")
	SERVER=$(realpath "${B:-build}/bin/victim-server")
	HELPER=$(realpath tests/blackbox/helper)
	T=$BATS_FILE_TMPDIR
	REPLAYLAB_DIR=$T/lab
	export CLIENT SERVER HELPER T REPLAYLAB_DIR
	unset REPLAYLAB_EVENTS
	mkdir "$REPLAYLAB_DIR" "$T/pids"
	claim_ports
}

# Ten ports below those the kernel gives to clients, from PORT on.  They are
# ours while anything that was started here holds the lock.
claim_ports() {
	local lock tries
	for tries in {1..100}; do
		PORT=$((20000 + RANDOM % 1200 * 10))
		CLAIM=${TMPDIR:-/tmp}/replaylab-ports-$UID-$PORT
		exec {lock}>"$CLAIM"
		if flock -n "$lock"; then
			export PORT CLAIM
			return 0
		fi
		exec {lock}>&-
	done
	echo "no ports are free after $tries tries"
	return 1
}

teardown_file() {
	for pid in "$T"/pids/*; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
	rm -f "$CLAIM"
}

# What a test started itself has left its number in NAME.pid.  The next test
# may want its port.
teardown() {
	for pid in "$BATS_TEST_TMPDIR"/*.pid; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
	for pid in "$BATS_TEST_TMPDIR"/*.pid; do
		[ ! -e "$pid" ] || wait "$(cat "$pid")" 2>/dev/null || :
	done
}

# A gateway's certificate that vouches for itself.
self_signed() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		-keyout "$T/key.pem" -out "$REPLAYLAB_DIR/ca.pem" 2>"$T/openssl"
	cat "$REPLAYLAB_DIR/ca.pem" "$T/key.pem" >"$REPLAYLAB_DIR/gateway.pem"
}

# Wait for a line of a file, with a deadline.
await() { # PATTERN FILE [TIMES]
	local deadline=$((SECONDS + 20))
	until [ -e "$2" ] && [ "$(grep -ac -- "$1" "$2")" -ge "${3:-1}" ]; do
		[ $SECONDS -lt $deadline ] || {
			echo "waited in vain for $1 in $2:"
			cat "$2"
			return 1
		}
		read -rt 0.02 <> <(:) || :
	done
}

# A server that sends back what it gets, until the end of this file.
serve_echo() {
	"$HELPER/echo" "$ECHO" >"$T/echo" 3>&- &
	echo $! >"$T/pids/echo"
	await listening "$T/echo"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Victims on loopback, outside of a lab: what their tests share.

# The programs, the ports, and a folder with certificates; no keys.
prepare() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	PATH=$PATH:/usr/sbin:/sbin
	CLIENT=$(realpath "${B:-build}/bin/victim-client")
	SERVER=$(realpath "${B:-build}/bin/victim-server")
	HELPER=$(realpath tests/blackbox/helper)
	T=$BATS_FILE_TMPDIR
	REPLAYLAB_DIR=$T/lab
	# Ten ports below those the kernel gives to clients.
	PORT=$((20000 + $$ % 1200 * 10))
	BACKEND=$PORT BALANCER=$((PORT + 1)) GATEWAY=$((PORT + 2))
	OTHER=$((PORT + 3))
	URL=https://localhost:$GATEWAY
	export PATH CLIENT SERVER HELPER T REPLAYLAB_DIR BACKEND BALANCER
	export GATEWAY OTHER URL
	unset REPLAYLAB_EVENTS
	mkdir "$REPLAYLAB_DIR" "$T/pids"
	certificates
}

teardown_file() {
	for pid in "$T"/pids/*; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
}

# What a test started itself has left its number in NAME.pid.
teardown() {
	for pid in "$BATS_TEST_TMPDIR"/*.pid; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
}

certificates() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=CA \
		-keyout "$T/ca.key" -out "$REPLAYLAB_DIR/ca.pem"
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >"$T/names"
	openssl req -newkey rsa:2048 -nodes -subj /CN=localhost \
		-keyout "$T/key.pem" -out "$T/csr"
	openssl x509 -req -in "$T/csr" -days 2 -extfile "$T/names" \
		-CA "$REPLAYLAB_DIR/ca.pem" -CAkey "$T/ca.key" \
		-CAcreateserial -out "$T/cert.pem"
	cat "$T/cert.pem" "$T/key.pem" >"$REPLAYLAB_DIR/gateway.pem"
} 2>"$T/openssl.log"

# Wait for a line of a file, with a deadline.
await() { # PATTERN FILE [TIMES]
	local deadline=$((SECONDS + 10))
	until [ -e "$2" ] && [ "$(grep -c -- "$1" "$2")" -ge "${3:-1}" ]; do
		[ $SECONDS -lt $deadline ] || {
			echo "waited in vain for $1 in $2:"
			cat "$2"
			return 1
		}
		read -rt 0.02 <> <(:) || :
	done
}

# A server until the end of this file.
serve() { # NAME ARGUMENT...
	local name=$1
	shift
	REPLAYLAB_EVENTS=$T/$name.events "$SERVER" "$@" 3>&- \
		2>"$T/$name.err" &
	echo $! >"$T/pids/$name"
	await '"ready"' "$T/$name.events" || {
		cat "$T/$name.err"
		return 1
	}
}

# Gateway, balancer and backend, all with their defences.
serve_chain() { # GATEWAY-ARGUMENT...
	serve backend backend --listen "$BACKEND" --ledger "$T/ledger.sqlite"
	serve balancer balancer --listen "$BALANCER" \
		--backend "localhost:$BACKEND"
	serve gateway gateway --listen "$GATEWAY" \
		--upstream "localhost:$BALANCER" "$@"
}

need() {
	for program; do
		command -v "$program" >/dev/null || skip "needs $program"
	done
}

count() { # PATTERN FILE
	grep -c -- "$1" "$2" || :
}

rows() { # LEDGER ID
	python3 - "$@" <<-END
		import sqlite3, sys
		print(sqlite3.connect(sys.argv[1]).execute(
		    "select count(*) from transfer where id = ?",
		    (sys.argv[2],)).fetchone()[0])
	END
}

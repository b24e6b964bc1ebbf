# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Victims on loopback, outside of a lab: what their tests share.

source "$BATS_TEST_DIRNAME/helper/loopback.sh"

# The programs, the ports, and a folder with certificates; no keys.
prepare() {
	on_loopback
	PATH=$PATH:/usr/sbin:/sbin
	BACKEND=$PORT BALANCER=$((PORT + 1)) GATEWAY=$((PORT + 2))
	OTHER=$((PORT + 3))
	URL=https://localhost:$GATEWAY
	export PATH BACKEND BALANCER GATEWAY OTHER URL
	certificates
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

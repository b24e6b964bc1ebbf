#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The corners of HTTP: clients that do not read, do not stop, or leave early,
# and what the standards ask of a server and of a proxy.  On loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/victims.sh"

setup_file() {
	on_loopback
	BACKEND=$PORT BALANCER=$((PORT + 1)) OTHER=$((PORT + 2))
	export BACKEND BALANCER OTHER
	unset REPLAYLAB_DIR
	command -v python3 >/dev/null || skip "needs python3"
	serve backend backend --listen "$BACKEND" --check none \
		--ledger "$T/ledger.sqlite"
	serve balancer balancer --listen "$BALANCER" \
		--backend "localhost:$BACKEND"
}

# What a request over a connection that then ends is answered: head and all.
ask() { # PORT REQUEST-LINE [FIELD...]
	local port=$1
	shift
	{
		printf '%s HTTP/1.1\r\nHost: a\r\n' "$1"
		shift
		[ $# -eq 0 ] || printf '%s\r\n' "$@"
		printf '\r\n'
	} | timeout 10 python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(sys.stdin.buffer.read())
s.shutdown(socket.SHUT_WR)
while data := s.recv(65536):
    sys.stdout.buffer.write(data)
' "$port" | tr -d '\r'
}

peer() { # STORY PORT
	timeout 30 "$HELPER/peer" "$@"
}

count() { # PATTERN FILE
	grep -c -- "$1" "$2" || :
}

# A server until the end of this test.
start() { # NAME ARGUMENT...
	local name=$1
	shift
	REPLAYLAB_EVENTS=$BATS_TEST_TMPDIR/$name "$SERVER" "$@" 3>&- \
		2>"$BATS_TEST_TMPDIR/$name.err" &
	echo $! >"$BATS_TEST_TMPDIR/$name.pid"
	await '"ready"' "$BATS_TEST_TMPDIR/$name"
}

one_shot() { # ANSWER...
	"$HELPER/one_shot" "$BATS_TEST_TMPDIR/got" "$OTHER" "$@" 3>&- \
		>"$BATS_TEST_TMPDIR/one_shot" &
	echo $! >"$BATS_TEST_TMPDIR/one_shot.pid"
	await listening "$BATS_TEST_TMPDIR/one_shot"
}

# Clock ticks of processor time a server has used.
ticks() { # NAME
	awk '{ print $14 + $15 }' "/proc/$(cat "$T/pids/$1")/stat"
}

@test "a client that reads no answers is not read from, and loses none" {
	run -0 peer reads_nothing "$BACKEND"
	echo "$output"
	[ "${lines[0]}" = "the server stopped reading" ]
	[ "${lines[1]}" = "all answered" ]
}

@test "a refusal reaches a client that is still sending" {
	run -0 peer uploads_too_much "$BACKEND"
	[ "$output" = 413 ]
}

@test "a refused client that stays costs no processor time, and not for long" {
	before=$(ticks backend)
	run -0 peer holds_on "$BACKEND"
	[ "$output" = $'400\nnot for long' ]
	[ $(($(ticks backend) - before)) -lt 20 ]
}

@test "who has closed his side still gets his answers" {
	for port in "$BACKEND" "$BALANCER"; do
		run -0 peer half_closes "$port"
		[ "$output" = "200 200 200" ]
	done
}

@test "who resets or leaves is gone, and said to be" {
	for story in "resets (reset|error)" "leaves eof" \
		"half_closes_and_resets (reset|done|eof)"; do
		closed=$(count '"closed"' "$T/balancer.events")
		run -0 peer "${story% *}" "$BALANCER"
		await '"closed"' "$T/balancer.events" $((closed + 1))
		grep '"closed"' "$T/balancer.events" | tail -n 1 |
			grep -E "\"reason\":\"${story#* }\""
	done
}

@test "content is sent when 100 (Continue) says so, and the field stays here" {
	for port in "$BACKEND" "$BALANCER"; do
		run -0 peer expects "$port"
		echo "$output"
		[ "$output" = $'HTTP/1.1 100 Continue\n201\n201' ]
	done
	one_shot 201
	start relay balancer --listen "$((OTHER + 1))" \
		--backend "localhost:$OTHER"
	run timeout 10 "$HELPER/peer" expects "$((OTHER + 1))"
	[[ $output == "HTTP/1.1 100 Continue"$'\n'201* ]]
	run ! grep -qi '^expect' "$BATS_TEST_TMPDIR/got.1"
}

@test "HEAD is answered like GET, with its length and without its content" {
	for port in "$BACKEND" "$BALANCER"; do
		run -0 ask "$port" "GET /healthz"
		length=$(sed -n 's/^Content-Length: //p' <<<"$output")
		[ "$length" -gt 0 ]
		run -0 ask "$port" "HEAD /healthz"
		echo "$output"
		[ "${lines[0]}" = "HTTP/1.1 200 OK" ]
		[ "$(grep -c "^Content-Length: $length$" <<<"$output")" -eq 1 ]
		[ "$(grep -c status <<<"$output")" -eq 0 ]
	done
}

@test "a connection that ends says so, through a proxy too" {
	for port in "$BACKEND" "$BALANCER"; do
		run -0 ask "$port" "GET /healthz" "Connection: close"
		echo "$output"
		[ "$(grep -c '^Connection: close$' <<<"$output")" -eq 1 ]
		run -0 ask "$port" "GET /healthz"
		[ "$(grep -c '^Connection:' <<<"$output")" -eq 0 ]
	done
}

@test "a wrong method is told the right ones; what we do not read is refused" {
	while read -r expected allow request; do
		run -0 ask "$BALANCER" "$request"
		echo "$request: $output"
		[[ ${lines[0]} == "HTTP/1.1 $expected "* ]]
		[ "$(sed -n 's/^Allow: //p' <<<"$output" | tr -d ' ')" = \
			"${allow#-}" ]
	done <<-END
		405 POST GET /transfers
		405 POST HEAD /transfers
		405 GET,HEAD DELETE /healthz
		405 GET,HEAD,POST PUT /accounts/alice
		400 - POST /accounts/alice
		405 GET,HEAD PUT /metrics
		404 - GET /nowhere
		404 - DELETE /accounts/
		400 - BREW /healthz
		400 - GET http://a/healthz
	END
}

@test "out of descriptors a server rests, warns once and goes on" {
	(
		ulimit -n 24
		start small backend --listen "$OTHER" --check none \
			--ledger "$BATS_TEST_TMPDIR/ledger"
	)
	run -0 peer crowds "$OTHER"
	echo "$output"
	cat "$BATS_TEST_TMPDIR/small.err"
	[ "$output" = 200 ]
	[ "$(count "cannot accept" "$BATS_TEST_TMPDIR/small.err")" -eq 1 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/small.err")" -eq 1 ]
	[ "$(awk '{ print $14 + $15 }' \
		"/proc/$(cat "$BATS_TEST_TMPDIR/small.pid")/stat")" -lt 30 ]
}

@test "who is to be forwarded to is asked for by its option" {
	run -2 "$SERVER" balancer --listen "$OTHER"
	[[ $output == *"--backend HOST[:PORT]" ]]
	run -2 "$SERVER" balancer --listen "$OTHER" --backend "[::1]:80"
	[[ $output == *"--backend [::1]:80: is not HOST or HOST:PORT" ]]
}

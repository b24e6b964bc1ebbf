#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Sessions and early data, with OpenSSL's own programs on the other end:
# s_client at our gateway, our client at s_server.  Everything is on loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/loopback.sh"

setup_file() {
	on_loopback
	ECHO=$PORT BACKEND=$((PORT + 1)) GATEWAY=$((PORT + 2))
	GATEWAY2=$((PORT + 3)) OTHER=$((PORT + 4))
	export ECHO BACKEND GATEWAY GATEWAY2 OTHER
	command -v python3 >/dev/null || skip "needs python3"
	self_signed
	request GET /healthz >"$T/get"
	request POST /transfers \
		'{"id":"t-1","from":"alice","to":"bob","amount":1}' >"$T/post"
	REPLAYLAB_EVENTS=$T/backend.events "$SERVER" backend \
		--check early-data --listen "$BACKEND" 2>"$T/backend" 3>&- &
	echo $! >"$T/pids/backend"
	await '"ready"' "$T/backend.events"
	serve_echo
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	rm -f "$REPLAYLAB_DIR"/*.key "$REPLAYLAB_DIR"/*.sqlite*
}

request() { # METHOD PATH [CONTENT [CONNECTION]]
	printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: %s\r\n' \
		"$1" "$2" "${4-close}"
	[ $# -lt 3 ] || printf 'Content-Length: %s\r\n' ${#3}
	printf '\r\n%s' "${3-}"
}

# A gateway until the end of this test, or until stop.
gateway() { # NAME PORT OPTION...
	local name=$1 port=$2
	shift 2
	rm -f "$name.events"
	REPLAYLAB_EVENTS=$PWD/$name.events "$SERVER" gateway --listen "$port" \
		--upstream "localhost:${UPSTREAM:-$BACKEND}" "$@" \
		2>"$name.err" 3>&- &
	echo $! >"$name.pid"
	await '"ready"' "$name.events"
}

stop() { # NAME
	local pid
	pid=$(cat "$1.pid")
	rm "$1.pid"
	kill "$pid"
	wait "$pid"
}

# OpenSSL's client: a session, and what it can do with it.  Its requests say
# Connection: close, so it ends when it is answered.
s_client() { # PORT OPTION...
	local port=$1
	shift
	timeout 10 openssl s_client -connect "localhost:$port" -ign_eof \
		-CAfile "$REPLAYLAB_DIR/ca.pem" "$@" 2>&1
}

first() { # PORT SESSION
	s_client "$1" -sess_out "$2" <"$T/get" >first
	grep -aq '200 OK' first
}

again() { # PORT SESSION REQUEST [REQUEST_BEHIND_THE_HANDSHAKE]
	s_client "$1" -sess_in "$2" -early_data "$3" <"${4-/dev/null}" \
		>again || :
	cat again
}

# What is not taken it does not send again by itself.
rejected() { # PORT SESSION
	again "$1" "$2" "$T/get" "$T/get"
}

told() { # NAME PATTERN
	grep -e "$2" "$1.events"
}

# Of a program that will not do it: exit status 2, and one line that says why.
one_line() { # PATTERN COMMAND...
	local pattern=$1
	shift
	run -2 --separate-stderr timeout 10 "$@"
	echo "$stderr"
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	grep -qe "$pattern" <<<"$stderr"
}

transfer() { # OPTION...
	REPLAYLAB_EVENTS=$PWD/client.events timeout 20 "$CLIENT" transfer \
		--from alice --to bob --amount 1 --sign none "$@"
}

@test "s_client: its early data is accepted by every rule that takes any" {
	for rule in accept single-use once wait; do
		gateway "$rule" "$GATEWAY" --early-data "$rule"
		first "$GATEWAY" "$rule.session"
		run again "$GATEWAY" "$rule.session" "$T/get"
		[[ $output == *Reused,\ TLSv1.3* ]]
		[[ $output == *"Early data was accepted"* ]]
		[[ $output == *"HTTP/1.1 200 OK"*'{"status":"ok"}'* ]]
		[[ $output != *[Uu]nexpected* ]]
		told "$rule" '"early_data","outcome":"accepted"'
		told "$rule" '"completed".*"resumed":true'
		stop "$rule"
	done
}

@test "s_client: the same ticket once more" {
	for rule in accept single-use once; do
		gateway "$rule" "$GATEWAY" --early-data "$rule"
		first "$GATEWAY" "$rule.session"
		again "$GATEWAY" "$rule.session" "$T/get" >/dev/null
		if [ "$rule" = accept ]; then
			run again "$GATEWAY" "$rule.session" "$T/get"
		else
			run rejected "$GATEWAY" "$rule.session"
		fi
		case $rule in
		accept)
			[[ $output == *"Early data was accepted"* ]]
			;;
		single-use)
			[[ $output == *New,\ TLSv1.3* ]]
			[[ $output == *"Early data was rejected"* ]]
			told "$rule" '"rejected","reason":"not-resumed"'
			;;
		once)
			[[ $output == *Reused,\ TLSv1.3* ]]
			[[ $output == *"Early data was rejected"* ]]
			told "$rule" '"rejected","reason":"seen"'
			;;
		esac
		stop "$rule"
	done
}

@test "s_client: a gateway that refuses says so in its tickets" {
	gateway gateway "$GATEWAY"
	first "$GATEWAY" session
	run rejected "$GATEWAY" session
	[[ $output == *"Early data was not sent"* ]]
	run ! told gateway '"early_data"'
}

@test "s_client: a gateway that refuses, and a ticket that said otherwise" {
	gateway one "$GATEWAY" --early-data accept --ticket-keys shared.key
	gateway two "$GATEWAY2" --ticket-keys shared.key
	first "$GATEWAY" session
	run rejected "$GATEWAY2" session
	[[ $output == *Reused* && $output == *"Early data was rejected"* ]]
	[[ $output == *"200 OK"* ]]
	told two '"early_data","outcome":"rejected","reason":"refused"'
}

@test "two requests in early data are both answered" {
	gateway gateway "$GATEWAY" --early-data accept
	first "$GATEWAY" session
	request GET /healthz "" keep-alive >two
	cat "$T/get" >>two
	run again "$GATEWAY" session two
	[ "$(grep -ao 'HTTP/1.1 200 OK' again | wc -l)" -eq 2 ]
	[ "$(told gateway '"forwarded"' | wc -l)" -eq 3 ]
}

@test "a long request and a long answer before the handshake is complete" {
	UPSTREAM=$ECHO gateway gateway "$GATEWAY" --early-data accept
	content=$(head -c 11000 /dev/urandom | base64 -w 0)
	request POST /echo "$content" >long
	request POST /echo short >short
	s_client "$GATEWAY" -sess_out session <short >first
	run again "$GATEWAY" session long
	[[ $output == *"Early data was accepted"* ]]
	grep -aqF "$content" again
	told gateway '"forwarded".*"early_data":true'
}

@test "what goes on before the handshake is complete is marked" {
	for rule in accept wait; do
		"$HELPER/one_shot" got "$OTHER" 200 200 3>&- >one_shot &
		echo $! >one_shot.pid
		await listening one_shot
		UPSTREAM=$OTHER gateway "$rule" "$GATEWAY" --early-data "$rule"
		s_client "$GATEWAY" -sess_out session <"$T/post" >first
		again "$GATEWAY" session "$T/post" >/dev/null
		run ! grep -ai '^early-data' got.1
		if [ "$rule" = accept ]; then
			grep -aqx $'Early-Data: 1\r' got.2
		else
			run ! grep -ai '^early-data' got.2
		fi
		stop "$rule"
		rm one_shot one_shot.pid
	done
}

@test "a mark that a client sends is passed on as it is" {
	"$HELPER/one_shot" got "$OTHER" 200 3>&- >one_shot &
	echo $! >one_shot.pid
	await listening one_shot
	UPSTREAM=$OTHER gateway gateway "$GATEWAY" --early-data accept
	first=$(printf 'POST / HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n%s' \
		"Early-Data: 1" "Connection: close, Early-Data" \
		$'Content-Length: 0\r\n\r\n_')
	printf '%s' "${first%_}" >marked
	s_client "$GATEWAY" <marked >answer
	[ "$(grep -aic '^early-data: 1' got.1)" -eq 1 ]
}

@test "a backend answers 425 to a POST in early data, and not to a GET" {
	gateway gateway "$GATEWAY" --early-data accept
	first "$GATEWAY" session
	run again "$GATEWAY" session "$T/post"
	[[ $output == *"HTTP/1.1 425 Too Early"*too-early* ]]
	first "$GATEWAY" session
	run again "$GATEWAY" session "$T/get"
	[[ $output == *"HTTP/1.1 200 OK"* ]]
}

@test "a gateway answers 425 to a method that is not on its list" {
	UPSTREAM=$ECHO gateway gateway "$GATEWAY" --early-data accept \
		--early-data-methods GET,HEAD
	request POST /echo short >short
	s_client "$GATEWAY" -sess_out session <short >first
	run again "$GATEWAY" session short
	[[ $output == *"HTTP/1.1 425 Too Early"*too-early* ]]
	[ "$(told gateway '"forwarded"' | wc -l)" -eq 1 ]
	told gateway '"too-early","check":"early-data","status":425'
}

@test "gateways that share keys and store take a ticket once, together" {
	for name in one two; do
		port=$GATEWAY
		[ $name = one ] || port=$GATEWAY2
		gateway $name "$port" --early-data once \
			--ticket-keys shared.key --early-data-store taken.sqlite
	done
	first "$GATEWAY" session
	run again "$GATEWAY2" session "$T/get"
	[[ $output == *"Early data was accepted"* ]]
	run rejected "$GATEWAY" session
	[[ $output == *Reused* && $output == *"Early data was rejected"* ]]
	# The store outlives them, and so do the keys.
	stop two
	gateway two "$GATEWAY2" --early-data once --ticket-keys shared.key \
		--early-data-store taken.sqlite
	run rejected "$GATEWAY2" session
	[[ $output == *Reused* && $output == *"Early data was rejected"* ]]
	told two '"rejected","reason":"seen"'
}

@test "a store that fails takes no early data, and serves" {
	gateway gateway "$GATEWAY" --early-data once \
		--early-data-store taken.sqlite
	first "$GATEWAY" session
	python3 - "$REPLAYLAB_DIR/taken.sqlite" <<-END
		import sqlite3, sys
		sqlite3.connect(sys.argv[1]).executescript("DROP TABLE nonce;")
	END
	run rejected "$GATEWAY" session
	[[ $output == *"Early data was rejected"*"200 OK"* ]]
	told gateway '"rejected","reason":"no-memory"'
}

@test "ticket keys: 80 bytes, random, for their owner only" {
	gateway gateway "$GATEWAY" --ticket-keys a.key
	stop gateway
	gateway gateway "$GATEWAY" --ticket-keys b.key
	[ "$(stat -c '%s %a' "$REPLAYLAB_DIR/a.key")" = "80 600" ]
	run ! cmp "$REPLAYLAB_DIR/a.key" "$REPLAYLAB_DIR/b.key"
	[ "$(find "$REPLAYLAB_DIR" -name '*.key*' | wc -l)" -eq 2 ]
}

@test "ticket keys that are damaged, or cannot be" {
	for length in 0 1 79 81; do
		head -c $length /dev/zero >short.key
		one_line 'ticket keys .*80 bytes' "$SERVER" gateway \
			--upstream localhost --ticket-keys ./short.key
	done
	one_line 'ticket keys .*No such file' "$SERVER" gateway \
		--upstream localhost --ticket-keys /nowhere/keys
	one_line 'ticket keys .*directory' "$SERVER" gateway \
		--upstream localhost --ticket-keys /tmp/
}

@test "ticket keys that find no room leave nothing behind" {
	unshare -Urm true || skip "needs unprivileged user namespaces"
	mkdir disk
	# shellcheck disable=SC2016
	run unshare -Urm bash -c '
		mount -t tmpfs -o size=4k disk disk
		head -c 4096 /dev/zero >disk/full
		"$1" gateway --upstream localhost --ticket-keys disk/a.key
		ls -A disk' - "$SERVER"
	echo "$output"
	[[ ${lines[0]} == *"No space left on device" ]]
	[ "${lines[1]}" = full ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a store that cannot be opened" {
	one_line 'early-data-store /nowhere' "$SERVER" gateway \
		--upstream localhost --early-data once \
		--early-data-store /nowhere/store
	echo "no database, and longer than the head of one" >text
	one_line 'early-data-store ./text' "$SERVER" gateway \
		--upstream localhost --early-data once \
		--early-data-store ./text
}

@test "what cannot work together is refused with a line" {
	gate() {
		one_line "$1" "$SERVER" gateway --upstream localhost "${@:2}"
	}
	gate 'early-data: only TLS 1.3' --early-data accept --suite tls12-gcm
	gate 'own record layer' --early-data accept --own-record-layer
	gate 'own record layer' --early-data wait --without fresh-random
	gate 'own record layer' --ticket-keys a.key --own-record-layer
	gate 'ticket-keys: .*single-use' --early-data single-use \
		--ticket-keys a.key
	gate 'only with --early-data once' --early-data-store memory
	gate 'only with --early-data once' --early-data accept \
		--early-data-quarantine
	gate 'quarantine' --early-data once --early-data-quarantine \
		--early-data-store taken.sqlite
	gate 'early-data-methods' --early-data-methods GET
	gate 'no.*name no-such' --weakness no-such
	customer() {
		one_line "$1" "$CLIENT" balance --account bob --sign none \
			"${@:2}"
	}
	customer '--session' --early-data
	customer 'no TLS' --url http://localhost --session s
	customer 'own record layer' --session s --own-record-layer
}

# OpenSSL's server, which sends on what is written into `answer`.
s_server() {
	mkfifo answer
	openssl s_server -accept "$OTHER" -early_data -tls1_3 \
		-cert "$REPLAYLAB_DIR/gateway.pem" <>answer >s_server 2>&1 3>&- &
	echo $! >s_server.pid
	await ACCEPT s_server
}

# A transfer that s_server accepts when it has come.
served() { # TIMES OPTION...
	local times=$1 pid
	shift
	transfer --url "https://localhost:$OTHER" --session ./session \
		"$@" >client &
	pid=$!
	await '"amount":1' s_server "$times"
	printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}' >answer
	wait "$pid"
	cat client
	grep -q "accepted (200)" client
}

@test "s_server: takes our early data, and gives the next ticket" {
	s_server
	served 1 --early-data
	grep '"not-offered","reason":"no-session"' client.events
	grep -aq "No early data received" s_server
	for times in 2 3; do
		rm client.events
		served $times --early-data
		grep '"early_data","outcome":"accepted"' client.events
		grep '"completed".*"resumed":true' client.events
		[ "$(grep -ac "Early data received" s_server)" -eq $((times - 1)) ]
	done
}

@test "s_server: what it rejects we send again" {
	s_server
	served 1
	kill "$(cat s_server.pid)"
	wait "$(cat s_server.pid)" || :
	rm answer
	s_server
	served 1 --early-data
	grep '"early_data","outcome":"rejected"' client.events
	run ! grep -a "Early data received" s_server
	grep '"transfer".*"attempt":1,"outcome":"accepted"' client.events
}

@test "a session file is OpenSSL's, for its owner only, and is used once" {
	gateway gateway "$GATEWAY" --early-data accept
	url=https://localhost:$GATEWAY
	transfer --url "$url" --session ./session
	[ "$(stat -c %a session)" = 600 ]
	openssl sess_id -in session -noout -text | grep -q 'TLSv1.3'
	cp session before
	run again "$GATEWAY" session "$T/get"
	[[ $output == *"Early data was accepted"* ]]
	transfer --url "$url" --session ./session --early-data
	run ! cmp session before
	# One that s_client was given.
	first "$GATEWAY" session
	rm client.events
	transfer --url "$url" --session ./session --early-data
	grep '"early_data","outcome":"accepted"' client.events
	# Nobody was there, and nothing was sent.
	transfer --url "https://localhost:$OTHER" --session ./session || :
	[ -e session ]
}

@test "a 425 is answered with the same bytes, over the same connection" {
	gateway gateway "$GATEWAY" --early-data accept
	url=https://localhost:$GATEWAY
	transfer --url "$url" --session ./session
	before=$(wc -l <"$T/backend.events")
	run transfer --url "$url" --session ./session --early-data --id t-425
	[ "$status" -eq 0 ]
	[[ $output == *"accepted (201), connection 1" ]]
	grep '"t-425","attempt":2,"outcome":"accepted"' client.events
	tail -n "+$((before + 1))" "$T/backend.events" | grep '"request"' >asked
	[ "$(grep -o '"fingerprint":"[^"]*"' asked | sort -u | wc -l)" -eq 1 ]
	[ "$(grep -c '"too-early"' asked)" -eq 1 ]
	[ "$(grep -c '"accepted"' asked)" -eq 1 ]
}

@test "a session of TLS 1.2 is resumed, and has no early data" {
	gateway gateway "$GATEWAY" --suite tls12-gcm
	url=https://localhost:$GATEWAY
	transfer --url "$url" --session ./session
	transfer --url "$url" --session ./session --early-data
	grep '"not-offered","reason":"not-allowed"' client.events
	grep '"TLSv1.2".*"resumed":true' client.events
	[ -e session ]
}

@test "a session file that is damaged" {
	gateway gateway "$GATEWAY"
	transfer --url "https://localhost:$GATEWAY" --session ./session
	size=$(stat -c %s session)
	for length in 0 1 30 100 $((size / 2)) $((size - 20)); do
		head -c $length session >short
		one_line 'session ./short: .*no TLS session' "$CLIENT" balance \
			--account bob --sign none --url "https://localhost:$GATEWAY" \
			--session ./short
	done
	cp "$REPLAYLAB_DIR/ca.pem" other
	one_line 'session ./other' "$CLIENT" balance --account bob --sign none \
		--url "https://localhost:$GATEWAY" --session ./other
	one_line 'session /tmp' "$CLIENT" balance --account bob --sign none \
		--url "https://localhost:$GATEWAY" --session /tmp
}

@test "early data after a clock that moved" {
	mkdir -p "$REPLAYLAB_DIR/clock"
	clock=$REPLAYLAB_DIR/clock/$(hostname)
	ahead() { python3 -c "import struct, sys
f = open(sys.argv[1], 'r+b' if int(sys.argv[3]) else 'wb')
f.write(struct.pack('<q', int(sys.argv[2]) * 10**9))" "$clock" "$1" "$2"; }
	ahead 0 0
	gateway gateway "$GATEWAY" --early-data accept
	first "$GATEWAY" session
	# s_client stays on time, our gateway believes it is later.
	ahead 5 1
	run again "$GATEWAY" session "$T/get"
	[[ $output == *"Early data was accepted"* ]]
	ahead 30 1
	run rejected "$GATEWAY" session
	[[ $output == *Reused* && $output == *"Early data was rejected"* ]]
	told gateway '"rejected","reason":"not-fresh"'
	rm -r "$REPLAYLAB_DIR/clock"
}

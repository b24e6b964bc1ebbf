#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The lab's own record layer and other people's TLS on the other end: curl,
# OpenSSL's and GnuTLS's programs.  Everything is on loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/loopback.sh"

setup_file() {
	on_loopback
	ECHO=$((PORT + 5)) GATEWAY=$((PORT + 6)) OTHER=$((PORT + 7))
	export ECHO GATEWAY OTHER
	command -v python3 >/dev/null || skip "needs python3"
	self_signed
	head -c 65536 /dev/urandom >"$T/content"
	serve_echo
	REPLAYLAB_EVENTS=$T/events "$SERVER" gateway --listen "$GATEWAY" \
		--upstream "localhost:$ECHO" --own-record-layer --log-records \
		--suite tls12-cbc --suite tls12-gcm --suite tls12-chacha \
		--suite tls12-rsa --suite tls12-null --suite tls13 \
		2>"$T/err" 3>&- &
	echo $! >"$T/pids/gateway"
	await '"ready"' "$T/events"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	before=$(wc -l <"$T/events")
}

teardown() {
	[ ! -e pid ] || kill "$(cat pid)" 2>/dev/null || :
}

need() {
	command -v "$1" >/dev/null || skip "needs the package $2"
}

# What the gateway told since this test began.
told() { # PATTERN
	tail -n "+$((before + 1))" "$T/events" | grep -e "$1"
}

# curl, with the suite OpenSSL calls so; TLS 1.3 without one.
by_curl() { # CIPHER ARGUMENT...
	local cipher=$1
	shift
	curl -sS --max-time 10 --cacert "$REPLAYLAB_DIR/ca.pem" \
		${cipher:+--tls-max 1.2 --ciphers "$cipher"} "$@"
}

# every_length CIPHER: contents up to and over what a record holds, each twice
# over one connection, come back as they went.
every_length() {
	need curl curl
	for length in 1 15 16 17 255 1000 16383 16384 16385 40000 65536; do
		head -c "$length" "$T/content" >sent
		rm -f got-1 got-2
		by_curl "$1" --data-binary @sent -H Expect: \
			"https://localhost:$GATEWAY/a" -o got-1 \
			"https://localhost:$GATEWAY/b" -o got-2
		cmp sent got-1
		cmp sent got-2
	done
	[ "$(told '"accepted"' | wc -l)" -eq 11 ]
	[ "$(told '"request"' | wc -l)" -eq 22 ]
	run ! told '"level":"fatal"'
}

@test "curl: TLS 1.2, CBC and HMAC, contents of every length" {
	every_length ECDHE-RSA-AES128-SHA256
	told '"TLSv1.2","cipher_suite":"ECDHE-RSA-AES128-SHA256"'
}

@test "curl: TLS 1.2, GCM, contents of every length" {
	every_length ECDHE-RSA-AES128-GCM-SHA256
	told '"TLSv1.2","cipher_suite":"ECDHE-RSA-AES128-GCM-SHA256"'
}

@test "curl: TLS 1.2, GCM, RSA key exchange, contents of every length" {
	every_length AES128-GCM-SHA256
	told '"TLSv1.2","cipher_suite":"AES128-GCM-SHA256"'
}

@test "curl: TLS 1.2, ChaCha20-Poly1305, contents of every length" {
	every_length ECDHE-RSA-CHACHA20-POLY1305
	told '"TLSv1.2","cipher_suite":"ECDHE-RSA-CHACHA20-POLY1305"'
}

@test "curl: TLS 1.2, a MAC and no cipher, contents of every length" {
	every_length NULL-SHA256@SECLEVEL=0
	told '"TLSv1.2","cipher_suite":"NULL-SHA256"'
}

@test "curl: TLS 1.3, contents of every length" {
	every_length ""
	told '"TLSv1.3"'
}

# The client's input stays open: its end would be the connection's.
request() {
	printf 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
	printf 'Content-Length: %s\r\n\r\n' "$(wc -c <"${1:-sent}")"
	cat "${1:-sent}"
	await '200 OK' answer
}

by_s_client() { # ARGUMENT...
	rm -f answer
	request | timeout 10 openssl s_client -quiet -ign_eof -brief "$@" \
		-verify_return_error -CAfile "$REPLAYLAB_DIR/ca.pem" \
		-connect "localhost:$GATEWAY" >answer 2>err
}

@test "s_client: every suite of TLS 1.3, and close_notify at the end" {
	printf hello >sent
	for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 \
		TLS_CHACHA20_POLY1305_SHA256; do
		by_s_client -tls1_3 -ciphersuites "$suite"
		cat answer err
		grep -q '^hello$' <(tail -n 1 answer; echo)
		told "\"TLSv1.3\",\"cipher_suite\":\"$suite\""
		# OpenSSL calls a connection that just ends an error.
		run ! grep -i 'unexpected eof' err
	done
	told '"direction":"sent","level":"warning","description":"close_notify"'
}

@test "s_client: a client that asks for shorter records gets them" {
	head -c 9000 "$T/content" | base64 >sent
	for length in 512 1024 2048 4096; do
		by_s_client -maxfraglen "$length"
		tail -c "$(wc -c <sent)" answer | cmp - sent
	done
	run ! told '"level":"fatal"'
}

@test "s_client: a resumed connection of TLS 1.2" {
	printf hello >sent
	by_s_client -tls1_2 -sess_out session
	by_s_client -tls1_2 -sess_in session
	grep -q '^hello$' <(tail -n 1 answer; echo)
	told '"resumed":true'
}

@test "s_client: new keys are refused with an alert" {
	mkfifo keys
	timeout 10 openssl s_client -tls1_3 -connect "localhost:$GATEWAY" \
		<keys >out 2>err 3>&- &
	exec 4>keys
	await 'Verify return code' out
	echo K >&4
	await 'alert unexpected message' err
	exec 4>&-
	told '"direction":"sent","level":"fatal","description":"unexpected_message"'
}

@test "gnutls-cli: every suite" {
	need gnutls-cli gnutls-bin
	printf hello >sent
	for words in VERS-TLS1.2:+AES-128-CBC:+SHA256:+ECDHE-RSA \
		VERS-TLS1.2:+AES-128-GCM:+AEAD:+ECDHE-RSA \
		VERS-TLS1.2:+AES-128-GCM:+AEAD:+RSA \
		VERS-TLS1.2:+CHACHA20-POLY1305:+AEAD:+ECDHE-RSA \
		VERS-TLS1.2:+NULL:+SHA256:+RSA \
		VERS-TLS1.3:+AES-128-GCM:+AEAD:+ECDHE-RSA \
		VERS-TLS1.3:+AES-256-GCM:+AEAD:+ECDHE-RSA \
		VERS-TLS1.3:+CHACHA20-POLY1305:+AEAD:+ECDHE-RSA; do
		rm -f answer
		echo "$words"
		request | timeout 10 gnutls-cli --logfile=log \
			--x509cafile "$REPLAYLAB_DIR/ca.pem" --priority \
			"NORMAL:-VERS-ALL:-CIPHER-ALL:-MAC-ALL:-KX-ALL:+$words" \
			-p "$GATEWAY" localhost >answer 2>&1 || {
			cat answer log
			return 1
		}
		grep -aq '^hello' answer
	done
	run ! told '"level":"fatal"'
	[ "$(told '"completed"' | wc -l)" -eq 8 ]
}

# Our client, with our record layer, asks a server that has one answer.
balance() { # ARGUMENT...
	REPLAYLAB_EVENTS=events timeout 20 "$CLIENT" balance --account bob \
		--sign none --url "https://localhost:$OTHER" \
		--own-record-layer --log-records "$@"
}

suites="tls12-cbc tls12-gcm tls12-chacha tls12-rsa tls12-null tls13"

@test "our client and s_server: every suite, and the tickets of TLS 1.3" {
	mkdir accounts
	printf 'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n' >accounts/bob
	printf '{"balance":42}' >>accounts/bob
	openssl s_server -accept "$OTHER" -cert "$REPLAYLAB_DIR/gateway.pem" \
		-key "$T/key.pem" -HTTP -cipher ALL:eNULL:@SECLEVEL=0 \
		-num_tickets 5 >out 2>&1 3>&- &
	echo $! >pid
	await ACCEPT out
	for suite in $suites; do
		run balance --suite "$suite"
		echo "$suite: $output"
		[ "$output" = "bob: 42" ]
	done
	[ "$(grep -c '"outcome":"completed"' events)" -eq 6 ]
	run ! grep '"level":"fatal"' events
	# The five tickets, all after the handshake of TLS 1.3.
	[ "$(sed -n '/"TLSv1.3"/,$p' events | grep -c '"tls_record"')" -gt 5 ]
}

@test "our client and gnutls-serv: every suite, close_notify of both" {
	need gnutls-serv gnutls-bin
	for suite in $suites; do
		priority=NORMAL:+NULL:+SHA256:+RSA:+AES-128-CBC
		[ "$suite" != tls13 ] || priority=NORMAL
		gnutls-serv --http --port "$OTHER" --x509keyfile "$T/key.pem" \
			--x509certfile "$REPLAYLAB_DIR/ca.pem" \
			--priority "$priority" >"$suite" 2>&1 3>&- &
		echo $! >pid
		await 'IPv4.*done' "$suite"
		run balance --suite "$suite"
		echo "$suite: $output"
		cat "$suite"
		[ "$output" = "bob: accepted (200), connection 1" ]
		kill "$(cat pid)"
		wait "$(cat pid)" || :
		rm pid
	done
	run ! grep '"level":"fatal"' events
	[ "$(grep -c '"description":"close_notify"' events)" -ge 6 ]
}

@test "ours on both ends, with the number in, sent, unchecked and left out" {
	"$HELPER/echo" "$OTHER" >echo 3>&- &
	echo $! >pid
	await listening echo
	for words in --own-record-layer --explicit-number \
		"--without sequence-check" "--without sequence-number"; do
		# shellcheck disable=SC2086
		REPLAYLAB_EVENTS=$PWD/gateway "$SERVER" gateway --listen \
			$((OTHER + 1)) --upstream "localhost:$OTHER" $words \
			3>&- &
		gateway=$!
		await '"ready"' gateway
		# shellcheck disable=SC2086
		run "$CLIENT" transfer --sign none --from alice --to bob \
			--amount 100 --url "https://localhost:$((OTHER + 1))" \
			$words --id a --id b
		kill $gateway
		wait $gateway
		rm gateway
		echo "$words: $output"
		[ "$status" -eq 0 ]
	done
}

# In a network of its own, where the kernel takes four kilobytes at a time.
slow() { # SUITE
	# shellcheck disable=SC2016
	timeout 20 unshare --user --map-root-user --net bash -ec '
		PATH=$PATH:/usr/sbin:/sbin ip link set lo up
		echo 4096 4096 4096 >/proc/sys/net/ipv4/tcp_wmem
		. "$1"
		trap "kill \$(jobs -p)" EXIT
		"$HELPER/echo" "$ECHO" >"slow-echo-$2" &
		await listening "slow-echo-$2"
		REPLAYLAB_EVENTS=$PWD/slow-$2 "$SERVER" gateway \
			--listen "$GATEWAY" --upstream "localhost:$ECHO" \
			--own-record-layer --suite "$2" &
		await ready "slow-$2"
		"$HELPER/slow_reader" "$GATEWAY" "$REPLAYLAB_DIR/ca.pem"
	' - functions "$1" 3>&-
}

@test "a record that the kernel takes in pieces arrives whole" {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	declare -f await >functions
	for suite in tls12-cbc tls13; do
		run slow $suite
		echo "$output"
		[ "$status" -eq 0 ]
		[ "$output" = "all came back" ]
	done
}

@test "one end without the number: the other end's alert is bad_record_mac" {
	run "$CLIENT" transfer --sign none --from alice --to bob --amount 100 \
		--url "https://localhost:$GATEWAY" --suite tls12-gcm \
		--without sequence-number
	[ "$status" -eq 1 ]
	told '"direction":"sent","level":"fatal","description":"bad_record_mac"'
}

@test "a word that is none, and words that contradict: exit 2 and one line" {
	for words in "--without seatbelt" \
		"--without sequence-number --explicit-number" \
		"--without sequence-number --without sequence-check"; do
		# shellcheck disable=SC2086
		run "$SERVER" gateway --listen "$OTHER" --upstream localhost:1 \
			$words
		echo "$output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *sequence-number* ]]
	done
}

# answers_until_the_end HOW: one TLS connection, answered without a length; its
# end comes with close_notify (whole), or with FIN alone (cut).
answers_until_the_end() {
	python3 -c '
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
print("listening", flush=True)
client = context.wrap_socket(listener.accept()[0], server_side=True)
client.recv(65536)
client.sendall(b"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n{")
if sys.argv[3] == "whole":
    client.unwrap()
else:
    client.shutdown(socket.SHUT_WR)
client.close()' "$REPLAYLAB_DIR/gateway.pem" "$OTHER" "$1" >"$1" 2>&1 3>&- &
	echo $! >pid
	await listening "$1"
}

@test "an answer that ends with the stream ends with close_notify, or is none" {
	for layer in "" --own-record-layer; do
		for how in whole cut; do
			answers_until_the_end "$how"
			# shellcheck disable=SC2086 # no word, or one
			REPLAYLAB_EVENTS=$PWD/events run "$CLIENT" transfer \
				--from alice --to bob --amount 1 --sign none \
				--url "https://localhost:$OTHER" $layer
			echo "$layer $how: $status $output"
			[ "$status" -eq $([ "$how" = whole ] && echo 0 || echo 1) ]
			wait "$(cat pid)" || :
			rm pid
		done
		grep '"reason":"truncated"' events
		rm events
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The bank over DTLS 1.2, by OpenSSL's record layer and by the lab's own, with
# other people's DTLS on the other end.  Everything is on loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/loopback.sh"

setup_file() {
	on_loopback
	ECHO=$((PORT + 2)) GATEWAY=$((PORT + 3)) OTHER=$((PORT + 4))
	export ECHO GATEWAY OTHER
	command -v python3 >/dev/null || skip "needs python3"
	self_signed
	serve_echo
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# In one write, for that is one datagram; bash would make one of each line.
type_into() { # FIFO TEXT
	printf "$2" >typed
	cat typed >"$1"
}

gateway() { # OPTION...
	REPLAYLAB_EVENTS=$PWD/events SSLKEYLOGFILE=$PWD/keys "$SERVER" gateway \
		--datagrams --listen "$GATEWAY" --upstream "localhost:$ECHO" \
		--log-records --suite tls12-cbc --suite tls12-gcm \
		--suite tls12-chacha --suite tls12-rsa --suite tls12-null \
		"$@" 2>gateway 3>&- &
	echo $! >gateway.pid
	await '"ready"' events
}

transfer() {
	REPLAYLAB_EVENTS=$PWD/heard "$CLIENT" transfer --sign none \
		--url "dtls://localhost:$GATEWAY" --from alice --to bob \
		--amount 1 --log-records "$@"
}

# One request, typed into OpenSSL's client.
by_s_client() { # CIPHER
	mkfifo words
	openssl s_client -dtls1_2 -cipher "$1:@SECLEVEL=0" -quiet \
		-connect "127.0.0.1:$GATEWAY" <>words >heard 2>said 3>&- &
	echo $! >client.pid
	type_into words \
		'POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nworld'
	await world heard
	grep -q '200 OK' heard
}

every_suite_of_s_client() { # OPTION...
	gateway "$@"
	for cipher in ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES128-GCM-SHA256 \
		ECDHE-RSA-CHACHA20-POLY1305 AES128-GCM-SHA256 NULL-SHA256; do
		by_s_client "$cipher"
		kill "$(cat client.pid)"
		rm client.pid words heard
		grep -q "\"DTLSv1.2\",\"cipher_suite\":\"$cipher\"" events
	done
	[ "$(grep -c '"application_data".*"accepted"' events)" -eq 5 ]
}

@test "OpenSSL's client and our gateway's own record layer" {
	every_suite_of_s_client --own-record-layer
}

@test "OpenSSL's client and our gateway with OpenSSL's records" {
	every_suite_of_s_client
}

# s_server says what it hears; its answers are typed.
by_s_server() { # SUITE CIPHER
	command -v ss >/dev/null || skip "needs the package iproute2"
	mkfifo answers
	openssl s_server -dtls1_2 -accept "127.0.0.1:$OTHER" -quiet \
		-cipher "$2:@SECLEVEL=0" -cert "$REPLAYLAB_DIR/ca.pem" \
		-key "$T/key.pem" <>answers >request 2>said 3>&- &
	echo $! >server.pid
	deadline=$((SECONDS + 10))
	until ss -lun "sport = $OTHER" | grep -q "$OTHER"; do
		[ $SECONDS -lt $deadline ]
	done
	REPLAYLAB_EVENTS=$PWD/events "$CLIENT" transfer --sign none \
		--url "dtls://localhost:$OTHER" --from alice --to bob --id t-1 \
		--amount 1 --own-record-layer --log-records --suite "$1" \
		>told 3>&- &
	client=$!
	await t-1 request
	type_into answers \
		'HTTP/1.1 201 Created\r\nDatagram-Number: 1\r\nContent-Length: 0\r\n\r\n'
	wait "$client"
	grep -q 'accepted (201)' told
	grep -q '"dtls_record".*"application_data".*"accepted"' events
}

@test "our client's own record layer and OpenSSL's server: CBC" {
	by_s_server tls12-cbc ECDHE-RSA-AES128-SHA256
}

@test "our client's own record layer and OpenSSL's server: GCM" {
	by_s_server tls12-gcm ECDHE-RSA-AES128-GCM-SHA256
}

@test "our client's own record layer and OpenSSL's server: ChaCha" {
	by_s_server tls12-chacha ECDHE-RSA-CHACHA20-POLY1305
}

# By tshark, which is none of ours (4.0 has no ChaCha20 for DTLS).
@test "tshark reads, with the key log, what our own record layer sends" {
	command -v tshark >/dev/null || skip "needs the package tshark"
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	lab=$(realpath "$BATS_TEST_DIRNAME/../../${B:-build}/bin/replaylab")
	cd "$BATS_TEST_DIRNAME/../.."
	env -u REPLAYLAB_DIR "$lab" run D1b.tls12-cbc D1b.tls12-gcm \
		D1b.tls12-null --runs "$BATS_TEST_TMPDIR/runs"
	for run in "$BATS_TEST_TMPDIR"/runs/latest/D1b.*; do
		tshark -n -r "$run/witness.pcapng" -d udp.port==443,dtls \
			-d dtls.port==443,data -Y "dtls.record.epoch == 1" \
			-o "tls.keylog_file:$run/keys.log" -T fields \
			-e frame.interface_name -e data.data >"$run/read" 2>/dev/null
		# POST, HTTP: each record of either side; and the copies.
		[ "$(grep -c "^outer-client.504f5354" "$run/read")" -eq 4 ]
		[ "$(grep -c "^outer-gateway.48545450" "$run/read")" -eq 4 ]
		[ "$(grep -c "^outer-attacker.504f5354" "$run/read")" -eq 3 ]
	done
}

@test "transfers over one association, one after the other and at once" {
	gateway
	transfer --id t-1 --id t-2 --id t-3 --at-once >told
	[ "$(grep -c 'accepted (200), connection 1' told)" -eq 3 ]
	transfer --id t-4 --id t-5 >told
	[ "$(grep -c 'accepted (200), connection 1' told)" -eq 2 ]
	[ "$(grep -c '"connection","action":"accepted".*"proto":"UDP"' \
		events)" -eq 2 ]
	[ "$(grep -c '"request".*"forwarded".*"proto":"UDP"' events)" -eq 5 ]
}

@test "a client without a cookie costs no association" {
	gateway
	# A ClientHello in a datagram, and what is nothing at all.
	{
		printf '\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x36\x01\0\0\x2a\0\0\0\0\0'
		printf '\0\0\x2a\xfe\xfd'
		head -c 32 /dev/zero
		printf '\0\0\0\x02\xc0\x2f\x01\0'
	} >"/dev/udp/127.0.0.1/$GATEWAY"
	echo nonsense >"/dev/udp/127.0.0.1/$GATEWAY"
	transfer --id t-1
	[ "$(grep -c '"connection","action":"accepted"' events)" -eq 1 ]
}

@test "a request that no datagram holds is not sent" {
	gateway
	run transfer --id t-1 --bearer "$(printf 'x%.0s' {1..1300})"
	[ "$status" -eq 1 ]
	[[ $output == *"is too long for a datagram, which holds 1240"* ]]
	[ "$(grep -c '"request"' events)" -eq 0 ]
}

@test "half a request is refused, not waited for" {
	gateway
	mkfifo words
	openssl s_client -dtls1_2 -quiet -connect "127.0.0.1:$GATEWAY" \
		<>words >heard 2>said 3>&- &
	echo $! >client.pid
	type_into words 'POST /hello HTTP/1.1\r\nHost: a\r\n'
	await '400 Bad Request' heard
	grep -q '"request","role":"gateway","verdict":"malformed"' events
}

@test "nobody there: the connection is lost; nobody answers: unanswered" {
	run transfer --id t-1
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (unreachable)"* ]]
	gateway --lose-answers 1
	run transfer --id t-1 --timeout 2000
	[ "$status" -eq 1 ]
	[[ $output == *"t-1: 1 from alice to bob: unanswered (no-answer)"* ]]
}

@test "a customer without an answer may send again, on the same association" {
	gateway --lose-answers 1
	run transfer --id t-1 --timeout 2000 --retry same
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *"unanswered (no-answer), connection 1" ]]
	[[ ${lines[1]} == *"accepted (200), connection 1" ]]
	[ "$(grep -c '"request".*"forwarded"' events)" -eq 2 ]
}

@test "words that belong to TLS, or to DTLS, are refused over the other" {
	for words in "--datagrams --without sequence-number" \
		"--datagrams --explicit-number" "--datagrams --suite tls13" \
		"--datagrams --without replay-window --replay-window 8" \
		"--without replay-window" "--replay-window 8" \
		"--weakness window-before-verification" \
		"--datagrams --weakness other" "--datagrams --renegotiation" \
		"--datagrams --early-data accept" \
		"--datagrams --ticket-keys $PWD/keys"; do
		run "$SERVER" gateway --listen "$GATEWAY" \
			--upstream "localhost:$ECHO" $words
		echo "$words: $status $output"
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$output")" -eq 1 ]
	done
}

@test "a client has no session, early data or new keys over datagrams" {
	for words in "--session $PWD/session" \
		"--session $PWD/session --early-data" "--early-data" \
		"--rekey" "--at-once --rekey"; do
		run transfer --id t-1 $words
		echo "$words: $status $output"
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$output")" -eq 1 ]
	done
	[ ! -e session ]
}

@test "a port that is taken is named" {
	gateway
	run "$SERVER" gateway --datagrams --listen "$GATEWAY" \
		--upstream "localhost:$ECHO"
	[ "$status" -eq 2 ]
	[[ $output == *"port $GATEWAY is in use"* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# HTTP message signatures (RFC 9421) of other authors: two libraries for Node
# sign what our backend books once, and verify what our client signs.  They lie
# where `./lab setup --tests` put them; without them these tests are skipped.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/victims.sh"

setup_file() {
	prepare
	INTEROP=$PWD/.setup/interop
	NODE_EXTRA_CA_CERTS=$REPLAYLAB_DIR/ca.pem
	export INTEROP NODE_EXTRA_CA_CERTS
	make_keys >"$REPLAYLAB_DIR/keys.json"
	make_keys >"$T/other-keys.json"
	serve_chain
}

setup() {
	need node python3
	[ -d "$INTEROP/node_modules" ] ||
		skip "needs the npm packages of ./lab setup --tests"
	ID=t-$BATS_TEST_NUMBER
}

# The last 32 bytes of a key's DER are the key (RFC 8410).
make_keys() {
	openssl genpkey -algorithm ed25519 -out "$T/ed25519"
	cat <<-END
		{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",
		 "secret":"$(openssl rand -base64 32)"},
		 {"keyid":"client-ed25519","alg":"ed25519",
		 "private":"$(openssl pkey -in "$T/ed25519" -outform DER |
			tail -c 32 | base64)",
		 "public":"$(openssl pkey -in "$T/ed25519" -pubout \
			-outform DER | tail -c 32 | base64)"}]}
	END
}

# Changed, as signed, and a copy of it; then the ledger.
they_sign() { # LIBRARY KEYID DIGEST KEYS
	node "$BATS_TEST_DIRNAME/../interop/sign.mjs" "$1" "$4" "$2" \
		"https://localhost:$GATEWAY/transfers?a=1&b=%2F" "$ID" "$3"
}

# A server that lets in what that library finds signed.
they_verify() { # LIBRARY KEYID KEYS
	node "$BATS_TEST_DIRNAME/../interop/verify.mjs" "$1" "$3" "$2" "$OTHER" 3>&- \
		>"$BATS_TEST_TMPDIR/verify" 2>&1 &
	echo $! >"$BATS_TEST_TMPDIR/verify.pid"
	await listening "$BATS_TEST_TMPDIR/verify"
}

we_sign() { # COMMAND KEYID ARGUMENT...
	timeout 20 "$CLIENT" "$1" --url "http://127.0.0.1:$OTHER" \
		--keyid "$2" "${@:3}"
}

transfer=(--from alice --to bob --amount 100)

books() { # LIBRARY KEYID DIGEST
	run they_sign "$@" "$REPLAYLAB_DIR/keys.json"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "401 201 409" ]
	[ "$(rows "$T/ledger.sqlite" "$ID")" -eq 1 ]
	for verdict in forged accepted replayed; do
		[ "$(grep "\"id\":\"$ID\"" "$T/backend.events" |
			grep -c "\"verdict\":\"$verdict\"")" -eq 1 ]
	done
	ID=$ID-other
	run they_sign "$@" "$T/other-keys.json"
	[ "${lines[-1]}" = "401 401 401" ]
	[ "$(rows "$T/ledger.sqlite" "$ID")" -eq 0 ]
}

verifies() { # LIBRARY KEYID
	they_verify "$@" "$REPLAYLAB_DIR/keys.json"
	run we_sign transfer "$2" "${transfer[@]}" --id "$ID"
	echo "$output"
	cat "$BATS_TEST_TMPDIR/verify"
	[[ $output == *"accepted (201), connection 1" ]]
	run we_sign balance "$2" --account bob
	[ "$output" = "bob: 42" ]
	run we_sign transfer "$2" "${transfer[@]}" --id "$ID" \
		--keys "$T/other-keys.json"
	[[ $output == *"refused (401), connection 1" ]]
	run we_sign transfer "$2" "${transfer[@]}" --id "$ID" --cover @path
	[[ $output == *"refused (401), connection 1" ]]
}

@test "http-message-signatures signs with an HMAC, and it is booked once" {
	books http-message-signatures client sha-256
}

@test "http-message-signatures signs with Ed25519, and it is booked once" {
	books http-message-signatures client-ed25519 sha-512
}

@test "http-message-sig signs with an HMAC, and it is booked once" {
	books http-message-sig client sha-512
}

@test "http-message-sig signs with Ed25519, and it is booked once" {
	books http-message-sig client-ed25519 sha-256
}

@test "http-message-signatures verifies the HMAC of our client" {
	verifies http-message-signatures client
}

@test "http-message-signatures verifies the Ed25519 of our client" {
	verifies http-message-signatures client-ed25519
}

@test "http-message-sig verifies the HMAC of our client" {
	verifies http-message-sig client
}

@test "http-message-sig verifies the Ed25519 of our client" {
	verifies http-message-sig client-ed25519
}

# agree KEYID: three readers, and one opinion of each request.
agree() {
	run node "$BATS_TEST_DIRNAME/../interop/agree.mjs" \
		"$REPLAYLAB_DIR/keys.json" "$1" "$BACKEND" 1000
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ ^([0-9]+)" accepted, "([0-9]+)" refused, 0 different"$ ]]
	[ "${BASH_REMATCH[1]}" -ge 400 ]
	[ "${BASH_REMATCH[2]}" -ge 150 ]
}

@test "the backend lets in what both libraries find signed: HMAC" {
	agree client
}

@test "the backend lets in what both libraries find signed: Ed25519" {
	agree client-ed25519
}

@test "what is installed from the lock file says no registry's name" {
	run ! grep -n -e resolved -e :// "$BATS_TEST_DIRNAME/../interop/package-lock.json"
}

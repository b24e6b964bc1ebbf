#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# HTTP message signatures (RFC 9421) of other authors: libraries for Node sign
# what our backend books, and verify what our client signs.  They lie where
# `./lab setup --tests` put them; without them these tests are skipped.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/victims.sh"

setup_file() {
	prepare
	INTEROP=$PWD/.setup/interop
	NODE_EXTRA_CA_CERTS=$REPLAYLAB_DIR/ca.pem
	TIMED=$((OTHER + 1))
	export INTEROP NODE_EXTRA_CA_CERTS TIMED
	make_keys >"$REPLAYLAB_DIR/keys.json"
	make_keys >"$T/other-keys.json"
	serve_chain
	# For who signs no nonce.
	serve timed backend --listen "$TIMED" --ledger "$T/timed.sqlite" \
		--check signature,timestamp
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
they_sign() { # LIBRARY KEYID DIGEST KEYS [SERVER]
	node "$BATS_TEST_DIRNAME/../interop/sign.mjs" "$1" "$4" "$2" \
		"${5:-https://localhost:$GATEWAY}/transfers?a=1&b=%2F" "$ID" "$3"
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

verifies() { # LIBRARY KEYID ARGUMENT...
	they_verify "$1" "$2" "$REPLAYLAB_DIR/keys.json"
	run we_sign transfer "$2" "${transfer[@]}" --id "$ID" "${@:3}"
	echo "$output"
	cat "$BATS_TEST_TMPDIR/verify"
	[[ $output == *"accepted (201), connection 1" ]]
	run we_sign balance "$2" --account bob "${@:3}"
	[ "$output" = "bob: 42" ]
	run we_sign transfer "$2" "${transfer[@]}" --id "$ID" "${@:3}" \
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

# What @interledger/http-signature-utils signs is fixed: @method, @target-uri and
# the content with its fields, with created and keyid.
@test "@interledger/http-signature-utils signs, and without a nonce a copy is booked" {
	run they_sign @interledger/http-signature-utils client-ed25519 sha-512 \
		"$REPLAYLAB_DIR/keys.json" "http://127.0.0.1:$TIMED"
	echo "$output"
	[ "${lines[-1]}" = "401 201 201" ]
	[ "$(rows "$T/timed.sqlite" "$ID")" -eq 2 ]
	run they_sign @interledger/http-signature-utils client-ed25519 sha-512 \
		"$T/other-keys.json" "http://127.0.0.1:$TIMED"
	[ "${lines[-1]}" = "401 401 401" ]
}

@test "@interledger/http-signature-utils has no nonce for who asks for one" {
	run they_sign @interledger/http-signature-utils client-ed25519 sha-512 \
		"$REPLAYLAB_DIR/keys.json" "http://127.0.0.1:$BACKEND"
	[ "${lines[-1]}" = "401 401 401" ]
	[ "$(grep "\"id\":\"$ID\"" "$T/backend.events" | grep unsigned |
		grep -c '"check":"nonce"')" -eq 3 ]
}

# Its validateSignature splits the fields as text: it finds the label sig1, names
# of fields, @method and @target-uri, and an Ed25519 value with or without colons.
@test "@interledger/http-signature-utils verifies the Ed25519 of our client" {
	verifies @interledger/http-signature-utils client-ed25519 \
		--cover @method,@target-uri,content-digest
}

@test "@interledger/http-signature-utils does not read the other components" {
	they_verify @interledger/http-signature-utils client-ed25519 \
		"$REPLAYLAB_DIR/keys.json"
	for more in @authority @path @query; do
		run we_sign transfer client-ed25519 "${transfer[@]}" --id "$ID" \
			--cover "@method,@target-uri,content-digest,$more"
		[[ $output == *"refused (401), connection 1" ]]
	done
	# That it was these: the same order is good without them.
	run we_sign transfer client-ed25519 "${transfer[@]}" --id "$ID" \
		--cover @method,@target-uri,content-digest
	[[ $output == *"accepted (201), connection 1" ]]
}

@test "a target URI that was signed for https is another behind the gateway" {
	signed=(--keyid client-ed25519 "${transfer[@]}" --cover
		@method,@target-uri,content-digest)
	run timeout 20 "$CLIENT" transfer --url "$URL" "${signed[@]}" --id "$ID"
	[[ $output == *"refused (401 forged), connection 1" ]]
	run timeout 20 "$CLIENT" transfer --url "http://127.0.0.1:$BACKEND" \
		"${signed[@]}" --id "$ID"
	[[ $output == *"accepted (201), connection 1" ]]
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

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is wrong with a request is said in a problem document of its own type,
# changes nothing, and uses up no nonce.  Everything is on loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/victims.sh"

setup_file() {
	prepare
	SECRET=$(openssl rand -base64 32)
	export SECRET
	cat >"$REPLAYLAB_DIR/keys.json" <<-END
		{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",
		 "secret":"$SECRET"}]}
	END
	serve backend backend --listen "$BACKEND" --authority bank \
		--ledger "$T/ledger.sqlite"
	serve balancer balancer --listen "$BALANCER" \
		--backend "localhost:$BACKEND"
}

setup() {
	need python3
}

# all_refused PORT: more than two hundred, each for its own reason.
all_refused() {
	run "$HELPER/bad_requests" "$1" "$SECRET" "$T/ledger.sqlite" \
		"$T/backend.events"
	grep -v ': refused$' <<<"$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ ^([0-9]+)" refused, 0 wrong"$ ]]
	[ "${BASH_REMATCH[1]}" -ge 200 ]
}

@test "every bad request is refused by its name, and changes nothing" {
	all_refused "$BACKEND"
}

@test "no proxy mends a bad request" {
	all_refused "$BALANCER"
}

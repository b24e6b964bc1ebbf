#!/usr/bin/env bats
# The headline stories come out as expected, and a wrong expectation is noticed.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
}

@test "every headline story comes out as expected" {
	run "$lab" run headline --runs "$runs" --json
	[ "$status" -eq 0 ] || echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '"result":"PASS"' <<<"$output")" -ge 20 ]
	! grep -v '"result":"PASS"' <<<"$output" || false
}

@test "no headline story lost a frame of its witness" {
	run "$lab" run headline --runs "$runs" --json
	! grep -v '"frames_dropped":0' <<<"$output" || false
	! grep '"frames":0' <<<"$output" || false
}

# inverted SCENARIO SED-EXPRESSION: the story with one expectation changed.
inverted() {
	sed "$2" "scenarios/$1" >"$BATS_TEST_TMPDIR/x.scn"
	! cmp -s "scenarios/$1" "$BATS_TEST_TMPDIR/x.scn" || false
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q '^not ok 1 ' <<<"$output"
}

@test "a wrong layer fails: nobody where the nonce stopped it" {
	inverted http/S3-nonce.scn 's/backend:nonce/nobody/'
}

@test "a wrong layer fails: the nonce where nobody stopped it" {
	inverted http/P0-plain-http.scn 's/stopped-by nobody/stopped-by backend:nonce/'
}

@test "a wrong check fails: nonce where it was the time stamp" {
	inverted http/S2-timestamp-late.scn 's/backend:timestamp/backend:nonce/'
}

@test "a wrong layer fails: TLS where it was TCP" {
	inverted tcp/N1-same-segment.scn 's/stopped-by tcp/stopped-by tls-record/'
}

@test "a wrong layer fails: TCP where it was the record layer" {
	inverted tls/R2-null.scn 's/stopped-by tls-record/stopped-by tcp/'
}

@test "a wrong layer fails: the record layer where it was the handshake" {
	inverted tls/H1-client-stream.scn \
	    's/tls-handshake/tls-record/; s/^over .*/over suite tls13/'
}

@test "what is expected of one value is not asked of another" {
	sed 's/^over .*/over suite tls12-rsa tls13/
		s/^expect .*executed.*/expect executed t-1 once when tls13\
expect executed t-1 twice when tls12-rsa/' scenarios/tls/H1-client-stream.scn \
	    >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q '^not ok 1 .*tls12-rsa' <<<"$output"
	grep -q '^ok 2 .*tls13' <<<"$output"
}

@test "a wrong count in the ledger fails" {
	inverted http/P0-plain-http.scn 's/t-1 twice/t-1 once/'
}

@test "a wrong id in the ledger fails, though the count is right" {
	inverted tcp/N3-next-segment.scn \
	    's/t-1 twice/t-1 once/; s/t-2 never/t-2 once/'
}

@test "a price that nobody expected fails" {
	inverted tls/R2-null.scn '/^expect *collateral/d'
}

@test "a price that was not paid fails" {
	inverted http/S3-nonce.scn \
	    's/^expect *delivered.*/expect collateral connection-lost t-1/'
}

@test "a wrong place of delivery fails" {
	inverted http/S3-nonce.scn 's/delivered backend/delivered tcp/'
}

@test "a story whose attack is left out is refused" {
	sed '/attacker *replay/d' scenarios/http/S3-nonce.scn \
	    >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs"
	[ "$status" -eq 2 ]
	grep -q 'nobody attacks' <<<"$output"
}

@test "a control that is refused fails the story as such" {
	inverted http/S6-nonce-and-timestamp.scn \
	    's/^over .*/over ahead +0s/; s/^\(control.*\)$/\1 --sign none/'
	grep -q 'control failed' <<<"$output"
}

@test "stories made to fool the verdict are found wrong" {
	for story in tests/data/false-verdicts/*.scn; do
		run "$lab" run --scenarios "$story" --runs "$runs" --tap
		echo "$story: $status $output"
		[ "$status" -eq 1 ]
	done
}

@test "a changed request goes to a gateway over TLS, and not without" {
	sed 's/replay --request 1 .*/tamper --request 1 --set-amount 900 --to gateway --tls/
	/^expect/d; $ a expect executed t-1 twice\nexpect moved t-1 900' \
	    scenarios/http/P0-plain-http.scn >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	echo "$output"
	[ "$status" -eq 0 ]
	sed -i 's/ --tls$//' "$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	[ "$status" -eq 1 ]
	grep -q 'gateway speaks TLS; add --tls' <<<"$output"
}

@test "known failures are told apart: XFAIL passes, XPASS does not" {
	sed '1i xfail for a test' scenarios/http/S3-nonce.scn \
	    >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs"
	[ "$status" -eq 1 ]
	grep -q XPASS <<<"$output"
	sed '1i xfail for a test
	s/backend:nonce/nobody/' scenarios/http/S3-nonce.scn \
	    >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	[ "$status" -eq 0 ]
	grep -q '^ok 1 .* # XFAIL' <<<"$output"
}

@test "a story that needs what is not installed is skipped with its name" {
	sed '1i needs no-such-program' scenarios/http/S3-nonce.scn \
	    >"$BATS_TEST_TMPDIR/x.scn"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/x.scn" --runs "$runs" --tap
	[ "$status" -eq 4 ]
	grep -q '^ok 1 .* # SKIP needs no-such-program' <<<"$output"
}

# seen STORY FILTER FIELD: the different values of a field on the outer network.
seen() {
	tshark -r "$runs/latest/$1/witness.pcapng" -Y "$2" -T fields -e "$3" \
	    2>/dev/null | sort -u
}

@test "an ablated random repeats, and nothing beside it does" {
	command -v tshark >/dev/null || skip "needs tshark"
	run "$lab" run H4d.tls13 H4e.tls13 H4f --runs "$runs"
	[ "$status" -eq 0 ]

	hello="tls.handshake.type == 2"
	[ "$(seen H4d.tls13 "$hello" tls.handshake.random | wc -l)" -eq 1 ]
	[ "$(seen H4d.tls13 "$hello" \
	    tls.handshake.extensions_key_share_key_exchange | wc -l)" -ge 4 ]

	# With the controls', whose client has a random generator that works.
	hello="tls.handshake.type == 1"
	[ "$(seen H4e.tls13 "$hello" tls.handshake.random | wc -l)" -eq 3 ]
	[ "$(seen H4e.tls13 "$hello" \
	    tls.handshake.extensions_key_share_key_exchange | wc -l)" -eq 4 ]

	[ "$(seen H4f.tls12-rsa "$hello" tls.handshake.random | wc -l)" -eq 4 ]
	[ "$(seen H4f.tls12-rsa tls.handshake.type==16 tls.handshake.epms |
	    while read -r encrypted; do
		perl -e 'print pack "H*", shift' "${encrypted//:/}" |
		    openssl pkeyutl -decrypt -inkey "$runs/latest/gateway.pem" |
		    sha256sum
	done | sort -u | wc -l)" -eq 3 ]
}

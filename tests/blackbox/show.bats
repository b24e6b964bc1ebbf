#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# attacker show reads captures that tcpdump and dumpcap made of other people's
# programs: OpenSSL, GnuTLS, curl and nginx.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	attacker="${B:-build}/bin/attacker"
	captures=tests/data/captures
}

# What is shown of a capture, less times and details: "-> ClientHello" ...
names() {
	"$attacker" show "$captures/$1" |
		sed -nE 's/^ +[0-9]+\.[0-9]{6} .{11} *(->|<-) (Encrypted Handshake Message|[A-Za-z_-]+|\([a-z]+\)).*/\1 \2/p'
}

@test "the messages of a TLS 1.2 handshake stand in order, by name" {
	run names openssl-tls12.pcap
	[ "$output" = "-> SYN
<- SYN-ACK
-> ACK
-> ClientHello
<- ServerHello
<- Certificate
<- ServerKeyExchange
<- ServerHelloDone
-> ClientKeyExchange
-> ChangeCipherSpec
-> Encrypted Handshake Message
<- NewSessionTicket
<- ChangeCipherSpec
<- Encrypted Handshake Message
-> application_data
<- application_data
<- Alert
-> Alert
-> FIN
<- FIN" ]
}

@test "a client certificate adds three messages" {
	run names openssl-client-certificate.pcap
	[[ "$output" == *"<- ServerKeyExchange
<- CertificateRequest
<- ServerHelloDone
-> Certificate
-> ClientKeyExchange
-> CertificateVerify
-> ChangeCipherSpec"* ]]
}

@test "RSA key exchange has no ServerKeyExchange" {
	run names openssl-rsa-key-exchange.pcap
	[[ "$output" == *"<- Certificate
<- ServerHelloDone
-> ClientKeyExchange"* ]]
}

@test "a HelloRetryRequest is told from a ServerHello" {
	run names openssl-tls13-hello-retry.pcap
	[[ "$output" == *"-> ClientHello
<- HelloRetryRequest
<- ChangeCipherSpec
-> ChangeCipherSpec
-> ClientHello
<- ServerHello
<- application_data"* ]]
}

@test "early data shows before the ServerHello" {
	run "$attacker" show "$captures/openssl-tls13-early-data.pcap"
	[ "$status" -eq 0 ]
	[[ "$output" == *"pre_shared_key, early_data"*"bytes, early data"*ServerHello*EndOfEarlyData* ]]
}

@test "a refused handshake ends with its alert" {
	run "$attacker" show "$captures/openssl-no-shared-suite.pcap"
	[[ "$output" == *"ClientHello"*"Alert"*"fatal: handshake_failure"* ]]
}

@test "what the messages carry is shown" {
	run "$attacker" show "$captures/openssl-tls12.pcap"
	[[ "$output" == *"TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"* ]]
	[[ "$output" == *"SNI gateway"* ]]
	[[ "$output" == *"O = Replay lab, CN = gateway"* ]]
	[[ "$output" == *"ServerKeyExchange    x25519"* ]]
	[[ "$output" == *"from here on what the client sends is encrypted"* ]]
}

@test "a suite without encryption is not called encrypted" {
	run "$attacker" show "$captures/openssl-tls12-null.pcap"
	[[ "$output" == *"what the client sends has a MAC but is not encrypted"* ]]
}

@test "requests in clear have method, target and the number to name them by" {
	run "$attacker" show "$captures/curl-http-ipv6.pcap"
	[[ "$output" == *"request 1  -> Request              POST /one"* ]]
	[[ "$output" == *"request 2  -> Request              POST /two?x=1"* ]]
	[[ "$output" == *"<- Response             200 OK"* ]]
}

@test "every capture fits 100 columns and is read without a warning" {
	for capture in "$captures"/*; do
		run "$attacker" show "$capture"
		[ "$status" -eq 0 ]
		[[ "$output" == *"1. TCP handshake"* ]]
		[[ "$output" != *"(unreadable)"* && "$output" != *"(gap)"* ]]
		# The last line has the capture's path, however long.
		[ -z "$(sed '$d' <<<"$output" | grep -E '^.{101}')" ]
	done
}

@test "every link type leads to the same conversation" {
	wanted=$(names openssl-no-shared-suite.pcap)
	for link in raw null loop vlan; do
		[ "$(names "link-$link.pcap")" = "$wanted" ]
	done
	for any in sll sll2; do
		[[ "$(names "curl-nginx-any-$any.pcap")" == *"-> ClientHello"* ]]
	done
}

@test "tshark counts as many records and names the same messages" {
	command -v tshark >/dev/null || skip "tshark is not installed"
	for capture in "$captures"/*; do
		port=$(tshark -r "$capture" -T fields -e tcp.dstport 2>/dev/null |
			head -n 1)
		# tshark 4.4 loses a record while it collects an HTTP answer
		# from those of a NULL suite.
		theirs=$(tshark -r "$capture" \
			-o tls.desegment_ssl_application_data:FALSE -d "tcp.port==$port,tls" -T fields \
			-e tls.record.content_type -e tls.record.opaque_type \
			2>/dev/null | tr ',\t' '\n\n' | grep -c . || true)
		ours=$("$attacker" show --json "$capture" |
			grep -o '"kind":"record"' | wc -l)
		echo "$capture: tshark $theirs, ours $ours"
		[ "$theirs" -eq "$ours" ]
	done
}

@test "--json is JSON, with the suites by name" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	for capture in "$captures"/*; do
		"$attacker" show --json "$capture" | python3 -m json.tool >/dev/null
	done
	run "$attacker" show --json "$captures/openssl-tls12.pcap"
	[[ "$output" == *'"cipher_suites":["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256","TLS_EMPTY_RENEGOTIATION_INFO_SCSV"]'* ]]
}

@test "one conversation can be asked for" {
	run "$attacker" show --conversation 1 "$captures/openssl-tls12.pcap"
	[ "$status" -eq 0 ]
	run "$attacker" show --conversation 2 "$captures/openssl-tls12.pcap"
	[ "$status" -eq 2 ]
	[[ "$output" == *"has 1 conversation, no number 2"* ]]
}

@test "a capture that breaks off is shown up to there, with status 2" {
	head -c 3000 "$captures/openssl-tls12.pcap" >"$BATS_TEST_TMPDIR/cut.pcap"
	run "$attacker" show "$BATS_TEST_TMPDIR/cut.pcap"
	[ "$status" -eq 2 ]
	[[ "$output" == *"cut.pcap: truncated"* ]]
	[[ "$output" == *"ClientHello"* ]]
}

@test "what is no capture gets one line that names it, and status 2" {
	echo hello >"$BATS_TEST_TMPDIR/text"
	: >"$BATS_TEST_TMPDIR/empty"
	for file in text empty nowhere; do
		run "$attacker" show "$BATS_TEST_TMPDIR/$file"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ "$output" == *"$BATS_TEST_TMPDIR/$file"* ]]
	done
	run "$attacker" show "$BATS_TEST_TMPDIR"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "record --from copies a capture onto a tape that shows the same" {
	for capture in "$captures"/*; do
		run "$attacker" record --from "$capture" \
			--tape "$BATS_TEST_TMPDIR/tape.pcapng"
		[ "$status" -eq 0 ]
		"$attacker" show "$capture" | sed '$d' >"$BATS_TEST_TMPDIR/one"
		"$attacker" show --tape "$BATS_TEST_TMPDIR/tape.pcapng" |
			sed '$d' >"$BATS_TEST_TMPDIR/two"
		cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	done
}

@test "record --until stops there, and the event counts what the tape holds" {
	tape="$BATS_TEST_TMPDIR/tape.pcapng"
	REPLAYLAB_EVENTS="$BATS_TEST_TMPDIR/events" run "$attacker" record \
		--from "$captures/openssl-tls12.pcap" --tape "$tape" \
		--until "3 records"
	[ "$status" -eq 0 ]
	grep -q '"event_type":"recorded".*"frames":6' "$BATS_TEST_TMPDIR/events"
	[[ "$("$attacker" show "$tape")" == *"6 frames"* ]]
}

@test "record refuses to write onto what it reads, and unknown units" {
	cp "$captures/openssl-tls12.pcap" "$BATS_TEST_TMPDIR/same"
	run "$attacker" record --from "$BATS_TEST_TMPDIR/same" \
		--tape "$BATS_TEST_TMPDIR/same"
	[ "$status" -eq 2 ]
	cmp "$captures/openssl-tls12.pcap" "$BATS_TEST_TMPDIR/same"
	for until in "0 records" "1 byte" "records" "1" "-1 frames"; do
		run "$attacker" record --from "$BATS_TEST_TMPDIR/same" \
			--tape "$BATS_TEST_TMPDIR/x" --until "$until"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "record on an interface outside a lab is refused" {
	run "$attacker" record --on lo --tape "$BATS_TEST_TMPDIR/x"
	[ "$status" -eq 5 ]
	[ ! -e "$BATS_TEST_TMPDIR/x" ]
}

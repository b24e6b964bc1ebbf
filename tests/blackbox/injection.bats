#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# attacker inject and replay against programs that are not ours, in a lab made
# by hand (helper/hub): what arrives, what stops it, what is reported.

setup() {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME/../.."
	ATTACKER=$(realpath "${B:-build}/bin/attacker")
	ETHTOOL=$(PATH=$PATH:/usr/sbin:/sbin command -v ethtool || :)
	export ATTACKER ETHTOOL PATH=$PATH:/usr/sbin:/sbin
}

story() {
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/injection.sh "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

says() {
	[[ $output == *"$1"* ]]
}

@test "a request injected twice into a live connection is executed twice more" {
	story a_request
	says "times executed: 3"
	says '"event_type":"copy_sent","kind":"request","count":1'
	says '"id":"t-1","src_ip":"198.51.100.10"'
}

@test "the very frame again is a duplicate to TCP and is not delivered" {
	[ -n "$ETHTOOL" ] || skip "needs the package ethtool"
	story a_segment
	# The second is the request injected after it.
	says "times executed: 2"
	[[ $output =~ TcpExtTCPDSACKOldSent\ +1 ]]
	[[ $output =~ TcpInCsumErrors\ +0 ]]
}

@test "a request over a connection of its own is executed, and its status told" {
	story a_connection_of_its_own
	says "times executed: 4"
	says '"outcome":"answered","status":200'
}

@test "a request is changed and sent, alone and with others at once" {
	story a_changed_request
	says "changed: 3"
	says "times executed: 2"
	says '"original":"'
	says '"id":"t-8","src_ip":"198.51.100.66"'
	says "\"Cookie\" is no header field of the recorded request"
	says "a field that is not there: 2"
	says "would leave no HTTP request"
	says "no request any more: 2"
}

@test "what cannot be asked of tamper is refused before anything is sent" {
	for words in "" "--request x" "--request 1 --at-once --count 65" \
	    "--request 1 --at-once --tls" \
	    "--request 1 --count 0" "--request 1 elsewhere"; do
		# shellcheck disable=SC2086 # several words
		run "$ATTACKER" tamper $words
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "what cannot be asked of inject or replay is refused before anything is sent" {
	for words in "inject --record client" "inject --request 1 --as both" \
	    "inject --segment client:1 --as server" \
	    "inject --segment client:1 --into 2" \
	    "inject --segment client:1 --timestamp 0" \
	    "replay --stream client --from client" \
	    "replay --request 1 --count 2 --from client"; do
		# shellcheck disable=SC2086 # several words
		run "$ATTACKER" $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "a server's record, given back to it as its client's, is refused" {
	story a_reflected_record -tls1_3
	says "times executed: 1"
}

@test "TLS 1.2 (CBC): TCP takes the record in, the record layer refuses it" {
	story a_record -tls1_2 -cipher ECDHE-RSA-AES128-SHA256
	says "times executed: 1"
}

@test "TLS 1.2 (GCM): TCP takes the record in, the record layer refuses it" {
	story a_record -tls1_2
	says "times executed: 1"
}

@test "TLS 1.3: TCP takes the record in, the record layer refuses it" {
	story a_record -tls1_3
	says "times executed: 1"
}

drops_the_copies() { # OPTION OF S_SERVER...
	story a_datagram "$@"
	says "times t-1: 1"
	says "client:6   -> application_data     epoch 1, number 1"
	[ "$(grep -c '"copy_sent","kind":"record".*"proto":"UDP"' \
		<<<"$output")" -eq 6 ]
	[ "$(grep -c '"copy_sent".*"original":"' <<<"$output")" -eq 1 ]
	says "a request that is not there: 2"
	says "a time stamp: 2"
}

@test "DTLS 1.2 (CBC): copies are dropped, and the association lives on" {
	# OpenSSL answers a wrong MAC under encrypt-then-MAC with a fatal alert.
	drops_the_copies -cipher ECDHE-RSA-AES128-SHA256 -no_etm
}

@test "DTLS 1.2 (GCM): copies are dropped, and the association lives on" {
	drops_the_copies -cipher ECDHE-RSA-AES128-GCM-SHA256
}

@test "what is for datagrams only is not sent over TCP" {
	story a_count_over_tcp
	[ "$(grep -c "over TCP: 2" <<<"$output")" -eq 2 ]
	[ "$(grep -c copy_sent <<<"$output")" -eq 0 ]
}

@test "TLS 1.2: a client's whole stream again ends in bad_record_mac" {
	story a_stream -tls1_2
	says "times executed: 1"
	says '"outcome":"alert","level":"fatal","description":"bad_record_mac"'
}

@test "TLS 1.3: a client's whole stream again ends with the connection" {
	story a_stream -tls1_3
	says "times executed: 1"
	says '"outcome":"closed"'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Stock servers and clients in the victims' places: it is TLS that refuses, and
# what they say is taken for no more than it is.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=$PWD/${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
	scn=$BATS_TEST_TMPDIR/x.scn
}

needs() {
	command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] ||
		skip "needs $1; apt-get install $2"
}

needs_lighttpd() {
	needs lighttpd lighttpd
	[ -e "/usr/lib/lighttpd/mod_$1.so" ] ||
		skip "apt-get install lighttpd-mod-$1"
}

# passes NAME...: these come out as expected, each of them.
passes() {
	run "$lab" run "$@" --runs "$runs" --tap
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^ok ' <<<"$output")" -ge $# ]
	! grep -q SKIP <<<"$output" || false
}

# refusals SERVER: what the four rows say with that server, in all suites.
refusals() {
	for row in R1s R3s R4s H1s; do
		for suite in tls12-cbc tls12-gcm tls13; do
			echo "$row.$1+$suite"
		done
	done
}

@test "nginx refuses what is repeated, missing or out of place" {
	needs nginx nginx-light
	passes $(refusals nginx)
}

@test "HAProxy refuses what is repeated, missing or out of place" {
	needs haproxy haproxy
	passes $(refusals haproxy)
}

@test "lighttpd over GnuTLS refuses what is repeated, missing or out of place" {
	needs_lighttpd gnutls
	passes $(refusals lighttpd-gnutls)
}

@test "openssl s_server refuses what is repeated, missing or out of place" {
	needs openssl openssl
	passes $(refusals s_server)
}

# fronts: both programs that the stories with two proxies need.
fronts() {
	needs nginx nginx-light
	needs haproxy haproxy
}

@test "stock balancers take a copy to the other backend" {
	fronts
	passes G12
	for server in haproxy nginx; do
		events=$runs/latest/G12.$server/events.jsonl
		[ "$(grep -c '"verdict":"accepted".*"src_ip":"203.0.113.30"' \
		    "$events")" = 4 ]
		! grep -q '"role":"balancer"' "$events" || false
	done
}

@test "a copy that a gateway of the lab passed on is followed, too" {
	needs haproxy haproxy
	sed 's/^start *balancer .*/start balancer stock haproxy --backend backend1/' \
	    scenarios/tls/R10-without-sequence-number.scn >"$scn"
	run "$lab" run --scenarios "$scn" --runs "$runs" --tap R10.tls13
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '"program":"haproxy".*"event_type":"stock"' \
	    "$runs/latest/R10.tls13/events.jsonl"
}

@test "behind stock proxies one memory refuses the copy" {
	fronts
	passes G12c
	needs redis-server redis-server
	passes G12b.redis
}

@test "a POST without an answer is repeated by those who were told to" {
	fronts
	passes G13 G13b G13c
	for server in haproxy nginx; do
		grep -q '"id":"t-1".*"status":504' \
		    "$runs/latest/G13.$server/events.jsonl"
		grep -q '"id":"t-1".*"outcome":"accepted"' \
		    "$runs/latest/G13b.$server/events.jsonl"
		grep -q '"id":"t-1".*"status":409' \
		    "$runs/latest/G13c.$server/events.jsonl"
	done
	grep -q non_idempotent "$runs/latest/G13b.nginx/stock-balancer/configuration"
	! grep -q next_upstream "$runs/latest/G13.nginx/stock-balancer/configuration" || false
	grep -q retry-on "$runs/latest/G13b.haproxy/stock-balancer/configuration"
	! grep -q retry-on "$runs/latest/G13.haproxy/stock-balancer/configuration" || false
}

@test "a refused connection: nginx goes on, HAProxy if it is told to" {
	fronts
	passes G14 G14b
	grep -q '"id":"t-1".*"status":503' "$runs/latest/G14.haproxy/events.jsonl"
}

@test "signatures hold behind nginx only with the client's Host" {
	fronts
	passes G15
	grep -q '"verdict":"[a-z-]*","check":"signature"' \
	    "$runs/latest/G15/events.jsonl"
}

@test "curl refuses what is repeated, missing or out of place" {
	needs curl curl
	passes R1c R3c R4c H2c
}

@test "one server over other TLS libraries: all refuse, GnuTLS without its alert" {
	needs_lighttpd gnutls
	passes R1l.lighttpd-gnutls+tls13
	events=$runs/latest/R1l.lighttpd-gnutls+tls13/events.jsonl
	grep -q '"said".*GNUTLS_E_DECRYPTION_FAILED' "$events"
	! grep '"received","level":"fatal"' "$events" || false
	for library in nss wolfssl openssl; do
		[ -e "/usr/lib/lighttpd/mod_$library.so" ] || continue
		passes "R1l.lighttpd-$library+tls12-gcm"
		events="$runs/latest/R1l.lighttpd-$library+tls12-gcm/events.jsonl"
		grep -q '"received","level":"fatal","description":"bad_record_mac"' \
		    "$events"
	done
}

# ports EVENT FILE: the client's ports in those events.
ports() {
	grep "\"event_type\":\"$1\"" "$2" | grep -o '"src_port":[0-9]*'
}

@test "what a log says is told of the copy's own connection" {
	for server in nginx haproxy lighttpd-gnutls s_server; do
		run "$lab" run "R1s.$server+tls13" --runs "$runs" --tap
		! grep -q SKIP <<<"$output" || continue
		events=$runs/latest/R1s.$server+tls13/events.jsonl
		[ "$(ports said "$events" | sort -u)" = \
		    "$(ports copy_sent "$events")" ]
	done
}

@test "what is not installed skips the story with its package" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for pair in nginx:nginx-light haproxy:haproxy \
	    lighttpd-gnutls:lighttpd-mod-gnutls s_server:openssl; do
		run env PATH="$BATS_TEST_TMPDIR/bin" "$lab" run \
		    --scenarios "$PWD/scenarios" --runs "$runs" --tap \
		    "R1s.${pair%:*}+tls13"
		echo "$output"
		[ "$status" -eq 4 ]
		grep -q "# SKIP .*apt-get install ${pair#*:}$" <<<"$output"
	done
	for pair in nginx:nginx-light haproxy:haproxy; do
		run env PATH="$BATS_TEST_TMPDIR/bin" "$lab" run --tap \
		    --scenarios "$PWD/scenarios" --runs "$runs" "G12.${pair%:*}"
		[ "$status" -eq 4 ]
		grep -q "# SKIP .*apt-get install ${pair#*:}$" <<<"$output"
	done
	run env PATH="$BATS_TEST_TMPDIR/bin" "$lab" run --runs "$runs" --tap \
	    --scenarios "$PWD/scenarios" R1c.tls13
	[ "$status" -eq 4 ]
	grep -q "# SKIP .*apt-get install curl$" <<<"$output"
}

@test "a wrong word is one line that names the right ones" {
	for words in "" "apache --upstream balancer" "nginx+tls11 --upstream balancer" \
	    "nginx" "nginx transfer --upstream balancer" \
	    "s_server --backend backend1" "nginx+tls13 --backend backend1" \
	    "haproxy --backend backend1 --upstream balancer" \
	    "nginx --backend backend1 --redispatch" \
	    "nginx --upstream balancer --timeout 9" \
	    "nginx --upstream balancer --retry-unsafe" \
	    "haproxy --upstream balancer --default-host" \
	    "curl transfer --from alice" "nginx+tls13 --suite tls13 --upstream balancer"; do
		# shellcheck disable=SC2086
		run "$lab" shell gateway --empty --runs "$runs" -- \
		    "$lab" stock $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$output")" = 1 ]
	done
	run env -u REPLAYLAB_DIR "$lab" stock s_server --upstream balancer
	[ "$status" -eq 2 ]
	grep -q 'there is no lab here' <<<"$output"
}

@test "a stock program stands for a gateway, the balancer or a client only" {
	sed 's/^start *backend1 .*/start backend1 stock nginx --upstream balancer/' \
	    scenarios/tls/R1s-stock-record.scn >"$scn"
	run "$lab" run --scenarios "$scn" --runs "$runs"
	[ "$status" -eq 2 ]
	grep -q 'stand for a client, a gateway or the balancer, not backend1' <<<"$output"
}

@test "a stock server that dies is noticed" {
	needs openssl openssl
	run "$lab" shell gateway --empty --runs "$runs" -- sh -c '
		replaylab stock s_server --upstream balancer &
		until grep -q "\"ready\"" "$REPLAYLAB_DIR/events.jsonl"; do
			sleep 0.05
		done
		kill -9 $(cat /proc/$!/task/$!/children)
		wait $!'
	echo "$output"
	[ "$status" -eq 70 ]
	grep -q 's_server ended by itself' <<<"$output"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The victims and other people's programs: curl as the client of our servers,
# stock nginx as the server of our client, and both against machines that lose
# connections, fill up or are asked twice.  Everything is on loopback.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/victims.sh"

setup_file() {
	prepare
	secret=$(openssl rand -base64 32)
	cat >"$REPLAYLAB_DIR/keys.json" <<-END
		{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",
		 "secret":"$secret"}]}
	END
	serve_chain --log-records
}

setup() {
	ID=t-$BATS_TEST_NUMBER
	EVENTS=$BATS_TEST_TMPDIR/events
}

# A server until the end of this test, or until stop.
start() { # NAME ARGUMENT...
	local name=$1
	shift
	REPLAYLAB_EVENTS=$BATS_TEST_TMPDIR/$name "$SERVER" "$@" 3>&- \
		2>"$BATS_TEST_TMPDIR/$name.err" &
	echo $! >"$BATS_TEST_TMPDIR/$name.pid"
	await '"ready"' "$BATS_TEST_TMPDIR/$name"
}

stop() { # NAME
	local pid
	pid=$(cat "$BATS_TEST_TMPDIR/$1.pid")
	rm "$BATS_TEST_TMPDIR/$1.pid"
	kill "$pid"
	wait "$pid"
}

one_shot() { # ANSWER...
	rm -f "$BATS_TEST_TMPDIR/one_shot"
	"$HELPER/one_shot" "$BATS_TEST_TMPDIR/got" "$OTHER" "$@" 3>&- \
		>"$BATS_TEST_TMPDIR/one_shot" &
	echo $! >"$BATS_TEST_TMPDIR/one_shot.pid"
	await listening "$BATS_TEST_TMPDIR/one_shot"
}

get() { # ARGUMENT...
	need curl
	curl -sS --max-time 10 --cacert "$REPLAYLAB_DIR/ca.pem" "$@"
}

transfer() { # ARGUMENT...
	REPLAYLAB_EVENTS=$EVENTS timeout 20 "$CLIENT" transfer --from alice \
		--to bob --amount 100 "$@"
}

# A signed request of ours, in the form curl sends it: head and content.
signed_request() { # ID
	one_shot 200
	transfer --url "http://127.0.0.1:$OTHER" --id "$1" >/dev/null
	sed -n '2,/^\r$/p' "$BATS_TEST_TMPDIR/got.1" | tr -d '\r' |
		grep -iv -e '^content-length:' -e '^$' \
			>"$BATS_TEST_TMPDIR/head"
	sed '1,/^\r$/d' "$BATS_TEST_TMPDIR/got.1" >"$BATS_TEST_TMPDIR/content"
}

@test "a transfer goes through gateway and balancer into the ledger, once" {
	need python3
	run transfer --url "$URL" --id "$ID"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "$ID: 100 from alice to bob: accepted (20"?"), connection 1" ]]
	[ "$(rows "$T/ledger.sqlite" "$ID")" -eq 1 ]
	[ "$(count "\"id\":\"$ID\"" "$T/backend.events")" -eq 1 ]
	# No hop changed it.
	print=$(sed -n "s/.*\"id\":\"$ID\",\"fingerprint\":\"\([0-9a-f]*\)\".*/\1/p" \
		"$T/backend.events")
	for role in gateway balancer backend; do
		[ "$(count "\"fingerprint\":\"$print\"" "$T/$role.events")" -eq 1 ]
	done
}

@test "a balance is what the transfers made of it" {
	before=$("$CLIENT" balance --account bob --url "$URL")
	transfer --url "$URL" --id "$ID-a" --id "$ID-b"
	after=$("$CLIENT" balance --account bob --url "$URL")
	[ $((${after#bob: } - ${before#bob: })) -eq 200 ]
	run "$CLIENT" balance --account nobody --url "$URL"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == "nobody: refused (404 "*"), connection 1" ]]
	run "$CLIENT" balance --account bob --url "$URL" --json
	[[ $output == '{"account":"bob","amount":'*',"outcome":"accepted",'* ]]
}

@test "several ids go over one connection" {
	before=$(count '"action":"accepted"' "$T/gateway.events")
	run transfer --url "$URL" --id "$ID-a" --id "$ID-b" --id "$ID-c" --json
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '"outcome":"accepted".*"connection":1}' <<<"$output")" -eq 3 ]
	[ "$(count '"action":"accepted"' "$T/gateway.events")" -eq $((before + 1)) ]
}

@test "curl: TLS 1.2 and 1.3, and two requests over one connection" {
	for version in "--tlsv1.2 --tls-max 1.2" "--tlsv1.3"; do
		before=$(count '"action":"accepted"' "$T/gateway.events")
		# shellcheck disable=SC2086
		run get $version -w '%{http_code} %{num_connects}\n' -o /dev/null \
			"$URL/accounts/bob" -o /dev/null "$URL/accounts/bob"
		echo "$output"
		[ "$output" = $'200 1\n200 0' ]
		[ "$(count '"action":"accepted"' "$T/gateway.events")" -eq \
			$((before + 1)) ]
	done
	grep -q '"outcome":"completed".*"TLSv1.2"' "$T/gateway.events"
	grep -q '"outcome":"completed".*"TLSv1.3"' "$T/gateway.events"
	grep -q '"event_type":"tls_record"' "$T/gateway.events"
}

@test "each suite word is that suite, for curl and for our client" {
	need curl
	while read -r word version cipher; do
		start "$word" gateway --listen "$OTHER" --suite "$word" \
			--upstream "localhost:$BALANCER"
		options="--tlsv1.2 --tls-max 1.2 --ciphers $cipher:@SECLEVEL=0"
		[ "$word" != tls13 ] || options=--tlsv1.3
		# shellcheck disable=SC2086
		get $options -o /dev/null "https://localhost:$OTHER/accounts/bob"
		transfer --url "https://localhost:$OTHER" --suite "$word" \
			--id "$ID-$word"
		[ "$(count "\"outcome\":\"completed\".*\"TLSv$version\"" \
			"$BATS_TEST_TMPDIR/$word")" -eq 2 ]
		stop "$word"
	done <<-END
		tls12-cbc 1.2 ECDHE-RSA-AES128-SHA256
		tls12-gcm 1.2 ECDHE-RSA-AES128-GCM-SHA256
		tls12-chacha 1.2 ECDHE-RSA-CHACHA20-POLY1305
		tls12-rsa 1.2 AES128-GCM-SHA256
		tls12-null 1.2 NULL-SHA256
		tls13 1.3 -
	END
}

@test "suites that do not meet give no connection, and the client says so" {
	run transfer --url "$URL" --suite tls12-null --id "$ID"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$ID: 100 from alice to bob: connection-lost (tls-failed), connection 1" ]]
	grep -q '"outcome":"connection-lost","reason":"tls-failed"' "$EVENTS"
	run get --tls-max 1.2 --ciphers NULL-SHA256:@SECLEVEL=0 "$URL/accounts/bob"
	[ "$status" -eq 35 ]
}

@test "the client trusts only its CA, and only for the right name" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=CA \
		-keyout "$BATS_TEST_TMPDIR/key" \
		-out "$BATS_TEST_TMPDIR/ca.pem" 2>"$BATS_TEST_TMPDIR/log"
	run transfer --url "$URL" --id "$ID" --ca "$BATS_TEST_TMPDIR/ca.pem"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (tls-failed)"* ]]
	[[ $output == *"certificate verify failed: "*"; --ca names"* ]]
	grep -q '"reason":"certificate verify failed: ' "$EVENTS"
	run transfer --url "https://127.0.0.2:$GATEWAY" --id "$ID"
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (tls-failed)"* ]]
	[[ $output == *"certificate verify failed: "[iI]"P address mismatch"* ]]
	[ "$(count "\"id\":\"$ID\"" "$T/backend.events")" -eq 0 ]
}

@test "a refusal is a problem document with its status and word" {
	transfer='{"id":"t-x","from":"alice","to":"bob","amount":1}'
	while read -r expected word arguments; do
		# shellcheck disable=SC2086
		run get -o "$BATS_TEST_TMPDIR/problem" \
			-w '%{http_code} %{content_type}' $arguments
		echo "$output $arguments"
		cat "$BATS_TEST_TMPDIR/problem"
		[ "$output" = "$expected application/problem+json" ]
		grep -q "urn:replaylab:problem:$word\"" \
			"$BATS_TEST_TMPDIR/problem"
	done <<-END
		401 unsigned $URL/transfers -H Content-Type:application/json -d $transfer
		400 malformed $URL/transfers -H Content-Type:application/json -d {}
		404 not-found $URL/nowhere
		404 [a-z-]* $URL/accounts/nobody
		400 malformed $URL/accounts/bob -H Host:
	END
	grep -q '"detail":"host-missing"' "$BATS_TEST_TMPDIR/problem"
	run transfer --url "$URL" --id "$ID" --sign none
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"refused (401 unsigned), connection 1" ]]
	grep -q '"outcome":"refused","status":401,"problem":"unsigned"' "$EVENTS"
}

@test "the client is served by stock nginx, over one TLS connection" {
	need nginx
	cat >"$BATS_TEST_TMPDIR/nginx.conf" <<-END
		daemon off;
		pid $BATS_TEST_TMPDIR/nginx.pid;
		error_log $BATS_TEST_TMPDIR/error.log;
		events {}
		http {
		    access_log $BATS_TEST_TMPDIR/access.log;
		    client_body_temp_path $BATS_TEST_TMPDIR/body;
		    proxy_temp_path $BATS_TEST_TMPDIR/proxy;
		    fastcgi_temp_path $BATS_TEST_TMPDIR/fastcgi;
		    uwsgi_temp_path $BATS_TEST_TMPDIR/uwsgi;
		    scgi_temp_path $BATS_TEST_TMPDIR/scgi;
		    server {
		        listen 127.0.0.1:$OTHER ssl;
		        ssl_certificate $REPLAYLAB_DIR/gateway.pem;
		        ssl_certificate_key $REPLAYLAB_DIR/gateway.pem;
		        location = /transfers {
		            default_type application/json;
		            return 201 '{"id":"t-1"}';
		        }
		        location = /accounts/bob {
		            default_type application/json;
		            return 200 '{"balance":42}';
		        }
		    }
		}
	END
	nginx -c "$BATS_TEST_TMPDIR/nginx.conf" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	for _ in {1..250}; do
		[ ! -s "$BATS_TEST_TMPDIR/nginx.pid" ] || break
		read -rt 0.02 <> <(:) || :
	done
	run transfer --url "https://localhost:$OTHER" --id "$ID-a" --id "$ID-b"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "$ID-a: 100 from alice to bob: accepted (201), connection 1" ]
	[ "${lines[1]}" = "$ID-b: 100 from alice to bob: accepted (201), connection 1" ]
	run "$CLIENT" balance --account bob --url "https://localhost:$OTHER"
	[ "$output" = "bob: 42" ]
	run "$CLIENT" balance --account alice --url "https://localhost:$OTHER"
	[ "$output" = "alice: refused (404), connection 1" ]
	[ "$status" -eq 1 ]
	run -0 transfer --url "https://localhost:$OTHER" --suite tls12-gcm
}

@test "a lost connection is reported; --retry sends anew, or the same bytes" {
	need python3
	one_shot close
	run transfer --url "http://127.0.0.1:$OTHER" --id "$ID"
	[ "$status" -eq 1 ]
	[ "$output" = "$ID: 100 from alice to bob: connection-lost (lost), connection 1" ]
	one_shot close 201
	run transfer --url "http://127.0.0.1:$OTHER" --id "$ID" --retry same
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "$ID: 100 from alice to bob: accepted (201), connection 2" ]
	cmp "$BATS_TEST_TMPDIR/got.1" "$BATS_TEST_TMPDIR/got.2"
	one_shot close 201
	run transfer --url "http://127.0.0.1:$OTHER" --id "$ID" --retry fresh
	[ "$status" -eq 0 ]
	run ! cmp -s "$BATS_TEST_TMPDIR/got.1" "$BATS_TEST_TMPDIR/got.2"
	[ "$(wc -c <"$BATS_TEST_TMPDIR/got.1")" -eq \
		"$(wc -c <"$BATS_TEST_TMPDIR/got.2")" ]
	one_shot close close 201
	run transfer --url "http://127.0.0.1:$OTHER" --id "$ID" --retry same
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	[ ! -e "$BATS_TEST_TMPDIR/got.3" ]
}

@test "silence, noise and nobody are told apart" {
	need python3
	one_shot silence noise
	run transfer --url "http://127.0.0.1:$OTHER" --timeout 200
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (timeout), connection 1" ]]
	run transfer --url "http://127.0.0.1:$OTHER"
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (malformed), connection 1" ]]
	run transfer --url "http://127.0.0.1:$OTHER"
	[ "$status" -eq 1 ]
	[[ $output == *"connection-lost (unreachable), connection 1" ]]
}

@test "--step waits for a line: from a pipe, from a file, or in vain" {
	mkfifo "$BATS_TEST_TMPDIR/keys"
	transfer --url "$URL" --id "$ID-a" --id "$ID-b" --step \
		<"$BATS_TEST_TMPDIR/keys" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	exec 4>"$BATS_TEST_TMPDIR/keys"
	await '"ready"' "$EVENTS"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = "press Enter for the next transfer" ]
	echo >&4
	wait $pid
	exec 4>&-
	[ "$(grep -c accepted "$BATS_TEST_TMPDIR/out")" -eq 2 ]

	printf '\n\n' >"$BATS_TEST_TMPDIR/lines"
	transfer --url "$URL" --id "$ID-c" --id "$ID-d" --id "$ID-e" --step \
		<"$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c accepted "$BATS_TEST_TMPDIR/out")" -eq 3 ]
	transfer --url "$URL" --id "$ID-f" --id "$ID-g" --step \
		</dev/null >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c accepted "$BATS_TEST_TMPDIR/out")" -eq 1 ]
}

@test "while it waits the client notices that the connection is gone" {
	start short gateway --listen "$OTHER" --upstream "localhost:$BALANCER"
	mkfifo "$BATS_TEST_TMPDIR/keys"
	transfer --url "https://localhost:$OTHER" --id "$ID-a" --id "$ID-b" \
		--step <"$BATS_TEST_TMPDIR/keys" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	exec 4>"$BATS_TEST_TMPDIR/keys"
	await '"ready"' "$EVENTS"
	stop short
	await '"action":"closed"' "$EVENTS"
	start again gateway --listen "$OTHER" --upstream "localhost:$BALANCER"
	echo >&4
	wait $pid
	exec 4>&-
	cat "$BATS_TEST_TMPDIR/out"
	grep -q "^$ID-b: .*accepted (20.), connection 2$" "$BATS_TEST_TMPDIR/out"
}

# The head of a ClientHello that never comes whole, or of nothing at all.
@test "who does not complete the handshake is left after ten seconds" {
	need python3
	start slow gateway --listen "$OTHER" --upstream "localhost:$BALANCER"
	run -0 timeout 30 python3 - "$OTHER" <<-END
		import socket, sys, time
		began = time.monotonic()
		peers = [socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    for _ in range(2)]
		drip, silent = peers
		drip.sendall(b"\\x16\\x03\\x01\\x02\\x00\\x01")
		drip.settimeout(0.2)
		while True:
		    try:
		        drip.sendall(b"\\x00")
		        if drip.recv(1) == b"":
		            break
		    except socket.timeout:
		        pass
		    except OSError:
		        break
		silent.settimeout(5)
		assert silent.recv(1) == b""
		print(time.monotonic() - began)
	END
	echo "$output"
	[ "${output%.*}" -ge 9 ]
	[ "${output%.*}" -le 20 ]
	[ "$(count '"closed","reason":"timeout"' "$BATS_TEST_TMPDIR/slow")" -eq 2 ]
}

@test "a port in use: exit 2 and one line" {
	for role in "gateway --upstream localhost:$BALANCER" \
		"balancer --backend localhost:$BACKEND" \
		"backend --ledger $BATS_TEST_TMPDIR/ledger"; do
		# shellcheck disable=SC2086
		run timeout 10 "$SERVER" $role --listen "$BALANCER"
		echo "$role: $status: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *"$BALANCER"* ]]
	done
}

@test "a mistake in the options: exit 2 and one line" {
	while read -r program arguments; do
		# shellcheck disable=SC2086
		run timeout 10 "$program" $arguments
		echo "$program $arguments: $status: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done <<-END
		$CLIENT dance
		$CLIENT transfer
		$CLIENT transfer --from a --to b
		$CLIENT transfer --from a --to b --amount 0
		$CLIENT transfer --from a --to b --amount x
		$CLIENT transfer --from a --to b --amount 1 --url ftp://x
		$CLIENT transfer --from a --to b --amount 1 --url https://x/y
		$CLIENT transfer --from a --to b --amount 1 --url http://[::1]:80
		$CLIENT transfer --from a --to b --amount 1 --sign all
		$CLIENT transfer --from a --to b --amount 1 --keyid nobody
		$CLIENT transfer --from a --to b --amount 1 --keys /nowhere
		$CLIENT transfer --from a --to b --amount 1 --ca /nowhere
		$CLIENT transfer --from a --to b --amount 1 --cert /nowhere
		$CLIENT transfer --from a --to b --amount 1 --suite tls10
		$CLIENT transfer --from a --to b --amount 1 --retry twice
		$CLIENT transfer --from a --to b --amount 1 --nonsense
		$CLIENT transfer --from a --to b --amount 1 here
		$CLIENT balance
		$SERVER dance
		$SERVER gateway --listen 0 --upstream localhost:1
		$SERVER gateway --listen $OTHER
		$SERVER gateway --listen $OTHER --upstream localhost:1 --suite x
		$SERVER gateway --listen $OTHER --upstream localhost:1 --certificate /nowhere
		$SERVER gateway --listen $OTHER --upstream localhost:1 --client-ca /nowhere
		$SERVER gateway --listen $OTHER --upstream localhost:99999
		$SERVER gateway --listen $OTHER --upstream localhost:1 --check idempotency
		$SERVER gateway --listen $OTHER --upstream localhost:1 --early-data once --early-data-methods get
		$SERVER gateway --listen $OTHER --upstream localhost:1 --early-data once --early-data-methods GET,
		$SERVER gateway --listen $OTHER --upstream localhost:1 --early-data once --early-data-methods GET,NONSENSE
		$SERVER balancer --listen $OTHER
		$SERVER balancer --listen $OTHER --backend localhost:1 --policy x
		$SERVER backend --listen $OTHER --check all
		$SERVER backend --listen $OTHER --keys /nowhere
		$SERVER backend --listen $OTHER --account alice
		$SERVER backend --listen $OTHER --ledger /nowhere/ledger
	END
}

@test "a backend that is refused leaves no ledger behind" {
	for words in "--listen $OTHER --keys /nowhere" \
		"--listen $OTHER --account alice" "--listen $BACKEND"; do
		# shellcheck disable=SC2086
		run -2 timeout 10 "$SERVER" backend $words \
			--ledger "$BATS_TEST_TMPDIR/ledger"
		[ ! -e "$BATS_TEST_TMPDIR/ledger" ]
	done
}

@test "a full disk: 503, and nothing acknowledged is lost" {
	need python3
	unshare -Urm true || skip "needs unprivileged user namespaces"
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk" "$BATS_TEST_TMPDIR/saved"
	# shellcheck disable=SC2016
	REPLAYLAB_EVENTS=$BATS_TEST_TMPDIR/full unshare -Urm bash -c '
		mount -t tmpfs -o size=256k disk "$1"
		"$2" backend --listen "$3" --ledger "$1/ledger" --check none &
		echo $! >"$4/backend.pid"
		wait $!
		echo $? >"$4/exit"
		cp "$1"/* "$4/saved"
		touch "$4/done"' - "$disk" "$SERVER" "$OTHER" \
		"$BATS_TEST_TMPDIR" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	await '"ready"' "$BATS_TEST_TMPDIR/full"
	for i in {1..400}; do
		args=()
		for n in {1..16}; do args+=(--id "f-$i-$n"); done
		transfer --url "http://localhost:$OTHER" --sign none \
			"${args[@]}" >>"$BATS_TEST_TMPDIR/out" || break
	done
	tail -3 "$BATS_TEST_TMPDIR/out"
	grep -q "refused (503 store-unavailable)" "$BATS_TEST_TMPDIR/out"
	# It still answers what needs no room.
	run -0 "$CLIENT" balance --account bob --sign none \
		--url "http://localhost:$OTHER"
	kill "$(cat "$BATS_TEST_TMPDIR/backend.pid")"
	rm "$BATS_TEST_TMPDIR/backend.pid"
	await "" "$BATS_TEST_TMPDIR/exit"
	wait
	[ "$(cat "$BATS_TEST_TMPDIR/exit")" -eq 0 ]
	python3 - "$BATS_TEST_TMPDIR" <<-END
		import re, sqlite3, sys
		told = set(re.findall(r"^(f\S+): .*accepted",
		    open(sys.argv[1] + "/out").read(), re.M))
		base = sqlite3.connect(sys.argv[1] + "/saved/ledger")
		kept = [r[0] for r in base.execute("select id from transfer")]
		print(len(told), "acknowledged,", len(kept), "in the ledger")
		assert told and sorted(told) == sorted(kept)
		assert base.execute("pragma integrity_check").fetchone()[0] == "ok"
	END
}

@test "fifty copies of one signed request at once: one row, one acceptance" {
	need python3 curl
	signed_request "$ID"
	urls=()
	for _ in {1..50}; do
		urls+=(-o /dev/null "$URL/transfers")
	done
	run get --parallel --parallel-immediate --parallel-max 50 \
		-H "@$BATS_TEST_TMPDIR/head" -w '%{http_code}\n' \
		--data-binary "@$BATS_TEST_TMPDIR/content" "${urls[@]}"
	sort <<<"$output" | uniq -c
	[ "$(grep -c '^20.$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^409$' <<<"$output")" -eq 49 ]
	[ "$(rows "$T/ledger.sqlite" "$ID")" -eq 1 ]
	[ "$(grep "\"id\":\"$ID\"" "$T/backend.events" |
		grep -c '"verdict":"replayed"')" -eq 49 ]
}

@test "the versions and the help are answered without a lab" {
	unset REPLAYLAB_DIR
	for program in "$CLIENT" "$SERVER"; do
		run -0 "$program" --version
		[[ ${lines[0]} == "$(basename "$program") "* ]]
		[[ $output == *OpenSSL* ]]
		run -0 "$program" --help
	done
	run -0 "$CLIENT" transfer --help
	[[ $output == *"--retry"* ]]
}

# refused STATUS WORD ARGUMENT...: an order to the backend of this test.
refused() {
	local code=$1 word=$2
	shift 2
	run get -o "$BATS_TEST_TMPDIR/answer" -w '%{http_code} %{content_type}' \
		-H 'Content-Type: application/json' -d "$ORDER" "$@"
	[ "$output" = "$code application/problem+json" ] || {
		echo "$*: $output"
		return 1
	}
	grep -q "urn:replaylab:problem:$word\"" "$BATS_TEST_TMPDIR/answer"
}

@test "a malformed condition or proof is refused by name, and nothing is booked" {
	local bank=http://localhost:$OTHER value
	ORDER='{"id":"t-1","from":"alice","to":"bob","amount":1}'

	start backend backend --listen "$OTHER" --check idempotency \
		--ledger "$BATS_TEST_TMPDIR/ledger"
	for value in k '"k' '""' '"a", "b"' 1 "\"$(printf '%065d' 0)\""; do
		refused 400 malformed -H "Idempotency-Key: $value" \
			"$bank/transfers"
	done
	for value in v0 '"v0' '"v0",' '"v0" "v1"' '"v0"x' '*, "v0"'; do
		refused 400 malformed -H "If-Match: $value" \
			"$bank/accounts/alice"
	done
	refused 412 precondition-failed -H 'If-Match: W/"v0"' \
		"$bank/accounts/alice"
	refused 400 malformed "$bank/accounts/bob"
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 0 ]
	run get -o /dev/null -w '%{http_code}' -H 'If-Match: "v0"' -d "$ORDER" \
		"$bank/accounts/alice"
	[ "$output" = 201 ]
	run get -D - -o /dev/null "$bank/accounts/alice"
	[[ "$output" == *'ETag: "v1"'* ]]
	refused 412 precondition-failed -H 'If-Match: "v0"' \
		"$bank/accounts/alice"
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 1 ]
	stop backend
	start dpop backend --listen "$OTHER" --scheme dpop \
		--ledger "$BATS_TEST_TMPDIR/ledger"
	for value in x a.b.c 'e30.e30.AAAA' ..; do
		refused 400 malformed -H "DPoP: $value" \
			-H 'Authorization: DPoP client' "$bank/transfers"
	done
	refused 401 unsigned "$bank/transfers"
	stop dpop
	start hmac backend --listen "$OTHER" --scheme hmac-date \
		--check timestamp --ledger "$BATS_TEST_TMPDIR/ledger"
	for value in hmac 'hmac username="client"' Basic 'hmac a=,'; do
		refused 400 malformed -H "Authorization: $value" \
			"$bank/transfers"
	done
	refused 401 unsigned "$bank/transfers"
	stop hmac
	start sigv4 backend --listen "$OTHER" --scheme sigv4 \
		--check timestamp --ledger "$BATS_TEST_TMPDIR/ledger"
	for value in AWS4-HMAC-SHA256 'AWS4-HMAC-SHA256 Credential=client/'; do
		refused 400 malformed -H "Authorization: $value" \
			-H 'X-Amz-Date: 20261126T090000Z' "$bank/transfers"
	done
	refused 401 unsigned "$bank/transfers"
	stop sigv4
	start digest backend --listen "$OTHER" --scheme digest \
		--check challenge --ledger "$BATS_TEST_TMPDIR/ledger"
	for value in Digest 'Digest username="client"' 'Digest nc=1,'; do
		refused 400 malformed -H "Authorization: $value" \
			"$bank/transfers"
	done
	refused 401 unsigned "$bank/transfers"
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 1 ]
}

@test "curl: the same Idempotency-Key gets the same answer, and books once" {
	local bank=http://localhost:$OTHER
	ORDER='{"id":"t-1","from":"alice","to":"bob","amount":1}'

	start backend backend --listen "$OTHER" --check idempotency \
		--ledger "$BATS_TEST_TMPDIR/ledger"
	for i in 1 2; do
		get -o "$BATS_TEST_TMPDIR/answer$i" -d "$ORDER" \
			-H 'Idempotency-Key: "k-1"' "$bank/transfers"
	done
	grep -q '"seq":1' "$BATS_TEST_TMPDIR/answer1"
	cmp "$BATS_TEST_TMPDIR/answer1" "$BATS_TEST_TMPDIR/answer2"
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 1 ]
	ORDER='{"id":"t-1","from":"alice","to":"bob","amount":2}'
	refused 422 key-reused -H 'Idempotency-Key: "k-1"' "$bank/transfers"
	stop backend
	# The order of a GET is its query.
	start unsafe backend --listen "$OTHER" --check idempotency \
		--weakness unsafe-get --ledger "$BATS_TEST_TMPDIR/ledger"
	for expected in 'amount=1 201' 'amount=1 201' 'amount=2 422'; do
		run curl -sS -m 10 -o /dev/null -w '%{http_code}' \
			-H 'Idempotency-Key: "k-2"' \
			"$bank/transfers?id=t-2&from=alice&to=bob&${expected% *}"
		[ "$output" = "${expected#* }" ]
	done
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-2)" -eq 1 ]
}

@test "curl signs in SigV4 style for our backend, and for no other scope" {
	local secret=of-curl-and-us bank=http://localhost:$OTHER
	ORDER='{"id":"t-1","from":"alice","to":"bob","amount":1}'

	printf '{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",%s}]}' \
		"\"secret\":\"$(printf %s "$secret" | base64)\"" \
		>"$BATS_TEST_TMPDIR/keys.json"
	start backend backend --listen "$OTHER" --scheme sigv4 \
		--check timestamp --keys "$BATS_TEST_TMPDIR/keys.json" \
		--ledger "$BATS_TEST_TMPDIR/ledger"
	for scope in lab:shop west:bank; do
		refused 401 forged --aws-sigv4 "aws:amz:$scope" \
			--user "client:$secret" "$bank/transfers"
	done
	refused 401 forged --aws-sigv4 aws:amz:lab:bank \
		--user client:another "$bank/transfers"
	run get -o /dev/null -w '%{http_code}' -d "$ORDER" \
		-H 'Content-Type: application/json' \
		--aws-sigv4 aws:amz:lab:bank --user "client:$secret" \
		"$bank/transfers"
	[ "$output" = 201 ]
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 1 ]
}

hash() { # PART...: with colons between
	local IFS=:
	printf %s "$*" | sha256sum | cut -d' ' -f1
}

# Digest credentials for ORDER, by no code of ours.
digest() { # NONCE NC
	local a1 a2
	a1=$(hash client bank "$secret")
	a2=$(hash POST /transfers)
	printf 'Digest username="client", realm="bank", nonce="%s", ' "$1"
	printf 'uri="/transfers", algorithm=SHA-256, qop=auth, cnonce="c", '
	printf 'nc=%s, response="%s"' "$2" \
		"$(hash "$a1" "$1" "$2" c auth "$a2")"
}

@test "Digest: curl answers our challenge, and one nonce serves each nc once" {
	local secret=of-curl-and-us bank=http://localhost:$OTHER nonce nc
	ORDER='{"id":"t-1","from":"alice","to":"bob","amount":1}'

	printf '{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",%s}]}' \
		"\"secret\":\"$(printf %s "$secret" | base64)\"" \
		>"$BATS_TEST_TMPDIR/keys.json"
	start backend backend --listen "$OTHER" --scheme digest \
		--check challenge --keys "$BATS_TEST_TMPDIR/keys.json" \
		--ledger "$BATS_TEST_TMPDIR/ledger"
	# Not --digest: with that the first request of curl has no content.
	refused 401 forged --anyauth --user client:another "$bank/transfers"
	run get -o /dev/null -w '%{http_code}' -d "$ORDER" --anyauth \
		-H 'Content-Type: application/json' \
		--user "client:$secret" "$bank/transfers"
	[ "$output" = 201 ]
	nonce=$(get -D - -o /dev/null -d "$ORDER" "$bank/transfers" |
		sed -n 's/.*nonce="\([^"]*\)".*/\1/p')
	for nc in 00000001 00000002; do
		run get -o /dev/null -w '%{http_code}' -d "$ORDER" \
			-H 'Content-Type: application/json' \
			-H "Authorization: $(digest "$nonce" $nc)" \
			"$bank/transfers"
		[ "$output" = 201 ]
	done
	refused 409 replayed -H "Authorization: $(digest "$nonce" 00000001)" \
		"$bank/transfers"
	[ "$(rows "$BATS_TEST_TMPDIR/ledger" t-1)" -eq 3 ]
}

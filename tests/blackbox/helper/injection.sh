# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stories of injection.bats, run inside helper/hub.

# Answers every request of every connection with 200 and notes its lines.
serve_http() {
	on server perl -MIO::Socket::INET -e '
		$| = 1;
		my $l = IO::Socket::INET->new(Listen => 9, LocalPort => 80,
		    ReuseAddr => 1) or die;
		print "listening\n";
		while (my $c = $l->accept) {
			next if fork;
			while (<$c>) {
				print "request\n" if /^POST/;
				print "id $1\n" if s/.*"id":"([^"]*)".*/$1/s;
				print $c "HTTP/1.1 200 OK\r\nContent-Length:" .
				    " 0\r\n\r\n" if /^t-/;
			}
			exit;
		}' >"$REPLAYLAB_DIR/server" 2>&1 &
	await listening "$REPLAYLAB_DIR/server"
}

# One transfer, then the connection stays open until this script ends.
transfer() {
	on client bash -c '
		exec 3<>/dev/tcp/198.51.100.20/80
		c=$(printf "{\"id\":\"t-1\"}\n_")
		c=${c%_}
		printf "POST /transfers HTTP/1.1\r\nHost: gateway\r\n" >&3
		printf "Content-Length: %s\r\n\r\n%s" ${#c} "$c" >&3
		read -r line <&3
		echo "$line"
		read -r forever <> <(:)' >"$REPLAYLAB_DIR/client" &
	await "200 OK" "$REPLAYLAB_DIR/client"
	await "id t-1" "$REPLAYLAB_DIR/server"
}

record() {
	REPLAYLAB_EVENTS=$REPLAYLAB_DIR/events on attacker "$ATTACKER" record \
		--on outer "$@" >"$REPLAYLAB_DIR/record" &
	recorder=$!
	await '"ready"' "$REPLAYLAB_DIR/events"
}

attack() {
	REPLAYLAB_EVENTS=$REPLAYLAB_DIR/events on attacker "$ATTACKER" "$@"
}


# What a story leaves for the test to look at.
tell() {
	echo "times executed: $(grep -c '^id t-1' "$REPLAYLAB_DIR/server")"
	cat "$REPLAYLAB_DIR/events"
}

a_request() {
	serve_http
	record
	transfer
	attack inject --request last
	await "id t-1" "$REPLAYLAB_DIR/server" 2
	attack inject --request 1
	await "id t-1" "$REPLAYLAB_DIR/server" 3
	tell
}

# Without offload the recorded frame has the checksum it has on a wire.
a_segment() {
	on client "$ETHTOOL" -K outer tx off tso off gso off >/dev/null
	serve_http
	record
	transfer
	attack inject --segment client:last
	# What comes after the frame has been dealt with by then.
	attack inject --request last
	await "id t-1" "$REPLAYLAB_DIR/server" 2
	tell
	NSTAT_HISTORY=$REPLAYLAB_DIR/nstat on server nstat -az TcpExtTCPDSACKOldSent TcpInCsumErrors
}

# Changed, and several at the same instant; and what cannot be changed.
a_changed_request() {
	serve_http
	record --until "1 request"
	transfer
	wait "$recorder"
	attack tamper --request 1 --set-content $'{"id":"t-8"}\n' \
		--fix-digest --set-header X-Copy=1 --count 3 --at-once
	attack tamper --request 1 --recase host
	attack tamper --request 1 --drop-header Cookie ||
		echo "a field that is not there: $?"
	attack tamper --request 1 --drop-header Host ||
		echo "no request any more: $?"
	echo "changed: $(grep -c '^id t-8' "$REPLAYLAB_DIR/server")"
	tell
}

a_connection_of_its_own() {
	serve_http
	record --until "1 request"
	transfer
	wait "$recorder"
	attack replay --request 1 --count 2
	attack replay --request last --to server
	tell
}

serve_tls() {
	on server openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x \
		-keyout "$REPLAYLAB_DIR/key" -out "$REPLAYLAB_DIR/cert" \
		2>"$REPLAYLAB_DIR/req"
	mkfifo "$REPLAYLAB_DIR/silence"
	on server openssl s_server -accept 80 -key "$REPLAYLAB_DIR/key" \
		-cert "$REPLAYLAB_DIR/cert" "$@" <>"$REPLAYLAB_DIR/silence" \
		>"$REPLAYLAB_DIR/server" 2>&1 &
	await ACCEPT "$REPLAYLAB_DIR/server"
}

# The connection stays open until descriptor 4 is closed.
say_by_tls() {
	mkfifo "$REPLAYLAB_DIR/words"
	exec 4<>"$REPLAYLAB_DIR/words"
	on client openssl s_client -quiet -no_ign_eof "$@" \
		-connect 198.51.100.20:80 <"$REPLAYLAB_DIR/words" \
		>"$REPLAYLAB_DIR/client" 2>&1 4>&- &
	echo "id t-1" >&4
	await "id t-1" "$REPLAYLAB_DIR/server"
}

# The receiver's record layer refuses what its TCP took in.
a_record() {
	serve_tls "$@"
	record
	say_by_tls
	attack inject --record client:last
	await "bad record mac" "$REPLAYLAB_DIR/server"
	tell
}

a_reflected_record() {
	serve_tls "$@"
	record
	say_by_tls
	attack inject --record server:last --as client --into 9 &&
		echo "into a conversation that is none" >&2 && return 1
	attack inject --record server:last --as client --into 1
	await "bad record mac" "$REPLAYLAB_DIR/server"
	tell
}

# s_server has one connection at a time, so the client leaves first.
a_stream() {
	serve_tls "$@"
	record
	say_by_tls
	exec 4>&-
	await DONE "$REPLAYLAB_DIR/server"
	attack replay --stream client
	tell
}

# The association lives on: what is said behind the copies arrives.
a_datagram() {
	serve_tls -dtls1_2 "$@"
	record
	say_by_tls -dtls1_2
	attack show "$REPLAYLAB_DIR/tape.pcapng"
	attack inject --record client:last --count 3
	attack inject --record client:last --set-number 99999
	echo "id t-2" >&4
	await "id t-2" "$REPLAYLAB_DIR/server"
	attack inject --record client:last
	attack inject --record server:last --as client
	attack inject --record client:last --timestamp 0 ||
		echo "a time stamp: $?"
	echo "id t-3" >&4
	await "id t-3" "$REPLAYLAB_DIR/server"
	echo "times t-1: $(grep -c '^id t-1' "$REPLAYLAB_DIR/server")"
	attack inject --request 1 || echo "a request that is not there: $?"
	tell
}

# What is for datagrams only is refused over TCP, and nothing is sent.
a_count_over_tcp() {
	serve_tls
	record
	say_by_tls
	for words in "--count 2" "--set-number 7"; do
		attack inject --record client:last $words || echo "over TCP: $?"
	done
	tell
}

# Leaves a tape for other tests.
a_tape_of_datagrams() {
	rm -f "$REPLAYLAB_DIR/events" # of the tape before: it is ready, too
	serve_tls -dtls1_2
	record --tape "$1"
	say_by_tls -dtls1_2
	until attack show "$1" | grep -q application_data; do :; done
}

# Leaves a tape for other tests.
a_tape() {
	serve_http
	record --until "1 request" --tape "$1"
	transfer
	wait "$recorder"
}

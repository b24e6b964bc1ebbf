# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stories of relay.bats, run inside helper/hub.

events=$REPLAYLAB_DIR/events
said=$REPLAYLAB_DIR/said

# A switch learns who is where, and shows a frame to nobody else.
ip link set hub type bridge ageing_time 30000

exec_on() {
	exec ip netns exec "$@"
}

attack() {
	REPLAYLAB_EVENTS=$events on attacker "$ATTACKER" "$@"
}

# Not `on`: signals must reach the relay itself.  Descriptor 5 is its input.
relay() {
	mkfifo "$REPLAYLAB_DIR/enter"
	exec 5<>"$REPLAYLAB_DIR/enter"
	REPLAYLAB_EVENTS=$events exec_on attacker "$ATTACKER" relay \
		--between client,server "$@" \
		<"$REPLAYLAB_DIR/enter" >"$REPLAYLAB_DIR/relay" 2>&1 5>&- &
	relay=$!
	await '"ready"' "$events"
}

press_enter() {
	local before
	before=$(grep -c '"ready"' "$events")
	echo >&5
	await '"ready"' "$events" $((before + 1))
}

# Ends the relay and tells all there is to tell.
tell() {
	kill "$relay" 2>/dev/null || :
	wait "$relay"
	echo "status $?"
	cat "$REPLAYLAB_DIR/relay" "$events"
	show_neighbours
}

# What the server gets goes to a file, byte for byte, whatever TCP did.
listen_plain() {
	on server perl -MIO::Socket::INET -e '
		$| = 1;
		my $l = IO::Socket::INET->new(Listen => 9, LocalPort => 80,
		    ReuseAddr => 1) or die;
		open my $said, ">", $ARGV[0] or die;
		$said->autoflush;
		print "listening\n";
		$SIG{CHLD} = "IGNORE";
		while (my $c = $l->accept) {
			next if fork;
			while (sysread $c, my $b, 1 << 16) { syswrite $said, $b }
			print "end\n";
			exit;
		}' "$said" >"$REPLAYLAB_DIR/server" 2>&1 &
	await listening "$REPLAYLAB_DIR/server"
}

send_much() {
	on client perl -MIO::Socket::INET -MTime::HiRes=time -e '
		my $s = IO::Socket::INET->new(PeerAddr => "198.51.100.20:80")
		    or die "connect: $!";
		my $began = time;
		open my $f, "<", $ARGV[0] or die;
		while (sysread $f, my $b, 1 << 16) { print $s $b }
		shutdown $s, 1;
		sysread $s, my $end, 1;
		printf "goodput: %.0f Mbit/s\n",
		    8e-6 * (-s $ARGV[0]) / (time - $began)' "$1"
}

much_data() { # MEGABYTES ...
	local size=$1
	shift
	head -c "${size}M" /dev/urandom >"$REPLAYLAB_DIR/much"
	listen_plain
	relay "$@"
	send_much "$REPLAYLAB_DIR/much"
	await end "$REPLAYLAB_DIR/server"
	cmp "$REPLAYLAB_DIR/much" "$said" && echo "not a byte lost"
	tell
}

much_data_without_offload() {
	for host in client server; do
		on $host "$ETHTOOL" -K outer tx off tso off gso off gro off \
			>/dev/null
	done
	much_data "$@"
}

show_neighbours() {
	for host in client server; do
		echo "$host: $(on $host ip neigh show dev outer)"
	done
}

neighbours() {
	listen_plain
	relay
	echo . >"$REPLAYLAB_DIR/much"
	send_much "$REPLAYLAB_DIR/much"
	echo "while it runs"
	show_neighbours
	echo "after it left"
	tell
}

until_enough() {
	listen_plain
	relay --until "6 frames"
	echo . >"$REPLAYLAB_DIR/much"
	send_much "$REPLAYLAB_DIR/much"
	wait "$relay"
	echo "status $?"
	show_neighbours
}

# Much goes there and comes back in TLS records, of which one each way is left
# out or put in twice.
both_ways() {
	perl -e 'for my $n (1 .. 1000) {
		print "\x17\x03\x03", pack "n/a*", sprintf("%06d", $n) x 1700
	}' >"$REPLAYLAB_DIR/much"
	on server perl -MIO::Socket::INET -e '
		$| = 1;
		my $l = IO::Socket::INET->new(Listen => 9, LocalPort => 80,
		    ReuseAddr => 1) or die;
		print "listening\n";
		my $c = $l->accept;
		while (sysread $c, my $b, 1 << 16) { print $c $b }
		close $c' >"$REPLAYLAB_DIR/server" 2>&1 &
	await listening "$REPLAYLAB_DIR/server"
	relay --drop client:300 --duplicate client:500 --swap server:700 \
		--drop server:998 --duplicate server:3
	on client perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => "198.51.100.20:80")
		    or die "connect: $!";
		if (fork) {
			open my $f, "<", $ARGV[0] or die;
			while (sysread $f, my $b, 1 << 16) { print $s $b }
			shutdown $s, 1;
			wait;
		} else {
			while (sysread $s, my $b, 1 << 16) { print $b }
		}' "$REPLAYLAB_DIR/much" >"$said"
	perl -e 'undef $/; $_ = <STDIN>;
		my @have = map { substr $_, 0, 6 }
		    /\x17\x03\x03..((?:\d{6})+)/gs;
		my @want = map { sprintf "%06d", $_ } (1 .. 299, 301 .. 500,
		    500 .. 1000);
		@want[699, 700] = @want[700, 699];
		splice @want, 997, 1;
		splice @want, 3, 0, $want[2];
		print "@have" eq "@want" ? "arrived as expected\n"
		    : "@have\n@want\n"' <"$said"
	tell
}

nobody_there() {
	on server ip link set outer down
	relay 2>/dev/null || :
	wait "$relay" || echo "status $?"
	cat "$REPLAYLAB_DIR/relay"
}

# Four requests, one behind the other, of different lengths; the third is too
# long for a first flight of segments.  The server answers what it got whole.
requests() {
	listen_plain
	relay "$@"
	on client perl -MIO::Socket::INET -MSocket=:all -e '
		my $s = IO::Socket::INET->new(PeerAddr => "198.51.100.20:80")
		    or die "connect: $!";
		setsockopt $s, IPPROTO_TCP, TCP_NODELAY, 1;
		for my $n (1 .. 4) {
			my $c = "<t-$n>" . "x" x (7 * $n);
			$c .= "x" x 60000 if $n == 3;
			syswrite $s, "POST /transfers HTTP/1.1\r\nHost: g\r\n" .
			    "Content-Length: " . length($c) . "\r\n\r\n$c";
		}
		shutdown $s, 1;
		my $n = sysread $s, my $end, 1;
		print defined $n ? "the client saw the end\n"
		    : "the client saw: $!\n"' >"$REPLAYLAB_DIR/client" 2>&1 &
	client=$!
}

and_the_end() { # [CONNECTIONS]
	await end "$REPLAYLAB_DIR/server" "${1:-1}"
	wait "$client"
	cat "$REPLAYLAB_DIR/client"
	echo "arrived: $(grep -ao '<t-.>' "$said" | tr -d '\n')" \
		"bytes: $(wc -c <"$said")"
	tell
}

requests_edited() {
	requests "$@"
	and_the_end
}

request() { # NUMBER: one, over a connection of its own
	on client perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => "198.51.100.20:80")
		    or die "connect: $!";
		print $s "POST / HTTP/1.1\r\nHost: g\r\n" .
		    "Content-Length: 5\r\n\r\n<t-$ARGV[0]>";
		shutdown $s, 1;
		sysread $s, my $end, 1' "$1"
	await "<t-$1>" "$said"
}

requests_held_until_others_passed() {
	requests --hold "request 2" --release-after 2
	await '"withheld"' "$events"
	await '<t-1>' "$said"
	request 5
	echo "after one: $(grep -ao '<t-.>' "$said" | tr -d '\n')"
	request 6
	and_the_end 3
}

requests_held_until_it_leaves() {
	requests --hold "request 2"
	await '"withheld"' "$events"
	kill "$relay"
	and_the_end
}

requests_held() {
	requests --hold "request 2"
	await '"withheld"' "$events"
	await '<t-1>' "$said"
	# What is held back stays so while the client repeats itself.
	read -rt 1 <> <(:) || :
	echo "while held: $(grep -ao '<t-.>' "$said" | tr -d '\n')"
	press_enter
	and_the_end
}
# RULE VERSION [WORD...]: a TLS server that gives each line back reversed, and
# a client that says so many lines at once.
tls() {
	on server openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x \
		-keyout "$REPLAYLAB_DIR/key" -out "$REPLAYLAB_DIR/cert" \
		2>"$REPLAYLAB_DIR/req"
	mkfifo "$REPLAYLAB_DIR/silence"
	on server openssl s_server -accept 80 -key "$REPLAYLAB_DIR/key" -rev \
		-cert "$REPLAYLAB_DIR/cert" "$2" <>"$REPLAYLAB_DIR/silence" \
		>"$REPLAYLAB_DIR/server" 2>&1 &
	await ACCEPT "$REPLAYLAB_DIR/server"
	# shellcheck disable=SC2086 # an option and its value
	relay $1
	mkfifo "$REPLAYLAB_DIR/words"
	exec 4<>"$REPLAYLAB_DIR/words"
	on client openssl s_client -quiet -no_ign_eof \
		-connect 198.51.100.20:80 <"$REPLAYLAB_DIR/words" \
		>"$REPLAYLAB_DIR/client" 2>&1 4>&- &
	echo "dog" >&4
	await god "$REPLAYLAB_DIR/client"
	press_enter
}

tls_told() {
	await "$1" "$REPLAYLAB_DIR/$2"
	cat "$REPLAYLAB_DIR/server" "$REPLAYLAB_DIR/client"
	tell
}

tls_dropped() {
	tls "--drop client:next" "$1"
	echo one >&4
	await '"withheld"' "$events"
	echo two >&4
	tls_told "bad record mac" server
}

tls_swapped() {
	tls "--swap client:next" "$1"
	echo one >&4
	# Only TCP says that the first record has come to the relay.
	read -rt 0.3 <> <(:) || :
	echo two >&4
	tls_told "bad record mac" server
}

tls_at_once() { # RULE VERSION
	tls "$1" "$2"
	echo one >&4
	tls_told "bad record mac" server
}

tls_cut() {
	tls "--cut server:next" "$1"
	echo one >&4
	tls_told "unexpected eof" client
}

tls_held() {
	tls "--hold client:next" "$1"
	echo star >&4
	await '"withheld"' "$events"
	echo live >&4
	press_enter
	tls_told evil client
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# attacker relay on a switch that learns, in namespaces made by hand, between
# programs that are none of ours.

setup() {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME/../.."
	export PATH=$PATH:/usr/sbin:/sbin
	ATTACKER=$(realpath "${B:-build}/bin/attacker")
	ETHTOOL=$(command -v ethtool || :)
	export ATTACKER ETHTOOL
}

story() {
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/relaying.sh "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

# Neighbour tables name the true hardware addresses again.
arp_undone() {
	[[ $output == *"client: 198.51.100.20 lladdr 02:00:00:00:01:20"* ]]
	[[ $output == *"server: 198.51.100.10 lladdr 02:00:00:00:01:10"* ]]
	[[ $output != *"02:00:00:00:01:66"* ]]
}

# In this order in the output.
in_order() {
	local before=-1 line
	for pattern; do
		line=$(grep -n -m1 -- "$pattern" <<<"$output" | cut -d: -f1)
		[ -n "$line" ] && [ "$line" -gt "$before" ]
		before=$line
	done
}

@test "it is between them while it runs, and not any more when it has left" {
	story neighbours
	[[ $output == *"while it runs"*"client: 198.51.100.20 lladdr 02:00:00:00:01:66"*"after it left"* ]]
	[[ $output == *"server: 198.51.100.10 lladdr 02:00:00:00:01:66"*"after it left"* ]]
	output=${output#*after it left}
	arp_undone
	in_order '"position".*"frames_from_a":1,"frames_from_b":1' '"ready"' \
		'"relayed"'
}

@test "it leaves by itself after --until, and undoes ARP" {
	story until_enough
	[[ $output == *"status 0"* ]]
	arp_undone
}

@test "10 MB pass without a byte lost" {
	story much_data 10
	echo "# $(grep goodput <<<"$output"), plain" >&3
	[[ $output == *"not a byte lost"*"status 0"* ]]
	arp_undone
}

@test "10 MB pass through the editor without a byte lost" {
	story much_data 10 --drop client:1000000
	echo "# $(grep goodput <<<"$output"), through the editor" >&3
	[[ $output == *"not a byte lost"*"status 0"* ]]
	arp_undone
}

@test "10 MB pass without offload, where each frame is as on a wire" {
	[ -n "$ETHTOOL" ] || skip "needs ethtool"
	story much_data_without_offload 10 --drop client:1000000
	echo "# $(grep goodput <<<"$output"), without offload" >&3
	[[ $output == *"not a byte lost"*"status 0"* ]]
	[[ $output == *'"split":0'* ]]
}

@test "offloaded segments are split and get their checksums" {
	story much_data 1
	[[ $output == *"not a byte lost"* ]]
	[[ $output != *'"split":0'* ]]
}

@test "10 MB pass both ways at once with something put in and taken out" {
	story both_ways
	[[ $output == *"arrived as expected"* ]]
	arp_undone
}

@test "a request is duplicated, and TCP stays in step" {
	story requests_edited --duplicate "request 2"
	[[ $output == *"arrived: <t-1><t-2><t-2><t-3><t-4> bytes: 60397"* ]]
	[[ $output == *"the client saw the end"* ]]
	[[ $output == *'"copy_sent","kind":"request"'* ]]
	in_order '"position"' '"copy_sent"'
}

@test "a request is dropped, and TCP stays in step" {
	story requests_edited --drop "request 2"
	[[ $output == *"arrived: <t-1><t-3><t-4> bytes: 60245"* ]]
	[[ $output == *"the client saw the end"* ]]
	[[ $output == *'"withheld","rule":"drop","kind":"request"'* ]]
	[[ $output != *copy_sent* ]]
}

@test "the last request is dropped, and only the relay acknowledges it" {
	story requests_edited --drop "request 4"
	[[ $output == *"arrived: <t-1><t-2><t-3> bytes:"* ]]
	[[ $output == *"the client saw the end"* ]]
}

@test "a request larger than a first flight of segments is dropped" {
	story requests_edited --drop "request 3"
	[[ $output == *"arrived: <t-1><t-2><t-4> bytes: 235"* ]]
	[[ $output == *"the client saw the end"* ]]
}

@test "two requests of different lengths are swapped" {
	story requests_edited --swap "request 2"
	[[ $output == *"arrived: <t-1><t-3><t-2><t-4> bytes: 60321"* ]]
	[[ $output == *"the client saw the end"* ]]
}

@test "several rules at once" {
	story requests_edited --drop "request 1" --duplicate "request 2" \
		--duplicate "request 4"
	[[ $output == *"arrived: <t-2><t-2><t-3><t-4><t-4>"* ]]
}

@test "the stream is cut before a request" {
	story requests_edited --cut "request 3"
	[[ $output == *"arrived: <t-1><t-2> bytes:"* ]]
	[[ $output == *"the client saw the end"* ]]
}

@test "a request is held until Enter, with all behind it" {
	story requests_held
	[[ $output == *"while held: <t-1>"*"arrived: <t-1><t-2><t-3><t-4> bytes: 60321"* ]]
	in_order '"withheld","rule":"hold"' '"copy_sent"'
}

@test "a request is held until others have passed" {
	story requests_held_until_others_passed
	[[ $output == *"after one: <t-1><t-5>"* ]]
	[[ $output == *"<t-2>"*'"released":1'* ]]
	[[ $output == *"bytes: 60"* ]]
}

@test "what is held is released when the relay leaves" {
	story requests_held_until_it_leaves
	[[ $output == *"arrived: <t-1><t-2><t-3><t-4>"* ]]
}

for_both_versions() {
	story "$@" -tls1_2
	[[ $output == *"bad record mac"* ]]
	story "$@" -tls1_3
	[[ $output == *"bad record mac"* ]]
}

@test "a TLS record is duplicated: the copy is refused" {
	for_both_versions tls_at_once "--duplicate client:next"
	[[ $output == *'"copy_sent","kind":"record"'* ]]
}

@test "a TLS record is dropped: the next one is refused" {
	for_both_versions tls_dropped
	[[ $output == *'"withheld","rule":"drop","kind":"record"'* ]]
}

@test "two TLS records are swapped: the first out of place is refused" {
	for_both_versions tls_swapped
	in_order '"withheld","rule":"swap"' '"copy_sent"'
}

@test "a TLS record is reflected: its sender refuses it" {
	for_both_versions tls_at_once "--reflect server:next"
	# The one who should have it got it.
	[[ $output == *eno* ]]
}

@test "a TLS record is held and released: nobody notices" {
	for version in -tls1_2 -tls1_3; do
		story tls_held $version
		[[ $output == *rats*evil* ]]
		[[ $output != *"bad record mac"* ]]
	done
}

@test "a TLS stream is cut: the reader sees an end without close_notify" {
	story tls_cut -tls1_3
	[[ $output == *'"withheld","rule":"cut"'* ]]
	[[ $output == *"unexpected eof"* ]]
}

@test "a host that does not answer ARP is named" {
	story nobody_there
	[[ $output == *"server does not answer ARP on outer"* ]]
	[[ $output == *"status 1"* ]]
}

@test "what is no host of the lab is refused by the target lock" {
	run tests/blackbox/helper/hub tests/blackbox/helper/relaying.sh \
		attack relay --between client,elsewhere
	[ "$status" -eq 5 ]
	[[ $output == *"are not both hosts of this lab"* ]]
}

@test "mistakes in the command are named in one line" {
	for words in "" "--between client" "--between client,client" \
		"--between client,server --on inner" \
		"--between client,server --drop client:last" \
		"--between client,server --until 3"; do
		# shellcheck disable=SC2086 # several words
		run tests/blackbox/helper/hub \
			tests/blackbox/helper/relaying.sh attack relay $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

@test "outside a lab it does nothing" {
	run "$ATTACKER" relay --between client,server
	[ "$status" -eq 5 ]
}

@test "intercept reads no more of a client than its server takes" {
	lab=${ATTACKER%/*}/replaylab
	shared=$BATS_TEST_TMPDIR/shared
	on() { # HOST OPTION COMMAND
		cd "$shared" && exec "$lab" shell "$1" "$2" --runs "$BATS_TEST_TMPDIR" \
			-- sh -c "$3" 3>&-
	}
	mkdir "$shared"
	helper=$(realpath "$BATS_TEST_DIRNAME/helper/intercepted")
	(on gateway --empty "'$helper' server >server") &
	server=$!
	until [ -e "$shared/listening" ]; do read -rt 0.02 <> <(:) || :; done
	(on attacker --join "exec attacker intercept --to gateway >attacker") &
	until grep -qs '"attacker".*"ready"' "$BATS_TEST_TMPDIR"/*/shell/events.jsonl
	do read -rt 0.02 <> <(:) || :; done
	(on client --join "'$helper' client attacker >client")
	wait "$server"
	cat "$shared/client" "$shared/server"
	grep -q '^blocked after [0-9]*$' "$shared/client"
	grep -q '^received 67108864, 0 others$' "$shared/server"
}

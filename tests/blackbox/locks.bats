#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The locks that hold while the attacker works: his links let nothing out that is
# no lab's.  That he refuses without a lock is in confinement.bats.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	ATTACKER=$(realpath "${B:-build}/bin/attacker")
	TAPE=$BATS_FILE_TMPDIR/tape.pcapng
	export ATTACKER TAPE PATH=$PATH:/usr/sbin:/sbin
	! unshare --user --map-root-user --net true ||
		timeout 60 tests/blackbox/helper/hub \
			tests/blackbox/helper/changing.sh tape "$TAPE"
}

setup() {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=$PWD/${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
	evidence=$runs/latest/shell
	helper=$PWD/tests/blackbox/helper
	export PATH=$PATH:/usr/sbin:/sbin
}

on_attacker() { # COMMAND...
	"$lab" shell attacker --empty --runs "$runs" -- "$@"
}

# The frames that came out at the other end of the attacker's cables.
came_out() {
	grep -aoE '<(in|out)-[a-z0-9-]+ [0-2]>' "$evidence/witness.pcapng" | sort -u
}

sent() { # in|out WAY...
	local kind=$1 way
	shift
	for way; do
		sed -nE "s/.*\[\"($kind-[a-z0-9-]+)\".*/<\1 $way>/p" \
			"$helper/raw_frames"
	done | sort
}

filtered_or_skip() {
	[[ $("$lab" doctor) == *"ok    egress filter"* ]] ||
		skip "this kernel has no nftables at egress"
}

@test "lock 5: what is no lab's does not come out of the cable, however it is sent" {
	filtered_or_skip
	for link in outer inner; do
		on_attacker "$helper/raw_frames" "$link"
		# Of a frame that goes past the queues the kernel does not know
		# where it begins, if its sender said what it is: it is dropped.
		diff <(came_out | grep -v ' 1>') <(sent in 0 2)
		[[ $(came_out) != *out* ]]
		dropped=$(grep -oP '"egress_drop","on":"attacker","frames":\K\d+' \
			"$evidence/events.jsonl")
		[ "$dropped" -ge "$(sent out 0 1 2 | wc -l)" ]
	done
}

@test "lock 5: without the filter all of it comes out" {
	filtered_or_skip
	command -v nft || skip "needs nft (package nftables)"
	on_attacker sh -c "nft delete table netdev replaylab &&
		$helper/raw_frames outer"
	diff <(came_out) <(sent '(in|out)' 0 1 2)
}

@test "lock 5: the manifest and the result say whether it is there" {
	filtered_or_skip
	"$lab" run S3 --runs "$runs"
	grep -q '"egress":true' "$runs"/latest/S3/manifest.json
	grep -q '"confinement":"A","egress":true' "$runs"/latest/S3/result.json
}

# CHANGE REASON STORY...: the attacker was refused so, as the last thing he did.
stopped() {
	local change=$1 reason=$2
	shift 2
	echo "$* after $change"
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/changing.sh "$1" "$change" "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"status 5"*"sent 0"* ]]
	[[ $output == *"refused by lock 6 (change): "* ]]
	[[ ${lines[-1]} == *"\"refused\",\"lock\":6,\"reason\":\"$reason\"}" ]]
}

default_route="ip route add default via 198.51.100.1"

@test "lock 6: a default route appears under every command that touches a network" {
	stopped "$default_route" route-default waiting record --on outer
	stopped "$default_route" route-default waiting intercept --to server
	stopped "$default_route" route-default waiting \
		replay --stream server --tape "$TAPE"
	stopped "$default_route" route-default reading "$TAPE" \
		inject --segment client:last --on outer
	stopped "$default_route" route-default reading "$TAPE" \
		inject --request last --on outer
	stopped "$default_route" route-default reading "$TAPE" replay --request 1
	stopped "$default_route" route-default reading "$TAPE" \
		replay --request 1 --from client
	stopped "$default_route" route-default reading "$TAPE" tamper --request 1
	stopped "$default_route" route-default reading "$TAPE" tamper \
		--request 1 --at-once
	stopped "$default_route" route-default relaying
}

@test "lock 6: a foreign address appears" {
	stopped "ip addr add 172.16.0.1/32 dev lo" address-foreign relaying
	stopped "ip -6 addr add fd00::1/64 dev lo" address-foreign \
		waiting record --on outer
}

@test "lock 6: a rule appears" {
	stopped "ip rule add fwmark 1 lookup main" rule-not-default \
		waiting record --on outer
}

@test "lock 6: a link that is no lab's appears" {
	unshare --user --map-root-user --net ip tuntap add name t mode tun ||
		skip "this kernel has no tun"
	stopped "ip tuntap add name t mode tun" link-kind relaying
	stopped "ip tuntap add name t mode tun" link-kind \
		waiting record --on outer
}

@test "lock 6: what a lab may do disturbs nobody" {
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/changing.sh allowed \
		"ip addr add 203.0.113.9/24 dev outer
		ip link add name switch type bridge
		ip link set switch up
		ip link set switch down
		ip link del switch
		ip addr del 203.0.113.9/24 dev outer"
	echo "$output"
	[[ $output == *"status 0"*'"relayed"'* ]]
	[[ $output != *'"refused"'* ]]
}

# CHANGE REASON: a relay in the runner's own lab is stopped so.
stopped_in_the_lab() {
	# shellcheck disable=SC2016
	run on_attacker bash -c '
		attacker relay --between client,gateway &
		relay=$!
		until grep -q "\"ready\"" "$REPLAYLAB_DIR/events.jsonl"; do
			read -rt .02 <> <(:) || :
		done
		eval "$0"
		wait $relay' "$1"
	echo "$status: $output"
	[ "$status" -eq 5 ]
	grep -q "\"refused\",\"lock\":6,\"reason\":\"$2\"" \
		"$evidence/events.jsonl"
}

@test "lock 6: the filter of lock 5 is taken away" {
	filtered_or_skip
	command -v nft || skip "needs nft (package nftables)"
	stopped_in_the_lab "nft flush chain netdev replaylab egress" \
		egress-changed
	stopped_in_the_lab "nft delete table netdev replaylab" egress-changed
}

@test "lock 6: a link without the filter of lock 5 appears" {
	filtered_or_skip
	stopped_in_the_lab "ip link add name switch type bridge
		ip link set switch up" egress-uncovered
}

@test "lock 7: a relay that works has no rights left" {
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/changing.sh rights
	echo "$output"
	[ "$status" -eq 0 ]
	for set in Inh Prm Eff Bnd Amb; do
		[[ $output == *"Cap$set:	0000000000000000"* ]]
	done
	[[ $output == *"NoNewPrivs:	1"* ]]
	[[ $output == *"Seccomp:	2"* ]]
}

@test "lock 7: every command gives up its rights before it does anything" {
	run timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/changing.sh given_up "$TAPE"
	echo "$output"
	[ "$status" -eq 0 ]
	python3 - "$output" <<-'END'
		import json, sys
		first, other = {}, set()
		for line in sys.argv[1].splitlines():
		    if not line.startswith("{"):
		        continue
		    event = json.loads(line)
		    first.setdefault(event["pid"], event["event_type"])
		    if event["event_type"] != "confined":
		        other.add(event["event_type"])
		assert len(first) == 10, first
		assert set(first.values()) == {"confined"}, first
		assert {"ready", "copy_sent", "recorded", "relayed",
		        "replayed"} <= other, other
	END
}

@test "lock 8: the last copy goes out, and one more does not" {
	for copies in 2 3; do
		REPLAYLAB_COPIES_MAX=$copies run timeout 60 \
			tests/blackbox/helper/hub \
			tests/blackbox/helper/changing.sh three_copies
		echo "$output"
		[ "$(grep -c "id t-1" <<<"$output")" -eq $((copies + 1)) ]
		[ $copies -eq 3 ] || {
			[[ $output == *"status 5"* ]]
			[[ $output == *'"refused","lock":8,"reason":"copies-spent"'* ]]
			[[ $output == *"refused by lock 8 (budget): it has sent 2 copies"* ]]
		}
	done
	[[ $output == *"status 0"* ]]
}

@test "lock 8: a relay that was left alone ends, and so does a recorder" {
	for words in "relay --between client,server" "record --on outer"; do
		# shellcheck disable=SC2086
		REPLAYLAB_SECONDS_MAX=2 run timeout 60 \
			tests/blackbox/helper/hub \
			tests/blackbox/helper/changing.sh left_alone $words
		echo "$output"
		[[ $output == *"status 5"* ]]
		[[ ${lines[-1]} == *'"refused","lock":8,"reason":"time-spent"}' ]]
	done
}

@test "lock 8: a budget that is none, or a larger one, is refused" {
	for budget in SECONDS_MAX=14401 SECONDS_MAX=0 COPIES_MAX=1000001 \
		COPIES_MAX=many; do
		run env "REPLAYLAB_$budget" timeout 60 tests/blackbox/helper/hub \
			tests/blackbox/helper/changing.sh left_alone \
			record --on outer
		echo "$output"
		[[ $output == *"status 5"* ]]
		[[ $output == *'"lock":8,"reason":"budget-unreadable"}'* ]]
	done
}

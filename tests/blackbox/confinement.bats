#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Each lock of the attacker's confinement, removed in turn: exit 5, the event
# `refused` with that lock's number, and not one frame sent.  The command is
# always the same; in a network like a lab's it sends its frame.

namespaces() {
	unshare --user --map-root-user --net true
}

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.."
	ATTACKER=$(realpath "${B:-build}/bin/attacker")
	REPLAYLAB_DIR=$BATS_FILE_TMPDIR/lab
	export ATTACKER REPLAYLAB_DIR PATH=$PATH:/usr/sbin:/sbin
	export REPLAYLAB_EVENTS=$BATS_FILE_TMPDIR/events
	mkdir "$REPLAYLAB_DIR"
	namespaces || return 0
	timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/injection.sh \
		a_tape "$REPLAYLAB_DIR/tape.pcapng"
	timeout 60 tests/blackbox/helper/hub \
		tests/blackbox/helper/injection.sh \
		a_tape_of_datagrams "$REPLAYLAB_DIR/datagrams.pcapng"
}

setup() {
	namespaces || skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME"
	rm -f "$REPLAYLAB_EVENTS"
}

inject() {
	"$@" "$ATTACKER" inject --segment client:last --on outer
}

inject_datagram() {
	"$@" "$ATTACKER" inject --record client:last --on outer \
		--tape "$REPLAYLAB_DIR/datagrams.pcapng"
}

# LOCK REASON [FRAMES]: the last run was refused so.
refused() {
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output == *"refused by lock $1 ("* ]]
	[[ $output == *"replaylab run"* ]]
	[ "$(grep -c "refused by lock" <<<"$output")" -eq 1 ]
	grep -q "\"event_type\":\"refused\",\"lock\":$1,\"reason\":\"$2\"" \
		"$REPLAYLAB_EVENTS"
	[ "$(grep -c copy_sent "$REPLAYLAB_EVENTS")" -eq 0 ]
	[ "${3-}" = uncounted ] || [[ $output == *"frames sent: 0"* ]]
}

as_root_or_skip() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# The commands that touch a network: each is refused so after the change.
changed() { # LOCK REASON CHANGE
	local commands=(
		"inject --segment client:last --on outer"
		"inject --record client:last --on outer --tape $REPLAYLAB_DIR/datagrams.pcapng"
		"replay --request 1"
		"replay --stream server"
		"replay --request 1 --from server"
		"tamper --request 1"
		"relay --between client,server"
		"intercept --to server"
		"record --on outer --tape $BATS_TEST_TMPDIR/tape.pcapng"
	)
	for words in "${commands[@]}"; do
		# shellcheck disable=SC2086 # several words
		run helper/island "$3" "$ATTACKER" $words
		refused "$1" "$2"
		rm "$REPLAYLAB_EVENTS"
	done
	[ ! -e "$BATS_TEST_TMPDIR/tape.pcapng" ]
}

@test "every command that touches a network is among those that are tried" {
	tried=$(sed -n '/^	local commands=/,/^	)/p' \
	    "$BATS_TEST_FILENAME" |
	    grep -oE '"[a-z]+' | tr -d '"' | sort -u)
	[ "$tried" = "$("$ATTACKER" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' |
	    grep -vx show | sort)" ]
}

@test "in a network like a lab's the frame is sent" {
	run inject helper/island :
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"frames sent: 1"* ]]
	grep -q '"event_type":"copy_sent","kind":"segment"' "$REPLAYLAB_EVENTS"
}

@test "in a network like a lab's the datagram is sent" {
	run inject_datagram helper/island :
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"frames sent: 1"* ]]
	grep -q '"event_type":"copy_sent","kind":"record".*"proto":"UDP"' \
		"$REPLAYLAB_EVENTS"
}

@test "a bridge and a nested lab are allowed too" {
	run inject helper/island "ip link add name b type bridge
		ip link set port master b"
	[ "$status" -eq 0 ]
	run inject unshare --user --map-root-user helper/island :
	[ "$status" -eq 0 ]
}

@test "lock 1: the machine's own namespace, whoever runs it" {
	run inject env
	refused 1 initial-user-namespace uncounted
}

@test "lock 1: root in the machine's own user namespace" {
	as_root_or_skip
	ISLAND_NETWORK=1 changed 1 initial-user-namespace :
}

@test "lock 1: an ordinary user" {
	as_root_or_skip
	# The folders of bats are closed to others.
	open=$(mktemp -d)
	chmod a+rwx "$open"
	cp "$ATTACKER" "$open/attacker"
	REPLAYLAB_EVENTS=$open/events
	REPLAYLAB_DIR=$open
	ISLAND_NETWORK=1 run helper/island : setpriv --reuid=65534 \
		--regid=65534 --clear-groups "$open/attacker" \
		inject --segment client:last --on outer
	refused 1 initial-user-namespace
	rm -r "$open"
}

@test "lock 2: a user namespace without a network of its own" {
	run inject unshare --user --map-root-user
	refused 2 no-packet-socket uncounted
}

@test "lock 2: a user namespace inside the one that made the network" {
	run inject helper/island : unshare --user --map-root-user
	refused 2 no-packet-socket
}

@test "lock 3: a default route" {
	changed 3 route-default "ip route add default via 198.51.100.1"
}

@test "lock 3: a default route in a table of its own" {
	changed 3 route-default \
		"ip route add default via 198.51.100.1 table 77"
}

@test "lock 3: a default route for IPv6" {
	changed 3 route-default "ip -6 route add default dev outer"
}

@test "lock 3: half of everything" {
	changed 3 route-foreign "ip route add 128.0.0.0/1 dev outer"
}

@test "lock 3: a foreign route" {
	changed 3 route-foreign "ip route add 172.16.0.0/24 dev outer"
}

@test "lock 3: a lab's route by way of a foreign gateway" {
	changed 3 route-foreign \
		"ip route add 203.0.113.0/24 via 172.16.0.1 dev outer onlink"
}

@test "lock 3: a route over two gateways" {
	changed 3 route-unusual "ip route add 203.0.113.0/24 \
		nexthop via 198.51.100.1 nexthop via 198.51.100.2"
}

@test "lock 3: a foreign address" {
	changed 3 address-foreign "ip addr add 172.16.0.1/24 dev outer"
}

@test "lock 3: a foreign address at the other end" {
	changed 3 address-foreign \
		"ip addr add 198.51.100.67 peer 172.16.0.1 dev outer"
}

@test "lock 3: a foreign IPv6 address on a link that is down" {
	changed 3 address-foreign \
		"ip link set port down; ip addr add fd00::1/64 dev port"
}

@test "lock 3: a rule more" {
	changed 3 rule-not-default "ip rule add fwmark 1 lookup main"
}

@test "lock 3: a rule more for IPv6" {
	changed 3 rule-not-default "ip -6 rule add lookup 77"
}

# What this kernel does not have is skipped, not passed.
link_of_another_kind() { # REASON CHANGE
	helper/island "$2" true >/dev/null 2>&1 ||
		skip "this kernel has no such link"
	changed 3 "$1" "$2"
}

@test "lock 3: a link of another kind: tun" {
	link_of_another_kind link-kind "ip tuntap add name t mode tun"
}

@test "lock 3: a link of another kind: tap" {
	link_of_another_kind link-kind "ip tuntap add name t mode tap"
}

@test "lock 3: a link of another kind: ifb" {
	link_of_another_kind link-kind "ip link add name t type ifb"
}

@test "lock 3: a link of another kind: vxlan" {
	link_of_another_kind link-kind \
		"ip link add name t type vxlan id 4 dstport 4789"
}

@test "lock 3: a link on another: vlan" {
	link_of_another_kind link-stacked \
		"ip link add name t link outer type vlan id 5"
}

@test "lock 3: a link on another: macvlan" {
	link_of_another_kind link-stacked \
		"ip link add name t link outer type macvlan"
}

@test "lock 3: a link on another: ipvlan" {
	link_of_another_kind link-stacked \
		"ip link add name t link outer type ipvlan"
}

@test "lock 4: no lab" {
	run env -u REPLAYLAB_DIR "$BATS_TEST_DIRNAME/helper/island" : \
		"$ATTACKER" inject --segment client:last --on outer \
		--tape "$REPLAYLAB_DIR/tape.pcapng"
	refused 4 no-manifest
}

other_lab() { # MANIFEST
	mkdir "$BATS_TEST_TMPDIR/lab"
	cp "$REPLAYLAB_DIR"/*.pcapng "$BATS_TEST_TMPDIR/lab"
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/lab/manifest.json"
	export REPLAYLAB_DIR=$BATS_TEST_TMPDIR/lab
}

@test "lock 4: a lab without a manifest" {
	other_lab ""
	rm "$REPLAYLAB_DIR/manifest.json"
	changed 4 manifest-unreadable :
}

@test "lock 4: a manifest that is a folder" {
	other_lab ""
	rm "$REPLAYLAB_DIR/manifest.json"
	mkdir "$REPLAYLAB_DIR/manifest.json"
	changed 4 manifest-unreadable :
}

@test "lock 4: a manifest that is none" {
	other_lab '{"v":1}'
	changed 4 manifest-malformed :
}

@test "lock 4: a manifest with an address that is no lab's" {
	other_lab '{"v":1,"hosts":[{"name":"server","port":80,"interfaces":[
		{"network":"outer","address":"172.16.0.1",
		"mac":"02:00:00:00:01:20"}]}]}'
	changed 4 manifest-address-foreign :
}

@test "lock 4: a recorded connection with a host that is not in the manifest" {
	other_lab '{"v":1,"hosts":[{"name":"server","port":80,"interfaces":[
		{"network":"outer","address":"198.51.100.20",
		"mac":"02:00:00:00:01:20"}]}]}'
	run inject helper/island :
	refused 4 flow-foreign
	rm "$REPLAYLAB_EVENTS"
	run inject_datagram helper/island :
	refused 4 flow-foreign
}

@test "lock 4: a target that is not in the manifest, be it an address" {
	for command in replay tamper; do
		for target in elsewhere 198.51.100.20 172.16.0.1 ""; do
			run helper/island : "$ATTACKER" "$command" \
				--request 1 --to "$target"
			refused 4 target-unknown
		done
	done
}

@test "lock 4: a server to intercept that is not in the manifest" {
	for target in elsewhere 198.51.100.20 172.16.0.1 ""; do
		run helper/island : "$ATTACKER" intercept --to "$target"
		refused 4 target-unknown
	done
}

@test "lock 4: a sender that is not in the manifest, be it an address" {
	for sender in elsewhere 198.51.100.20 172.16.0.1 ""; do
		run helper/island : "$ATTACKER" replay --request 1 \
			--to server --from "$sender"
		refused 4 target-unknown
	done
}

@test "lock 4: a target that serves nothing" {
	run helper/island : "$ATTACKER" replay --request 1 --to client
	refused 4 target-serves-nothing
}

@test "lock 4: the recorded server is no host of this lab" {
	other_lab '{"v":1,"hosts":[]}'
	run helper/island : "$ATTACKER" replay --request 1
	refused 4 target-unknown
}

# A manifest that says the lab's maker put a filter on our links.
filtered_lab() {
	command -v nft || skip "needs nft (package nftables)"
	other_lab "$(sed 's/"v":1,/&"egress":true,/' \
		"$REPLAYLAB_DIR/manifest.json")"
}

# Shell that puts such a filter on LINKS, with POLICY.
filter() { # POLICY LINKS
	echo "nft add table netdev replaylab &&
		nft 'add chain netdev replaylab egress { type filter hook egress \
			devices = { $2 } priority 0; policy $1; }' &&
		nft add rule netdev replaylab egress ether type ip accept"
}

filter_or_skip() {
	filtered_lab
	helper/island "$(filter drop outer)" true >/dev/null 2>&1 ||
		skip "this kernel has no nftables at egress"
}

@test "lock 5: the filter that the manifest speaks of is whole" {
	filter_or_skip
	run inject helper/island "$(filter drop "outer, port")"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"frames sent: 1"* ]]
}

@test "lock 5: the filter that the manifest speaks of is not there" {
	filtered_lab
	changed 5 egress-missing :
}

@test "lock 5: the filter lets out what it does not know" {
	filter_or_skip
	changed 5 egress-open "$(filter accept "outer, port")"
}

@test "lock 5: a link without a filter" {
	filter_or_skip
	changed 5 egress-uncovered "$(filter drop outer)"
}

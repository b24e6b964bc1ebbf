#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The locks that hold while the attacker works: his links let nothing out that is
# no lab's.  That he refuses without a lock is in confinement.bats.

setup() {
	unshare --user --map-root-user --net true ||
		skip "needs unprivileged user namespaces"
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=$PWD/${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
	helper=$PWD/tests/blackbox/helper
	export PATH=$PATH:/usr/sbin:/sbin
}

on_attacker() { # COMMAND...
	"$lab" shell attacker --empty --runs "$runs" -- "$@"
	evidence=$runs/latest/shell
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

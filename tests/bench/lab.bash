# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: the lab's network up, and gone again
#
# Eight hosts and two switches, as `replaylab run` makes them, beside the same
# network by iproute2: `ip -batch` for the switches' side, and one more for each
# host's.  Both in new namespaces, which is part of it.  Only ours also turns
# off the offloads.
. tests/bench/measure.bash

batch=$scratch/batch

up_ours() {
	"$made/plant" build | cut -d' ' -f1
}

gone_ours() {
	"$made/plant" build | cut -d' ' -f2
}

microseconds() {
	echo "${EPOCHREALTIME/[.,]/}"
}

# What ip cannot do is said in as few words as possible.
by_ip() { # prints when it is up
	unshare --user --map-root-user --net --mount --pid --fork \
		--kill-child bash -c '
		mount -t tmpfs batch /run/netns && cd "$1" && ip -batch all ||
			exit
		for host in *; do
			[ $host = all ] || ip -n $host -batch $host || exit
		done
		echo ${EPOCHREALTIME/[.,]/}' bash "$batch"
}

up_ip() {
	local began up
	began=$(microseconds)
	up=$(by_ip)
	echo $(((up - began) * 1000))
}

gone_ip() {
	local began
	began=$(microseconds)
	by_ip >"$scratch/up"
	echo $((($(microseconds) - began) * 1000))
}

bench() {
	mkdir "$batch"
	"$made/plant" batch "$batch"
	measure up_ours up_ip gone_ours gone_ip
	row "lab: network up" "${median[up_ours]}" "ip -batch" \
		"${median[up_ip]}" ns "<=0.5"
	row "lab: network up and gone" "${median[gone_ours]}" "ip -batch" \
		"${median[gone_ip]}" ns "<=0.5"
}

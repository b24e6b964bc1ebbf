#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Labs side by side: each in a container of its own, none in the way of another.

# Podman with a store of its own, and as this machine can run it: without
# systemd it keeps the control groups itself, and no limit can be raised.
own_podman() {
	# podman 5 says it each time, among what it is asked for.
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1
	export CONTAINERS_CONF=$BATS_FILE_TMPDIR/containers.conf
	export CONTAINERS_STORAGE_CONF=$BATS_FILE_TMPDIR/storage.conf
	{
		echo "[containers]"
		echo 'default_ulimits=["nofile=1024:1024", "nproc=1024:1024"]'
		echo 'log_driver="k8s-file"'
		echo "[engine]"
		echo 'events_logger="file"'
		echo 'lock_type="file"'
		echo "tmp_dir=\"$BATS_FILE_TMPDIR/tmp\""
		[ -d /run/systemd/system ] || echo 'cgroup_manager="cgroupfs"'
		! command -v runc >/dev/null || echo 'runtime="runc"'
		echo "[network]"
		echo 'network_backend="netavark"'
	} >"$CONTAINERS_CONF"
	{
		echo "[storage]"
		echo 'driver="overlay"'
		echo "graphroot=\"$BATS_FILE_TMPDIR/root\""
		echo "runroot=\"$BATS_FILE_TMPDIR/run\""
	} >"$CONTAINERS_STORAGE_CONF"
}

# Why podman cannot be used here; nothing if it can.
cannot() {
	local said
	command -v podman >/dev/null || {
		echo "needs podman: apt-get install podman"
		return
	}
	said=$({ tests/blackbox/helper/image lab-of-test && podman run --rm \
	    --network none --pull never --cap-drop all --memory 256m \
	    --pids-limit 256 --cpus 1 lab-of-test hostname; } 2>&1) ||
		tail -n 1 <<<"$said"
}

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	own_podman
	export class=$BATS_FILE_TMPDIR/class why
	why=$(cannot)
	[ -n "$why" ] || why=$(cannot_limit)
}

# Starts the class; why its limits cannot be had here, which is status 4.
cannot_limit() {
	local said status=0
	said=$(class start ann bob cy 2>&1) || status=$?
	echo "$said" >&2
	[ "$status" -eq 0 ] || { [ "$status" -eq 4 ] && tail -n 1 <<<"$said"; }
}

teardown_file() {
	command -v podman >/dev/null || return 0
	podman rm --all --force >/dev/null 2>&1
	podman unshare rm -rf "$BATS_FILE_TMPDIR/class" 2>/dev/null ||
		rm -rf "$BATS_FILE_TMPDIR/class"
	podman system reset --force >/dev/null 2>&1 || :
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	[ "${BATS_TEST_DESCRIPTION#without podman}" != "$BATS_TEST_DESCRIPTION" ] ||
		[ -z "$why" ] || skip "podman cannot run here: $why"
}

class() {
	local verb=$1
	shift
	"${B:-build}/bin/replaylab" class "$verb" --class "$class" \
	    --image lab-of-test "$@"
}

# Homes belong to the labs' own users.
as_owner() {
	[ "$(id -u)" -eq 0 ] || set -- podman unshare "$@"
	"$@"
}

# The containers of a name, a line each, in whatever class.
named() {
	podman ps --all --format '{{.Names}}' | grep -E -- "-$1\$"
}

@test "all have a lab, which plays and is judged" {
	run class list
	echo "$output"
	[ "$(grep -c ' runs ' <<<"$output")" = 3 ]
	for name in ann bob cy; do
		class enter "$name" -- replaylab run P0 S3 3>&- &
	done
	wait
	run class collect --csv
	echo "$output"
	[ "$(grep -cE '^(ann|bob|cy),P0,PASS,nobody,1,' <<<"$output")" = 3 ]
	[ "$(grep -cE '^(ann|bob|cy),S3,PASS,backend:nonce,1,' <<<"$output")" = 3 ]
	class list --json | python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert len(rows) == 3 and all(r["plays"] == 2 and r["runs"] for r in rows)'
	run as_owner "${B:-build}/bin/replaylab" grade "$class"/{ann,bob,cy}/runs
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^(ann|bob|cy) .* PASS +PASS' <<<"$output")" = 6 ]
	run class collect --csv --story R1 --story P0 bob
	[ "${#lines[@]}" -eq 3 ]
	[ "${lines[1]}" = "bob,R1,-,-,0,-" ]
}

@test "none sees another's processes, files or network, or more of the machine" {
	class enter ann -- sh -c 'echo mine >~/secret; sleep 7131 >/dev/null 2>&1 &'
	class enter ann -- sh -c 'cat /proc/[0-9]*/cmdline' | tr '\0' ' ' |
		grep -q 'sleep 7131'
	class enter bob -- sh -c 'cat /proc/[0-9]*/cmdline' | tr '\0' ' ' \
		>"$BATS_TEST_TMPDIR/seen"
	[ "$(grep -c 'sleep 86400' "$BATS_TEST_TMPDIR/seen")" = 1 ]
	[ "$(grep -c 'sleep 7131' "$BATS_TEST_TMPDIR/seen")" = 0 ]
	[ "$(class enter bob -- sh -c 'ls /home; ls -A ~')" = "$(printf 'student\nruns')" ]
	run class enter bob -- sh -c 'grep -c : /proc/net/dev; grep -o "lo:" /proc/net/dev'
	[ "${lines[*]}" = "1 lo:" ]
	[ "$(class enter ann -- id -u)" != "$(class enter bob -- id -u)" ]
	[ "$(class enter ann -- ls -l /proc/self/ns/ipc | grep -o 'ipc:.*')" != \
	    "$(readlink /proc/self/ns/ipc)" ]
	[ "$(class enter ann -- grep CapBnd /proc/self/status | tr -d '\t')" = \
	    "CapBnd:0000000000000000" ]
	run class enter bob -- touch /usr/bin/mine
	[[ $output == *"Read-only file system"* ]]
}

@test "a fork bomb and a memory hog end at their limits, and the others play on" {
	class enter ann -- bash -c 'for i in $(seq 600); do
		sleep 30117 >/dev/null 2>&1 & done' >/dev/null 2>&1 3>&- &
	bomb=$!
	run class enter bob -- bash -c 'exec 2>/dev/null; head -c 400000000 /dev/zero | tail; echo ${PIPESTATUS[1]}'
	echo "$output"
	[ "${lines[-1]}" = 137 ]
	wait "$bomb" || :
	[ "$(pgrep -cfx 'sleep 30117')" -le 256 ]
	for name in cy bob; do
		run class enter "$name" -- replaylab run P0
		[ "$status" -eq 0 ]
	done
	class stop ann
	[ "$(pgrep -cfx 'sleep 30117')" = 0 ]
	class start ann
	[ "$(class enter ann -- hostname)" = ann ]
}

@test "enter passes a status on, and does what sshd was asked for" {
	run class enter cy -- sh -c 'exit 7'
	[ "$status" -eq 7 ]
	export SSH_ORIGINAL_COMMAND='hostname; exit 3'
	run class enter cy
	[ "$output" = cy ]
	[ "$status" -eq 3 ]
	unset SSH_ORIGINAL_COMMAND
	[ "$(echo 'hostname' | class enter cy)" = cy ]
}

@test "what runs is left alone, what ended is started again, homes stay" {
	before=$(podman inspect --format '{{.Id}}' "$(named bob)")
	class enter bob -- touch kept
	podman kill "$(named cy)" >/dev/null
	run class enter cy -- true
	[ "$output" = "replaylab: cy's lab does not run; replaylab class start cy" ]
	[ "$status" -eq 2 ]
	run class start ann bob cy
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"labs that run: 3; "* ]]
	[ "$(podman inspect --format '{{.Id}}' "$(named bob)")" = "$before" ]
	class stop bob
	class start bob
	class enter bob -- ls kept
}

@test "another class of the same name has labs of its own" {
	mkdir "$BATS_TEST_TMPDIR/other"
	other=$BATS_TEST_TMPDIR/other/class
	class enter ann -- sh -c 'echo first >mine'
	mkdir "$other"
	class=$other run class enter ann -- cat mine
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"ann's lab does not run"* ]]
	class=$other class start ann
	[ "$(named ann | wc -l)" = 2 ]
	class=$other run class enter ann -- cat mine
	[ "$status" -ne 0 ]
	class=$other class enter ann -- sh -c 'echo second >mine'
	[ "$(class enter ann -- cat mine)" = first ]
	[ "$(class=$other class stop)" = "labs ended: 1; the folders stay in $other" ]
	[ "$(class enter ann -- hostname)" = ann ]
}

@test "each of a class is a user of its own, and none of the machine's accounts" {
	for name in ann bob cy; do
		class enter "$name" -- sh -c 'cat /proc/self/uid_map; id -u' \
			>"$BATS_TEST_TMPDIR/$name"
	done
	cat "$BATS_TEST_TMPDIR"/{ann,bob,cy}
	[ "$(tail -qn 1 "$BATS_TEST_TMPDIR"/{ann,bob,cy} | sort -u | wc -l)" = 3 ]
	for name in ann bob cy; do
		pid=$(podman inspect --format '{{.State.Pid}}' "$(named "$name")")
		stat --format %u "/proc/$pid"
	done >"$BATS_TEST_TMPDIR/outside"
	cat "$BATS_TEST_TMPDIR/outside"
	[ "$(sort -u "$BATS_TEST_TMPDIR/outside" | wc -l)" = 3 ]
	while read -r id; do
		! getent passwd "$id"
		[ "$(id -u)" != 0 ] || [ "$id" -ge 1879048192 ]
	done <"$BATS_TEST_TMPDIR/outside"
}

@test "a file comes out as it is, also from a terminal" {
	class enter ann -- sh -c 'printf "a\nb\n" >page'
	python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \
	    bash -c '"$0" class enter ann --class "$1" -- cat page >"$2"' \
	    "${B:-build}/bin/replaylab" "$class" "$BATS_TEST_TMPDIR/page"
	[ "$(od -An -c "$BATS_TEST_TMPDIR/page" | tr -d ' ')" = 'a\nb\n' ]
	export SSH_ORIGINAL_COMMAND='cat page'
	[ "$(class enter ann | od -An -c | tr -d ' ')" = 'a\nb\n' ]
}

# A podman that loses one limit, as the real one does without delegation.
@test "a limit that is not set is said, and nothing is left running" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/podman" <<-END
		#!/bin/bash
		words=()
		while [ \$# -gt 0 ]; do
			[ "\$1" = --pids-limit ] && set -- --pids-limit 0 "\${@:3}" &&
				words+=(--pids-limit 0) && shift 2 && continue
			words+=("\$1") && shift
		done
		exec $(command -v podman) "\${words[@]}"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/podman"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run class start dora emil
	echo "$output"
	[ "$status" -eq 4 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"does not limit the labs' processes here"* ]]
	[ -z "$(named dora)" ]
	[ ! -e "$class/dora" ]
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run class start dora --unlimited
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"does not limit the labs' processes here"* ]]
	class stop dora
}

@test "a profile under which no lab can be made is noticed at once" {
	run class start dora --seccomp /nonexistent
	[ "$status" -eq 2 ]
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":
		["unshare","setns"],"action":"SCMP_ACT_ERRNO"}]}' \
		>"$BATS_TEST_TMPDIR/profile"
	run class start dora --seccomp "$BATS_TEST_TMPDIR/profile"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"no lab can be made in such a container"* ]]
	[ -z "$(named dora)" ]
	[ ! -e "$class/dora" ]
}

@test "the measurement of labs side by side runs" {
	IMAGE=lab-of-test run timeout 120 tests/bench/class 2
	echo "$output"
	[[ ${lines[1]} =~ ^\ *2\ .*\ 2\ of\ 2\  ]]
	[ -z "$(named student1)" ]
}

@test "without podman: one line, status 4, or what is wrong with the words" {
	PATH=/nonexistent run "$PWD/${B:-build}/bin/replaylab" class start ann \
	    --class "$BATS_TEST_TMPDIR/c"
	echo "$output"
	[ "$status" -eq 4 ]
	[ "${#lines[@]}" -eq 1 ]
	printf 'ann\nbob\n../x\n' >"$BATS_TEST_TMPDIR/names"
	for words in "" dance start "start Ann" "start --students 1001" \
	    "start ann ann" "start ann --cpus none" "start ann --memory 1" \
	    "enter" "enter --students 2" "start --students $BATS_TEST_TMPDIR/names"; do
		# shellcheck disable=SC2086
		run "$PWD/${B:-build}/bin/replaylab" class $words \
		    --class "$BATS_TEST_TMPDIR/c"
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	[[ $output == *"names:3: no name"* ]]
	for verb in list "enter ann" collect stop; do
		# shellcheck disable=SC2086
		run "$PWD/${B:-build}/bin/replaylab" class $verb \
		    --class "$BATS_TEST_TMPDIR/none"
		echo "$verb: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *"/none: there is no class; name one with --class DIR"* ]]
	done
	run "$PWD/${B:-build}/bin/replaylab" class start ann \
	    --class "$BATS_TEST_TMPDIR/a:b"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"/a:b: no colon may be"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/a:b" ]
}

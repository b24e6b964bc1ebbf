#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
#
# One container a host: the same stories, with the same verdicts, by real podman,
# as root and as an ordinary user.  Images, containers and networks are in
# folders and namespaces of the test's own.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export lab=$PWD/${B:-build}/bin/replaylab place=$BATS_FILE_TMPDIR
	export CONTAINERS_CONF=$place/containers.conf
	export CONTAINERS_STORAGE_CONF=$place/storage.conf
	export WHY="" APART="" PATH=$PATH:/usr/sbin:/sbin
	chmod 755 "$place"
	configure >"$CONTAINERS_CONF"
	command -v podman >/dev/null || { WHY="podman is not installed"; return; }
	# shellcheck disable=SC2046 # several words
	tests/blackbox/helper/small_root "$place/root" $(in_image) \
		>"$place/image.tar" || return 1
	[ "$(id -u)" -eq 0 ] || return 0
	move_apart || return 1
	storage "$place" >"$CONTAINERS_STORAGE_CONF"
	begin
}

teardown_file() {
	[ -z "$APART" ] || kill "$APART"
}

# Names of this machine's programs that the image has.
in_image() {
	local name
	for name in sh cat sleep ip ls ln mv; do
		command -v "$name"
	done
	ls -d "${B:-build}"/bin/*
}

configure() { # [LINE...]: for a machine that needs to be told more
	printf '[network]\nnetwork_backend = "netavark"\n'
	printf '[engine]\nevents_logger = "none"\n'
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

storage() { # FOLDER [DRIVER]
	printf '[storage]\ndriver = "%s"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' \
		"${2:-overlay}" "$1" "$1"
}

move_apart() {
	tests/blackbox/helper/apart >"$place/apart" 2>&1 3>&- &
	APART=$!
	for _ in $(seq 100); do
		grep -q ready "$place/apart" && return
		pause
	done
	cat "$place/apart"
	return 1
}

# As root, where podman shares nothing with the machine's.
apart() {
	[ -n "$APART" ] || { "$@"; return; }
	nsenter --target "$APART" --mount --net \
		sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"
}

pause() {
	read -rt 0.1 <> <(:) || :
}

import() {
	"$@" podman import --quiet --change 'ENV PATH=/usr/bin' \
		"$place/image.tar" localhost/replaylab
}

# Some machines need to be told which runtime, and lower limits.
begin() {
	import apart >/dev/null 2>"$place/log" || :
	apart podman run --rm --network none localhost/replaylab sh -c : \
		2>>"$place/log" && return
	configure 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' '[containers]' \
		'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]' \
		>"$CONTAINERS_CONF"
	import apart >/dev/null 2>>"$place/log" || :
	apart podman run --rm --network none localhost/replaylab sh -c : \
		2>>"$place/log" && return
	WHY="podman cannot start a container: $(tail -n 1 "$place/log")"
}

setup() {
	[ -z "$WHY" ] || skip "$WHY"
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	runs=$BATS_TEST_TMPDIR/runs
}

as_root_or_skip() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# The members that make a verdict, of results as JSON lines.
verdicts() {
	python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(json.dumps({k: r.get(k) for k in ("id", "result", "reason",
        "stopped_by", "delivered", "executed", "collateral")}))'
}

# Each headline story once, by the last of its values.
headline() {
	"$lab" list headline --json | python3 -c '
import json, sys
for s in json.load(sys.stdin):
    print(".".join([s["id"]] + s["values"][-1:]))'
}

# As the network of namespaces judges them. WORD...: the runs to compare.
same_as_netns() { # OUTPUT STORY...
	local output=$1
	shift
	verdicts <<<"$output" >"$BATS_TEST_TMPDIR/containers"
	"$lab" run "$@" --json --runs "$BATS_TEST_TMPDIR/netns" | verdicts \
		>"$BATS_TEST_TMPDIR/netns.json"
	diff "$BATS_TEST_TMPDIR/netns.json" "$BATS_TEST_TMPDIR/containers"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/containers")" -eq $# ]
	! grep -v '"result": "PASS"' "$BATS_TEST_TMPDIR/containers" || false
}

# Containers of the test's that run or are still known.
containers() {
	apart podman ps --all --quiet | wc -l
}

@test "the headline, a relay, early data and a flood: verdicts as without containers" {
	as_root_or_skip
	local stories
	mapfile -t stories < <(headline)
	stories+=(R3.tls13 Z1 F5)
	run --separate-stderr apart "$lab" run "${stories[@]}" --engine podman --json \
		--runs "$runs"
	echo "$stderr"
	[ "$status" -eq 0 ]
	same_as_netns "$output" "${stories[@]}"
	grep -q '"engine":"podman"' "$runs/latest/R3.tls13/result.json"
	# Evidence is root's again, and neither socket nor mount point is left.
	[ -z "$(find "$runs/" ! -user root)" ]
	[ -z "$(find "$runs/" -type s -o -name data)" ]
	[ "$(containers)" -eq 0 ]
	# And it hangs together as well.
	run "$lab" grade "$runs/latest"
	echo "$output"
	[ "$status" -eq 0 ]
}

# What a program on a host finds there.
on() { # HOST COMMAND
	run apart "$lab" shell "$1" --empty --engine podman --runs "$runs" -- \
		sh -c "$2"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a host has what it needs and nothing else" {
	as_root_or_skip
	on client 'cat /proc/self/status /proc/self/uid_map; ip route
		cat /proc/1/environ || echo cannot trace'
	[[ $output == *"CapBnd:	0000000000000000"* ]]
	[[ $output == *"NoNewPrivs:	1"* ]]
	[[ $output == *"Seccomp:	2"* ]]
	grep -qE '^ +0 1879048192 +65536$' <<<"$output"
	[[ $output != *default* ]]
	# Nobody can speak for the host's own first process either.
	[[ $output == *"cannot trace"* ]]
	on attacker 'cat /proc/self/status; ip -o address; ip -6 -o address
		cat /proc/sys/net/ipv4/conf/outer/forwarding
		cat </dev/null >/etc/x || echo cannot write
		while read -r _ at type _; do [ $type = tmpfs ] && echo $at; done \
			</proc/mounts; ls /replaylab'
	# NET_ADMIN and NET_RAW, of its own network namespace
	[[ $output == *"CapBnd:	0000000000003000"* ]]
	[[ $output == *"198.51.100.66/24"* ]]
	[[ $output == *"203.0.113.66/24"* ]]
	[[ $output != *fe80* ]]
	grep -qx 0 <<<"$output" # forwarding
	[[ $output == *"cannot write"* ]]
	# Nobody can speak for another host: the socket is gone.
	[[ $output != *hosts.sock* ]]
	[ "$(containers)" -eq 0 ]
}

# The folder belongs to the container's root.  It is the runner, as root of the
# machine, who opens files there by name.
@test "a link that a host leaves leads nobody out of the folder" {
	as_root_or_skip
	local outside=$BATS_TEST_TMPDIR/outside
	mkdir "$outside"
	echo mine >"$outside/file"
	chown 1:1 "$outside" "$outside/file"
	on attacker "cd /replaylab
		ln -s '$outside/file' witness.pcapng.new
		ln -s '$outside/file' result.json
		ln -s '$outside' folder
		mv logs elsewhere || echo logs stay
		mv clock elsewhere || echo the clock stays
		echo >clock/client || echo the clock cannot be set"
	[ "$(cat "$outside/file")" = mine ]
	[[ $output == *"logs stay"*"clock stays"*"cannot be set"* ]]
	[ "$(stat -c %u "$outside/file" "$outside" | sort -u)" = 1 ]
	[ -z "$(find "$runs"/latest/ -type l)" ]
	[[ $(od -An -N4 -tx4 "$runs/latest/shell/witness.pcapng") == " 0a0d0d0a" ]]
}

@test "without a user namespace of its own the attacker refuses" {
	as_root_or_skip
	run apart podman run --rm --network none \
		--cap-add NET_RAW,NET_ADMIN localhost/replaylab \
		attacker record --on outer
	echo "$output"
	[ "$status" -eq 5 ]
	[[ $output == *"refused by lock 1 (namespace)"* ]]
}

@test "what is missing is a line and status 4" {
	as_root_or_skip
	run apart "$lab" run S3 --engine podman --image localhost/none --runs "$runs"
	[ "$status" -eq 4 ]
	[[ $output == *"no image localhost/none; podman build"* ]]
	run env PATH=/nowhere "$lab" run S3 --engine docker --runs "$runs"
	[ "$status" -eq 4 ]
	[[ $output == *"docker is not installed"* ]]
	apart "$lab" doctor | grep -E '^ok +podman '
}

@test "another container beside the run's does not matter" {
	as_root_or_skip
	local other
	other=$(apart podman run --detach --rm --network none localhost/replaylab \
		sleep 100)
	run apart "$lab" run S3 --engine podman --runs "$runs"
	apart podman rm --force --time 0 "$other"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a run folder with a colon in its path is refused in one line" {
	as_root_or_skip
	run apart "$lab" run S3 --engine podman --runs "$BATS_TEST_TMPDIR/a:b"
	echo "$output"
	[ "$status" -eq 70 ]
	[[ $output == *"a folder with : in its path"* ]]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/a:b")" ]
}

# A terminal, and somebody who types a line each time the prompt is there.
typing() { # LINE...
	python3 -c '
import os, pty, signal, sys
signal.alarm(120)
lines = [line.encode().decode("unicode_escape").encode() for line in sys.argv[1].split("|")]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b""
while True:
    try:
        got = os.read(terminal, 4096)
    except OSError:
        break
    seen += got
    sys.stdout.buffer.write(got)
    if lines and lines[0].split(b":", 1)[0] in seen:
        os.write(terminal, lines.pop(0).split(b":", 1)[1])
        seen = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}

@test "a prompt has a terminal: Ctrl-C is for what runs there" {
	as_root_or_skip
	# Ctrl-C ends the inner shell or what it became, not the prompt.
	run typing '# :sh -c "echo up \$((40 + 2)); exec sleep 300"\n|up 42:\x03|# :exit 7\n' \
		nsenter --target "$APART" --mount --net "$lab" shell client \
		--empty --engine podman --runs "$runs"
	echo "$output"
	[[ $output == *"up 42"* ]]
	[ "$status" -eq 7 ]
	[ "$(containers)" -eq 0 ]
}

# The runner as this shell's child, so that its number is known.
background() {
	nsenter --target "$APART" --mount --net "$lab" "$@" \
		>"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	runner=$!
}

# A runner that waits for a long time, or as told, and its containers.
begin_long() { # [COMMAND]
	background shell client --empty --engine podman --runs "$runs" -- \
		sh -c "echo up; ${1:-sleep 300}"
	for _ in $(seq 600); do
		grep -q up "$BATS_TEST_TMPDIR/out" && return
		kill -0 "$runner" || { cat "$BATS_TEST_TMPDIR/out"; return 1; }
		pause
	done
	return 1
}

none_within_a_minute() {
	for _ in $(seq 300); do
		[ "$(containers)" -eq 0 ] && return
		pause
	done
	apart podman ps --all
	return 1
}

@test "a runner that is killed leaves no container, and the next one runs" {
	as_root_or_skip
	begin_long
	[ "$(containers)" -eq 10 ]
	[[ $(apart podman inspect --format '{{.HostConfig.SecurityOpt}}' \
		"$(apart podman ps --quiet | head -n 1)") == *containers/seccomp.json* ]]
	# The addresses are there once.
	run apart "$lab" run S3 --engine podman --runs "$BATS_TEST_TMPDIR/second"
	echo "$output"
	[ "$status" -eq 70 ]
	[[ $output == *"if another run has it, wait for its end"* ]]
	kill -KILL "$runner"
	wait "$runner" || :
	none_within_a_minute
	run apart "$lab" run S3 --engine podman --runs "$runs"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(containers)" -eq 0 ]
}

# One is, beside a first process that does not react.
@test "no program is left when the runner takes the folder back and writes there" {
	as_root_or_skip
	local other
	begin_long 'until [ -e /replaylab/go ]; do sleep 0.1; done'
	other=$(apart podman ps --format '{{.Names}}' | grep -- '-attacker$')
	apart podman exec --detach "$other" sh -c \
		'while :; do echo; done >/replaylab/diary'
	kill -STOP "$(apart podman inspect --format '{{.State.Pid}}' "$other")"
	touch "$(ls -d "$runs"/*/shell)/go"
	wait "$runner"
	[ -s "$runs/latest/shell/diary" ]
	[ ! "$runs/latest/shell/diary" -nt "$runs/latest/shell/witness.pcapng" ]
	[ -z "$(find "$runs/" ! -user root)" ]
}

@test "Ctrl-C ends containers and run" {
	as_root_or_skip
	background run S3 --repeat 50 --engine podman --runs "$runs"
	for _ in $(seq 600); do
		[ "$(containers)" -gt 0 ] && break
		pause
	done
	kill -INT "$runner"
	wait "$runner" || [ $? -eq 130 ]
	none_within_a_minute
}

@test "an ordinary user: the same verdicts" {
	as_root_or_skip
	local image=$BATS_TEST_TMPDIR/image.tar
	command -v newuidmap >/dev/null || skip "needs newuidmap"
	command -v slirp4netns >/dev/null || skip "needs slirp4netns"
	apart podman save --quiet --output "$image" localhost/replaylab
	run --separate-stderr env -u CONTAINERS_CONF tests/blackbox/helper/podman_world \
		rootless "$image" "
		podman run --rm --network none localhost/replaylab sh -c : || exit 4
		'$lab' run S3 R3.tls13 --engine podman --json --runs ~/runs
		[ -z \"\$(podman ps --all --quiet)\" ]
		podman network ls --quiet | grep replaylab && exit 3
		[ -z \"\$(find ~/runs ! -user nobody)\" ]"
	# shellcheck disable=SC2154 # bats sets it
	echo "$status: $stderr $output"
	[ "$status" -ne 4 ] ||
		skip "podman cannot start a container for an ordinary user"
	[ "$status" -eq 0 ]
	same_as_netns "$output" S3 R3.tls13
}

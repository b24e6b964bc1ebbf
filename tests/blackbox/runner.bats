#!/usr/bin/env bats
# The runner as a program: what it prints, what it refuses, what it leaves.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=$PWD/${B:-build}/bin/replaylab
	runs=$BATS_TEST_TMPDIR/runs
	scn=$BATS_TEST_TMPDIR/x.scn
}

one_line() { [ "$(wc -l <<<"$output")" = 1 ] || { echo "$output"; false; }; }

# The processes that work for a runs folder, by what their environment names.
left_behind() {
	grep -lsz "REPLAYLAB_DIR=$runs" /proc/[0-9]*/environ || true
}

@test "list names the stories, as text and as JSON" {
	run "$lab" list headline
	[ "$status" -eq 0 ]
	grep -q '^R1 ' <<<"$output"
	"$lab" list --json | python3 -m json.tool >/dev/null
}

@test "show tells story, clause and the commands as one types them" {
	run "$lab" show R1
	[ "$status" -eq 0 ]
	grep -q 'RFC 5246' <<<"$output"
	grep -q 'victim-client transfer --from alice' <<<"$output"
	run "$lab" show nothing
	[ "$status" -eq 2 ]
	one_line
}

@test "KTAP has a version, a plan and a line each" {
	run "$lab" run S3 P0 --tap --runs "$runs"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "KTAP version 1" ]
	[ "${lines[1]}" = "1..2" ]
	grep -q '^ok 1 P0$' <<<"$output"
	grep -q '^ok 2 S3$' <<<"$output"
}

@test "one value of a story can be asked for" {
	run "$lab" run H1.tls13 --tap --runs "$runs"
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "1..1" ]
}

@test "mistakes in the command are one line and status 2" {
	for words in "run no-such-story" "run --jobs 0" "run --nonsense" "shell nowhere" "dance"; do
		# shellcheck disable=SC2086
		run "$lab" $words
		[ "$status" -eq 2 ]
		one_line
	done
}

@test "a name that is none is named, with what to do next" {
	while IFS='|' read -r words said; do
		# shellcheck disable=SC2086
		run "$lab" $words
		echo "$words: $status: $output"
		[ "$status" -eq 2 ]
		one_line
		[[ $output == *"$said"* ]]
	done <<-END
		list R1 nope|called nope; replaylab list names
		list --json nope|called nope; replaylab list names
		export nope $BATS_TEST_TMPDIR/new|nope is neither
		report nope --runs $BATS_TEST_TMPDIR|called nope; replaylab report --all
		report --runs $BATS_TEST_TMPDIR|no run is there; replaylab run
		explain nope --runs $BATS_TEST_TMPDIR|no result of nope below
		explain $BATS_TEST_TMPDIR/nope/x|nope/x: no result is there
		explain --runs $BATS_TEST_TMPDIR|no result is there; replaylab run
	END
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
}

@test "each program answers -h as --help and -V as --version" {
	for program in attacker victim-client victim-server replaylab; do
		for pair in "-h --help" "-V --version"; do
			run "${lab%/*}/$program" "${pair% *}"
			[ "$status" -eq 0 ]
			[ "$output" = "$("${lab%/*}/$program" "${pair#* }")" ]
		done
	done
	run "$lab" run -h
	[ "$status" -eq 0 ]
	[ "$output" = "$("$lab" run --help)" ]
	run ./lab -h
	[ "$status" -eq 0 ]
	[ "$output" = "$(./lab --help)" ]
}

@test "lab builds what it runs, whatever the environment says of other builds" {
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_TEST_DIRNAME/../../lab" .
	mkdir -p build/bin
	printf '#!/bin/sh\necho ran "$@"\n' >build/bin/replaylab
	chmod +x build/bin/replaylab
	printf 'all:\n\t@echo "[$(B)$(SAN)$(LLHTTP)]" >seen\n' >Makefile
	run env B=elsewhere SAN=1 LLHTTP=none MAKEFLAGS=-n ./lab list x
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qx 'ran list x' <<<"$output"
	[ "$(cat seen)" = "[]" ]
}

@test "a standard output that is full is one line and status 70" {
	for program in attacker victim-client victim-server replaylab; do
		run sh -c "'${lab%/*}/$program' --help >/dev/full"
		[ "$status" -eq 70 ]
		one_line
		grep -q 'standard output: No space left' <<<"$output"
	done
	run sh -c "'$lab' run P0 --runs '$runs' >/dev/full"
	[ "$status" -eq 70 ]
	one_line
}

@test "with all standard streams closed the evidence is as good" {
	run sh -c "'$lab' run P0 --runs '$runs' <&- >&- 2>&-"
	[ "$status" -eq 0 ]
	grep -q '"result": *"PASS"' "$runs"/latest/P0/result.json
	sqlite3 "$runs"/latest/P0/ledger-backend1.sqlite 'PRAGMA integrity_check' |
		grep -qx ok
	for program in attacker victim-client; do
		REPLAYLAB_EVENTS=$BATS_TEST_TMPDIR/$program \
			sh -c "exec '${lab%/*}/$program' --version <&- >&- 2>&-"
		! grep -v '^{' "$BATS_TEST_TMPDIR/$program" || false
	done
}

@test "an unknown word in a scenario is named with file and line" {
	{ cat scenarios/http/S3-nonce.scn; echo "banana client peel"; } >"$scn"
	run "$lab" run --scenarios "$scn" --runs "$runs"
	[ "$status" -eq 2 ]
	one_line
	grep -q "x.scn:$(grep -n banana "$scn" | cut -d: -f1): unknown word banana" <<<"$output"
	[ ! -e "$runs" ]
}

@test "nothing to play, and what is no place for scenarios, are status 2" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	run "$lab" run --scenarios "$BATS_TEST_TMPDIR/empty" --runs "$runs"
	[ "$status" -eq 2 ]
	one_line
	grep -q "no scenarios in $BATS_TEST_TMPDIR/empty" <<<"$output"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for place in /dev/null "$BATS_TEST_TMPDIR/fifo"; do
		run timeout 10 "$lab" run --scenarios "$place" --runs "$runs"
		[ "$status" -eq 2 ]
		one_line
		grep -q "$place is neither a file nor a folder" <<<"$output"
	done
	[ ! -e "$runs" ]
}

@test "a program that is needed and not there skips a story" {
	sed '/^id/a needs no-such-program' scenarios/http/P0-plain-http.scn >"$scn"
	run "$lab" run --scenarios "$scn" --runs "$runs"
	[ "$status" -eq 4 ]
	grep -q 'needs no-such-program, which is not installed' <<<"$output"
}

@test "a word that grows too long is said, not followed" {
	sed -e '/^id/a over word abc' \
	    -e '0,/^start  *backend1/s/^start  *backend1.*/& --listen {word}'"$(printf '%0140d' 0)/" \
	    scenarios/http/P0-plain-http.scn >"$scn"
	grep -q '{word}0' "$scn"
	id=$(sed -n 's/^id *//p' "$scn")
	for words in "shell client --with $id --runs $runs -- true" "run --runs $runs"; do
		# shellcheck disable=SC2086
		run "$lab" ${words%% *} --scenarios "$scn" ${words#* }
		[ "$status" -ne 0 ]
		[ "$status" -lt 128 ]
		grep -q 'a word is too long' <<<"$output"
	done
	run "$lab" show "$id" --scenarios "$scn"
	[ "$status" -eq 0 ]
}

@test "a program that a signal ended is said to be" {
	cp -r "${lab%/*}" "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nkill -9 $$\n' >"$BATS_TEST_TMPDIR/bin/victim-server"
	run "$BATS_TEST_TMPDIR/bin/replaylab" run P0 --scenarios scenarios --runs "$runs"
	[ "$status" -eq 1 ]
	grep -q 'was killed by signal 9' <<<"$output"
}

@test "a wrong option inside a scenario fails with the program's own line" {
	sed 's/backend --check nonce/backend --chekc nonce/' scenarios/http/S3-nonce.scn >"$scn"
	run "$lab" run --scenarios "$scn" --runs "$runs"
	[ "$status" -eq 1 ]
	grep -q -- '--chekc: no such option' <<<"$output"
}

@test "a server that dies in the middle is noticed at once" {
	sed 's/^run .*replay.*/stop backend1\n&/' scenarios/http/P0-plain-http.scn >"$scn"
	began=$SECONDS
	run "$lab" run --scenarios "$scn" --runs "$runs"
	[ "$status" -eq 1 ]
	[ $((SECONDS - began)) -lt 25 ]
}

@test "labs side by side do not meet, though they have the same addresses" {
	run "$lab" run P0 S3 --repeat 6 -j 8 --runs "$runs" --json
	[ "$status" -eq 0 ]
	[ "$(grep -c '"result":"PASS"' <<<"$output")" = 12 ]
	for folder in "$runs"/latest/*.0*/; do
		[ "$(sqlite3 "$folder/ledger-backend1.sqlite" 'SELECT count(*) FROM transfer')" -le 4 ]
	done
}

@test "Ctrl-C ends all processes and removes what was not finished" {
	"$lab" run P0 --repeat 200 -j 4 --runs "$runs" >"$BATS_TEST_TMPDIR/out" 3>&- &
	pid=$!
	until grep -q PASS "$BATS_TEST_TMPDIR/out"; do sleep 0.05; done
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 130 ]
	[ -z "$(left_behind)" ]
	for folder in "$runs"/*/P0.*/; do
		[ -s "$folder/result.json" ] || { echo "$folder"; false; }
	done
}

@test "a runner that is killed leaves no process, and the next run removes its folder" {
	"$lab" run P0 --repeat 200 -j 4 --runs "$runs" >/dev/null 3>&- &
	pid=$!
	until compgen -G "$runs/*/P0.0*/result.json" >/dev/null; do sleep 0.05; done
	kill -KILL "$pid"
	wait "$pid" || true
	for _ in $(seq 100); do
		[ -z "$(left_behind)" ] && break
		sleep 0.05
	done
	[ -z "$(left_behind)" ]
	[ "$(find "$runs" -name .unfinished | wc -l)" = 1 ]
	"$lab" run S3 --runs "$runs" >/dev/null
	[ "$(find "$runs" -name .unfinished | wc -l)" = 0 ]
	[ "$(find "$runs" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 1 ]
}

@test "calls side by side leave each other's evidence alone" {
	pids=()
	for i in $(seq 24); do
		"$lab" shell client --empty --runs "$runs" -- true 3>&- \
			2>>"$BATS_TEST_TMPDIR/said" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ ! -s "$BATS_TEST_TMPDIR/said" ] || { cat "$BATS_TEST_TMPDIR/said"; false; }
	[ "$(find "$runs" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 24 ]
	[ "$(find "$runs" -name manifest.json | wc -l)" = 24 ]
}

@test "a signal at any moment leaves no folder without its evidence" {
	for ms in 005 010 015 020 030 040 060; do
		status=0
		timeout --signal=INT "0.$ms" "$lab" run P0 --runs "$runs" \
			>/dev/null 2>&1 || status=$?
		[ "$status" -eq 124 ]
		[ ! -e "$runs" ] || [ "$(find "$runs" -mindepth 1 | wc -l)" = 0 ]
	done
}

@test "an ordinary user is the only one mapped, and so is who is nested" {
	[ "$(id -u)" != 0 ] || wrap="unshare -Ur"
	# shellcheck disable=SC2086
	run $wrap "$lab" shell client --empty --runs "$runs" -- cat /proc/self/uid_map
	[ "$status" -eq 0 ]
	one_line
	read -r inside _ count <<<"$output"
	[ "$inside $count" = "0 1" ]
}

@test "root keeps its rights in another user's closed folder, in a child user namespace" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	mkdir "$BATS_TEST_TMPDIR/home"
	chown 65534:65534 "$BATS_TEST_TMPDIR/home"
	chmod 700 "$BATS_TEST_TMPDIR/home"
	run "$lab" run P0 --runs "$BATS_TEST_TMPDIR/home/runs"
	echo "$output"
	[ "$status" -eq 0 ]
	run "$lab" shell client --empty --runs "$runs" -- readlink /proc/self/ns/user
	[ "$status" -eq 0 ]
	[ "$output" != "$(readlink /proc/self/ns/user)" ]
	[ "$output" != "user:[4026531837]" ]
}

@test "a machine without /etc/hosts: one line, and the lab goes on" {
	run unshare -Urm sh -c "mount -t tmpfs none /etc &&
		exec '$lab' shell client --empty --runs '$runs' -- hostname"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qx client <<<"$output"
	[ "$(grep -c '/etc/hosts is missing' <<<"$output")" = 1 ]
	run unshare -Urm sh -c "mount -t tmpfs none /etc &&
		exec '$lab' run P0 S3 --runs '$runs'"
	[ "$(grep -c '/etc/hosts' <<<"$output")" = 1 ]
}

@test "without user namespaces: one line with the remedy, status 4" {
	run unshare -Ur sh -c \
	    "echo 0 >/proc/sys/user/max_user_namespaces && exec '$lab' run P0 --runs '$runs'"
	[ "$status" -eq 4 ]
	one_line
	grep -q 'user.max_user_namespaces' <<<"$output"
	[ ! -e "$runs" ]
}

# Clone may make the namespaces, as under podman's profile; hosts take more.
@test "where hosts cannot be made: one line, the doctor's, status 4" {
	tests/blackbox/helper/without acct true || skip "needs libseccomp2"
	for call in setns unshare; do
		for words in "run P0" "shell client --empty"; do
			# shellcheck disable=SC2086
			run tests/blackbox/helper/without "$call" "$lab" $words \
			    --runs "$runs" </dev/null
			echo "$call, $words: $output"
			[ "$status" -eq 4 ]
			one_line
			grep -q 'seccomp profile must allow unshare and setns' <<<"$output"
			[ ! -e "$runs" ]
		done
		said=${output#*: the lab cannot run here: }
		run tests/blackbox/helper/without "$call" "$lab" doctor
		echo "$output"
		[ "$status" -eq 4 ]
		grep -qE "^FAIL  namespaces +$said\$" <<<"$output"
	done
	tests/blackbox/helper/without acct "$lab" run P0 --runs "$runs"
}

@test "a full disk: said in words, not a PASS, and nothing keeps running" {
	run unshare -Urm sh -c "
		mkdir -p '$runs' && mount -t tmpfs -o size=160k none '$runs' &&
		'$lab' run P0 --runs '$runs'"
	echo "$output"
	[ "$status" -ne 0 ]
	[ "$status" -lt 128 ]
	! grep -q PASS <<<"$output" || false
	grep -qi 'No space left\|full' <<<"$output"
	[ -z "$(left_behind)" ]
}

@test "a runs folder that cannot be made is one line" {
	run "$lab" run P0 --runs /proc/nothing
	[ "$status" -eq 70 ]
	one_line
}

@test "shell runs a command on the host it names and passes its status on" {
	run "$lab" shell backend2 --empty --runs "$runs" -- hostname
	[ "$status" -eq 0 ]
	[ "$output" = backend2 ]
	run "$lab" shell client --empty --runs "$runs" -- sh -c 'exit 7'
	[ "$status" -eq 7 ]
}

@test "shell: a stock client works against the lab's servers" {
	run "$lab" shell client --runs "$runs" -- sh -c \
	    'curl -sS --cacert "$REPLAYLAB_DIR/ca.pem" https://gateway/accounts/alice'
	[ "$status" -eq 0 ]
	grep -q '"alice"\|1000000' <<<"$output"
}

@test "shell: the lab has no way out" {
	run "$lab" shell client --empty --runs "$runs" -- ip route
	[ "$status" -eq 0 ]
	! grep -q default <<<"$output" || false
	one_line
}

@test "doctor finds this machine fit, each line ok" {
	run "$lab" doctor
	[ "$status" -eq 0 ]
	! grep -vE '^(ok|none) ' <<<"$output" || false
}

@test "a second terminal joins the lab that runs, and only while it does" {
	mkfifo "$BATS_TEST_TMPDIR/end"
	"$lab" shell client --runs "$runs" -- sh -c "cat '$BATS_TEST_TMPDIR/end'" 3>&- &
	pid=$!
	exec 9>"$BATS_TEST_TMPDIR/end"
	until compgen -G "$runs/*/shell/join" >/dev/null &&
		grep -q '"host":"gateway".*"ready"' "$runs"/*/shell/events.jsonl; do
		sleep 0.05
	done
	run "$lab" shell backend1 --join --runs "$runs" -- hostname
	[ "$status" -eq 0 ]
	[ "$output" = backend1 ]
	run "$lab" shell client2 --join --runs "$runs" -- \
	    victim-client transfer --from alice --to bob --amount 7 --id joined
	[ "$status" -eq 0 ]
	grep -q '"host":"client2".*"id":"joined"' "$runs"/*/shell/events.jsonl
	exec 9>&-
	wait "$pid"
	run "$lab" shell backend1 --join --runs "$runs" -- hostname
	[ "$status" -eq 2 ]
	one_line
}

# on_terminal WORD...: what a person sees, escapes and all.
on_terminal() {
	command -v script >/dev/null || skip "needs script"
	run env TERM=xterm script -qec "$lab run $* --runs $runs" /dev/null
}

@test "a sentence stands below each verdict" {
	run "$lab" run S3 R1.tls13 --runs "$runs"
	[ "$status" -eq 0 ]
	grep -A1 '^S3 ' <<<"$output" |
		grep -qx ' *backend1 refused the copy: replayed\.  In the ledger: t-1 once\.'
	grep -A1 '^R1 ' <<<"$output" |
		grep -q ' expected record 1, this one was made as record 0\. '
}

@test "on a terminal it says what it plays, and takes that away again" {
	on_terminal S3 P0 -j 1
	[ "$status" -eq 0 ]
	grep -q $'\r\033\\[K0 of 2 played: P0' <<<"$output"
	grep -q $'\r\033\\[K1 of 2 played: S3' <<<"$output"
	# What is left, if each erased line is left out.
	left=$(sed $'s/\r$//; s/.*\r\033\\[K//' <<<"$output")
	grep -q '^P0  *A plain HTTP request' <<<"$left"
	grep -q '^S3  *Nonce only' <<<"$left"
	! grep -q ' played' <<<"$left" || false
}

@test "colour is for a terminal, and NO_COLOR takes it away" {
	on_terminal S3
	grep -q $'\033\\[32mPASS\033\\[0m' <<<"$output"
	NO_COLOR=1 on_terminal S3
	grep -q 'PASS' <<<"$output"
	! grep -q $'\033\\[[0-9;]*m' <<<"$output" || false
	NO_COLOR='' on_terminal S3
	grep -q $'\033\\[32mPASS' <<<"$output"
}

@test "into a pipe, and on a dumb terminal, go words alone" {
	run "$lab" run S3 --runs "$runs"
	! grep -q $'[\r\033]' <<<"$output" || false
	command -v script >/dev/null || skip "needs script"
	NO_COLOR=1 run env TERM=dumb script -qec "$lab run S3 --runs $runs" /dev/null
	! grep -q $'\033' <<<"$output" || false
	grep -q 'PASS' <<<"$output"
}

@test "no host of the lab forwards, whatever the machine does" {
	for host in client gateway attacker; do
		run "$lab" shell "$host" --empty --runs "$runs" -- sh -c \
		    'cat /proc/sys/net/ipv4/conf/*er/forwarding'
		[ "$status" -eq 0 ]
		[ "$(sort -u <<<"$output")" = 0 ]
	done
}

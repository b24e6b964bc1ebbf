#!/usr/bin/env bats
# What a verdict says stands in its evidence, and tshark, which is none of
# ours, says so too.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	command -v tshark >/dev/null || skip "needs tshark"
	export RUNS=$BATS_FILE_TMPDIR/runs
	"${B:-build}/bin/replaylab" run R1 R2 H1 N1 N3 S3 P0 --runs "$RUNS"
	export RUN=$RUNS/latest
}

# frames RUN FILTER [FIELD...]: one line a frame; the key log decrypts.
frames() {
	local run=$1 filter=$2 fields=()

	shift 2
	for field; do fields+=(-e "$field"); done
	tshark -n -r "$RUN/$run/witness.pcapng" -2 -Y "$filter" \
	    -o "tls.keylog_file:$RUN/$run/keys.log" \
	    -o tcp.analyze_sequence_numbers:TRUE \
	    ${fields[@]:+-T fields} "${fields[@]}" 2>/dev/null
}

value() { # RUN NAME: a member of result.json
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
	    "$RUN/$1/result.json" "$2"
}

@test "the folder of a run holds all of its evidence" {
	for run in R1.tls13 N1 S3; do
		for file in result.json events.jsonl witness.pcapng manifest.json \
		    ledger-backend1.sqlite tape.pcapng keys.log; do
			[ -s "$RUN/$run/$file" ] || { echo "$run/$file"; false; }
		done
	done
}

@test "the ledger says what the result says" {
	[ "$(sqlite3 "$RUN/P0/ledger-backend1.sqlite" \
	    "SELECT count(*) FROM transfer WHERE id = 't-1'")" = 2 ]
	[ "$(sqlite3 "$RUN/S3/ledger-backend1.sqlite" \
	    "SELECT count(*) FROM transfer WHERE id = 't-1'")" = 1 ]
	[ "$(sqlite3 "$RUN/N3/ledger-backend1.sqlite" \
	    "SELECT group_concat(id) FROM (SELECT id FROM transfer ORDER BY seq)")" = \
	    "control-1,t-1,t-1,control-2" ]
}

@test "every event is one JSON object with time, host, program and type" {
	python3 - "$RUN"/*/events.jsonl <<'PY'
import json, re, sys
for path in sys.argv[1:]:
    for line in open(path):
        event = json.loads(line)
        assert event["v"] == 1 and len(line) <= 4096, line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["timestamp"]), line
        for member in ("seq", "host", "program", "event_type"):
            assert member in event, line
PY
}

@test "no secret stands in an event" {
	for run in "$RUN"/*/; do
		[ -s "$run/keys.json" ] || continue
		python3 - "$run" <<'PY'
import json, sys
run = sys.argv[1]
events = open(run + "/events.jsonl").read()
for key in json.load(open(run + "/keys.json"))["keys"]:
    for part in ("secret", "private"):
        assert part not in key or key[part] not in events
PY
	done
}

@test "the witness has one interface a switch port, named after its host" {
	run capinfos "$RUN/R1.tls13/witness.pcapng"
	for port in outer-client outer-client2 outer-gateway outer-gateway2 \
	    outer-attacker inner-gateway inner-gateway2 inner-balancer \
	    inner-backend1 inner-backend2 inner-attacker; do
		grep -q "Name = $port\$" <<<"$output" || { echo "$port"; false; }
	done
}

@test "each frame stands in the witness once, with a right checksum" {
	for run in R1.tls13 N3 S3; do
		[ -z "$(tshark -n -r "$RUN/$run/witness.pcapng" -o tcp.check_checksum:TRUE \
		    -o ip.check_checksum:TRUE -Y 'tcp.checksum.status == 0 || ip.checksum.status == 0' 2>/dev/null)" ]
	done
}

@test "R1, R2: the copy with the client's address entered at the attacker's port" {
	for run in R1.tls12-cbc R1.tls12-gcm R1.tls12-chacha R1.tls13 R2.tls12-null; do
		[ "$(frames "$run" 'frame.interface_name == "outer-attacker" && ip.src == 198.51.100.10 && tcp.len > 0' frame.number | wc -l)" = 1 ] ||
			{ echo "$run"; false; }
	done
}

@test "R1, R2: the copy is, byte for byte, a record the client sent" {
	for run in R1.tls12-cbc R1.tls12-gcm R1.tls12-chacha R1.tls13 R2.tls12-null; do
		copy=$(frames "$run" 'frame.interface_name == "outer-attacker" && tcp.len > 0' tcp.payload)
		frames "$run" 'frame.interface_name == "outer-client" && tcp.len > 0' tcp.payload |
			grep -qxF "$copy" || { echo "$run"; false; }
	done
}

@test "R1: the gateway answered the copy with alert bad_record_mac, decrypted" {
	for run in R1.tls12-cbc R1.tls12-gcm R1.tls12-chacha R1.tls13 R2.tls12-null; do
		copy=$(frames "$run" 'frame.interface_name == "outer-attacker" && tcp.len > 0' frame.number)
		alert=$(frames "$run" 'tls.alert_message.desc == 20 && ip.src == 198.51.100.20' frame.number | head -n 1)
		[ -n "$alert" ] || { echo "$run: no alert"; false; }
		[ "$alert" -gt "$copy" ]
	done
}

@test "R2: with NULL-SHA256 the payload is readable on the wire" {
	tshark -n -r "$RUN/R2.tls12-null/tape.pcapng" -Y 'frame contains "POST /transfers"' 2>/dev/null | grep -q .
}

@test "R1.tls13: no request is readable on the outer network without the key log" {
	[ -z "$(tshark -n -r "$RUN/R1.tls13/witness.pcapng" -Y 'frame.interface_name contains "outer" && frame contains "POST /transfers"' 2>/dev/null)" ]
	frames R1.tls13 'frame.interface_name == "outer-client" && http.request' frame.number | grep -q .
}

@test "H1: the attacker's own connection ended with the gateway's alert" {
	for run in H1.tls12-rsa H1.tls12-gcm H1.tls13; do
		grep '"event_type":"tls_alert"' "$RUN/$run/events.jsonl" |
			grep '"direction":"sent"' | grep '"src_ip":"198.51.100.66"' |
			grep -q '"level":"fatal"' || { echo "$run"; false; }
	done
}

@test "N1: the copy is a retransmission, answered by a D-SACK from its receiver" {
	copy=$(frames N1 'frame.interface_name == "inner-attacker" && tcp.len > 0' frame.number)
	[ -n "$copy" ]
	frames N1 'frame.number == '"$copy"' && (tcp.analysis.retransmission || tcp.analysis.spurious_retransmission)' frame.number | grep -q .
	dsack=$(frames N1 "frame.number > $copy && tcp.options.sack.dsack" frame.number | head -n 1)
	[ -n "$dsack" ]
}

@test "N3: the copy's segment carries the sequence number that was due, and a time stamp" {
	run frames N3 'frame.interface_name == "inner-attacker" && tcp.len > 0' \
	    tcp.analysis.retransmission tcp.options.timestamp.tsval
	[ "$(wc -l <<<"$output")" = 1 ]
	[[ $output =~ ^[[:space:]]*[0-9]+$ ]]
}

@test "tcpdump reads the witness" {
	tcpdump -nr "$RUN/N1/witness.pcapng" 2>/dev/null | grep -q 203.0.113.41
}

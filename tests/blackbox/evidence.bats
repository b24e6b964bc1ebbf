#!/usr/bin/env bats
# What a verdict says stands in its evidence, and tshark, which is none of
# ours, says so too.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	command -v tshark >/dev/null || skip "needs tshark"
	export RUNS=$BATS_FILE_TMPDIR/runs
	"${B:-build}/bin/replaylab" run R1 R2 H1 N1 N3 S3 P0 \
	    R8.tls13 Z2 Z3b Z8 D1b.tls12-null D3b.tls12-cbc D4.tls12-null H6b \
	    H2.tls13 H4d.tls13 \
	    --runs "$RUNS"
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

@test "R1.tls13: no request is readable in the bytes of the outer network" {
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

# opened RUN FILTER [FIELD...]: as frames, but as one opens any capture: nothing
# is said of keys, names or ports.
opened() {
	local run=$1 filter=$2 fields=()

	shift 2
	for field; do fields+=(-e "$field"); done
	tshark -r "$RUN/$run/witness.pcapng" -Y "$filter" \
	    ${fields[@]:+-T fields} "${fields[@]}" 2>/dev/null
}

# member RUN EXPRESSION: of result.json, as r; of its one copy, as c.
member() {
	python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
c = r["copies"][0]
print(eval(sys.argv[2]))' "$RUN/$1/result.json" "$2"
}

tls_runs="R1.tls12-cbc R1.tls12-gcm R1.tls12-chacha R1.tls13 R2.tls12-null
    H1.tls12-rsa H1.tls12-gcm H1.tls13"

@test "the witness opens decrypted: each request of a client, with no option" {
	for run in $tls_runs; do
		# The controls and t-1; of t-2 only the copy's victim knows.
		requests=$(opened "$run" 'frame.interface_name == "outer-client" && tls && http.request.uri == "/transfers"' frame.number | wc -l)
		[ "$requests" = 3 ] || { echo "$run: $requests"; false; }
	done
}

@test "other readers take the witness with secrets and comments in it" {
	for run in $tls_runs; do
		run capinfos "$RUN/$run/witness.pcapng"
		[ "$status" = 0 ]
		grep -q 'Number of decryption secrets' <<<"$output"
		frames=$(value "$run" frames)
		grep -qE "Number of packets: +$frames\$" <<<"$output"
		[ "$(tcpdump -nr "$RUN/$run/witness.pcapng" 2>/dev/null | wc -l)" = "$frames" ]
		[ ! -e "$RUN/$run/witness.pcapng.new" ]
	done
}

@test "H1: of one random and two secrets each connection has its own" {
	# TLS 1.3: the gateway's Finished, on the recorded and on the new one.
	for client in 198.51.100.10 198.51.100.66; do
		opened H1.tls13 "tls.handshake.type == 20 && ip.dst == $client" frame.number | grep -q . ||
			{ echo "$client"; false; }
	done
	alert=$(member H1.tls13 'c["frames"]["refused"]')
	[ "$(opened H1.tls13 "frame.number == $alert" tls.alert_message.desc)" = 20 ]
}

@test "comments stand on the recorded, the replayed and the refusing frame" {
	for run in $tls_runs N1 S3; do
		for what in recorded replayed refused; do
			frame=$(member "$run" "c['frames']['$what']")
			[ "$(opened "$run" "frame.comment contains \"replaylab: $what\"" frame.number)" = "$frame" ] ||
				{ echo "$run $what $frame"; false; }
		done
	done
	# What nobody stopped is refused nowhere.
	[ -z "$(opened N3 'frame.comment contains "replaylab: refused"')" ]
	opened N3 'frame.comment contains "replaylab: replayed"' frame.interface_name |
		grep -qx inner-attacker
}

@test "the replayed frame entered at the attacker's port, the others did not" {
	for run in $tls_runs N1 S3; do
		opened "$run" 'frame.comment contains "replaylab: replayed"' frame.interface_name |
			grep -q -- '-attacker$' || { echo "$run"; false; }
		! opened "$run" 'frame.comment contains "replaylab: re" && !(frame.comment contains "replayed,")' \
		    frame.interface_name | grep -q -- -attacker || false
	done
}

@test "R1, R2: the copy was made one record earlier than the one that was due" {
	for run in R1.tls12-cbc R1.tls12-gcm R1.tls12-chacha R2.tls12-null; do
		[ "$(member "$run" '(c["explanation"]["made_as"], c["explanation"]["expected"], c["explanation"]["keys"])')" = "(1, 2, 'due')" ]
	done
	[ "$(member R1.tls13 '(c["explanation"]["made_as"], c["explanation"]["expected"], c["explanation"]["keys"])')" = "(0, 1, 'due')" ]
	member R1.tls13 'r["sentence"]' | grep -q 'expected record 1, this one was made as record 0\..*t-1 once'
}

@test "R2: Python computes the MACs of the explanation, from RFC 5246 alone" {
	frame=$(member R2.tls12-null 'c["frames"]["replayed"]')
	stream=$(opened R2.tls12-null "frame.number == $frame" tcp.stream)
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/blackbox/helper python3 - "$RUN/R2.tls12-null" \
	    "$(opened R2.tls12-null "frame.number == $frame" tcp.payload)" \
	    "$(opened R2.tls12-null "tcp.stream == $stream && tls.handshake.type == 1" tls.handshake.random)" \
	    "$(opened R2.tls12-null "tcp.stream == $stream && tls.handshake.type == 2" tls.handshake.random)" <<'PY'
import hmac, json, sys
from mac_key import mac_key
folder, record, client, server = sys.argv[1], *map(bytes.fromhex, sys.argv[2:])
key = mac_key(folder, client, server)
content, carried = record[5:-32], record[-32:]
explanation = json.load(open(folder + "/result.json"))["copies"][0]["explanation"]

def mac(number):
    head = number.to_bytes(8, "big") + record[:3] + len(content).to_bytes(2, "big")
    return hmac.digest(key, head + content, "sha256").hex()

assert mac(1) == carried.hex() == explanation["carried"], explanation
assert mac(2) == explanation["right"], explanation
PY
}

@test "H1: the server's random is a new one, and Finished had to say something else" {
	for run in H1.tls12-rsa H1.tls12-gcm H1.tls13; do
		refused=$(member "$run" 'c["frames"]["refused"]')
		stream=$(opened "$run" "frame.number == $refused" tcp.stream)
		recorded=$(opened "$run" "frame.number == $(member "$run" 'c["frames"]["recorded"]')" tcp.stream)
		hello='tls.handshake.type == 2 && tcp.stream =='
		[ "$(opened "$run" "$hello $stream" tls.handshake.random)" = "$(member "$run" 'c["explanation"]["random_now"]')" ]
		[ "$(opened "$run" "$hello $recorded" tls.handshake.random)" = "$(member "$run" 'c["explanation"]["random_recorded"]')" ]
		# Decrypted Finished, as tshark dumps it in hexadecimal.
		tshark -r "$RUN/$run/witness.pcapng" -x -Y "tls.handshake.type == 20 && tcp.stream == $recorded && ip.src == 198.51.100.10" 2>/dev/null |
			sed -nE 's/^[0-9a-f]{4}  (([0-9a-f]{2} ){1,16}).*/\1/p' | tr -d ' \n' |
			grep -qF "$(member "$run" 'c["explanation"]["verify_data_carried"]')"
		[ "$(member "$run" 'c["explanation"]["verify_data_right"] != c["explanation"]["verify_data_carried"]')" = True ]
	done
}

@test "Z: the ticket and the binder of the copy, and whether they were taken" {
	for run in Z2 Z3b Z8; do
		sent=$(member "$run" 'c["frames"]["replayed"]')
		identity=$(opened "$run" "frame.number == $sent" tls.handshake.extensions.psk.identity.identity)
		[ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(
		    bytes.fromhex(sys.argv[1])).hexdigest()[:16])' "$identity")" = \
		    "$(member "$run" 'c["explanation"]["ticket_fingerprint"]')" ]
		# Behind it: its age, and the vector of binders.
		opened "$run" "frame.number == $sent" tcp.payload |
			grep -qE "$identity.{14}$(member "$run" 'c["explanation"]["binder"]')"
		# The answering ServerHello goes on from the ticket, or does not.
		stream=$(opened "$run" "frame.number == $sent" tcp.stream)
		taken=$(opened "$run" "tcp.stream == $stream && tls.handshake.type == 2 && tls.handshake.extension.type == 41" frame.number)
		[ "$(member "$run" 'c["explanation"]["ticket"]')" = \
		    "$([ -n "$taken" ] && echo taken || echo not-taken)" ]
	done
	[ "$(member Z2 'c["explanation"]["ticket"]')" = not-taken ]
	[ "$(member Z3b 'c["explanation"]["ticket"]')" = taken ]
	member Z2 'r["sentence"]' | grep -q 'the ticket in it is not known there'
	member Z3b 'r["sentence"]' | grep -q 'the early data alone was refused'
	member Z8 'r["sentence"]' | grep -q '^backend1 refused the copy: too-early'
}

@test "R8: the stream ended before the record that was withheld" {
	# Its number, by who opens what was sent.
	frame=$(member R8.tls13 'c["frames"]["recorded"]')
	due=$("${B:-build}/bin/replaylab" explain \
	    --capture "$RUN/R8.tls13/witness.pcapng" \
	    --key-log "$RUN/R8.tls13/keys.log" |
		awk -v frame="$frame" '$1 == frame && $3 == "server" { print $4 }')
	[ "$(member R8.tls13 'c["explanation"]["ended_before"]')" = "$due" ]
	member R8.tls13 'r["sentence"]' |
		grep -q "ended before record $due, without close_notify"
}

# datagram RUN FRAME FIELD...: of the one DTLS record in it.
datagram() {
	local fields=()

	for field in "${@:3}"; do fields+=(-e "$field"); done
	tshark -r "$RUN/$1/witness.pcapng" -Y "frame.number == $2" \
	    -T fields "${fields[@]}" 2>/dev/null
}

@test "D1b, D3b: the copy has a right MAC, and a number that came or is far behind" {
	for run in D1b.tls12-null D3b.tls12-cbc; do
		for what in recorded replayed; do
			[ "$(datagram "$run" "$(member "$run" "c['frames']['$what']")" \
			    dtls.record.sequence_number)" = "$(member "$run" 'c["explanation"]["number"]')" ]
		done
		[ "$(datagram "$run" "$(member "$run" 'c["frames"]["recorded"]')" udp.payload)" = \
		    "$(datagram "$run" "$(member "$run" 'c["frames"]["replayed"]')" udp.payload)" ]
		[ "$(member "$run" 'c["explanation"]["carried"] == c["explanation"]["right"]')" = True ]
		[ "$(member "$run" 'c["explanation"]["made_as"] == c["explanation"]["number"]')" = True ]
	done
	[ "$(member D1b.tls12-null '[k["explanation"]["had_come"] for k in r["copies"]]')" = "[True, True, True]" ]
	[ "$(member D3b.tls12-cbc '(c["explanation"]["had_come"], c["explanation"]["highest"] - c["explanation"]["number"])')" = "(False, 5)" ]
	# The highest that the gateway was given before it, by tshark.
	frame=$(member D3b.tls12-cbc 'c["frames"]["replayed"]')
	stream=$(datagram D3b.tls12-cbc "$frame" udp.stream)
	[ "$(opened D3b.tls12-cbc "udp.stream == $stream && frame.number < $frame && ip.src == 198.51.100.10 && dtls.record.epoch == 1" dtls.record.sequence_number |
		sort -n | tail -n 1)" = "$(member D3b.tls12-cbc 'c["explanation"]["highest"]')" ]
	opened D1b.tls12-null 'frame.comment contains "replayed,"' frame.comment |
		grep -q 'dropped by gateway (seen): its MAC is right, and its number, 1, had come before'
}

@test "D4: Python computes both MACs of the forged number, from RFC 6347 alone" {
	frame=$(member D4.tls12-null 'c["frames"]["replayed"]')
	[ "$(datagram D4.tls12-null "$frame" dtls.record.sequence_number)" = 281474976710655 ]
	stream=$(datagram D4.tls12-null "$frame" udp.stream)
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/blackbox/helper python3 - "$RUN/D4.tls12-null" \
	    "$(datagram D4.tls12-null "$frame" udp.payload)" \
	    "$(opened D4.tls12-null "udp.stream == $stream && dtls.handshake.type == 1" dtls.handshake.random | tail -n 1)" \
	    "$(opened D4.tls12-null "udp.stream == $stream && dtls.handshake.type == 2" dtls.handshake.random)" <<'PY'
import hmac, json, sys
from mac_key import mac_key
folder, record, client, server = sys.argv[1], *map(bytes.fromhex, sys.argv[2:])
key = mac_key(folder, client, server)
content, carried = record[13:-32], record[-32:]
explanation = json.load(open(folder + "/result.json"))["copies"][0]["explanation"]

def mac(number):
    head = (1).to_bytes(2, "big") + number.to_bytes(6, "big") + record[:3]
    return hmac.digest(key, head + len(content).to_bytes(2, "big") + content, "sha256").hex()

assert explanation["number"] == 2**48 - 1, explanation
assert mac(explanation["made_as"]) == carried.hex() == explanation["carried"], explanation
assert mac(explanation["number"]) == explanation["right"], explanation
PY
	member D4.tls12-null 'r["sentence"]' |
		grep -q 'its header says number 281474976710655, its MAC was made as record 1\.'
}

@test "H4d: both randoms are those of the recorded handshake, and no other's" {
	client=$(opened H4d.tls13 "tls.handshake.type == 1" tls.handshake.random | sort | uniq -d)
	[ "$(opened H4d.tls13 "frame.number == $(member H4d.tls13 'c["frames"]["recorded"]')" tls.handshake.random)" = "$client" ]
	[ "$(opened H4d.tls13 "tls.handshake.type == 2" tls.handshake.random | sort -u | wc -l)" = 1 ]
	[ "$(member H4d.tls13 '"random" in c["explanation"]')" = False ]
	member H4d.tls13 'r["sentence"]' | grep -q 'both randoms are the old ones'
}

@test "H2 in TLS 1.3: ServerHello echoes the session id of the recorded ClientHello" {
	stream=$(opened H2.tls13 "frame.number == $(member H2.tls13 'c["frames"]["refused"]')" tcp.stream)
	for pair in 1:session_id_sent 2:session_id_echoed; do
		[ "$(opened H2.tls13 "tcp.stream == $stream && tls.handshake.type == ${pair%:*}" tls.handshake.session_id)" = \
		    "$(member H2.tls13 "c['explanation']['${pair#*:}']")" ]
	done
	[ "$(member H2.tls13 'c["explanation"]["session_id_sent"] == c["explanation"]["session_id_echoed"]')" = False ]
	member H2.tls13 'r["sentence"]' | grep -q 'echoes another session id than the client sent'
}

@test "H6b: whose certificate the client got, and whom it had asked for" {
	sent=$(member H6b 'c["frames"]["replayed"]')
	stream=$(opened H6b "frame.number == $sent" tcp.stream)
	[ "CN = $(opened H6b "tcp.stream == $stream && tls.handshake.type == 11" x509sat.uTF8String | tr , '\n' | tail -n 1)" = \
	    "$(member H6b 'c["explanation"]["certificate"]')" ]
	[ "$(opened H6b "tcp.stream == $stream && tls.handshake.type == 1" tls.handshake.extensions_server_name)" = \
	    "$(member H6b 'c["explanation"]["server_name"]')" ]
	[ "$(opened H6b "frame.number == $(member H6b 'c["frames"]["refused"]')" tls.alert_message.desc)" = 42 ]
}

@test "explain tells a run, a folder, or that there is none" {
	lab=$(realpath "${B:-build}/bin/replaylab")
	run "$lab" explain R1.tls12-cbc --runs "$RUNS"
	[ "$status" = 0 ]
	grep -q '^  made as    record 1$' <<<"$output"
	grep -q '^  expected   record 2$' <<<"$output"
	grep -qF "$(member R1.tls12-cbc 'c["explanation"]["right"]')" <<<"$output"
	[ "$("$lab" explain "$RUN/R1.tls12-cbc")" = "$output" ]
	[ "$("$lab" explain "$RUN/R1.tls12-cbc/")" = "$output" ]
	[ "$("$lab" explain R1 --runs "$RUNS" | grep -c '^R1\.')" = 4 ]
	[ "$("$lab" explain "$RUN" | grep -c '^  made as')" = 10 ]
	"$lab" explain D1b --runs "$RUNS" | grep -q '^  says       record 1, which had come before$'
	"$lab" explain H1.tls13 --runs "$RUNS" | grep -q "server's random, now"
	run "$lab" explain R9 --runs "$RUNS"
	[ "$status" = 2 ]
	[[ $output = *"play it first"* ]]
}

@test "the Wireshark profile: its colours and buttons compile, its columns are there" {
	profile=docs/wireshark/replaylab
	export WIRESHARK_CONFIG_DIR=$BATS_TEST_TMPDIR
	mkdir "$BATS_TEST_TMPDIR/profiles"
	cp -r "$profile" "$BATS_TEST_TMPDIR/profiles/"
	witness=$RUN/R1.tls13/witness.pcapng
	run tshark -C replaylab --color -r "$witness" -Y frame.comment
	[ "$status" = 0 ]
	[[ $output != *"ould not compile"* ]]
	[[ $output = *outer-attacker*"replaylab: replayed"* ]]
	filters=$(grep -v '^#' "$profile/colorfilters" | cut -d@ -f3
		grep -v '^#' "$profile/dfilter_buttons" | cut -d, -f3 |
			sed 's/^"//; s/"$//; s/\\x22/"/g')
	[ "$(wc -l <<<"$filters")" = 15 ]
	while read -r filter; do
		tshark -r "$witness" -c 1 -Y "$filter" >/dev/null 2>"$BATS_TEST_TMPDIR/err" ||
			{ echo "$filter"; cat "$BATS_TEST_TMPDIR/err"; false; }
	done <<<"$filters"
}

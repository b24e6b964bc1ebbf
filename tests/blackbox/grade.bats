#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# A teacher judges what was handed in: what was played is judged as claimed, and
# each lie in it is told, with the place. Nothing in it can do any harm.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export HANDED=$BATS_FILE_TMPDIR/handed
	mkdir -p "$HANDED"/{ann,bob}
	"${B:-build}/bin/replaylab" run R1.tls13 D1.tls12-gcm N1 S3 Z2 G3 \
	    --runs "$HANDED/ann/runs"
	"${B:-build}/bin/replaylab" run R1.tls13 S3 --runs "$HANDED/bob/runs"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	cd "$BATS_TEST_TMPDIR" || return 1
	bin=$OLDPWD/${B:-build}/bin
	case ${B:-build} in /*) bin=$B/bin ;; esac
}

grade() {
	"$bin/replaylab" grade "$@"
}

# lies PLAY: a copy of ann's play to tell lies in, as cy's.
lies() {
	rm -rf cy
	mkdir cy
	cp -r "$HANDED/ann/runs/latest/$1" cy/
	cd "cy/$1" || return 1
}

# says JUDGED NOTE: cy's one play is judged so, for that reason.
says() {
	cd "$BATS_TEST_TMPDIR" || return 1
	run --separate-stderr grade cy
	echo "$output" "$stderr"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" =~ ^cy\ +[A-Z][A-Za-z0-9.-]*\ +[A-Z?-]+\ +$1\ +cy\  ]]
	[[ "${lines[1]}" == *"$2"* ]]
}

bats_require_minimum_version 1.5.0

@test "what was played is judged as it was claimed" {
	run grade "$HANDED/ann" "$HANDED/bob/runs"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^(ann|bob) .* PASS +PASS +2' <<<"$output")" = 8 ]
	run grade "$HANDED/ann/runs/latest"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 7 ]
}

@test "a result that was edited" {
	lies S3
	sed -i 's/"stopped_by":"[^"]*"/"stopped_by":"nobody"/' result.json
	says DOUBT "claim: stopped_by is backend:nonce, claimed nobody"
	lies R1.tls13
	sed -i 's/"times":1/"times":2/' result.json
	says DOUBT "claim: executed: number 1 has another times"
	lies R1.tls13
	sed -i 's/"detail":"bad_record_mac"/"detail":"decrypt_error"/' result.json
	says DOUBT "claim: copies: number 1 has another detail"
	lies R1.tls13
	sed -i 's/"frames":[0-9]/&9/' result.json
	says DOUBT "frames, claimed"
	lies R1.tls13
	echo '{"result":"PASS","id":"R1","variant":"none"}' >result.json
	says - "story: the lab does not know this one"
	lies S3
	echo '{"result":' >result.json
	says DOUBT "claim: result.json is no result"
}

@test "a failure that was made a success" {
	lies S3
	# As if the copy had come through: line and ledger, but not the story.
	python3 - <<-'END'
	import json, sqlite3
	lines = [json.loads(l) for l in open("events.jsonl")]
	for e in lines:
	    if e.get("verdict") == "replayed":
	        e["verdict"] = "accepted"
	        del e["check"]
	open("events.jsonl", "w").writelines(json.dumps(e) + "\n" for e in lines)
	db = sqlite3.connect("ledger-backend1.sqlite")
	db.execute("PRAGMA foreign_keys = 0")
	row = list(db.execute("SELECT * FROM transfer WHERE id = 't-1'").fetchone())
	names = [c[1] for c in db.execute("PRAGMA table_info(transfer)")]
	row[names.index("seq")] += 100
	row[names.index("at")] += 100
	for n, name in enumerate(names):
	    if name == "nonce":
	        row[n] = "another"
	db.execute(f"INSERT INTO transfer VALUES ({','.join('?' * len(row))})", row)
	db.commit()
	END
	says FAIL "verdict: judged FAIL, claimed PASS: line"
}

@test "an event that is gone, or says another thing" {
	lies R1.tls13
	sed -i '/"event_type":"tls_alert".*bad_record_mac/d' events.jsonl
	says FAIL "is not there (line"
	lies R1.tls13
	sed -i '/"event_type":"copy_sent"/d' events.jsonl
	says FAIL "line"
	lies S3
	sed -i 's/"verdict":"replayed","check":"nonce"/"verdict":"stale","check":"timestamp"/' \
	    events.jsonl
	says FAIL "verdict: judged FAIL, claimed PASS"
	lies S3
	sed -i '$s/"timestamp":"20../"timestamp":"2019/' events.jsonl
	says DOUBT "is out of its time"
	lies R1.tls13
	sed -i '/"event_type":"tls_record"/s/"fingerprint":"..../"fingerprint":"beef/' \
	    events.jsonl
	says FAIL "is not in it"
	lies S3
	sed -i 's/"src_port":[0-9]*/"src_port":9/' events.jsonl
	says '(FAIL|DOUBT)' "capture: no frame from"
}

@test "a ledger that was edited" {
	command -v sqlite3 >/dev/null || skip "needs sqlite3"
	lies S3
	sqlite3 ledger-backend1.sqlite "DELETE FROM transfer WHERE id = 't-1'"
	says FAIL "ledger: t-1 took effect 0 times by the ledger, 1 by the events"
	lies S3
	sqlite3 ledger-backend1.sqlite "CREATE TEMP TABLE t AS SELECT * FROM \
	    transfer WHERE id = 't-1'; UPDATE t SET seq = 99, at = at + 1, \
	    nonce = 'x'; INSERT INTO transfer SELECT * FROM t"
	says FAIL "ledger: t-1 took effect 2 times by the ledger, 1 by the events"
	lies S3
	sqlite3 ledger-backend1.sqlite "UPDATE transfer SET id = \
	    char(27) || '[2J' WHERE id = 't-1'"
	says FAIL "ledger: ?[2J took effect 1 times by the ledger, 0 by the events"
	lies S3
	sqlite3 ledger-backend1.sqlite "ALTER TABLE transfer RENAME TO t; \
	    CREATE VIEW transfer AS WITH RECURSIVE n(seq) AS (SELECT 1 UNION \
	    ALL SELECT seq + 1 FROM n) SELECT seq, 't-1' AS id, 1 AS amount, \
	    '' AS src_ip, 5 AS at FROM n"
	says FAIL "ledger: ledger-backend1.sqlite cannot be read"
}

@test "another run's capture" {
	lies R1.tls13
	cp "$HANDED/bob/runs/latest/R1.tls13/witness.pcapng" .
	says DOUBT "copy: no frame of copy 1 in the capture"
	[[ "$output" == *"capture: the record of line"* ]]
	[[ "$output" == *"capture: it is of another time than the events"* ]]
	lies S3
	cp "$HANDED/bob/runs/latest/S3/witness.pcapng" .
	says DOUBT "copy: no frame of copy 1 in the capture"
}

@test "another story" {
	lies S3
	sed -i 's/^expect .*/expect executed t-1 never/' scenario.scn
	says DOUBT "story: another story: scenario.scn is not the lab's"
	lies S3
	sed -i 's/"id":"S3"/"id":"S3x"/' result.json
	says - "story: the lab does not know this one"
	# Unless the teacher has it, too.
	lies S3
	sed -i 's/"id":"S3"/"id":"S3x"/' result.json
	sed -i 's/^id .*/id S3x/' scenario.scn
	cd ../..
	run grade --scenarios cy/S3/scenario.scn cy
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the evidence of another student" {
	mkdir dee eve
	cp -r "$HANDED/ann/runs/latest/R1.tls13" dee/
	cp -r "$HANDED/ann/runs/latest/R1.tls13" eve/
	run grade dee eve "$HANDED/bob"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "$output" == *"same: same evidence as eve/R1.tls13 (events)"* ]]
	[[ "$output" == *"same: same evidence as dee/R1.tls13 (events)"* ]]
	[ "$(grep -c DOUBT <<<"$output")" = 2 ]
	# With new times everywhere the secrets are still the old ones; and of
	# another play of that run the CA is.
	sed -i 's/"timestamp":"20../"timestamp":"2019/' eve/R1.tls13/events.jsonl
	rm -r dee/R1.tls13
	cp -r "$HANDED/ann/runs/latest/S3" dee/
	run grade eve dee "$HANDED/ann"
	echo "$output"
	[[ "$output" == *"same evidence as ann/R1.tls13 (TLS secrets)"* ]]
	[[ "$output" == *"same evidence as ann/S3 (events)"* ]]
	# Who was copied did the rest by herself.
	[ "$(grep -cE '^ann .* PASS +PASS ' <<<"$output")" = 4 ]
	rm -r dee/S3/{events.jsonl,keys*}
	run grade dee "$HANDED/ann"
	echo "$output"
	[[ "$output" == *"same evidence as ann/S3 (CA)"* ]]
}

@test "one play as two" {
	# R1 under TLS 1.3 is no R1 with CBC.
	lies R1.tls13
	sed -i 's/"suite":"tls13"/"suite":"tls12-cbc"/' result.json
	says DOUBT "steps: no handshake was that of tls12-cbc"
	cp -r "$HANDED/ann/runs/latest/R1.tls13" cy/again
	run grade cy
	echo "$output"
	[[ "$output" == *"DOUBT"*"same evidence as cy/R1.tls12-cbc (events)"* ]]
	[[ "$output" == *"same evidence as cy/R1.tls13 (events)"* ]]
	lies S3
	sed -i '/"host":"client".*"seq":0/d; /"seq":0.*"host":"client"/d' events.jsonl
	says DOUBT "steps: 0 programs ran on client, the story has"
}

@test "a link, a pipe or nothing in place of a file" {
	for file in result.json scenario.scn events.jsonl witness.pcapng \
	    ledger-backend1.sqlite keys.log ca.pem; do
		lies R1.tls13
		mv "$file" ../other
		ln -s ../other "$file"
		says '(FAIL|DOUBT)' "file: $file is a link"
		lies R1.tls13
		rm "$file"
		mkfifo "$file"
		says '(FAIL|DOUBT)' "file: $file is no file"
	done
	lies R1.tls13
	rm events.jsonl
	ln -s /etc/passwd events.jsonl
	says FAIL "file: events.jsonl is a link"
	[[ "$output$stderr" != *root* ]]
	for file in scenario.scn events.jsonl witness.pcapng; do
		lies S3
		rm "$file"
		says '(FAIL|DOUBT)' "file: $file is not there"
	done
	rm -rf cy
	ln -s "$HANDED/ann" cy
	run grade cy
	[ "$status" -eq 2 ]
}

@test "a file that was cut" {
	lies R1.tls13
	truncate -s -9 events.jsonl
	says '(FAIL|DOUBT)' ""
	lies R1.tls13
	truncate -s -9 witness.pcapng
	says DOUBT "capture: witness.pcapng is not whole"
	lies R1.tls13
	truncate -s 700 ledger-backend1.sqlite
	says FAIL "ledger: ledger-backend1.sqlite cannot be read"
	lies R1.tls13
	truncate -s 99 result.json
	says DOUBT "claim: result.json is no result"
	for file in events.jsonl witness.pcapng ledger-backend1.sqlite; do
		lies R1.tls13
		truncate -s 0 "$file"
		says '(FAIL|DOUBT)' ""
		lies R1.tls13
		truncate -s 1G "$file"
		says '(FAIL|DOUBT)' "file: $file is too long"
	done
}

@test "evidence that would never end is given up" {
	lies S3
	# A gateway that passes on to itself.
	python3 - >>events.jsonl <<-'END'
	import json
	e = dict(timestamp="2026-11-26T00:00:00.000000000Z", host="gateway",
	    program="x", pid=1, event_type="request", role="gateway",
	    verdict="forwarded", upstream="gateway", fingerprint="aa",
	    src_ip="203.0.113.20", src_port=1, dest_ip="203.0.113.20", dest_port=2)
	sent = dict(e, event_type="copy_sent", kind="stream", seq=0)
	print(json.dumps(sent))
	print(json.dumps(dict(e, seq=1)))
	END
	says - "file: it takes too long"
}

@test "no file can end it, or write to the terminal" {
	python3 - "$HANDED/ann/runs/latest" <<-'END'
	import os, random, shutil, sys
	draw = random.Random(8446)
	files = ["result.json", "events.jsonl", "witness.pcapng", "keys.log",
	    "ledger-backend1.sqlite", "scenario.scn", "keys-gateway.log"]
	for turn in range(60):
	    play = draw.choice(["R1.tls13", "D1.tls12-gcm", "S3", "Z2"])
	    to = f"cy/{turn}/{play}"
	    shutil.copytree(f"{sys.argv[1]}/{play}", to)
	    for name in draw.sample(files, 2):
	        if not os.path.exists(f"{to}/{name}"):
	            continue
	        data = bytearray(open(f"{to}/{name}", "rb").read())
	        for _ in range(draw.choice([1, 5, 100])):
	            at = draw.randrange(len(data))
	            how = draw.randrange(4)
	            if how == 0:
	                data[at] ^= 1 << draw.randrange(8)
	            elif how == 1:
	                data[at:at + draw.randrange(1, 40)] = b""
	            elif how == 2:
	                data[at:at] = bytes(draw.randrange(256) for _ in range(8))
	            else:
	                data[at:at] = data[at:at + draw.randrange(1, 400)]
	            if not data:
	                break
	        open(f"{to}/{name}", "wb").write(data)
	END
	run --separate-stderr grade cy
	echo "$output" "$stderr"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 61 ]
	[ -z "$stderr" ]
	# Who is not heard of again has crashed.
	[[ "$output" != *"it cannot be read"* ]]
	[[ "$output" != *"it takes too long"* ]]
	! LC_ALL=C grep -q '[^ -~]' <<<"$output" || false
}

@test "its tables" {
	mkdir -p $'a "b"\e[2J'
	cp -r "$HANDED/ann/runs/latest/S3" $'a "b"\e[2J/'
	run grade --csv --story S3 --story R1 $'a "b"\e[2J' "$HANDED/bob"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "student,story,claimed,judged,run,note" ]
	[ "${lines[1]}" = '"a ""b""?[2J","S3","PASS","PASS","a ""b""?[2J",""' ]
	[ "${lines[2]}" = '"a ""b""?[2J","R1","-","-","-","story: it was not played"' ]
	[[ "${lines[3]}" == '"bob","R1.tls13","PASS","PASS","2'* ]]
	grade --json --story R1 "$HANDED/ann" | python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert len(rows) == 1 and list(rows[0]) == ["student", "story", "claimed",
    "judged", "run", "note"]
assert rows[0]["story"] == "R1.tls13" and rows[0]["judged"] == "PASS"'
	for wrong in "" "--json --csv ." "none"; do
		run grade $wrong
		[ "$status" -eq 2 ]
	done
}

@test "a class without plays, and a play that was skipped" {
	mkdir -p cy/S3
	echo '{"result":"SKIP","id":"S3","reason":"needs x"}' >cy/S3/result.json
	run grade cy
	[ "$status" -eq 0 ]
	[[ "${lines[1]}" =~ SKIP\ +-\  ]]
	rm -r cy/S3
	run grade --csv cy
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
}

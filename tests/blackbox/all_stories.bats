#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every story of the catalogue, once: a story may be skipped where a program is
# not installed, and then it names the package.  Then a reader of their report.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=${B:-build}/bin/replaylab
	runs=$BATS_FILE_TMPDIR/runs
	interop=$PWD/.setup/interop
}

@test "every story comes out as expected" {
	run "$lab" run all --runs "$runs" -j 2 --json
	grep -v '"result":"PASS"' <<<"$output" || :
	[ "$status" -eq 0 ]
	[ "$(grep -c '"result":"PASS"' <<<"$output")" -ge 150 ]
	! grep -vE '"result":"(PASS|XFAIL|SKIP)"' <<<"$output" || false
	! grep '"result":"SKIP"' <<<"$output" | grep -v 'install' ||
	    false
	# No frame is lost, not even of a standby that copies a whole database.
	! grep '"result":"PASS"' <<<"$output" | grep -v '"frames_dropped":0' ||
	    false
}

@test "whatever TLS or DTLS refused is explained, and stands in the capture" {
	python3 - "$runs"/latest/*/result.json <<'PY'
import json, sys
explained = 0
for path in sys.argv[1:]:
    result = json.load(open(path))
    if result["result"] == "SKIP":
        continue
    for copy in result["copies"]:
        assert copy["frames"], (path, copy)
        if result["stopped_by"].startswith(("tls-", "dtls-")):
            assert copy["explanation"], (path, copy)
            explained += 1
assert explained > 150, explained
PY
}

@test "all of it is graded as it was claimed" {
	run "$lab" grade "$runs/latest"
	grep -vE ' (PASS +PASS|XFAIL +XFAIL|SKIP +-) ' <<<"$output" || :
	[ "$status" -eq 0 ]
	[ "$(grep -cE ' PASS +PASS ' <<<"$output")" -ge 150 ]
}

@test "every event and every result is as the schemas in docs/schema say" {
	python3 -c 'import jsonschema' || skip "needs python3-jsonschema"
	check=tests/blackbox/helper/schema_check
	"$check" docs/schema/event.json "$runs"/latest/*/events.jsonl
	"$check" docs/schema/result.json "$runs"/latest/*/result.json
	# And they say something: one word more, or one less, is none.
	event=$(grep -h '"event_type":"tls_record"' "$runs"/latest/*/events.jsonl | head -n 1)
	file=$BATS_TEST_TMPDIR/events.jsonl
	for wrong in "${event%\}},\"secret\":\"00\"}" \
	    "${event/\"number\":/\"numbers\":}" \
	    "${event/tls_record/tls_rekord}" "${event/\"received\"/\"heard\"}"; do
		[ "$wrong" != "$event" ]
		echo "$wrong" >"$file"
		run ! "$check" docs/schema/event.json "$file"
	done
}

@test "a browser reads the report of all, and axe-core finds nothing" {
	browser=$(command -v chromium || command -v chromium-browser) ||
		skip "needs chromium"
	command -v node >/dev/null || skip "needs node"
	[ -d "$interop/node_modules/playwright-core" ] ||
		skip "needs the npm packages of ./lab setup --tests"
	page=$(readlink -f "$runs/latest")/report.html
	stat -c '%s bytes' "$page"
	[ "$(stat -c %s "$page")" -lt 2000000 ]
	CHROMIUM=$browser INTEROP=$interop node tests/interop/read_report.mjs \
	    "$page" "$BATS_TEST_TMPDIR" R1.tls12-cbc >"$BATS_TEST_TMPDIR/found"
	python3 - "$BATS_TEST_TMPDIR/found" <<'PY'
import json, sys
found = json.load(open(sys.argv[1]))
del found["text"]
print(json.dumps(found, indent=1))
assert found["requests"] == [] and found["complaints"] == []
assert found["axe"] == [] and found["axe_passes"] > 200
assert found["rows"] == found["plain_rows"] > 400 and found["filtered"] == 1
PY
}

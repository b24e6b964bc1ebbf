#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The report as its reader has it: a file that asks nobody for anything.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export LAB=$PWD/${B:-build}/bin/replaylab RUNS=$BATS_FILE_TMPDIR/runs
	export INTEROP=$PWD/.setup/interop
	"$LAB" run R1.tls13 S3 P0 N1 --runs "$RUNS" \
	    >"$BATS_FILE_TMPDIR/printed"
	RUN=$(readlink -f "$RUNS/latest")
	export RUN
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	source "$BATS_TEST_DIRNAME/helper/hostile.sh"
}

one_line() { [ "$(wc -l <<<"$output")" = 1 ] || { echo "$output"; false; }; }

@test "run writes it, and its last line says where" {
	[ -s "$RUN/report.html" ]
	grep -q 'Evidence: .*/report.html$' "$BATS_FILE_TMPDIR/printed"
}

@test "report writes the same again from the evidence alone" {
	cp "$RUN/report.html" "$BATS_TEST_TMPDIR/first.html"
	rm "$RUN/report.html"
	run "$LAB" report --runs "$RUNS"
	[ "$status" -eq 0 ]
	[ "$output" = "$RUN/report.html" ]
	cmp "$RUN/report.html" "$BATS_TEST_TMPDIR/first.html"
}

@test "it says what was played, what came of it, and in which frame" {
	for words in 'A TLS record is sent again' 'RFC 8446 5.2, 5.3' \
	    'stopped by tls-record' 'inject --record client:last' \
	    'connection-lost t-2' 'before the copy'; do
		grep -q -- "$words" "$RUN/report.html" || { echo "$words"; false; }
	done
}

@test "a frame that is not known is not named" {
	run ! grep -oE 'frame.number in \{(0|[^}]*,0)[,}][^<]*' "$RUN/report.html"
}

@test "the frame it names holds the copy, says tshark" {
	command -v tshark >/dev/null || skip "needs tshark"
	number=$(sed -nE 's|.*attacker to backend1, the copy: </i>[^<]*copy of a segment, t-1</b><u>([0-9]+)<.*|\1|p' \
	    "$RUN/report.html")
	read -r seq <<<"$(sed -nE 's/.*"copy_sent".*"tcp_seq":([0-9]+).*/\1/p' \
	    "$RUN/N1/events.jsonl")"
	[ "$(tshark -n -r "$RUN/N1/witness.pcapng" -Y "frame.number == $number" \
	    -T fields -e frame.interface_name -e tcp.seq_raw 2>/dev/null)" = \
	    "inner-attacker	$seq" ]
}

@test "its policy allows the style and script that stand in it, and no more" {
	python3 - "$RUN/report.html" <<'PY'
import base64, hashlib, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
policy = re.search(r'Security-Policy" content="([^"]*)"', page)[1]
assert policy.startswith("default-src 'none'; "), policy
for what in ("style", "script"):
    content = re.findall(rf"<{what}>(.*?)</{what}>", page, re.S)
    assert len(content) == 1, what
    digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest())
    assert f"{what}-src 'sha256-{digest.decode()}'" in policy, policy
assert not re.search(r"<[^>]*\son[a-z]+=|<[^>]*\sstyle=|(src|href)=(?!\x22?(?:\./|#))", page)
assert "unsafe" not in policy
PY
}

@test "it is HTML without a mistake, says tidy" {
	command -v tidy >/dev/null || skip "needs tidy"
	run tidy -e -q "$RUN/report.html"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "hostile evidence is shown, not obeyed" {
	hostile_run "$BATS_TEST_TMPDIR/run"
	run "$LAB" report "$BATS_TEST_TMPDIR/run"
	[ "$status" -eq 0 ]
	page=$BATS_TEST_TMPDIR/run/report.html
	grep -q '&lt;b class=hostile&gt;' "$page"
	! grep -qi '<b class=hostile' "$page" || false
	! grep -q $'\x1b' "$page" || false
	[ "$(grep -o '<script' "$page" | wc -l)" = 1 ]
	grep -q '<dt>it carried<dd><code>&quot;&#39;&gt;' "$page"
	command -v tidy >/dev/null || skip "needs tidy"
	tidy -e -q "$page"
}

@test "evidence that breaks off, or is not there, is reported as far as it goes" {
	mkdir -p "$BATS_TEST_TMPDIR/run"
	cp -r "$RUN/R1.tls13" "$RUN/S3" "$BATS_TEST_TMPDIR/run/"
	cd "$BATS_TEST_TMPDIR/run"
	truncate -s 3000 R1.tls13/events.jsonl
	truncate -s 2000 R1.tls13/witness.pcapng
	rm S3/result.json S3/events.jsonl S3/witness.pcapng S3/manifest.json
	run "$LAB" report .
	[ "$status" -eq 0 ]
	grep -q 'no verdict' report.html
	grep -q '<p>1 line of events.jsonl cannot be read' report.html
}

# Of 125 stories, as long as these, none of which is like another.
@test "five hundred plays stay under two megabytes" {
	mkdir -p "$BATS_TEST_TMPDIR/run"
	for i in $(seq 125); do
		for play in R1.tls13 S3 P0 N1; do
			cp -rl "$RUN/$play" "$BATS_TEST_TMPDIR/run/Q$i.${play%%.*}"
			sed -i "s/^id .*/id Q$i/" \
			    "$BATS_TEST_TMPDIR/run/Q$i.${play%%.*}/scenario.scn"
		done
	done
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	page=$BATS_TEST_TMPDIR/run/report.html
	[ "$(grep -c '^<tr><th scope="row">' "$page")" = 500 ]
	stat -c '%s bytes' "$page"
	[ "$(stat -c %s "$page")" -lt 2000000 ]
}

@test "an exchange that stands there is not drawn again, but for its words" {
	mkdir -p "$BATS_TEST_TMPDIR/run"
	cp -r "$RUN/S3" "$BATS_TEST_TMPDIR/run/S3.one"
	cp -r "$RUN/S3" "$BATS_TEST_TMPDIR/run/S3.two"
	cp -r "$RUN/S3" "$BATS_TEST_TMPDIR/run/S3.three"
	cp -r "$RUN/N1" "$BATS_TEST_TMPDIR/run/S3.four"
	sed -i 's/has_recorded/&/; s/"frames":[0-9]*,/"frames":77,/' \
	    "$BATS_TEST_TMPDIR/run/S3.two/events.jsonl"
	cp "$RUN/S3/scenario.scn" "$BATS_TEST_TMPDIR/run/S3.four/"
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	page=$BATS_TEST_TMPDIR/run/report.html
	grep -oE 'class="play"|class=seq |as of <a[^.]*\.' "$page"
	[ "$(grep -o 'class=seq ' "$page" | wc -l)" = 2 ]
	[ "$(grep -o 'as of <a href="#p2">one</a>' "$page" | wc -l)" = 2 ]
	grep -q 'these words: has recorded 77 frames\.' "$page"
}

@test "--all makes an index, the newest first, and leaves unfinished runs out" {
	mkdir -p "$BATS_TEST_TMPDIR/runs"
	cp -r "$RUN" "$BATS_TEST_TMPDIR/runs/20200101-000000-1"
	cp -r "$RUN" "$BATS_TEST_TMPDIR/runs/20210101-000000-1"
	cp -r "$RUN" "$BATS_TEST_TMPDIR/runs/20220101-000000-1"
	touch "$BATS_TEST_TMPDIR/runs/20220101-000000-1/.unfinished"
	rm "$BATS_TEST_TMPDIR/runs/20200101-000000-1/report.html"
	run "$LAB" report --all --runs "$BATS_TEST_TMPDIR/runs"
	[ "$status" -eq 0 ]
	[ "$(grep -oE 'href="[^"]*"' "$BATS_TEST_TMPDIR/runs/index.html" |
		tr '\n' ' ')" = 'href="./20210101-000000-1/report.html" href="./20200101-000000-1/report.html" ' ]
	[ -s "$BATS_TEST_TMPDIR/runs/20200101-000000-1/report.html" ]
	command -v tidy >/dev/null || skip "needs tidy"
	tidy -e -q "$BATS_TEST_TMPDIR/runs/index.html"
}

@test "the index has the matrix, of each cell the newest play" {
	"$LAB" run M1.none M1.nonce --runs "$BATS_TEST_TMPDIR/runs" >/dev/null
	"$LAB" run M1.nonce M7.time --runs "$BATS_TEST_TMPDIR/runs" >/dev/null
	newest=$(basename "$(readlink "$BATS_TEST_TMPDIR/runs/latest")")
	"$LAB" report --all --runs "$BATS_TEST_TMPDIR/runs"
	page=$BATS_TEST_TMPDIR/runs/index.html
	[ "$(grep -c '<th scope="row">M[17] ' "$page")" = 2 ]
	grep -oE '<td class="[a-z-]*"><a href="[^"]*">[^<]*' "$page" |
		sed 's|\./\./20[0-9-]*|./RUN|' >"$BATS_TEST_TMPDIR/cells"
	diff "$BATS_TEST_TMPDIR/cells" - <<'END'
<td class="again"><a href="./RUN/M1.none/">+1
<td class="nothing-more"><a href="./RUN/M1.nonce/">0
<td class="nothing-more"><a href="./RUN/M7.time/">0
END
	grep -q "href=\"\./\./$newest/M1\.nonce/\"" "$page"
	[ "$(grep -o '<td>?' "$page" | wc -l)" = 13 ]
	command -v tidy >/dev/null || skip "needs tidy"
	tidy -e -q "$page"
}

@test "a repeat that came out the same is a row, without a diagram of its own" {
	mkdir -p "$BATS_TEST_TMPDIR/run"
	for turn in 001 002 003 1000; do
		cp -r "$RUN/R1.tls13" "$BATS_TEST_TMPDIR/run/R1.tls13.$turn"
		sed -i "s/\"result\":/\"turn\":$((10#$turn)),&/" \
		    "$BATS_TEST_TMPDIR/run/R1.tls13.$turn/result.json"
	done
	sed -i 's/"tls-record"/"nobody"/' \
	    "$BATS_TEST_TMPDIR/run/R1.tls13.003/result.json"
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	[ "$(grep -c '^<tr><th scope="row">' "$BATS_TEST_TMPDIR/run/report.html")" = 4 ]
	[ "$(grep -o 'class="body"' "$BATS_TEST_TMPDIR/run/report.html" | wc -l)" = 3 ]
	[ "$(grep -o 'class=seq ' "$BATS_TEST_TMPDIR/run/report.html" | wc -l)" = 2 ]
}

@test "of several copies each list says which it is about" {
	mkdir "$BATS_TEST_TMPDIR/run"
	cp -r "$RUN/R1.tls13" "$BATS_TEST_TMPDIR/run/"
	python3 - "$BATS_TEST_TMPDIR/run/R1.tls13/result.json" <<-'END'
		import copy, json, sys
		result = json.load(open(sys.argv[1]))
		one = result["copies"][0]
		other = copy.deepcopy(one)
		other["explanation"]["carried"] = "another"
		result["copies"] = [one, one, {}, other]
		json.dump(result, open(sys.argv[1], "w"))
	END
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	page=$BATS_TEST_TMPDIR/run/report.html
	[ "$(grep -oE '<p>Cop(y|ies) [0-9to ]*:</p><dl>' "$page")" = \
		"<p>Copies 1 to 2:</p><dl>"$'\n'"<p>Copy 4:</p><dl>" ]
	! grep -qE '<p>Cop(y|ies) ' "$RUN/report.html" || false
}

@test "in the index a run that was all skipped is neither good nor bad" {
	mkdir -p "$BATS_TEST_TMPDIR/runs/one" "$BATS_TEST_TMPDIR/runs/two"
	cp -r "$RUN/R1.tls13" "$BATS_TEST_TMPDIR/runs/one/"
	cp -r "$RUN/R1.tls13" "$BATS_TEST_TMPDIR/runs/two/"
	sed -i 's/"result":"PASS"/"result":"SKIP"/' \
	    "$BATS_TEST_TMPDIR/runs/two/R1.tls13/result.json"
	"$LAB" report --all --runs "$BATS_TEST_TMPDIR/runs"
	page=$BATS_TEST_TMPDIR/runs/index.html
	grep -q '>one</a><td class="pass">1 as' "$page"
	grep -q '>two</a><td class="skipped">0 as' "$page"
}

@test "a value of three digits is no repeat" {
	mkdir -p "$BATS_TEST_TMPDIR/run"
	for value in 100 200; do
		cp -r "$RUN/R1.tls13" "$BATS_TEST_TMPDIR/run/R1.$value"
	done
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	[ "$(grep -o 'class="body"' "$BATS_TEST_TMPDIR/run/report.html" | wc -l)" = 2 ]
}

@test "mistakes are one line and status 2" {
	for words in "nowhere" "--all x" "a b" "$BATS_TEST_TMPDIR"; do
		# shellcheck disable=SC2086
		run "$LAB" report --runs "$RUNS" $words
		[ "$status" -eq 2 ]
		one_line
	done
}

@test "a browser reads it: filters, unfolds, follows a link, prints, asks nobody" {
	browser=$(command -v chromium || command -v chromium-browser) ||
		skip "needs chromium"
	command -v node >/dev/null || skip "needs node"
	[ -d "$INTEROP/node_modules/playwright-core" ] ||
		skip "needs the npm packages of ./lab setup --tests"
	hostile_run "$BATS_TEST_TMPDIR/run"
	cp -r "$RUN"/[A-Z]* "$BATS_TEST_TMPDIR/run/"
	"$LAB" report "$BATS_TEST_TMPDIR/run"
	mkdir "$BATS_TEST_TMPDIR/seen"
	CHROMIUM=$browser node tests/interop/read_report.mjs \
	    "$BATS_TEST_TMPDIR/run/report.html" "$BATS_TEST_TMPDIR/seen" \
	    >"$BATS_TEST_TMPDIR/found"
	python3 - "$BATS_TEST_TMPDIR/found" <<'PY'
import json, sys
found = json.load(open(sys.argv[1]))
text = found.pop("text")
print(json.dumps(found, indent=1))
assert found["requests"] == [] and found["complaints"] == []
assert found["axe"] == [] and found["axe_passes"] > 40
assert len(found["pictures"]) == 9 and min(found["pictures"].values()) >= 16
assert found["rows"] == found["plain_rows"] == 5 and found["filtered"] == 1
assert found["said"] == "1 of 5 shown" and 0 < found["nobody"] < 5
assert found["unfolded"] and found["file"] and "SYN" in found["shake"]
assert not found["plain_form"] and not found["printed_form"]
assert found["cut_off"] == 0, "on paper"
assert found["marks"] == 1, "only the page's own script"
assert "<b class=hostile>" in text
PY
	[ -s "$BATS_TEST_TMPDIR/seen/report.pdf" ]
}

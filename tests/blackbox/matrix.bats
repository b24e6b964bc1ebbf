#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The table of attacks and defences, from a run of all of it.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export LAB=$PWD/${B:-build}/bin/replaylab
	export TABLE=$BATS_FILE_TMPDIR/matrix.json
	export PAGE=$BATS_FILE_TMPDIR/pages/of/matrix.html
	mkdir -p "${PAGE%/*}"
	"$LAB" matrix -j 2 --json --html "$PAGE" \
	    --runs "$BATS_FILE_TMPDIR/my runs" >"$TABLE"
	echo $? >"$BATS_FILE_TMPDIR/status"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	runs=$BATS_TEST_TMPDIR/runs
	stories=$BATS_TEST_TMPDIR/stories
}

one_line() { [ "$(wc -l <<<"$output")" = 1 ] || { echo "$output"; false; }; }

# few ROW: that story before two defences alone, in a folder of its own.
few() {
	local others='signature|time|nonce|shared|persistent|idempotent'

	mkdir -p "$stories"
	sed -E -e 's/^over .*/over defence none own-memory/' -e ':next' \
	    -e "s/^(expect.* when.*) ($others)( |\$)/\\1\\3/;tnext" -e '/ when$/d' \
	    "scenarios/matrix/$1"-*.scn >"$stories/$1.scn"
}

@test "each attack comes before each defence to what the lesson says" {
	[ "$(cat "$BATS_FILE_TMPDIR/status")" -eq 0 ]
	python3 - "$TABLE" <<'PY'
import json, sys
table = json.load(open(sys.argv[1], encoding="utf-8"))
columns = ["none", "signature", "time", "nonce", "own-memory", "shared",
    "persistent", "idempotent"]
expected = {
    "M1":  "+1 +1 +1 0 0 0 0 0",
    "M2":  "+1 +1 +1 +1 +1 0 0 0",
    "M3":  "+1 +1 0 +1 0 0 0 0",
    "M4":  "+1 +1 +1 +1 +1 +1 0 0",
    "M5":  "+1 +1 +1 +1 +1 +1 +1 0",
    "M5b": "+1 +1 +1 0 0 0 0 0",
    "M6":  "+1 0 0 0 0 0 0 0",
    "M7":  "late late 0 late 0 0 0 0",
    "M8":  "+1 +1 +1 +1 +1 +1 +1 0",
    "M9":  "+1 +1 +1 0r1 0r1 0r1 0r1 0r1",
    "M9b": "+1 +1 +1 +1 +1 +1 +1 0",
}
def words(cell):
    effect = {"nothing-more": "0", "late": "late", "again": f"+{cell['again']}"}
    refused = f"r{cell['refused']}" if cell["refused"] else ""
    return effect[cell["effect"]] + refused
assert [d["name"] for d in table["defences"]] == columns
assert all(d["does"] for d in table["defences"])
seen = {}
for row in table["rows"]:
    assert [c["defence"] for c in row["cells"]] == columns, row
    assert all(c["as_expected"] for c in row["cells"]), row
    seen[row["id"]] = " ".join(words(c) for c in row["cells"])
assert seen == expected, seen
assert table["differing"] == 0
PY
}

@test "each cell names its evidence, and there it is again" {
	python3 - "$TABLE" <<'PY'
import json, os, sqlite3, sys
table = json.load(open(sys.argv[1], encoding="utf-8"))
for row in table["rows"]:
    for cell in row["cells"]:
        folder = os.path.join(table["folder"], cell["evidence"])
        assert cell["evidence"] == f"{row['id']}.{cell['defence']}"
        count = 0
        for name in os.listdir(folder):
            if not name.startswith("ledger-") or not name.endswith(".sqlite"):
                continue
            with sqlite3.connect(os.path.join(folder, name)) as ledger:
                count += ledger.execute("SELECT count(*) FROM transfer "
                    "WHERE id NOT LIKE 'control-%'").fetchone()[0]
        assert max(count - 1, 0) == cell["again"], (folder, count)
PY
}

@test "the columns are the backend's defences, in its order" {
	run "${LAB%/*}/victim-server" backend --help
	[ "$(sed -nE 's/^  ([a-z-]+) +--check .*/\1/p' <<<"$output" | grep -v '^--')" = \
	    "$(python3 -c 'import json, sys
for d in json.load(open(sys.argv[1]))["defences"]: print(d["name"])' "$TABLE")" ]
}

@test "in the page each cell has a row header, a column header and its folder" {
	python3 - "$PAGE" <<'PY'
import html.parser, os, sys, urllib.parse
class Page(html.parser.HTMLParser):
    rows, links = [], []
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert tag not in ("script", "img", "link", "iframe"), tag
        assert not any(a.startswith("on") or a == "style" for a in attributes)
        if tag == "tr":
            self.rows.append([])
        elif tag == "th":
            self.rows[-1].append(attributes["scope"])
        elif tag == "td":
            self.rows[-1].append(tag)
        elif tag == "a":
            self.links.append(attributes["href"])
page = Page()
text = open(sys.argv[1], encoding="utf-8").read()
page.feed(text)
assert page.rows[0] == ["col"] * 9, page.rows[0]
assert len(page.rows) == 12
assert all(r == ["row"] + ["td"] * 8 for r in page.rows[1:]), page.rows
assert len(page.links) == 88
for link in page.links:
    assert link.startswith("./../../my%20runs/"), link
    there = os.path.join(os.path.dirname(sys.argv[1]), urllib.parse.unquote(link))
    assert os.path.isfile(os.path.join(there, "result.json")), link
assert "http" not in text.replace('http-equiv', '').replace("HTTP", ""), "a request"
assert "prefers-color-scheme:dark" in text and '<html lang="en">' in text
PY
}

@test "its policy allows the style that stands in it, and no more" {
	python3 - "$PAGE" <<'PY'
import base64, hashlib, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
digest = hashlib.sha256(re.search(r"<style>(.*?)</style>", page, re.S)[1].encode()).digest()
policy = re.search(r'Security-Policy" content="([^"]*)"', page)[1]
assert policy == ("default-src 'none'; style-src 'sha256-" +
    base64.b64encode(digest).decode() + "'; base-uri 'none'; form-action 'none'"), policy
PY
}

@test "the page is HTML without a mistake, says tidy" {
	command -v tidy >/dev/null || skip "needs tidy"
	run tidy -e -q "$PAGE"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "as text it has a line a story, in a hundred columns" {
	few M1
	few M7
	run "$LAB" matrix --scenarios "$stories" --runs "$runs" -j2
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^M1 +A copy to the same backend +\+1 +0$' <<<"$output"
	grep -qE '^M7 +Withheld, and delivered late +late +0$' <<<"$output"
	grep -qE '^4 cells, 0 not as expected\.' <<<"$output"
	# The last line ends with a path, as long as it is.
	! head -n -1 <<<"$output" | grep -E '^.{101}| $' || false
	# And so it is with all the columns there are, in their widths.
	python3 - "$TABLE" <<'PY'
import json, sys
table = json.load(open(sys.argv[1], encoding="utf-8"))
assert 4 + max(len(r["title"]) for r in table["rows"]) + 8 * 8 <= 100
PY
}

@test "a cell that differs from its story is marked, and the status is 1" {
	few M1
	sed -i 's/twice when none/once when none/' "$stories/M1.scn"
	run "$LAB" matrix --scenarios "$stories" --runs "$runs" \
	    --html "$BATS_TEST_TMPDIR/page.html"
	echo "$output"
	[ "$status" -eq 1 ]
	grep -qE '^M1 .* \+1\* +0$' <<<"$output"
	grep -qE '^\* M1\.none: line [0-9]+ does not hold$' <<<"$output"
	grep -qE '^2 cells, 1 not as expected\.' <<<"$output"
	[ "$(grep -o 'class="again differs"' "$BATS_TEST_TMPDIR/page.html" | wc -l)" = 1 ]
	grep -q 'M1.none: line' "$BATS_TEST_TMPDIR/page.html"
}

@test "what is no matrix, and a page that cannot be, are one line and status 2" {
	few M1
	run "$LAB" matrix --scenarios "$stories" --runs "$runs" --html /nowhere/page
	[ "$status" -eq 2 ]
	one_line
	few M6
	sed -i -e 's/^over .*/over defence none own/' -e s/own-memory/own/ "$stories/M6.scn"
	run "$LAB" matrix --scenarios "$stories" --runs "$runs"
	[ "$status" -eq 2 ]
	one_line
	run "$LAB" matrix --scenarios scenarios/tcp --runs "$runs"
	[ "$status" -eq 2 ]
	one_line
	[ ! -e "$runs" ]
}

@test "a defence by name goes with none of the options it stands for" {
	for option in "--check none" "--nonce-ttl 5" "--nonce-store memory"; do
		# shellcheck disable=SC2086
		run "${LAB%/*}/victim-server" backend --defence time $option
		[ "$status" -eq 2 ]
		one_line
		grep -q 'defence: time stands for' <<<"$output"
	done
	run "${LAB%/*}/victim-server" backend --nonce-store shared --nonce-capacity 5
	[ "$status" -eq 2 ]
	one_line
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Sessions of openssl s_client and s_server, of which nothing is ours, explained
# record by record: in a network of their own, in each suite of the lab.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	command -v dumpcap >/dev/null || skip "needs dumpcap"
	command -v python3 >/dev/null || skip "needs python3"
	helper=$(realpath tests/blackbox/helper)
	LAB=$(realpath "${B:-build}/bin/replaylab")
	export LAB
	SUITES="NULL-SHA256 AES128-SHA256 AES256-SHA256
	    AES128-SHA256+etm ECDHE-RSA-AES128-SHA256+etm
	    ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256
	    AES128-GCM-SHA256 AES256-GCM-SHA384
	    ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384
	    ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384
	    ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-CHACHA20-POLY1305
	    TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384
	    TLS_CHACHA20_POLY1305_SHA256"
	DATAGRAM_SUITES="NULL-SHA256 AES128-SHA256 ECDHE-RSA-AES128-SHA256
	    AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384
	    ECDHE-RSA-CHACHA20-POLY1305"
	export SUITES DATAGRAM_SUITES
	cd "$BATS_FILE_TMPDIR"
	# shellcheck disable=SC2086 # several words
	"$helper/stock_sessions" $SUITES -- $DATAGRAM_SUITES 3>&-
	cat datagram_keys.log >>keys.log
	"$LAB" explain --capture sessions.pcap --key-log keys.log >explained
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

# told CODE: each record as r, of the n-th session of `count` suites; session
# numbers count on from those alone to those repeated and changed.
told() {
	python3 - "$(wc -w <<<"$SUITES")" "$DATAGRAM_SUITES" <<PY
import sys
from collections import defaultdict
count = int(sys.argv[1])
sessions = defaultdict(list)
for line in open("explained").read().splitlines()[1:]:
    frame, number, sender, due, verdict, algorithm, carried, right, *why = line.split()
    sessions[int(number)].append(dict(frame=frame, sender=sender, due=int(due),
        verdict=verdict, algorithm=algorithm, carried=carried, right=right,
        why=" ".join(why)))
datagrams = len(sys.argv[2].split())
assert sorted(sessions) == list(range(1, 3 * (count + datagrams) + 1)), sorted(sessions)
def groups(first, count):
    return ([sessions[first + n + k * count] for n in range(count)] for k in range(3))
alone, repeated, changed = groups(1, count)
datagrams_alone, datagrams_repeated, datagrams_changed = groups(3 * count + 1, datagrams)
$1
PY
}

@test "every record of every suite: what it carries is what is computed" {
	told '
for session in alone:
    assert len(session) >= 9, session
    for r in session:
        assert r["verdict"] == "good" and r["carried"] == r["right"], r
        assert len(r["carried"]) >= 32, r
assert {r["algorithm"] for s in alone for r in s} == {"HMAC-SHA256",
    "AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"}'
}

@test "each at its sequence number: the next one, or 0 under new keys" {
	told '
for session in alone:
    for sender in "client", "server":
        numbers = [r["due"] for r in session if r["sender"] == sender]
        new_keys = numbers.count(0)
        assert new_keys in (1, 2) and numbers[0] == 0, numbers
        assert all(b in (a + 1, 0) for a, b in zip(numbers, numbers[1:])), numbers'
}

@test "every record that the capture holds is explained, says tshark" {
	command -v tshark >/dev/null || skip "needs tshark"
	seen=$(tshark -n -r sessions.pcap -o tls.keylog_file:keys.log -T fields \
	    -e tcp.stream -e tls.record.opaque_type -e tls.record.content_type \
	    2>/dev/null | awk -F'\t' '$1 == 15 {
		n += gsub(/23/, "", $2) } END { print n }')
	[ "$seen" -gt 8 ]
	told "
session = alone[$(wc -w <<<"$SUITES") - 1]
assert len(session) == $seen, (len(session), $seen)"
}

@test "a repeated record was made as the one before, and the server says no" {
	told '
for session in repeated:
    refused = [r for r in session if r["verdict"] != "good"]
    assert len(refused) == 1, refused
    r, original = refused[0], session[session.index(refused[0]) - 1]
    assert r["verdict"] == "refused" and r["sender"] == "client", r
    assert r["why"] == "made as record %d, keys: due" % (r["due"] - 1), r
    assert r["carried"] == original["carried"] != r["right"], (r, original)'
	[ "$(grep -c 'bad record mac' server.out)" -ge "$(($(wc -w <<<"$SUITES") * 2))" ]
}

@test "a changed record is one that no key made" {
	told '
for session in changed:
    refused = [r for r in session if r["verdict"] != "good"]
    assert len(refused) == 1, refused
    assert refused[0]["verdict"] == "changed", refused
    assert refused[0]["sender"] == "client", refused
    assert refused[0]["why"] == "no key of this capture made it", refused'
}

@test "datagrams: every record carries what is computed, at the number it says" {
	told '
for session in datagrams_alone:
    assert all(r["verdict"] == "good" and r["carried"] == r["right"] for r in session), session
    # Finished, four lines, close_notify.
    assert [r["due"] for r in session if r["sender"] == "client"] == [0, 1, 2, 3, 4, 5], session
assert {r["algorithm"] for s in datagrams_alone for r in s} == {"HMAC-SHA256",
    "AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"}'
}

@test "datagrams: a repeated record is as good as before, and comes again" {
	told '
for session in datagrams_repeated:
    other = [r for r in session if r["verdict"] != "good"]
    assert len(other) == 1, other
    again, original = other[0], session[session.index(other[0]) - 1]
    assert again["verdict"] == "again" and again["due"] == original["due"] == 3, again
    assert again["carried"] == again["right"] == original["carried"], again'
	# The server took it once.
	for suite in $DATAGRAM_SUITES; do
		[ "$(grep -ac "^$suite 4437 green" datagrams.out)" = 1 ]
	done
}

@test "datagrams: a changed record is one that no key made, and the rest goes on" {
	told '
for session in datagrams_changed:
    refused = [r for r in session if r["verdict"] != "good"]
    assert [r["verdict"] for r in refused] == ["changed"], refused
    assert session.index(refused[0]) < len(session) - 2, session'
	for suite in $DATAGRAM_SUITES; do
		run ! grep -aq "^$suite 4438 green" datagrams.out
		grep -aq "^$suite 4438 white" datagrams.out
	done
}

@test "mistakes are one line and status 2" {
	: >empty
	for words in "--capture sessions.pcap" "--key-log keys.log" \
	    "--capture sessions.pcap --key-log keys.log R1" \
	    "--capture nowhere --key-log keys.log" \
	    "--capture sessions.pcap --key-log nowhere" \
	    "--capture keys.log --key-log keys.log"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$LAB" explain $words
		[ "$(wc -l <<<"$stderr")" = 1 ] || { echo "$words: $stderr"; false; }
	done
	run -2 --separate-stderr "$LAB" explain --capture sessions.pcap --key-log empty
	grep -q 'no protected record that empty opens' <<<"$stderr"
}

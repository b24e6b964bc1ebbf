# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: nonces a second that the backend's memory checks and keeps
#
# All are fresh, the clock runs on, so buckets expire while others fill.
. tests/bench/measure.bash

count=2000000
[ -z "$brief" ] || count=20000

ours() { "$made/nonces" ours "$count" | cut -d' ' -f1; }
bare() { "$made/nonces" bare "$count" | cut -d' ' -f1; }

# Of sixteen checks in a row, and of whatever else the machine did then.
pause_ours() { "$made/nonces" ours "$count" | cut -d' ' -f3; }
pause_bare() { "$made/nonces" bare "$count" | cut -d' ' -f3; }

bench() {
	measure ours bare pause_ours pause_bare
	row "nonces: checks of one thread" "${median[ours]}" "bare table" \
		"${median[bare]}" checks/s ">=0.8"
	row "nonces: worst pause" "${median[pause_ours]}" "bare table" \
		"${median[pause_bare]}" ns ""
}

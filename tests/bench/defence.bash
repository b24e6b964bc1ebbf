# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: what the whole defence costs the backend
#
# The same signed orders, each with a nonce of its own, to a backend that checks
# signature, time and nonce and to one that checks nothing.  Both book on the
# disk of the build folder.  Load is wrk's.
. tests/bench/measure.bash

orders=30000 # more than a second's
rounds=${BENCH_ROUNDS:-3} # each takes long
[ -z "$brief" ] || orders=50

port[checked]=8001
port[unchecked]=8002

backend() { # NAME CHECKS
	serve "$1" "$B/bin/victim-server" backend --ledger "$disk/$1" \
		--listen "${port[$1]}" --check "$2" --keys "$scratch/keys" \
		--account alice=1000000000 --account bob=0
}

# Orders booked in a second; and in one of its CPU, for cost_NAME.
books() { # NAME
	local before length

	length=$("$made/orders" "$scratch/keys" client "$orders" \
		"$scratch/orders")
	before=$(cpu "${pid[$1]}")
	wrk -t 1 -c 16 -d 1 -s tests/bench/orders.lua \
		"http://127.0.0.1:${port[$1]}" -- "$scratch/orders" \
		"$length" >"$scratch/load"
	if grep -E 'Non-2xx|Socket errors' "$scratch/load" >&2; then
		return 1
	fi
	rate "$(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$scratch/load")" \
		"$before" "$(cpu "${pid[$1]}")" >"$scratch/cost-$1"
	sed -n 's/^Requests.sec: *//p' "$scratch/load"
}

checked() { books checked; }
unchecked() { books unchecked; }
cost_checked() { cat "$scratch/cost-checked"; }
cost_unchecked() { cat "$scratch/cost-unchecked"; }

bench() {
	if ! have wrk; then
		skip defence wrk wrk
		return
	fi
	ip link set lo up
	on_disk
	printf '{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",
		"secret":"%s"}]}' "$(head -c 32 /dev/urandom | base64)" \
		>"$scratch/keys"
	backend checked signature,timestamp,nonce
	backend unchecked none
	measure checked unchecked cost_checked cost_unchecked
	row "defence: orders booked" "${median[checked]}" "no check" \
		"${median[unchecked]}" orders/s ">=0.85"
	row "defence: orders, a second of CPU" "${median[cost_checked]}" \
		"no check" "${median[cost_unchecked]}" orders/s ""
}

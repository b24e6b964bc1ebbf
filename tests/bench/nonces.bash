# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: nonces a second that the backend's memory checks and keeps
#
# All are fresh, the clock runs on, so buckets expire while others fill.  The
# limit is a bare table, which forgets nothing; Redis is asked as a backend
# asks it, SET NX PX, but 64 at once.  Seconds are those of the CPU, of Redis
# alone.
. tests/bench/measure.bash

count=2000000
asked=200000
[ -z "$brief" ] || count=20000
[ -z "$brief" ] || asked=5000

ours() { "$made/nonces" ours "$count" | cut -d' ' -f1; }
bare() { "$made/nonces" bare "$count" | cut -d' ' -f1; }

# Of 64 checks in a row.
pause_ours() { "$made/nonces" ours "$count" | cut -d' ' -f3; }

bytes_ours() { "$made/nonces" ours "$count" | cut -d' ' -f2; }

redis() {
	redis-cli -s "$scratch/redis" "$@"
}

start_redis() {
	redis-server --port 0 --unixsocket "$scratch/redis" --save '' \
		--appendonly no --dir "$scratch" >"$scratch/redis.log" 2>&1 &
	server=$!
	await "[Rr]eady to accept" "$scratch/redis.log"
	empty=$(redis_holds)
}

redis_holds() {
	redis info memory | sed -n 's/^used_memory:\([0-9]*\).*/\1/p'
}

by_redis() { # and what a nonce takes, for bytes_redis
	local before after

	redis flushall >"$scratch/said"
	before=$(cpu "$server")
	redis-benchmark --csv -s "$scratch/redis" -P 64 -c 1 -n "$asked" \
		-r 1000000000 SET nonce:__rand_int__ 1 NX PX 300000 \
		>"$scratch/said" 2>&1
	after=$(cpu "$server")
	awk -v all="$(redis_holds)" -v empty="$empty" \
		-v n="$(redis dbsize)" 'BEGIN { print (all - empty) / n }' \
		>"$scratch/bytes"
	rate "$asked" "$before" "$after"
}

bytes_redis() { cat "$scratch/bytes"; }

beside_redis() {
	start_redis
	measure ours by_redis bytes_ours bytes_redis
	row "nonces: checks of one thread" "${median[ours]}" Redis \
		"${median[by_redis]}" checks/s ">=25"
	row "nonces: memory of one" "${median[bytes_ours]}" Redis \
		"${median[bytes_redis]}" B "<=0.2"
}

bench() {
	measure ours bare pause_ours
	row "nonces: checks of one thread" "${median[ours]}" "bare table" \
		"${median[bare]}" checks/s ">=0.8"
	row "nonces: worst pause" "${median[pause_ours]}" "a millisecond" \
		1000000 ns "<=1"
	if have redis-server && have redis-benchmark; then
		beside_redis
	else
		skip "nonces: checks of one thread" Redis redis-server
	fi
}

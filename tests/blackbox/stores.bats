#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Backends over a shared store, a real one or one that talks nonsense: it hangs,
# dies, comes back, and several ask for the same nonce at once.  Everything is
# on loopback, and each server is started here.

bats_require_minimum_version 1.5.0

source "$BATS_TEST_DIRNAME/helper/loopback.sh"

setup_file() {
	on_loopback
	PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
	export PATH
	secret=$(openssl rand -base64 32)
	cat >"$REPLAYLAB_DIR/keys.json" <<-END
		{"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256",
		 "secret":"$secret"}]}
	END
	if command -v initdb >/dev/null; then
		as_another initdb -D "$T/template" -U replaylab --auth=trust \
			--no-sync --locale=C >"$T/initdb.log" 2>&1
	fi
}

setup() {
	LOGS=$BATS_TEST_TMPDIR
	STORE=$((PORT + 9))
}

teardown() {
	for pid in "$LOGS"/*.pid; do
		[ -e "$pid" ] || continue
		end "$(basename "$pid" .pid)" CONT
		end "$(basename "$pid" .pid)" KILL
	done
}

# PostgreSQL refuses uid 0.
as_another() {
	if [ "$(id -u)" = 0 ]; then
		unshare --user --map-user=1 --map-group=1 "$@"
	else
		"$@"
	fi
}

need() {
	case $1 in
	redis) command -v redis-server || skip "needs redis-server" ;;
	postgresql) command -v initdb || skip "needs postgresql" ;;
	esac
	run "$SERVER" backend --nonce-store "$1" --store 127.0.0.1:1 \
		--ledger /nowhere/l
	[ "$status" -ne 4 ] || skip "$output"
}

# tree PID: it and all below it, itself first.
tree() {
	echo "$1"
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		tree "$child"
	done
}

end() { # NAME SIGNAL
	# shellcheck disable=SC2046 # one word a process
	kill -"$2" $(tree "$(cat "$LOGS/$1.pid")") 2>/dev/null || :
}

start_store() { # redis|postgresql
	rm -f "$LOGS/store.log"
	case $1 in
	redis)
		redis-server --port $STORE --bind 127.0.0.1 --save "" \
			--appendonly yes --appendfsync always --dir "$LOGS" \
			>"$LOGS/store.log" 2>&1 3>&- &
		;;
	postgresql)
		[ -e "$LOGS/data" ] || cp -a "$T/template" "$LOGS/data"
		as_another postgres -D "$LOGS/data" -p $STORE \
			-c listen_addresses=127.0.0.1 \
			-c unix_socket_directories= -c shared_buffers=16MB \
			>"$LOGS/store.log" 2>&1 3>&- &
		;;
	esac
	echo $! >"$LOGS/store.pid"
	await "eady to accept connections" "$LOGS/store.log"
}

start_backend() { # N STORE [ARGUMENT...]
	local name=backend$1 kind=$2 port=$((PORT + $1))
	shift 2
	[ "$kind" = postgresql ] ||
		set -- --ledger "$LOGS/$name.sqlite" "$@"
	REPLAYLAB_EVENTS=$LOGS/$name.events "$SERVER" backend --listen $port \
		--nonce-store "$kind" --store 127.0.0.1:$STORE "$@" 3>&- \
		2>"$LOGS/$name.err" &
	echo $! >"$LOGS/$name.pid"
	await '"ready"' "$LOGS/$name.events" || {
		cat "$LOGS/$name.err"
		return 1
	}
}

transfer() { # N ID...
	local port=$((PORT + $1)) ids=()
	shift
	for id; do ids+=(--id "$id"); done
	timeout 20 "$CLIENT" transfer --from alice --to bob --amount 100 \
		--url "http://127.0.0.1:$port" "${ids[@]}"
}

bob() { # N
	"$CLIENT" balance --account bob --url "http://127.0.0.1:$((PORT + $1))"
}

refused() { # N ID WORD
	run transfer "$1" "$2"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"refused (503 $3)"* ]]
}

outage() { # STORE
	need "$1"
	start_store "$1"
	start_backend 1 "$1"
	transfer 1 t-1
	# It hangs: one refusal after a bounded wait.
	end store STOP
	began=$SECONDS
	refused 1 t-2 store-unavailable
	[ $((SECONDS - began)) -le 8 ]
	end store CONT
	transfer 1 t-3
	# It dies, and comes back with what it knew.
	end store KILL
	wait "$(cat "$LOGS/store.pid")" || :
	refused 1 t-4 store-unavailable
	rm -f "$LOGS/data/postmaster.pid"
	start_store "$1"
	transfer 1 t-5
	[ "$(grep -c '"verdict":"accepted"' "$LOGS/backend1.events")" -eq 3 ]
}

@test "Redis hangs, dies and comes back: 503, and then it serves" {
	outage redis
	[ "$(bob 1)" = "bob: 300" ]
}

# Where it would be, an empty file lies, which is no library.
without_libpq() {
	# shellcheck disable=SC2016 # of the shell inside
	unshare --user --map-root-user --mount bash -c '
		ldconfig=$(PATH=$PATH:/sbin:/usr/sbin type -P ldconfig)
		for libpq in $("$ldconfig" -p | sed -n "s/.*libpq.so.5 .* => //p"); do
			mount --bind /dev/null "$libpq"
		done
		"$@"' bash "$@"
}

@test "without libpq there is no PostgreSQL, and all else goes on" {
	need postgresql
	run without_libpq "$SERVER" backend --nonce-store postgresql \
		--store 127.0.0.1:1 --ledger /nowhere/l
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output == *"apt-get install libpq5" ]]
	without_libpq "$SERVER" --version
}

@test "PostgreSQL hangs, dies and comes back: 503, and then it serves" {
	outage postgresql
	[ "$(bob 1)" = "bob: 300" ]
}

# A path between backend and store that acts once it is told to.
start_path() { # HOW WORD
	local real=$STORE
	STORE=$((PORT + 8))
	python3 "$HELPER/false_path" $STORE "$real" "$1" "$2" 3>&- \
		>"$LOGS/path.log" &
	echo $! >"$LOGS/path.pid"
	await listening "$LOGS/path.log"
}

act() {
	end path USR1
	await acting "$LOGS/path.log"
}

@test "PostgreSQL dies in the middle of a transaction: nothing of it is booked" {
	need postgresql
	start_store postgresql
	start_path hold "INSERT INTO transfer"
	start_backend 1 postgresql
	transfer 1 t-1
	act
	transfer 1 t-2 >"$LOGS/out" &
	client=$!
	await held "$LOGS/path.log"
	end store KILL
	wait "$(cat "$LOGS/store.pid")" || :
	wait $client || :
	cat "$LOGS/out"
	grep -q "503 store-unavailable" "$LOGS/out"
	rm -f "$LOGS/data/postmaster.pid"
	STORE=$((PORT + 9)) start_store postgresql
	transfer 1 t-3
	[ "$(bob 1)" = "bob: 200" ]
}

@test "PostgreSQL commits and nobody hears of it: in doubt, and booked once" {
	need postgresql
	start_store postgresql
	start_path lose COMMIT
	start_backend 1 postgresql
	transfer 1 t-1
	act
	refused 1 t-2 in-doubt
	transfer 1 t-3
	[ "$(bob 1)" = "bob: 300" ]
}

@test "a server that talks nonsense, or nothing, or for ever, is no store" {
	for store in redis postgresql; do
		need $store
		start_store $store
		start_backend 1 $store
		transfer 1 ok-1
		end store KILL
		wait "$(cat "$LOGS/store.pid")" || :
		for what in garbage silence drip flood close error; do
			python3 "$HELPER/false_store" $STORE $what 3>&- \
				>"$LOGS/false.log" &
			echo $! >"$LOGS/false.pid"
			await listening "$LOGS/false.log"
			began=$SECONDS
			refused 1 "$what" store-unavailable
			[ $((SECONDS - began)) -le 8 ]
			end false KILL
			wait "$(cat "$LOGS/false.pid")" || :
			rm "$LOGS/false.pid"
		done
		rm -f "$LOGS/data/postmaster.pid"
		start_store $store
		transfer 1 ok-2
		[ "$(bob 1)" = "bob: 200" ]
		end store KILL
		end backend1 KILL
		wait "$(cat "$LOGS/store.pid")" "$(cat "$LOGS/backend1.pid")" ||
			:
		rm -rf "$LOGS"/*.pid "$LOGS"/*.events "$LOGS"/append*
	done
}

race() { # STORE
	need "$1"
	start_store "$1"
	for n in 1 2 3 4; do
		start_backend $n "$1"
	done
	python3 "$HELPER/race" "$REPLAYLAB_DIR/keys.json" 200 \
		$((PORT + 1)) $((PORT + 2)) $((PORT + 3)) $((PORT + 4))
	cat "$LOGS"/backend?.events >"$LOGS/all"
	[ "$(grep -c '"verdict":"accepted"' "$LOGS/all")" -eq 200 ]
	[ "$(grep '"verdict":"accepted"' "$LOGS/all" | grep -o '"id":"[^"]*"' |
		sort -u | wc -l)" -eq 200 ]
	[ "$(grep -c '"verdict":"replayed"' "$LOGS/all")" -eq 600 ]
}

@test "four backends, 200 nonces, each sent to all at once: Redis lets one in" {
	race redis
}

@test "four backends, 200 nonces, each sent to all at once: PostgreSQL, too" {
	race postgresql
	[ "$(bob 1)" = "bob: 200" ]
	[ "$(bob 4)" = "bob: 200" ]
}

post() { # N PATH AMOUNT HEADER
	curl -sS -m 20 -o "$LOGS/answer$1" -w '%{http_code}' -H "$4" \
		-H 'Content-Type: application/json' \
		-d '{"id":"t-1","from":"alice","to":"bob","amount":'"$3}" \
		"http://127.0.0.1:$((PORT + $1))$2"
}

@test "PostgreSQL: first answers and versions are those of all backends" {
	need postgresql
	start_store postgresql
	start_backend 1 postgresql --check idempotency
	start_backend 2 postgresql --check idempotency
	key='Idempotency-Key: "k-1"'
	[ "$(post 1 /transfers 100 "$key")" = 201 ]
	[ "$(post 2 /transfers 100 "$key")" = 201 ]
	grep -q '"seq":1' "$LOGS/answer1"
	cmp "$LOGS/answer1" "$LOGS/answer2"
	[ "$(post 2 /transfers 200 "$key")" = 422 ]
	[ "$(post 2 /transfers 100 'Idempotency-Key: "k-2"')" = 201 ]
	run curl -sS -m 20 -D - -o /dev/null \
		"http://127.0.0.1:$((PORT + 1))/accounts/alice"
	[[ $output == *'ETag: "v2"'* ]]
	[ "$(post 1 /accounts/alice 100 'If-Match: "v2"')" = 201 ]
	[ "$(post 2 /accounts/alice 100 'If-Match: "v2"')" = 412 ]
	[ "$(bob 1)" = "bob: 300" ]
}

@test "the second store is asked where the first is not to be reached" {
	need redis
	start_store redis
	start_backend 1 redis --nonce-ttl 600
	end backend1 KILL
	wait "$(cat "$LOGS/backend1.pid")" || :
	rm "$LOGS"/backend1.*
	real=$STORE
	STORE=1
	start_backend 1 redis --store "127.0.0.1:$real"
	transfer 1 t-1
}

@test "options of stores that do not fit together are named" {
	while read -r words; do
		# shellcheck disable=SC2086 # words
		run "$SERVER" backend $words --ledger "$LOGS/l"
		echo "$words: $output"
		[ "$status" -eq 2 ] || [ "$status" -eq 4 ]
		[ "${#lines[@]}" -eq 1 ]
	done <<-'END'
		--nonce-store sqlite --store 127.0.0.1
		--nonce-store memory --store 127.0.0.1
		--nonce-store redis --store 127.0.0.1:0
		--nonce-store redis --store 127.0.0.1 --evict oldest
		--nonce-store redis --store 127.0.0.1 --nonce-capacity 5
		--nonce-store postgresql --store 127.0.0.1:1
		--nonce-store postgresql --store 127.0.0.1:1 --quarantine
	END
}

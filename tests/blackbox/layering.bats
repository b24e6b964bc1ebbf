#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the include paths cannot say: which part may use which library, and
# that no program includes a header of another.

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
}

# users PATTERN: the sources with an #include of PATTERN (its brackets too).
users() {
	grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$1" \
	    --include='*.[ch]' attacker common scenarios victim-client \
	    victim-server | sort || true
}

# only ALLOWED PATTERN: no source outside ALLOWED includes PATTERN.
only() {
	outside=$(users "<($2)>" | grep -vE "^($1)" || true)
	if [ -n "$outside" ]; then
		echo "may not include $2: $outside"
		return 1
	fi
}

@test "the rules below look at sources, and there are some" {
	[ -n "$(users '"bytes\.h"')" ]
}

@test "libnet only where the attacker makes packets" {
	only 'attacker/(inject|relay)/' 'libnet(/.*)?\.h'
}

@test "SQLite only in the bank, and where the runner reads the evidence" {
	only 'victim-server/backend/|scenarios/runner/' 'sqlite3\.h'
}

@test "libpq and hiredis only in the bank" {
	only 'victim-server/backend/' '(postgresql/)?libpq[a-z/-]*\.h'
	only 'victim-server/backend/' '(hiredis/)?hiredis\.h'
}

@test "libpcap only in the attacker's capture and the runner's witness" {
	# pcap/dlt.h is only the numbers of link types.
	only 'attacker/(capture/|[a-z]+\.c)|scenarios/runner/' 'pcap(/pcap)?\.h'
}

@test "libseccomp only where the attacker is confined" {
	only 'attacker/confine/' 'seccomp\.h'
}

@test "libevent only in common/io and in files that own a loop" {
	loops=$(grep -rlE 'event_base_(dispatch|loop)|loop_run' \
	    --include='*.c' attacker scenarios victim-client victim-server |
	    paste -sd '|')
	only "common/io/|${loops:-none}" 'event2/.*'
}

@test "the pure parts make no sockets and read no clock" {
	only 'common/(base|io)/|attacker/|scenarios/|victim-' \
	    '(sys/socket|sys/select|poll|time|sys/time|unistd|fcntl)\.h'
}

@test "no program includes a header of another, or one by its folder" {
	broken=
	for program in attacker victim-client victim-server scenarios; do
		for header in $(find "$program" -name '*.h'); do
			name=$(basename "$header" | sed 's/\./\\./')
			# The same name in two programs is two headers.
			foreign=$(users "\"([^\"]*/)?$name\"" |
			    grep -v "^$program/" || true)
			for user in $foreign; do
				here=${user%%/*}
				find "$here" -name "$(basename "$header")" |
				    grep -q . || broken="$broken $user:$header"
			done
		done
	done
	[ -z "$broken" ] || { echo "foreign headers:$broken"; return 1; }
}

@test "common includes nothing of the programs" {
	for header in $(find attacker victim-client victim-server scenarios \
	    -name '*.h' -exec basename {} \; | sed 's/\./\\./'); do
		[ -z "$(users "\"$header\"" | grep '^common/')" ] || {
			echo "common includes $header"
			return 1
		}
	done
}

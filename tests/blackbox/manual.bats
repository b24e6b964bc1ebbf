#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The manual pages say what --help says: the same commands, the same options,
# and of each option whether it takes a value. In a page a command is a
# subsection (.Ss), and an option of it an item there (.It Fl -name).

programs="attacker victim-client victim-server replaylab"

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	bin=${B:-build}/bin
	man=docs/man
}

commands_printed() {
	"$bin/$1" --help | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p' | sort
}

commands_written() {
	sed -nE '/^\.Sh COMMANDS/,/^\.Sh [^C]/s/^\.Ss ([a-z-]+)$/\1/p' \
	    "$man/$1.1" | sort
}

# options_printed PROGRAM COMMAND: "--on VALUE" or "--json", a line each.
options_printed() {
	"$bin/$1" "$2" --help |
		sed -nE -e 's/^  (--[a-z-]+) [^ ].*/\1 VALUE/p' \
		    -e 's/^  (--[a-z-]+)  .*/\1/p' | sort
}

options_written() {
	awk -v wanted="$2" '
		/^\.S[hs] / { inside = ($2 == wanted && NF == 2) }
		inside && /^\.It Fl -/ {
			print "-" $3 (NF > 3 ? " VALUE" : "")
		}' "$man/$1.1" | sort
}

# mentioned PAGE: the options it speaks of anywhere, its examples included.
mentioned() {
	{
		grep -oE '(Fl|\|) -[a-z][a-z-]*' "$man/$1" | sed 's/.* -/--/'
		grep -oE -- '(^|[ (])--[a-z][a-z-]*' "$man/$1" | tr -d ' ('
	} | sort -u
}

# Every option there is.
known() {
	printf '%s\n' --help --version --build --tests
	for program in $programs; do
		for command in $(commands_printed "$program"); do
			options_printed "$program" "$command"
		done
	done | sed 's/ VALUE//'
}

# same WHAT PRINTED WRITTEN
same() {
	[ -n "$2" ] || { echo "$1: --help names nothing"; return 1; }
	diff <(echo "$2") <(echo "$3") || {
		echo "$1: '<' stands in --help only, '>' in the page only"
		return 1
	}
}

@test "each page has the commands of its program" {
	for program in $programs; do
		same "$program" "$(commands_printed "$program")" \
		    "$(commands_written "$program")"
	done
}

@test "each command has its options, and those with a value show it" {
	for program in $programs; do
		for command in $(commands_printed "$program"); do
			same "$program $command" \
			    "$(options_printed "$program" "$command")" \
			    "$(options_written "$program" "$command")"
		done
	done
}

@test "no page speaks of an option that does not exist" {
	known=$(known | sort -u)
	for page in "$man"/*; do
		foreign=$(comm -13 <(echo "$known") \
		    <(mentioned "$(basename "$page")"))
		[ -z "$foreign" ] || { echo "$page: $foreign"; return 1; }
	done
}

@test "lab.1 has the words and options of ./lab --help" {
	usage=$(./lab --help)
	# A word that is no replaylab command is followed by what it does.
	same lab "$(sed -nE 's/.*\.\/lab ([a-z]+)(\t| \[).*/\1/p' <<<"$usage" |
		sort)" "$(commands_written lab)"
	same "lab setup" "$(grep -oE -- '--[a-z]+' <<<"$usage")" \
	    "$(options_written lab setup)"
}

@test "the pages name the words that options take" {
	for program in $programs; do
		for command in $(commands_printed "$program"); do
			for word in $("$bin/$program" "$command" --help |
			    sed -nE 's/^ +one of: //p'); do
				grep -qE "Cm (.* )?$word( |$)" \
				    "$man/$program.1" || {
					echo "$program $command: $word"
					return 1
				}
			done
		done
	done
}

@test "replaylab-scenario.5 has the words of the grammar in formats.md" {
	grammar=$(sed -n '/^file  *=/,/^```/p' docs/formats.md)
	page=$man/replaylab-scenario.5

	same "headers, steps and expectations" \
	    "$(grep -oE '[=/] "[a-z-]+" +(ID|text|1\*|\(|word|host|expectation|layer|transfer-id|price)' \
	    <<<"$grammar" | cut -d'"' -f2 | sort -u)" \
	    "$(sed -nE 's/^\.It Cm ([a-z-]+) .*/\1/p' "$page" | sort -u)"
	for word in $(grep -oE '"[a-z-]+:?"' <<<"$grammar" | tr -d '"'); do
		grep -qE "Cm (.* )?$word( |$)|Cm $word" "$page" || {
			echo "not in the page: $word"
			return 1
		}
	done
}

@test "its example is a scenario" {
	sed -n '/^id  *mine/,/^\.Ed/{/^\.Ed/!p}' \
	    "$man/replaylab-scenario.5" >"$BATS_TEST_TMPDIR/mine.scn"
	run "$bin/replaylab" list --scenarios "$BATS_TEST_TMPDIR/mine.scn"
	[ "$status" -eq 0 ]
	[[ "$output" == mine* ]]
}

@test "mandoc finds nothing to warn of" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	run mandoc -Tlint -W warning "$man"/*
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is written for other emulators: by their rules, and brought up by the
# files alone, the victims serve.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	lab=$PWD/${B:-build}/bin/replaylab
	PATH=$PWD/${B:-build}/bin:$PATH
	new=$BATS_TEST_TMPDIR/new
}

@test "containerlab's folder, brought up by its file, moves money once" {
	"$lab" export containerlab "$new"
	run tests/blackbox/helper/emulator "$new" victim-client transfer \
	    --from alice --to bob --amount 7 --id exported
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(sqlite3 "$new/lab/ledger-backend1.sqlite" \
	    'SELECT id, amount FROM transfer')" = "exported|7" ]
}

@test "Kathara's folder, brought up by its files, moves money once" {
	"$lab" export kathara "$new"
	run tests/blackbox/helper/emulator "$new" victim-client transfer \
	    --from alice --to bob --amount 7 --id exported
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(sqlite3 "$new/shared/ledger-backend1.sqlite" \
	    'SELECT id, amount FROM transfer')" = "exported|7" ]
}

@test "in both a host has the addresses of the manifest and no way out" {
	for format in containerlab kathara; do
		"$lab" export "$format" "$new-$format"
		run tests/blackbox/helper/emulator "$new-$format" \
		    ip -brief address show dev outer
		echo "$output"
		[[ $output == *198.51.100.10/24* ]]
		run tests/blackbox/helper/emulator "$new-$format" ip route
		[ "${lines[*]}" = "${lines[*]/default/}" ]
		[[ $output == 198.51.100.0/24* ]]
	done
}

@test "containerlab's file keeps the rules of its schema" {
	export INTEROP=$PWD/.setup/interop
	command -v node >/dev/null || skip "needs node"
	[ -d "$INTEROP/node_modules/yaml" ] ||
		skip "needs the npm packages of ./lab setup --tests"
	"$lab" export containerlab "$new"
	run node tests/interop/containerlab.mjs "$new/replaylab.clab.yml"
	echo "$output"
	[ "$output" = "12 nodes, 13 links, 0 wrong" ]
	sed 's/network-mode/network_mode/' "$new/replaylab.clab.yml" \
	    >"$new/bad.yml"
	run node tests/interop/containerlab.mjs "$new/bad.yml"
	[[ $output == *" 1 wrong" ]]
}

# What is installed last is what is there: the lab's image brings a smaller ip.
@test "the hosts' image gets ip and tcpdump after what is the lab's" {
	"$lab" export kathara --image some "$new"
	run sed -n 's/^COPY --from=some .*/lab/p
	    s/^RUN apt-get.* iproute2 tcpdump$/tools/p' "$new/Containerfile"
	[ "${lines[*]}" = "lab tools" ]
}

# kathara-lab.conf(5): device[arg]=value, a comment, or LAB_WORD=text.  A device
# is [a-z0-9_]{1,30}; a domain has no space, comma or dot.
@test "Kathara's file keeps the grammar of kathara-lab.conf(5)" {
	"$lab" export kathara "$new"
	run grep -vE \
	    -e '^$|^#' -e '^LAB_(NAME|DESCRIPTION)="[^"=]*"$' \
	    -e '^[a-z0-9_]{1,30}\[[0-9]+\]="[A-Za-z0-9_]+"$' \
	    -e '^[a-z0-9_]{1,30}\[(image|env)\]="[^"'\'']+"$' "$new/lab.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep -cE '\[[0-9]+\]=' "$new/lab.conf")" = 13 ]
	for name in $(sed -n 's/^\([a-z0-9]*\)\[0\].*/\1/p' "$new/lab.conf"); do
		sh -n "$new/$name.startup"
	done
}

@test "a folder that exists, and a tool that is not known, are one line" {
	mkdir "$new"
	run "$lab" export kathara "$new"
	[ "$status" -eq 70 ]
	[ "${#lines[@]}" -eq 1 ]
	for words in "" "gns3 $new" "kathara a b"; do
		# shellcheck disable=SC2086
		run "$lab" export $words
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

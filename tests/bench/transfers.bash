# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Row: transfers a second that are booked with their nonce, on disk
#
# A nonce and a transfer a request, 64 requests a transaction, and each is on
# disk before the next begins: beside SQLite that writes the same rows and asks
# for nothing.  It is the disk of the build folder.
. tests/bench/measure.bash

count=5000
[ -z "$brief" ] || count=64

booked() { # HOW
	"$made/transfers" "$1" "$disk/ledger" "$count"
	rm -f "$disk"/*
}

ours() { booked ours; }
sqlite() { booked bare; }

bench() {
	on_disk
	measure ours sqlite
	row "transfers: nonce and money on disk" "${median[ours]}" SQLite \
		"${median[sqlite]}" transfers/s ">=0.8"
}

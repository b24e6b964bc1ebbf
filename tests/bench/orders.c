/* SPDX-License-Identifier: MIT */
/*
 * orders KEYS KEYID COUNT FILE		that many signed transfers, each with
 *					a nonce of its own: prints the length
 *					of one, which all of them have
 */
#include "lab_clock.h"
#include "request.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static void
write_order(FILE *file, const struct signing *signing, unsigned long number)
{
	char id[32];
	const struct transfer t = {
	    .id = id, .from = "alice", .to = "bob", .amount = 1};
	struct buffer out = {0};
	struct bytes all;

	snprintf(id, sizeof(id), "t-%010lu", number);
	if (request_transfer(
		&out, "bank", &t, signing, true_now() / NANOSECONDS) == -1)
		exit(EX_SOFTWARE);
	all = buffer_bytes(&out);
	if (fwrite(all.at, 1, all.left, file) != all.left)
		err(EX_IOERR, "orders");
	if (number == 0)
		printf("%zu\n", all.left);
	buffer_clear(&out);
}

int
main(int argc, char *argv[])
{
	struct signing signing = {0};
	unsigned long count = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
	FILE *file;

	if (count == 0)
		errx(EX_USAGE, "usage: orders KEYS KEYID COUNT FILE");
	if (signing_read_parts(&signing, NULL) == -1 ||
	    signing_open(&signing, argv[1], argv[2]) == -1)
		return EX_NOINPUT;
	if ((file = fopen(argv[4], "w")) == NULL)
		err(EX_CANTCREAT, "%s", argv[4]);
	for (unsigned long i = 0; i < count; i++)
		write_order(file, &signing, i);
	if (fclose(file) == EOF)
		err(EX_IOERR, "%s", argv[4]);
	signing_clear(&signing);
	return 0;
}

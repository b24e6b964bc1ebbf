/* SPDX-License-Identifier: MIT */
#ifndef EXIT_CODE_H
#define EXIT_CODE_H

/* What the exit status of every program of the lab means. */
enum exit_code {
	EXIT_AS_EXPECTED = 0,
	EXIT_DIFFERS = 1,  /* a verdict or an answer was not the expected one */
	EXIT_USAGE = 2,    /* a mistake in the command, or in a file it names */
	EXIT_SKIPPED = 4,  /* cannot run here; the reason was printed */
	EXIT_REFUSED = 5,  /* the confinement refused */
	EXIT_INTERNAL = 70 /* the program, or the machine under it, failed */
};

#endif

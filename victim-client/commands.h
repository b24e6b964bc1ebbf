/* SPDX-License-Identifier: MIT */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Each returns the exit status. */
int transfer_main(int argc, char *argv[]);
int balance_main(int argc, char *argv[]);

#endif

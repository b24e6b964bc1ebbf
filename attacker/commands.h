/* SPDX-License-Identifier: MIT */
#ifndef COMMANDS_H
#define COMMANDS_H

/* The attacker's commands, one file each; each returns an enum exit_code. */
int record_main(int argc, char *argv[]);
int show_main(int argc, char *argv[]);
int inject_main(int argc, char *argv[]);
int replay_main(int argc, char *argv[]);
int relay_main(int argc, char *argv[]);
int tamper_main(int argc, char *argv[]);
int intercept_main(int argc, char *argv[]);

#endif

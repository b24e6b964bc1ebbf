/* SPDX-License-Identifier: MIT */
#ifndef COMMANDS_H
#define COMMANDS_H

/* The commands of replaylab; each returns the program's exit status. */
int list_main(int argc, char *argv[]);
int show_main(int argc, char *argv[]);
int run_main(int argc, char *argv[]);
int matrix_main(int argc, char *argv[]);
int report_main(int argc, char *argv[]);
int shell_main(int argc, char *argv[]);
int prepare_main(int argc, char *argv[]);
int explain_main(int argc, char *argv[]);
int doctor_main(int argc, char *argv[]);
int postgresql_main(int argc, char *argv[]);
int redis_main(int argc, char *argv[]);
int stock_main(int argc, char *argv[]);
int host_main(int argc, char *argv[]);
int export_main(int argc, char *argv[]);
int class_main(int argc, char *argv[]);
int grade_main(int argc, char *argv[]);

#endif

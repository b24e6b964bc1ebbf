/* SPDX-License-Identifier: MIT */
#ifndef ROLES_H
#define ROLES_H

/* The roles of victim-server; each returns the program's exit status. */
int gateway_main(int argc, char *argv[]);
int balancer_main(int argc, char *argv[]);
int backend_main(int argc, char *argv[]);

#endif

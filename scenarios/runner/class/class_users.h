/* SPDX-License-Identifier: MIT */
#ifndef CLASS_USERS_H
#define CLASS_USERS_H

#include "class.h"

/*
 * The user ids of a class: one for each who ever had a lab in it, the same in
 * every start.  They are kept as a file of names, FOLDER/.users, where only the
 * teacher writes; a name's place in it makes its id.
 */

/*
 * Add the roster's names to the file, and read all.  0, or -1 after a warning:
 * the file cannot be used, or has no place for more.
 */
int class_users_add(const struct class *c, struct roster *users);

/*
 * From 2000 to 61999, which every engine has; two in a class have never the
 * same, two in different classes seldom.
 */
unsigned int class_users_id(
    const struct class *c, const struct roster *users, const char *name);

#endif

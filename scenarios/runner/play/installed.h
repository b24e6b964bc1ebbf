/* SPDX-License-Identifier: MIT */
#ifndef INSTALLED_H
#define INSTALLED_H

#include <stdbool.h>

/* Is there a program of that name on the PATH?  Looked for, never run. */
bool is_installed(const char *program);

#endif

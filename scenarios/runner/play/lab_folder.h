/* SPDX-License-Identifier: MIT */
#ifndef LAB_FOLDER_H
#define LAB_FOLDER_H

#include "buffer.h"

#include <stdbool.h>

/*
 * What the programs of a lab find in its folder (REPLAYLAB_DIR), beside what
 * pki.h puts there: `manifest.json`, `hosts`, `clock/HOST` and `logs/`.
 */

/*
 * Write them into an existing folder, the manifest last: that of a network
 * without a filter at the attacker's egress.  0, or -1 after a warning.
 */
int lab_folder_fill(const char *folder);

/*
 * The manifest anew: `egress` if the attacker's links have the filter of
 * egress.h, which a network made by others has not.
 */
int lab_folder_write_manifest(const char *folder, bool egress);

/* Write one file there, whatever it was before.  0, or -1 after a warning. */
int lab_folder_write(
    const char *folder, const char *name, const struct buffer *text);

/* A folder in there, which may exist.  0, or -1 after a warning. */
int lab_folder_make(const char *folder, const char *name);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef TARGET_LOCK_H
#define TARGET_LOCK_H

#include "manifest.h"

/*
 * Lock 4: the run's manifest says whom the attacker may turn to.  Reads it
 * from REPLAYLAB_DIR.  0, or -1 (reported).
 */
int target_lock_try(struct manifest *targets)
    __attribute__((warn_unused_result));

#endif

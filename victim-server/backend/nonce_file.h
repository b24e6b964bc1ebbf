/* SPDX-License-Identifier: MIT */
#ifndef NONCE_FILE_H
#define NONCE_FILE_H

#include "backend/nonce_memory.h"

/*
 * A memory of nonces in an SQLite file of its own, which several processes may
 * share: every question is a transaction, so of two that ask at the same time
 * one is told that the nonce is fresh.  It outlives them all.
 */

/* NULL after a warning that begins with the option's name. */
struct nonce_memory *nonce_file_open(const char *option, const char *path);

/*
 * The same for as long as somebody has it open: who opens it while nobody else
 * has finds it empty, as after the crash of a server that keeps all in memory.
 */
struct nonce_memory *nonce_file_open_shared(
    const char *option, const char *path);

#endif

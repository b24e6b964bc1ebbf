/* SPDX-License-Identifier: MIT */
#ifndef NETFILTER_H
#define NETFILTER_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ask the kernel's netfilter, in the network namespace of the calling process,
 * over a socket of its own: send `size` bytes of nfnetlink messages, and give
 * each message of the first answer to `heard` (libmnl's, NULL for none) with
 * `user`.  `seq` is that of the messages, or 0 where it differs among them.
 *
 * 0, or -1 with errno set, which is the kernel's if it refused.  No warning:
 * that a kernel has no such thing may be an answer, too.
 */
int netfilter_ask(const void *messages, size_t size, uint32_t seq,
    mnl_cb_t heard, void *user) __attribute__((warn_unused_result));

#endif

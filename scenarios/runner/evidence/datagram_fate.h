/* SPDX-License-Identifier: MIT */
#ifndef DATAGRAM_FATE_H
#define DATAGRAM_FATE_H

#include "copy_fate.h"

/*
 * What DTLS made of a copy that was sent by datagram, from the receiver's
 * events `dtls_record`.  For copy_fate.c.
 *
 * A record that is dropped is answered by nobody, so it is credited to DTLS
 * only where the receiver itself says that it had this record and what it did
 * with it.  A copy is told from its original, which has the same bytes, by the
 * order of arrival: if the copy came first, it is the original that was
 * dropped.
 *
 * Sets what is known in *fate.  Returns the event of the request that the copy
 * became, to be followed on, or e->count.
 */
size_t datagram_fate(struct copy_fate *fate, const struct evidence *e);

#endif

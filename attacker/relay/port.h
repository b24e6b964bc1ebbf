/* SPDX-License-Identifier: MIT */
#ifndef PORT_H
#define PORT_H

#include "outlet.h"

/*
 * The interface that frames leave by: libnet's, with many frames a call.
 *
 *	port_open -> port_frame ... port_flush ... -> port_close
 *
 * From then on the kernel forwards no packets that come in there: they are ours
 * to forward.  Only after confine_enter.
 */
struct port;

/* NULL: the reason was warned. */
struct port *port_open(const char *interface)
    __attribute__((warn_unused_result));
void port_close(struct port *p); /* NULL is allowed; flushes */

void port_mac(const struct port *p, uint8_t mac[6]);
size_t port_mtu(const struct port *p);

/* Queue one frame; it is copied. */
void port_frame(struct port *p, struct bytes frame);

/* Give the kernel what is queued; what it refuses is counted, and warned of. */
void port_flush(struct port *p);

/* Frames the kernel took, and frames it refused. */
void port_count(const struct port *p, uint64_t *sent, uint64_t *refused);

/* Anything that makes frames may send them here. */
struct outlet port_outlet(struct port *p);

#endif

/* SPDX-License-Identifier: MIT */
#include "arp_frame.h"

#include <err.h>
#include <libnet.h>
#include <string.h>

static bool
take_into(struct bytes *in, uint8_t *into, size_t size)
{
	struct bytes taken;

	if (!bytes_take(in, size, &taken))
		return false;
	memcpy(into, taken.at, size);
	return true;
}

static bool
take_party(struct bytes *in, struct arp_party *party)
{
	return take_into(in, party->mac, sizeof(party->mac)) &&
	       take_into(in, party->address, sizeof(party->address));
}

bool
arp_frame_read(struct bytes in, struct arp_frame *a)
{
	uint16_t ethertype, hardware, protocol;
	uint8_t hardware_size, protocol_size;

	return take_into(&in, a->to, sizeof(a->to)) &&
	       take_into(&in, a->from, sizeof(a->from)) &&
	       bytes_take_u16(&in, &ethertype) && ethertype == ETHERTYPE_ARP &&
	       bytes_take_u16(&in, &hardware) && hardware == ARPHRD_ETHER &&
	       bytes_take_u16(&in, &protocol) && protocol == ETHERTYPE_IP &&
	       bytes_take_u8(&in, &hardware_size) &&
	       hardware_size == sizeof(a->sender.mac) &&
	       bytes_take_u8(&in, &protocol_size) &&
	       protocol_size == sizeof(a->sender.address) &&
	       bytes_take_u16(&in, &a->operation) &&
	       take_party(&in, &a->sender) && take_party(&in, &a->target);
}

/* libnet keeps each header it built under a tag. */
static int
add_header(libnet_t *net, libnet_ptag_t tag, struct buffer *out)
{
	if (tag == -1)
		return -1;
	buffer_add(
	    out, libnet_getpbuf(net, tag), libnet_getpbuf_size(net, tag));
	return 0;
}

static int
build(libnet_t *net, const struct arp_frame *a, struct buffer *out)
{
	libnet_ptag_t arp = libnet_build_arp(ARPHRD_ETHER, ETHERTYPE_IP,
	    sizeof(a->sender.mac), sizeof(a->sender.address), a->operation,
	    a->sender.mac, a->sender.address, a->target.mac, a->target.address,
	    NULL, 0, net, 0);
	libnet_ptag_t ethernet = libnet_build_ethernet(
	    a->to, a->from, ETHERTYPE_ARP, NULL, 0, net, 0);

	if (arp == -1 || add_header(net, ethernet, out) == -1)
		return -1;
	return add_header(net, arp, out);
}

int
arp_frame_write(const struct arp_frame *a, struct buffer *out)
{
	char why[LIBNET_ERRBUF_SIZE] = "out of memory";
	/* Of no interface: it only makes packets. */
	libnet_t *net = libnet_init(LIBNET_NONE, NULL, why);
	int result = net == NULL ? -1 : build(net, a, out);

	if (result == -1)
		warnx(
		    "ARP frame: %s", net == NULL ? why : libnet_geterror(net));
	if (net != NULL)
		libnet_destroy(net);
	return result;
}

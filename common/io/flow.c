/* SPDX-License-Identifier: MIT */
#include "flow.h"

#include "event.h"

#include <arpa/inet.h>
#include <string.h>

static void
name_address(
    const struct sockaddr_storage *address, char *ip, unsigned int *port)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, ip, INET6_ADDRSTRLEN);
		*port = ntohs(v6->sin6_port);
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, ip, INET6_ADDRSTRLEN);
		*port = ntohs(v4->sin_port);
	}
}

void
flow_to(struct flow *f, const struct sockaddr *to, socklen_t length)
{
	struct sockaddr_storage address = {0};

	f->we_opened = true;
	memcpy(&address, to, length);
	name_address(&address, f->their_ip, &f->their_port);
}

void
flow_read(struct flow *f, int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length) == 0)
		name_address(&address, f->our_ip, &f->our_port);
	length = sizeof(address);
	if (getpeername(fd, (struct sockaddr *)&address, &length) == 0)
		name_address(&address, f->their_ip, &f->their_port);
}

void
flow_put(const struct flow *f)
{
	event_text("src_ip", f->we_opened ? f->our_ip : f->their_ip);
	event_number("src_port", f->we_opened ? f->our_port : f->their_port);
	event_text("dest_ip", f->we_opened ? f->their_ip : f->our_ip);
	event_number("dest_port", f->we_opened ? f->their_port : f->our_port);
	if (f->datagrams)
		event_text("proto", "UDP");
}

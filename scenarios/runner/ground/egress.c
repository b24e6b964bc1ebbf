/* SPDX-License-Identifier: MIT */
/*
 * The allow-list as a table of bytes, and its way into the kernel by nfnetlink,
 * over libmnl.
 *
 * Every byte is counted from the Ethernet header.  What the kernel takes a
 * frame for, and where it believes its IP header to be, is what the sender of a
 * raw frame told it (packet(7), sll_protocol); what is on the wire is not.
 */
#include "egress.h"

#include "lab.h"
#include "netfilter.h"
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/wait.h>

#define CHAIN LAB_EGRESS_CHAIN
#define COUNTER "dropped"

struct match {
	uint8_t offset, length; /* 0: none */
	uint8_t value[16];
};

/* The type (RFC 894), and an IPv4 header without options: no source route. */
/* clang-format off */
#define ARP  {12, 2, {0x08, 0x06}}
#define IPV4 {12, 3, {0x08, 0x00, 0x45}}
#define IPV6 {12, 2, {0x86, 0xdd}}
/* clang-format on */

/* All matches of one fit: go on in the chain `then`, or out if it is NULL. */
static const struct rule {
	const char *chain;
	struct match type, address;
	const char *then;
} rules[] = {
    {CHAIN, IPV4, {30, 3, {198, 51, 100}}, "from-ipv4"}, /* RFC 5737 3 */
    {CHAIN, IPV4, {30, 3, {203, 0, 113}}, "from-ipv4"},
    {CHAIN, IPV4, {30, 3, {192, 0, 2}}, "from-ipv4"}, {CHAIN, ARP, {0}, NULL},
    {CHAIN, IPV6, {38, 4, {0x20, 0x01, 0x0d, 0xb8}}, "from-ipv6"}, /* 3849 */
    {CHAIN, IPV6, {38, 2, {0xfe, 0x80}}, "from-ipv6"}, /* RFC 4291 2.5.6 */
    {CHAIN, IPV6, {38, 2, {0xff, 0x02}}, "from-ipv6"}, /* 2.7: this link's */
    {"from-ipv4", {0}, {26, 3, {198, 51, 100}}, NULL},
    {"from-ipv4", {0}, {26, 3, {203, 0, 113}}, NULL},
    {"from-ipv4", {0}, {26, 3, {192, 0, 2}}, NULL},
    {"from-ipv6", {0}, {22, 4, {0x20, 0x01, 0x0d, 0xb8}}, NULL},
    {"from-ipv6", {0}, {22, 2, {0xfe, 0x80}}, NULL},
    {"from-ipv6", {0}, {22, 16, {0}}, NULL}, /* RFC 4862 5.4.2: not yet any */
};

/* Several messages that the kernel takes all or none of. */
struct batch {
	struct mnl_nlmsg_batch *messages;
	uint32_t seq;
};

static struct nlmsghdr *
begin(struct batch *b, uint16_t type, uint16_t flags, uint8_t family,
    uint16_t resource)
{
	struct nlmsghdr *message =
	    mnl_nlmsg_put_header(mnl_nlmsg_batch_current(b->messages));
	struct nfgenmsg *header;

	message->nlmsg_type = type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = b->seq++;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	*header = (struct nfgenmsg){.nfgen_family = family,
	    .version = NFNETLINK_V0,
	    .res_id = htons(resource)};
	return message;
}

static struct nlmsghdr *
begin_nft(struct batch *b, uint16_t type, uint16_t flags)
{
	return begin(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags,
	    NFPROTO_NETDEV, 0);
}

static void
put_u32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(message, type, htonl(value));
}

static void
put_mark(struct batch *b, uint16_t type)
{
	begin(b, type, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	mnl_nlmsg_batch_next(b->messages);
}

static void
put_table(struct batch *b)
{
	struct nlmsghdr *m =
	    begin_nft(b, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);

	mnl_attr_put_strz(m, NFTA_TABLE_NAME, LAB_EGRESS_TABLE);
	mnl_nlmsg_batch_next(b->messages);
}

static void
put_counter(struct batch *b)
{
	struct nlmsghdr *m =
	    begin_nft(b, NFT_MSG_NEWOBJ, NLM_F_CREATE | NLM_F_EXCL);

	mnl_attr_put_strz(m, NFTA_OBJ_TABLE, LAB_EGRESS_TABLE);
	mnl_attr_put_strz(m, NFTA_OBJ_NAME, COUNTER);
	put_u32(m, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
	mnl_attr_nest_end(m, mnl_attr_nest_start(m, NFTA_OBJ_DATA));
	mnl_nlmsg_batch_next(b->messages);
}

/* A chain begins at the egress of these links; what is left there drops. */
static void
put_hook(struct nlmsghdr *m, const struct manifest_host *host)
{
	struct nlattr *hook = mnl_attr_nest_start(m, NFTA_CHAIN_HOOK), *links;

	put_u32(m, NFTA_HOOK_HOOKNUM, NF_NETDEV_EGRESS);
	put_u32(m, NFTA_HOOK_PRIORITY, 0);
	links = mnl_attr_nest_start(m, NFTA_HOOK_DEVS);
	for (size_t i = 0; i < host->interface_count; i++)
		mnl_attr_put_strz(
		    m, NFTA_DEVICE_NAME, host->interfaces[i].network);
	mnl_attr_nest_end(m, links);
	mnl_attr_nest_end(m, hook);
	mnl_attr_put_strz(m, NFTA_CHAIN_TYPE, "filter");
	put_u32(m, NFTA_CHAIN_POLICY, NF_DROP);
}

/* `host` is NULL for a chain that others go on in. */
static void
put_chain(struct batch *b, const char *name, const struct manifest_host *host)
{
	struct nlmsghdr *m =
	    begin_nft(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);

	mnl_attr_put_strz(m, NFTA_CHAIN_TABLE, LAB_EGRESS_TABLE);
	mnl_attr_put_strz(m, NFTA_CHAIN_NAME, name);
	if (host != NULL)
		put_hook(m, host);
	mnl_nlmsg_batch_next(b->messages);
}

/* An expression of a rule, up to its own attributes. */
struct expression {
	struct nlattr *element, *data;
};

static struct expression
expression_begin(struct nlmsghdr *m, const char *name)
{
	struct expression e = {
	    .element = mnl_attr_nest_start(m, NFTA_LIST_ELEM)};

	mnl_attr_put_strz(m, NFTA_EXPR_NAME, name);
	e.data = mnl_attr_nest_start(m, NFTA_EXPR_DATA);
	return e;
}

static void
expression_end(struct nlmsghdr *m, struct expression e)
{
	mnl_attr_nest_end(m, e.data);
	mnl_attr_nest_end(m, e.element);
}

static void
put_match(struct nlmsghdr *m, const struct match *match)
{
	struct expression e;
	struct nlattr *value;

	if (match->length == 0)
		return;
	e = expression_begin(m, "payload");
	put_u32(m, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_u32(m, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_LL_HEADER);
	put_u32(m, NFTA_PAYLOAD_OFFSET, match->offset);
	put_u32(m, NFTA_PAYLOAD_LEN, match->length);
	expression_end(m, e);
	e = expression_begin(m, "cmp");
	put_u32(m, NFTA_CMP_SREG, NFT_REG_1);
	put_u32(m, NFTA_CMP_OP, NFT_CMP_EQ);
	value = mnl_attr_nest_start(m, NFTA_CMP_DATA);
	mnl_attr_put(m, NFTA_DATA_VALUE, match->length, match->value);
	mnl_attr_nest_end(m, value);
	expression_end(m, e);
}

static void
put_verdict(struct nlmsghdr *m, const char *chain)
{
	struct expression e = expression_begin(m, "immediate");
	struct nlattr *data, *verdict;

	put_u32(m, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = mnl_attr_nest_start(m, NFTA_IMMEDIATE_DATA);
	verdict = mnl_attr_nest_start(m, NFTA_DATA_VERDICT);
	put_u32(m, NFTA_VERDICT_CODE,
	    chain == NULL ? NF_ACCEPT : (uint32_t)NFT_JUMP);
	if (chain != NULL)
		mnl_attr_put_strz(m, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(m, verdict);
	mnl_attr_nest_end(m, data);
	expression_end(m, e);
}

static void
put_count(struct nlmsghdr *m)
{
	struct expression e = expression_begin(m, "objref");

	put_u32(m, NFTA_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER);
	mnl_attr_put_strz(m, NFTA_OBJREF_IMM_NAME, COUNTER);
	expression_end(m, e);
}

/* `rule` is NULL for the last: what nothing let out is counted. */
static void
put_rule(struct batch *b, const struct rule *rule)
{
	struct nlmsghdr *m = begin_nft(b, NFT_MSG_NEWRULE,
	    NLM_F_CREATE | NLM_F_APPEND | (rule == NULL ? NLM_F_ACK : 0));
	struct nlattr *list;

	mnl_attr_put_strz(m, NFTA_RULE_TABLE, LAB_EGRESS_TABLE);
	mnl_attr_put_strz(
	    m, NFTA_RULE_CHAIN, rule == NULL ? CHAIN : rule->chain);
	list = mnl_attr_nest_start(m, NFTA_RULE_EXPRESSIONS);
	if (rule == NULL) {
		put_count(m);
	} else {
		put_match(m, &rule->type);
		put_match(m, &rule->address);
		put_verdict(m, rule->then);
	}
	mnl_attr_nest_end(m, list);
	mnl_nlmsg_batch_next(b->messages);
}

static void
put_all(struct batch *b, const struct manifest_host *host)
{
	put_mark(b, NFNL_MSG_BATCH_BEGIN);
	put_table(b);
	put_counter(b);
	put_chain(b, "from-ipv4", NULL);
	put_chain(b, "from-ipv6", NULL);
	put_chain(b, CHAIN, host);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		put_rule(b, &rules[i]);
	put_rule(b, NULL);
	put_mark(b, NFNL_MSG_BATCH_END);
}

int
egress_install(const struct manifest_host *host)
{
	static char buffer[16384]; /* more than twice what the table takes */
	struct batch b = {
	    .messages = mnl_nlmsg_batch_start(buffer, sizeof(buffer) / 2)};
	int result;

	if (b.messages == NULL)
		return -1;
	put_all(&b, host);
	result = netfilter_ask(mnl_nlmsg_batch_head(b.messages),
	    mnl_nlmsg_batch_size(b.messages), 0, NULL, NULL);
	mnl_nlmsg_batch_stop(b.messages);
	return result;
}

static int
try_it(void *argument)
{
	const struct manifest_host host = {
	    .interfaces = {{.network = "lo"}}, .interface_count = 1};

	(void)argument;
	return egress_install(&host) == 0 ? 0 : errno & 0xff;
}

const char *
egress_missing(void)
{
	pid_t pid = sandbox_spawn(try_it, NULL);
	int status = -1;

	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (status == 0)
		return NULL;
	return WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "no sandbox";
}

static int
note_packets(const struct nlattr *attribute, void *user)
{
	if (mnl_attr_get_type(attribute) == NFTA_COUNTER_PACKETS)
		*(uint64_t *)user = be64toh(mnl_attr_get_u64(attribute));
	return MNL_CB_OK;
}

static int
note_counter(const struct nlmsghdr *message, void *user)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attribute) == NFTA_OBJ_DATA)
			mnl_attr_parse_nested(attribute, note_packets, user);
	}
	return MNL_CB_STOP;
}

uint64_t
egress_dropped(void)
{
	char buffer[512];
	struct batch b = {
	    .messages = mnl_nlmsg_batch_start(buffer, sizeof(buffer) / 2)};
	struct nlmsghdr *m;
	uint64_t packets = 0;

	if (b.messages == NULL)
		return 0;
	m = begin_nft(&b, NFT_MSG_GETOBJ, 0);
	mnl_attr_put_strz(m, NFTA_OBJ_TABLE, LAB_EGRESS_TABLE);
	mnl_attr_put_strz(m, NFTA_OBJ_NAME, COUNTER);
	put_u32(m, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
	if (netfilter_ask(m, m->nlmsg_len, 0, note_counter, &packets) == -1)
		packets = 0;
	mnl_nlmsg_batch_stop(b.messages);
	return packets;
}

/* SPDX-License-Identifier: MIT */
/*
 * The command lines.  Of a container is asked: nothing of the machine but the
 * run's folder, a root that cannot be written, no capability but what the host
 * needs, no name service, no uplink.
 */
#include "container.h"

#include "call.h"
#include "network.h"
#include "play/run_folder.h"
#include "story/library.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LABEL "replaylab.folder"
#define REMOVALS_MAX 20

/*
 * Root of a container of root's is nobody of the machine's: a user namespace of
 * its own, which is then also the one that makes its network, so that the
 * attacker finds itself in a lab.  Beyond what adduser(8) and useradd(8) give.
 */
#define OUTSIDE "0:1879048192:65536"

/* Where the two programs differ. */
static const struct {
	const char *program;
	const char *image;  /* unless another is asked for */
	const char *attach; /* network, address, MAC address, interface */
	/* For a network: neither names nor the machine are in it. */
	const char *alone;
	const char *processes; /* at most, where that is not the default */
} dialects[] = {
    [ENGINE_PODMAN] = {"podman", "localhost/replaylab",
	"%s-%s:ip=%s,mac=%s,interface_name=%s", "--disable-dns", NULL},
    [ENGINE_DOCKER] = {"docker", "replaylab",
	"name=%s-%s,ip=%s,mac-address=%s,"
	"driver-opt=com.docker.network.endpoint.ifname=%s",
	"--opt=com.docker.network.bridge.gateway_mode_ipv4=isolated",
	"--pids-limit=2048"},
};

const char *
container_program(const struct engine *e)
{
	return dialects[e->kind].program;
}

const char *
container_image(const struct engine *e)
{
	return e->image != NULL ? e->image : dialects[e->kind].image;
}

static void
begin(struct call *c, const struct engine *e)
{
	*c = (struct call){0};
	call_add(c, "%s", container_program(e));
}

/* A call whose failure is worth a line. */
static int
finish(struct call *c, int outcome, const char *what)
{
	if (outcome == 0)
		return 0;
	warnx("%s: %s", what, *c->said == '\0' ? "it failed" : c->said);
	return -1;
}

const char *
container_version(const struct engine *e)
{
	static char version[64];
	struct buffer out = {0};
	struct call c;

	begin(&c, e);
	call_add(&c, "version");
	call_add(&c, "--format");
	call_add(&c, e->kind == ENGINE_PODMAN ? "{{.Client.Version}}"
					      : "{{.Server.Version}}");
	version[0] = '\0';
	if (call_run(&c, &out) == 0)
		snprintf(version, sizeof(version), "%.*s",
		    (int)strcspn(buffer_text(&out), "\n"), buffer_text(&out));
	buffer_clear(&out);
	return version[0] == '\0' ? NULL : version;
}

/* Of podman's we ask for one ourselves. */
bool
container_is_confined(const struct engine *e)
{
	struct buffer out = {0};
	struct call c;
	bool confined;

	if (e->kind == ENGINE_PODMAN)
		return true;
	begin(&c, e);
	call_add_words(&c,
	    (const char *[]){"info", "--format", "{{.SecurityOptions}}", NULL});
	confined = call_run(&c, &out) == 0 &&
		   (strstr(buffer_text(&out), "name=userns") != NULL ||
		       strstr(buffer_text(&out), "name=rootless") != NULL);
	buffer_clear(&out);
	return confined;
}

bool
container_has_image(const struct engine *e)
{
	struct call c;

	begin(&c, e);
	call_add_words(&c, (const char *[]){"image", "inspect", "--format",
			       "{{.Id}}", container_image(e), NULL});
	return call_run(&c, NULL) == 0;
}

/* The network's part of an address: 198.51.100.0/24. */
static const char *
subnet_of(const char *network, char into[32])
{
	const struct manifest *m = &network_manifest;
	const struct manifest_interface *it;

	for (size_t h = 0; h < m->host_count; h++)
		if ((it = manifest_interface(&m->hosts[h], network)) != NULL)
			snprintf(into, 32, "%.*s.0/%d",
			    (int)(strrchr(it->address, '.') - it->address),
			    it->address, NETWORK_PREFIX_LENGTH);
	return into;
}

static int
make_network(const struct engine *e, const char *name)
{
	char subnet[32];
	struct call c;

	begin(&c, e);
	call_add_words(&c, (const char *[]){"network", "create", "--internal",
			       "--subnet", subnet_of(name, subnet), NULL});
	call_add(&c, "%s", dialects[e->kind].alone);
	call_add(&c, "--label");
	call_add(&c, LABEL "=%s", e->folder);
	call_add(&c, "%s-%s", e->run, name);
	if (call_run(&c, NULL) == 0)
		return 0;
	warnx("network %s: %s; if another run has it, wait for its end", name,
	    c.said);
	return -1;
}

int
container_make_networks(const struct engine *e)
{
	for (size_t i = 0; network_switches[i] != NULL; i++)
		if (make_network(e, network_switches[i]) == -1)
			return -1;
	return 0;
}

void
container_remove_networks(const struct engine *e)
{
	struct call c;

	begin(&c, e);
	call_add_words(&c, (const char *[]){"network", "rm", NULL});
	for (size_t i = 0; network_switches[i] != NULL; i++)
		call_add(&c, "%s-%s", e->run, network_switches[i]);
	(void)call_run(&c, NULL); /* what is left, the next run removes */
}

bool
container_is_store(const struct manifest_host *host)
{
	return strncmp(host->name, "store", strlen("store")) == 0;
}

/* Without the profile, which is installed with the scenarios, the engine's. */
static void
add_limits(struct call *c, const struct engine *e)
{
	char profile[PATH_MAX];

	snprintf(profile, sizeof(profile), "%s/containers/seccomp.json",
	    library_home());
	if (access(profile, R_OK) == 0) {
		call_add(c, "--security-opt");
		call_add(c, "seccomp=%s", profile);
	}
	if (dialects[e->kind].processes != NULL)
		call_add(c, "%s", dialects[e->kind].processes);
}

/*
 * No host needs a capability to serve: ports from 1 on are anybody's there.  A
 * machine that forwards has its new networks forward too; the attacker in the
 * path does that himself, and could not switch it off.
 * The attacker needs one for frames of his own making, and one to be told who
 * owns his network (SIOCGSKNS), which his confinement asks before each of them.
 * SELinux would let no container speak to the runner's socket, or write to the
 * descriptors that the runner gives, whatever label the folder has: off.
 * PostgreSQL wants to be nobody in particular, with memory for its data.
 */
static void
add_rights(
    struct call *c, const struct engine *e, const struct manifest_host *host)
{
	static const char *const none[] = {"--cap-drop", "all", "--read-only",
	    "--security-opt", "no-new-privileges", "--security-opt",
	    "label=disable", "--tmpfs", "/tmp", "--sysctl",
	    "net.ipv4.ip_unprivileged_port_start=1", "--sysctl",
	    "net.ipv4.ip_forward=0", NULL};
	static const char *const attacker[] = {
	    "--cap-add", "NET_RAW", "--cap-add", "NET_ADMIN", NULL};
	static const char *const no_ipv6[] = {"--sysctl",
	    "net.ipv6.conf.default.disable_ipv6=1", "--sysctl",
	    "net.ipv6.conf.all.disable_ipv6=1", NULL};

	call_add_words(c, none);
	add_limits(c, e);
	if (access("/proc/sys/net/ipv6", F_OK) == 0)
		call_add_words(c, no_ipv6);
	if (strcmp(host->name, "attacker") == 0)
		call_add_words(c, attacker);
	call_add(c, "--user");
	call_add(c, container_is_store(host) ? "70:0" : "0:0");
	if (container_is_store(host)) {
		call_add(c, "--tmpfs");
		call_add(c,
		    CONTAINER_FOLDER "/" CONTAINER_DATA ":size=1g,mode=1777");
	}
}

static void
add_networks(
    struct call *c, const struct engine *e, const struct manifest_host *host)
{
	for (size_t i = 0; i < host->interface_count; i++) {
		const struct manifest_interface *it = &host->interfaces[i];

		call_add(c, "--network");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		call_add(c, dialects[e->kind].attach, e->run, it->network,
		    it->address, it->mac, it->network);
#pragma GCC diagnostic pop
	}
}

/* Neither changed nor put elsewhere by who is in there. */
static void
add_fixed(
    struct call *c, const char *folder, const char *name, const char *inside)
{
	call_add(c, "--volume");
	call_add(c, "%s/%s:%s:ro", folder, name, inside);
}

static void
describe(struct call *c, const struct engine *e,
    const struct manifest_host *host, const char *folder)
{
	begin(c, e);
	call_add_words(c,
	    (const char *[]){"run", "--detach", "--rm", "--init=false",
		"--hostname", host->name, "--entrypoint", "replaylab", NULL});
	call_add(c, "--name");
	call_add(c, "%s-%s", e->run, host->name);
	call_add(c, "--label");
	call_add(c, LABEL "=%s", e->folder);
	call_add(c, "--env");
	call_add(c, "REPLAYLAB_DIR=" CONTAINER_FOLDER);
	call_add(c, "--volume");
	call_add(c, "%s:" CONTAINER_FOLDER, folder);
	/* What the runner opens by its name while programs run. */
	add_fixed(c, folder, "hosts", "/etc/hosts");
	add_fixed(c, folder, "clock", CONTAINER_FOLDER "/clock");
	add_fixed(c, folder, "logs", CONTAINER_FOLDER "/logs");
	if (e->kind == ENGINE_PODMAN && geteuid() == 0)
		call_add_words(c, (const char *[]){"--uidmap", OUTSIDE,
				      "--gidmap", OUTSIDE, NULL});
	add_rights(c, e, host);
	add_networks(c, e, host);
	call_add_words(
	    c, (const char *[]){container_image(e), "host", host->name,
		   "--runner", CONTAINER_FOLDER "/" CONTAINER_SOCKET, NULL});
}

int
container_start_all(
    const struct engine *e, const char *folder, const bool wanted[])
{
	const struct manifest *m = &network_manifest;
	static struct call calls[MANIFEST_HOSTS_MAX];
	int outcome = 0;

	/* Most of the time of each is waiting. */
	for (size_t h = 0; h < m->host_count; h++) {
		if (!wanted[h])
			continue;
		describe(&calls[h], e, &m->hosts[h], folder);
		(void)call_start(&calls[h]);
	}
	for (size_t h = 0; h < m->host_count; h++)
		if (wanted[h] && finish(&calls[h], call_end(&calls[h], NULL),
				     m->hosts[h].name) == -1)
			outcome = -1;
	return outcome;
}

/* The names of what there is with our label, one a line. */
static void
list(const struct engine *e, const char *const words[], const char *folder,
    struct buffer *names)
{
	struct call c;

	begin(&c, e);
	call_add_words(&c, words);
	call_add(&c, "--filter");
	if (folder == NULL)
		call_add(&c, "label=" LABEL);
	else
		call_add(&c, "label=" LABEL "=%s", folder);
	(void)call_run(&c, names);
}

static const char *const all_containers[] = {
    "ps", "--all", "--format", "{{.Names}}", NULL};
static const char *const all_networks[] = {
    "network", "ls", "--format", "{{.Name}}", NULL};

/* True if there was none to remove. */
static bool
remove_listed(const struct engine *e, struct bytes names)
{
	struct bytes name;
	struct call c;
	size_t count = 0;

	begin(&c, e);
	call_add_words(
	    &c, (const char *[]){"rm", "--force", "--volumes", NULL});
	if (e->kind == ENGINE_PODMAN)
		call_add_words(
		    &c, (const char *[]){"--time", "0", "--ignore", NULL});
	for (; count < 64 && bytes_take_until(&names, '\n', &name); count++)
		call_add(&c, "%.*s", (int)name.left, (const char *)name.at);
	if (count > 0)
		(void)call_run(&c, NULL);
	else
		call_clear(&c);
	return count == 0;
}

/*
 * A container that ends removes itself, and may do so while it is being
 * removed: look again.
 */
int
container_remove_all(const struct engine *e)
{
	struct buffer names = {0};
	bool gone = false;

	for (int i = 0; i < REMOVALS_MAX && !gone; i++) {
		buffer_reset(&names);
		list(e, all_containers, e->folder, &names);
		gone = remove_listed(e, buffer_bytes(&names));
	}
	buffer_clear(&names);
	if (!gone)
		warnx("containers of this run cannot be removed: %s ps --all "
		      "--filter label=" LABEL,
		    container_program(e));
	return gone ? 0 : -1;
}

/* The folder that a thing with our label is labelled with. */
static void
read_label(const struct engine *e, const char *const words[], struct bytes name,
    char folder[4096])
{
	struct buffer out = {0};
	struct call c;

	begin(&c, e);
	call_add_words(&c, words);
	call_add(&c, "%.*s", (int)name.left, (const char *)name.at);
	(void)call_run(&c, &out);
	snprintf(folder, 4096, "%.*s", (int)strcspn(buffer_text(&out), "\n"),
	    buffer_text(&out));
	buffer_clear(&out);
}

static void
remove_dead(const struct engine *e, const char *const list_words[],
    const char *const label_words[], const char *const remove_words[])
{
	struct buffer names = {0};
	struct bytes rest, name;
	char folder[4096];
	struct call c;

	list(e, list_words, NULL, &names);
	rest = buffer_bytes(&names);
	while (bytes_take_until(&rest, '\n', &name)) {
		read_label(e, label_words, name, folder);
		if (folder[0] != '/' || run_folder_is_held(folder))
			continue;
		begin(&c, e);
		call_add_words(&c, remove_words);
		call_add(&c, "%.*s", (int)name.left, (const char *)name.at);
		(void)call_run(&c, NULL);
	}
	buffer_clear(&names);
}

void
container_remove_leftovers(const struct engine *e)
{
	remove_dead(e, all_containers,
	    (const char *[]){"container", "inspect", "--format",
		"{{index .Config.Labels \"" LABEL "\"}}", NULL},
	    (const char *[]){"rm", "--force", "--volumes", NULL});
	remove_dead(e, all_networks,
	    (const char *[]){"network", "inspect", "--format",
		"{{index .Labels \"" LABEL "\"}}", NULL},
	    (const char *[]){"network", "rm", NULL});
}

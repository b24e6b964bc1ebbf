/* SPDX-License-Identifier: MIT */
/*
 * replaylab export: the lab's network and victims as a folder that another
 * emulator brings up.  The attacker's locks stay with it: it works where that
 * network is its own user namespace's, and nowhere else.
 */
#include "commands.h"

#include "exit_code.h"
#include "ground/network.h"
#include "ground/topology.h"
#include "option.h"
#include "play/lab_folder.h"
#include "play/pki.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define HOST_IMAGE "replaylab-host"

struct export
{
	const char *folder; /* the new one */
	const char *lab;    /* of it: the lab's folder */
	struct topology topology;
};

/* Write a file and empty the buffer. */
static int
put(const char *folder, const char *name, struct buffer *text)
{
	int outcome = lab_folder_write(folder, name, text);

	buffer_reset(text);
	return outcome;
}

static int
put_scripts(const struct export *e, const char *before, const char *after,
    struct buffer *text)
{
	const struct manifest *m = &network_manifest;
	char name[128];

	for (size_t h = 0; h < m->host_count; h++) {
		snprintf(name, sizeof(name), "%s%s%s", before, m->hosts[h].name,
		    after);
		topology_host_script(&e->topology, m->hosts[h].name, text);
		if (put(e->folder, name, text) == -1)
			return -1;
	}
	return 0;
}

static int
put_switches(const struct export *e, struct buffer *text)
{
	char name[128];

	for (size_t i = 0; network_switches[i] != NULL; i++) {
		snprintf(
		    name, sizeof(name), "lab/start/%s", network_switches[i]);
		topology_switch_script(network_switches[i], text);
		if (put(e->folder, name, text) == -1)
			return -1;
	}
	return 0;
}

static int
containerlab(const struct export *e, struct buffer *text)
{
	topology_containerlab(&e->topology, text);
	return put(e->folder, "replaylab.clab.yml", text) == -1 ||
		       lab_folder_make(e->folder, "lab/start") == -1 ||
		       put_switches(e, text) == -1 ||
		       put_scripts(e, "lab/start/", "", text) == -1
		   ? -1
		   : 0;
}

static int
kathara(const struct export *e, struct buffer *text)
{
	topology_kathara(&e->topology, text);
	return put(e->folder, "lab.conf", text) == -1 ||
		       put_scripts(e, "", ".startup", text) == -1
		   ? -1
		   : 0;
}

/* Both: the lab's folder, and how to make the image. */
static int
put_common(const struct export *e, const char *image, struct buffer *text)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", e->folder, e->lab);
	topology_image(image, text);
	return lab_folder_make(e->folder, e->lab) == -1 ||
		       lab_folder_fill(path) == -1 || pki_create(path) == -1 ||
		       put(e->folder, "Containerfile", text) == -1
		   ? -1
		   : 0;
}

static int
export_all(bool to_kathara, const char *folder, const char *image)
{
	struct export e = {folder, "lab", {HOST_IMAGE, "/run/lab", false}};
	struct buffer text = {0};
	int outcome = -1;

	if (to_kathara) {
		e.lab = "shared"; /* which Kathara mounts as /shared */
		e.topology.folder = "/shared";
		e.topology.numbered = true;
	}
	if (mkdir(folder, 0755) == -1)
		warn("%s", folder);
	else if (put_common(&e, image, &text) == 0)
		outcome =
		    to_kathara ? kathara(&e, &text) : containerlab(&e, &text);
	buffer_clear(&text);
	return outcome;
}

int
export_main(int argc, char *argv[])
{
	const char *image = "replaylab", *folder;
	int first, status;
	bool to_kathara;
	const struct option_usage usage = {
	    .command = "replaylab export",
	    .does = "Write the lab's network and its usual servers as a new "
		    "folder for another\nemulator (default: one of its name).",
	    .operands = "containerlab|kathara [DIR]",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT("image", &image, "NAME",
			"what the hosts' image is made of (default: "
			"replaylab)"),
		    OPTION_END,
		},
	    .example = "replaylab export containerlab bank",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	to_kathara = first < argc && strcmp(argv[first], "kathara") == 0;
	if (first < argc && !to_kathara &&
	    strcmp(argv[first], "containerlab") != 0) {
		warnx("export: %s is neither containerlab nor kathara",
		    argv[first]);
		return EXIT_USAGE;
	}
	if (first == argc || argc > first + 2) {
		warnx("export for whom, containerlab or kathara, and into "
		      "which folder?");
		return EXIT_USAGE;
	}
	folder = first + 1 < argc ? argv[first + 1] : argv[first];
	if (export_all(to_kathara, folder, image) == -1)
		return EXIT_INTERNAL;
	printf("%s: docker build -f %s/Containerfile -t %s %s; then %s\n",
	    folder, folder, HOST_IMAGE, folder,
	    to_kathara ? "kathara lstart" : "containerlab deploy");
	return EXIT_AS_EXPECTED;
}

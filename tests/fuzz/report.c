/* SPDX-License-Identifier: MIT */
/*
 * Property: whatever the events and the result say, the diagram drawn of them
 * has no element but those the writer knows, each with quotes that end, and
 * no byte that HTML forbids.  The input is the result, a newline, the events.
 */
#include "ground/network.h"
#include "report/diagram_svg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_known(struct bytes name)
{
	static const char *const known[] = {"div", "svg", "use", "path", "g",
	    "defs", "details", "summary", "i", "b", "u", "ul", "ol", "li", "p"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (bytes_equal_text(name, known[i]))
			return true;
	return false;
}

/* The name of an element, without its slash. */
static struct bytes
name_of(struct bytes tag)
{
	struct bytes name;

	if (tag.left > 0 && *tag.at == '/')
		(void)bytes_skip(&tag, 1);
	return bytes_take_until(&tag, ' ', &name) ? name : tag;
}

static void
check_markup(struct bytes page)
{
	struct bytes text, tag;
	size_t quotes = 0;

	for (size_t i = 0; i < page.left; i++)
		if (page.at[i] < 0x20 && page.at[i] != '\t' &&
		    page.at[i] != '\n')
			abort();
	while (bytes_take_until(&page, '<', &text)) {
		if (!bytes_take_until(&page, '>', &tag) ||
		    !is_known(name_of(tag)))
			abort();
		for (size_t i = 0; i < tag.left; i++)
			quotes += tag.at[i] == '"';
		if (quotes % 2 != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct diagram d;
	struct diagram_arrows arrows = {0};
	struct bytes events = {data, size}, result;
	struct evidence evidence;
	struct frame_list frames = {0};
	struct buffer page = {0};
	cJSON *parsed = NULL;

	if (bytes_take_until(&events, '\n', &result))
		parsed =
		    cJSON_ParseWithLength((const char *)result.at, result.left);
	evidence_read(&evidence, events);
	diagram_build(&d, &(struct diagram_sources){.evidence = &evidence,
			      .result = parsed,
			      .manifest = &network_manifest,
			      .frames = &frames});
	diagram_write(&page, &d, "fuzz", &arrows);
	diagram_arrows_write(&page, &arrows);
	check_markup(buffer_bytes(&page));
	buffer_clear(&page);
	evidence_close(&evidence);
	cJSON_Delete(parsed);
	return 0;
}

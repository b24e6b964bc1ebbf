/* SPDX-License-Identifier: MIT */
#ifndef DIAGRAM_SVG_H
#define DIAGRAM_SVG_H

#include "diagram.h"

/* The arrows that a page needs, from lifeline to lifeline. */
struct diagram_arrows {
	bool used[MANIFEST_HOSTS_MAX][MANIFEST_HOSTS_MAX];
};

/*
 * A diagram as HTML: a list, a row an item, its words as text and its arrow as
 * inline SVG.  Who sends to whom is said in words too, for those who do not see
 * it.  Lines that unfold are <details>.  `name` is of the play.
 */
void diagram_write(struct buffer *out, const struct diagram *d,
    const char *name, struct diagram_arrows *arrows);

/* What the diagrams of a page refer to; once, in any place. */
void diagram_arrows_write(
    struct buffer *out, const struct diagram_arrows *arrows);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef DIAGRAM_SVG_H
#define DIAGRAM_SVG_H

#include "diagram.h"

/*
 * A diagram as HTML: strips of inline SVG, one below the other, and between
 * them the lines that unfold (<details>).  The strips are for eyes only
 * (aria-hidden); the same in words follows as a list.  `name` is of the play.
 */
void diagram_write(
    struct buffer *out, const struct diagram *d, const char *name);

#endif

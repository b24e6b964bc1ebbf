/* SPDX-License-Identifier: MIT */
/* The extents are few: a rule acts once, and what passes makes one extent. */
#include "offset_map.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* How far a is ahead of b; negative: behind (RFC 9293 section 3.4). */
static int32_t
distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

void
offset_map_start(struct offset_map *m, uint32_t place)
{
	m->original = m->edited = place;
	m->original_end = m->edited_end = place;
	m->count = 0;
}

void
offset_map_clear(struct offset_map *m)
{
	free(m->extents);
	*m = (struct offset_map){0};
}

static void
append(struct offset_map *m, struct offset_extent extent)
{
	struct offset_extent *last =
	    m->count > 0 ? &m->extents[m->count - 1] : NULL;

	if (extent.original == 0 && extent.edited == 0)
		return;
	m->original_end += extent.original;
	m->edited_end += extent.edited;
	if (last != NULL && last->linear && extent.linear) {
		last->original += extent.original;
		last->edited += extent.edited;
		return;
	}
	if (m->count == m->capacity) {
		m->capacity = m->capacity == 0 ? 8 : m->capacity * 2;
		m->extents =
		    reallocarray(m->extents, m->capacity, sizeof(*m->extents));
		if (m->extents == NULL)
			err(EX_SOFTWARE, "offset map");
	}
	m->extents[m->count++] = extent;
}

void
offset_map_pass(struct offset_map *m, uint32_t n)
{
	append(m, (struct offset_extent){n, n, true});
}

void
offset_map_insert(struct offset_map *m, uint32_t n)
{
	append(m, (struct offset_extent){0, n, false});
}

void
offset_map_remove(struct offset_map *m, uint32_t n)
{
	append(m, (struct offset_extent){n, 0, false});
}

void
offset_map_shuffle(struct offset_map *m, uint32_t n)
{
	append(m, (struct offset_extent){n, n, false});
}

/*
 * The original place of an edited one.  In the middle of bytes that count only
 * together it is their beginning, or, going up, their end.
 */
static uint32_t
original_of(const struct offset_map *m, uint32_t edited, bool up)
{
	uint32_t original = m->original, left = edited - m->edited;

	if (distance(edited, m->edited) < 0)
		return m->original + left; /* long ago, and all the same */
	for (size_t i = 0; i < m->count; i++) {
		const struct offset_extent *x = &m->extents[i];

		if (left < x->edited) {
			if (x->linear)
				return original + left;
			return up && left > 0 ? original + x->original
					      : original;
		}
		left -= x->edited;
		original += x->original;
	}
	return original;
}

uint32_t
offset_map_acknowledged(const struct offset_map *m, uint32_t edited)
{
	return original_of(m, edited, false);
}

bool
offset_map_selected(const struct offset_map *m, uint32_t *left, uint32_t *right)
{
	uint32_t from = original_of(m, *left, true);
	uint32_t to = original_of(m, *right, false);

	*left = from;
	*right = to;
	return distance(to, from) > 0;
}

uint32_t
offset_map_edited(const struct offset_map *m, uint32_t original)
{
	uint32_t edited = m->edited, left = original - m->original;

	if (distance(original, m->original) < 0)
		return m->edited + left;
	for (size_t i = 0; i < m->count; i++) {
		const struct offset_extent *x = &m->extents[i];

		if (left < x->original)
			return x->linear ? edited + left : edited;
		left -= x->original;
		edited += x->edited;
	}
	return edited + left;
}

static void
drop_first(struct offset_map *m)
{
	m->original += m->extents[0].original;
	m->edited += m->extents[0].edited;
	m->count--;
	memmove(m->extents, m->extents + 1, m->count * sizeof(*m->extents));
}

void
offset_map_forget(struct offset_map *m, uint32_t edited)
{
	int32_t left;

	while (m->count > 0 && (left = distance(edited, m->edited)) >= 0 &&
	       (uint32_t)left >= m->extents[0].edited)
		drop_first(m);
	if (m->count == 0 || !m->extents[0].linear)
		return;
	if ((left = distance(edited, m->edited)) <= 0)
		return;
	m->original += (uint32_t)left;
	m->edited += (uint32_t)left;
	m->extents[0].original -= (uint32_t)left;
	m->extents[0].edited -= (uint32_t)left;
}

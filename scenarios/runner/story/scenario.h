/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "bytes.h"

/*
 * A scenario: one file, one story.  A line is a header word with its value, or
 * a verb, an actor and the very words one would type to the actor's program.
 * docs/formats.md has the grammar.
 *
 *	scenario_parse -> scenario_free
 */

#define SCENARIO_STEPS_MAX 64
#define SCENARIO_WORDS_MAX 32
#define SCENARIO_VALUES_MAX 12
#define SCENARIO_STORY_MAX 12
#define SCENARIO_LINE_MAX 512 /* bytes of one line */
#define SCENARIO_PLAIN_MAX 32 /* of a value of over, a program of needs */

enum scenario_verb {
	VERB_START,   /* run a program and go on once it is ready */
	VERB_RUN,     /* run a program to its end */
	VERB_CONTROL, /* an honest request: succeeds, takes effect once */
	VERB_STEP,    /* press Enter for one that waits, until it is ready */
	VERB_STOP,    /* end a started program (SIGTERM) and await its end */
	VERB_WAIT,    /* await the end of a started program */
	VERB_CLOCK,   /* move what a host believes of the time */
	VERB_EXPECT,  /* judge */
};
const char *scenario_verb_name(enum scenario_verb verb);
int scenario_verb_find(const char *word); /* -1: none */

struct scenario_step {
	enum scenario_verb verb;
	unsigned int line;
	const char *actor;                   /* a host; NULL for expect */
	char *words[SCENARIO_WORDS_MAX + 1]; /* NULL-ended */
	size_t word_count;
};

enum scenario_wiring { WIRING_SWITCH, WIRING_HUB };

struct scenario {
	const char *id, *title, *clause;
	const char *story[SCENARIO_STORY_MAX]; /* lines */
	size_t story_count;
	const char *tags[SCENARIO_VALUES_MAX];
	size_t tag_count;
	const char *needs[SCENARIO_VALUES_MAX]; /* programs not the lab's */
	size_t need_count;
	long minutes;      /* how long a student needs */
	const char *xfail; /* why it is known to fail, or NULL */
	enum scenario_wiring wiring;
	const char *over; /* the word that {word} stands for, or NULL */
	const char *values[SCENARIO_VALUES_MAX];
	size_t value_count;
	struct scenario_step steps[SCENARIO_STEPS_MAX];
	size_t step_count;
	char *storage; /* what the strings above point into */
};

/* Where and why a file is no scenario. */
struct scenario_error {
	unsigned int line; /* 0: the file as a whole */
	char why[160];
};

/*
 * Read the text of a scenario file.  NULL with *error set if it is none: an
 * unknown word, an unknown actor, a header given twice or missing, a control
 * byte, an expectation that cannot be judged, no control before the first
 * attack or after the last.
 */
struct scenario *scenario_parse(
    struct bytes text, struct scenario_error *error);
void scenario_free(struct scenario *s); /* NULL is allowed */

/*
 * A step's word with {over} replaced by value; the result lives in into.
 * Without a placeholder the word itself.  NULL if it does not fit.
 */
const char *scenario_word(const struct scenario *s, const char *word,
    const char *value, char *into, size_t size);

/*
 * Is the number of words right for the verb, and do they make sense?  Else why
 * not, into `why`.
 */
bool scenario_step_check(
    const struct scenario_step *step, char *why, size_t size);

/* Is a story an attack's line: does the attacker send something? */
bool scenario_step_attacks(const struct scenario_step *step);
bool scenario_attacks(const struct scenario *s); /* any of its steps */

/*
 * Its place among those of a tag that puts them in an order ("ladder.2"), 0 for
 * a tag that does not, -1 if it has no such tag.
 */
long scenario_tag_place(const struct scenario *s, const char *tag);

#endif

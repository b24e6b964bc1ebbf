/* SPDX-License-Identifier: MIT */
/*
 * Reading scenario files.  The text is copied once and cut into words in place;
 * everything a scenario points at lives in that copy.
 */
#include "scenario.h"

#include "expectation.h"
#include "ground/network.h"
#include "scenario_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct scenario *s;
	struct scenario_error *error;
	unsigned int line;
};

static int __attribute__((format(printf, 2, 3)))
wrong(struct parser *p, const char *format, ...)
{
	va_list args;

	p->error->line = p->line;
	va_start(args, format);
	vsnprintf(p->error->why, sizeof(p->error->why), format, args);
	va_end(args);
	return -1;
}

/* Cut a line into words; "several words" in quotes are one. */
static int
split(struct parser *p, char *line, char **words, size_t most, size_t *count)
{
	char *at = line + strspn(line, " \t");

	*count = 0;
	while (*at != '\0' && *at != '#') {
		if (*count == most)
			return wrong(p, "more than %zu words", most);
		if (*at == '"') {
			words[(*count)++] = ++at;
			at += strcspn(at, "\"");
			if (*at == '\0')
				return wrong(p, "a quote that does not end");
		} else {
			words[(*count)++] = at;
			at += strcspn(at, " \t");
		}
		if (*at != '\0')
			*at++ = '\0';
		at += strspn(at, " \t");
	}
	words[*count] = NULL;
	return 0;
}

static int
once(struct parser *p, const char **into, const char *word, char *value)
{
	if (*into != NULL)
		return wrong(p, "%s stands here twice", word);
	if (*value == '\0')
		return wrong(p, "%s needs a value", word);
	*into = value;
	return 0;
}

static int
read_list(struct parser *p, char *value, const char **into, size_t *count)
{
	char *words[SCENARIO_VALUES_MAX + 1];

	if (*count != 0)
		return wrong(p, "the list stands here twice");
	if (split(p, value, words, SCENARIO_VALUES_MAX, count) == -1)
		return -1;
	if (*count == 0)
		return wrong(p, "the list is empty");
	for (size_t i = 0; i < *count; i++)
		into[i] = words[i];
	return 0;
}

/* Words that become file names, or are looked for on the PATH. */
static int
check_plain(
    struct parser *p, const char *what, const char *const words[], size_t count)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789._+-";

	for (size_t i = 0; i < count; i++)
		if (words[i][0] == '\0' ||
		    words[i][strspn(words[i], plain)] != '\0' ||
		    strlen(words[i]) > SCENARIO_PLAIN_MAX)
			return wrong(p,
			    "%s takes 1 to %d letters, digits and . _ + -, "
			    "not \"%.32s\"",
			    what, SCENARIO_PLAIN_MAX, words[i]);
	return 0;
}

static int
read_needs(struct parser *p, char *value)
{
	struct scenario *s = p->s;

	if (read_list(p, value, s->needs, &s->need_count) == -1)
		return -1;
	return check_plain(p, "needs", s->needs, s->need_count);
}

/* Two runs of one value would share a folder. */
static int
check_distinct(struct parser *p, const char *const values[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(values[i], values[j]) == 0)
				return wrong(
				    p, "over has %.32s twice", values[i]);
	return 0;
}

static int
read_over(struct parser *p, char *value)
{
	struct scenario *s = p->s;
	char *rest = value + strcspn(value, " \t");

	if (*rest != '\0')
		*rest++ = '\0';
	if (once(p, &s->over, "over", value) == -1 ||
	    check_plain(p, "over", &s->over, 1) == -1 ||
	    read_list(p, rest, s->values, &s->value_count) == -1 ||
	    check_plain(p, "over", s->values, s->value_count) == -1)
		return -1;
	return check_distinct(p, s->values, s->value_count);
}

static int
read_wiring(struct parser *p, const char *value)
{
	if (strcmp(value, "hub") == 0)
		p->s->wiring = WIRING_HUB;
	else if (strcmp(value, "switch") == 0)
		p->s->wiring = WIRING_SWITCH;
	else
		return wrong(p, "wiring is switch or hub, not %.32s", value);
	return 0;
}

static int
read_minutes(struct parser *p, const char *value)
{
	char *end;

	p->s->minutes = strtol(value, &end, 10);
	if (end == value || *end != '\0' || p->s->minutes < 1 ||
	    p->s->minutes > 240)
		return wrong(p, "minutes is a number from 1 to 240");
	return 0;
}

/* 1: the word is a header and was read; 0: it is none; -1: wrong. */
static int
read_header(struct parser *p, const char *word, char *value)
{
	struct scenario *s = p->s;
	int outcome;

	if (strcmp(word, "id") == 0)
		outcome = once(p, &s->id, word, value);
	else if (strcmp(word, "title") == 0)
		outcome = once(p, &s->title, word, value);
	else if (strcmp(word, "clause") == 0)
		outcome = once(p, &s->clause, word, value);
	else if (strcmp(word, "xfail") == 0)
		outcome = once(p, &s->xfail, word, value);
	else if (strcmp(word, "tags") == 0)
		outcome = read_list(p, value, s->tags, &s->tag_count);
	else if (strcmp(word, "needs") == 0)
		outcome = read_needs(p, value);
	else if (strcmp(word, "over") == 0)
		outcome = read_over(p, value);
	else if (strcmp(word, "wiring") == 0)
		outcome = read_wiring(p, value);
	else if (strcmp(word, "minutes") == 0)
		outcome = read_minutes(p, value);
	else if (strcmp(word, "story") == 0) {
		if (s->story_count == SCENARIO_STORY_MAX)
			return wrong(p, "a story of more than %d lines",
			    SCENARIO_STORY_MAX);
		s->story[s->story_count++] = value;
		outcome = 0;
	} else
		return 0;
	return outcome == -1 ? -1 : 1;
}

static int
read_step(struct parser *p, enum scenario_verb verb, char *rest)
{
	struct scenario *s = p->s;
	struct scenario_step *step = &s->steps[s->step_count];
	struct expectation expectation;

	if (s->step_count == SCENARIO_STEPS_MAX)
		return wrong(p, "more than %d steps", SCENARIO_STEPS_MAX);
	step->verb = verb;
	step->line = p->line;
	if (split(p, rest, step->words, SCENARIO_WORDS_MAX,
		&step->word_count) == -1)
		return -1;
	s->step_count++;
	if (verb == VERB_EXPECT) {
		if (!expectation_read(step->words, step->word_count,
			&expectation, p->error->why, sizeof(p->error->why))) {
			p->error->line = p->line;
			return -1;
		}
		return 0;
	}
	if (step->word_count == 0)
		return wrong(p, "%s whom?", scenario_verb_name(verb));
	step->actor = step->words[0];
	memmove(step->words, step->words + 1,
	    step->word_count * sizeof(step->words[0]));
	step->word_count--;
	if (network_program(step->actor) == NULL)
		return wrong(p, "%.32s is no host of the lab", step->actor);
	if (scenario_step_check(step, p->error->why, sizeof(p->error->why)))
		return 0;
	p->error->line = p->line;
	return -1;
}

/* What a terminal would obey, when the text is shown. */
static bool
has_control_byte(const char *line)
{
	for (; *line != '\0'; line++)
		if (((unsigned char)*line < ' ' && *line != '\t') ||
		    *line == '\x7f')
			return true;
	return false;
}

static int
read_line(struct parser *p, char *line)
{
	char *word = line + strspn(line, " \t"), *value;
	size_t length = strcspn(word, " \t"), end;
	int outcome;

	if (*word == '\0' || *word == '#')
		return 0;
	if (strlen(line) > SCENARIO_LINE_MAX)
		return wrong(p, "longer than %d bytes", SCENARIO_LINE_MAX);
	if (has_control_byte(line))
		return wrong(p, "it holds a control byte");
	value = word + length;
	if (*value != '\0')
		*value++ = '\0';
	value += strspn(value, " \t");
	for (end = strlen(value); end > 0 && strchr(" \t", value[end - 1]);)
		value[--end] = '\0';
	if ((outcome = read_header(p, word, value)) != 0)
		return outcome == 1 ? 0 : -1;
	if ((outcome = scenario_verb_find(word)) == -1)
		return wrong(p, "unknown word %.32s", word);
	return read_step(p, (enum scenario_verb)outcome, value);
}

struct scenario *
scenario_parse(struct bytes text, struct scenario_error *error)
{
	struct parser p = {calloc(1, sizeof(*p.s)), error, 0};
	char *line, *next;

	*error = (struct scenario_error){0};
	if (p.s == NULL || (p.s->storage = malloc(text.left + 1)) == NULL) {
		wrong(&p, "%s", strerror(errno));
		goto fail;
	}
	if (text.left > 0)
		memcpy(p.s->storage, text.at, text.left);
	p.s->storage[text.left] = '\0';
	if (strlen(p.s->storage) != text.left) {
		wrong(&p, "not a text file: it holds a NUL byte");
		goto fail;
	}
	for (line = p.s->storage; line != NULL; line = next) {
		p.line++;
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		if (*line != '\0' && line[strlen(line) - 1] == '\r')
			line[strlen(line) - 1] = '\0';
		if (read_line(&p, line) == -1)
			goto fail;
	}
	if (scenario_check(p.s, error) == -1)
		goto fail;
	return p.s;

fail:
	scenario_free(p.s);
	return NULL;
}

void
scenario_free(struct scenario *s)
{
	if (s == NULL)
		return;
	free(s->storage);
	free(s);
}

const char *
scenario_word(const struct scenario *s, const char *word, const char *value,
    char *into, size_t size)
{
	char placeholder[40];
	const char *at;

	if (s->over == NULL || value == NULL)
		return word;
	snprintf(placeholder, sizeof(placeholder), "{%.32s}", s->over);
	if ((at = strstr(word, placeholder)) == NULL)
		return word;
	if (snprintf(into, size, "%.*s%s%s", (int)(at - word), word, value,
		at + strlen(placeholder)) >= (int)size)
		return NULL;
	return into;
}

long
scenario_tag_place(const struct scenario *s, const char *tag)
{
	size_t length = strlen(tag);

	for (size_t i = 0; i < s->tag_count; i++) {
		if (strncmp(s->tags[i], tag, length) != 0)
			continue;
		if (s->tags[i][length] == '\0')
			return 0;
		if (s->tags[i][length] == '.')
			return strtol(&s->tags[i][length + 1], NULL, 10);
	}
	return -1;
}

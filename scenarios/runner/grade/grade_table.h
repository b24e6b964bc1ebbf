/* SPDX-License-Identifier: MIT */
#ifndef GRADE_TABLE_H
#define GRADE_TABLE_H

#include "grade_same.h"

/* Grades for people, for programs and for spreadsheets. */
enum grade_form { GRADE_TABLE, GRADE_JSON, GRADE_CSV };

void grade_table_begin(enum grade_form form);
void grade_table_row(enum grade_form form, const struct grade_row *row);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

/* The style and the script of the report, as they stand in it. */
extern const char report_style[];
extern const char report_script[];

#endif

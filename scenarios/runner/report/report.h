/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H

/*
 * Write report.html into the folder of a run, from the evidence of its plays.
 * 0, or -1 after a warning, also if there is no play.
 */
int report_write(const char *run);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_METER_VIEW_H
#define MCA_CLI_METER_VIEW_H

#include <jansson.h>
#include <stdbool.h>

/*
 * GET /vu on a terminal: one bar a channel, redrawn in place; the cursor is hidden meanwhile and
 * the terminal is as before after mca_meter_view_done(). No line is longer than the terminal is
 * wide and no more lines are drawn than it has, also after a change of its size. On anything but a
 * terminal one line of numbers an update. Embedded by value. Thread: control.
 */
struct mca_meter_view {
	bool terminal;
	unsigned rows;           /* drawn last time */
	unsigned columns, lines; /* of the terminal at that time */
};

void mca_meter_view_init(struct mca_meter_view *view);
void mca_meter_view_draw(struct mca_meter_view *view, json_t *vu);

/* One sentence in place of the bars: what they showed is no longer true. Nothing is printed where
 * stdout is not a terminal. */
void mca_meter_view_tell(struct mca_meter_view *view, const char *sentence);
void mca_meter_view_done(struct mca_meter_view *view);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_METER_VIEW_H
#define MCA_CLI_METER_VIEW_H

#include <jansson.h>
#include <stdbool.h>

/*
 * GET /vu on a terminal: one bar a channel, redrawn in place; the cursor is hidden meanwhile and
 * the terminal is as before after mca_meter_view_done(). On anything but a terminal one line of
 * numbers an update. Embedded by value. Thread: control.
 */
struct mca_meter_view {
	bool terminal;
	unsigned rows;      /* drawn last time */
};

void mca_meter_view_init(struct mca_meter_view *view);
void mca_meter_view_draw(struct mca_meter_view *view, json_t *vu);
void mca_meter_view_done(struct mca_meter_view *view);

#endif

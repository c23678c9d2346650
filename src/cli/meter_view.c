/* SPDX-License-Identifier: MIT */
#include "meter_view.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * A bar of plain ASCII, so that it looks the same on a serial console:
 *
 *      2 [###############################-------------|.........]  -23.4 dBFS  GR  1.5 dB
 *
 * '#' is the level (RMS), '|' the sample peak, the whole bar -60..0 dBFS. The size of the terminal
 * is asked for at every update, so a resized window is followed; channels that do not fit are left
 * out rather than scrolled.
 */
#define FLOOR_DBFS (-60.0)
#define BAR_MIN 10
#define BAR_MAX 100
#define BESIDE_BAR 40 /* columns for everything but the bar */

void mca_meter_view_init(struct mca_meter_view *view)
{
	*view = (struct mca_meter_view){.terminal = isatty(STDOUT_FILENO) == 1};
	if (view->terminal)
		fputs("\033[?25l", stdout);
}

void mca_meter_view_done(struct mca_meter_view *view)
{
	if (view->terminal)
		fputs("\033[?25h", stdout);
	fflush(stdout);
}

static unsigned column_of(double dbfs, unsigned width)
{
	double part = (dbfs - FLOOR_DBFS) / -FLOOR_DBFS;

	if (!(part > 0))
		return 0;
	return part >= 1 ? width : (unsigned)(part * width + 0.5);
}

static double loudest(const json_t *lanes)
{
	double peak = FLOOR_DBFS;
	const json_t *lane;
	size_t i;

	json_array_foreach(lanes, i, lane)
		if (json_number_value(lane) > peak)
			peak = json_number_value(lane);
	return peak;
}

static void draw_bar(const char *id, double level, const json_t *channel, unsigned width)
{
	double peak = loudest(json_object_get(channel, "peak_dbfs"));
	unsigned filled = column_of(level, width), tip = column_of(peak, width);
	char bar[BAR_MAX + 1];

	memset(bar, '.', width);
	memset(bar, '#', filled);
	if (tip > filled)
		memset(bar + filled, '-', tip - filled);
	if (tip)
		bar[tip - 1] = '|';
	bar[width] = '\0';
	printf("%4.4s [%s] %6.1f dBFS  GR %4.1f dB%s\033[K\n", id, bar, level,
	       json_number_value(json_object_get(channel, "gain_reduction_db")),
	       json_integer_value(json_object_get(channel, "clipped")) ? "  CLIP" : "");
}

static void draw_bars(struct mca_meter_view *view, json_t *vu)
{
	const json_t *channels = json_object_get(vu, "channels");
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	unsigned width, rows = 0;
	const char *id;
	json_t *level;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	width = size.ws_col > BESIDE_BAR + BAR_MIN ? size.ws_col - BESIDE_BAR : BAR_MIN;
	if (width > BAR_MAX)
		width = BAR_MAX;
	if (view->rows)
		printf("\033[%uA\r", view->rows);
	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		if (rows + 1 >= size.ws_row)
			break;
		draw_bar(id, json_number_value(level), json_object_get(channels, id), width);
		rows++;
	}
	fputs("\033[J", stdout);
	view->rows = rows;
}

static void print_line(json_t *vu)
{
	const char *id, *space = "";
	json_t *level;

	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		printf("%s%s: %.1f", space, id, json_number_value(level));
		space = "  ";
	}
	putchar('\n');
}

void mca_meter_view_draw(struct mca_meter_view *view, json_t *vu)
{
	if (view->terminal)
		draw_bars(view, vu);
	else
		print_line(vu);
	fflush(stdout);
}

/* SPDX-License-Identifier: MIT */
#include "meter_view.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "plain_text.h"

/*
 * A bar of plain ASCII, so that it looks the same on a serial console:
 *
 *    2 [###############################-------------|.........]  -23.4 dBFS  GR  1.5 dB
 *
 * '#' is the level (RMS), '|' the sample peak, the whole bar -60..0 dBFS. A narrow terminal gets
 * the bar and the level, with '!' for clipped samples; a very narrow one the level alone.
 *
 * The size of the terminal is asked for at every update. The last column stays empty, because a
 * character there makes some terminals wrap. After a change of size the terminal may have wrapped
 * the old lines by itself, so it is cleared.
 */
#define FLOOR_DBFS (-60.0)
#define BAR_MIN 10
#define BAR_MAX 100
#define BESIDE_BAR 36    /* columns of a wide row for everything but the label and the bar */
#define BESIDE_NARROW 12 /* the same of a narrow row */
#define LABEL_MAX 16
#define ROW_MAX 256

/* How the rows of one update are laid out. */
struct layout {
	unsigned columns, lines; /* that may be used */
	unsigned label, bar;     /* their widths; bar 0 = none */
	bool wide;
};

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

/* Ids are numbers in practice; any other text is cut and cleaned. */
static void label_make(char label[LABEL_MAX + 1], const char *id)
{
	snprintf(label, LABEL_MAX + 1, "%s", id);
	for (char *c = label; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static unsigned longest_label(json_t *levels)
{
	unsigned longest = 4;
	const char *id;
	json_t *level;

	json_object_foreach(levels, id, level)
		if (strlen(id) > longest)
			longest = strlen(id) < LABEL_MAX ? (unsigned)strlen(id) : LABEL_MAX;
	return longest;
}

/* Take the terminal as it is now and go back to the first row. */
static struct layout view_begin(struct mca_meter_view *view, unsigned label)
{
	struct winsize size = {0};
	struct layout layout = {.label = label};
	unsigned room;

	/* A serial console does not know its size: 0 x 0. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		size = (struct winsize){.ws_row = 24, .ws_col = 80};
	if (view->columns && (view->columns != size.ws_col || view->lines != size.ws_row)) {
		fputs("\033[H\033[J", stdout);
		view->rows = 0;
	}
	view->columns = size.ws_col;
	view->lines = size.ws_row;
	if (view->rows)
		printf("\033[%uA\r", view->rows);
	view->rows = 0;
	layout.columns = size.ws_col - 1u;
	layout.lines = size.ws_row - 1u;
	layout.wide = size.ws_col >= label + BESIDE_BAR + BAR_MIN;
	room = label + (layout.wide ? BESIDE_BAR : BESIDE_NARROW);
	layout.bar = size.ws_col >= room + BAR_MIN ? size.ws_col - room : 0;
	if (layout.bar > BAR_MAX)
		layout.bar = BAR_MAX;
	return layout;
}

static void view_row(struct mca_meter_view *view, const struct layout *layout, const char *row)
{
	printf("%.*s\033[K\n", (int)layout->columns, row);
	view->rows++;
}

static void view_end(void)
{
	fputs("\033[J", stdout);
	fflush(stdout);
}

static void bar_fill(char bar[BAR_MAX + 1], unsigned width, double level, double peak)
{
	unsigned filled = column_of(level, width), tip = column_of(peak, width);

	memset(bar, '.', width);
	memset(bar, '#', filled);
	if (tip > filled)
		memset(bar + filled, '-', tip - filled);
	if (tip)
		bar[tip - 1] = '|';
	bar[width] = '\0';
}

static void row_make(char row[ROW_MAX], const struct layout *layout, const char *id, double level,
		     const json_t *channel)
{
	bool clipped = json_integer_value(json_object_get(channel, "clipped")) > 0;
	double reduction = json_number_value(json_object_get(channel, "gain_reduction_db"));
	char bar[BAR_MAX + 1], label[LABEL_MAX + 1];

	label_make(label, id);
	bar_fill(bar, layout->bar, level, loudest(json_object_get(channel, "peak_dbfs")));
	if (layout->wide)
		snprintf(row, ROW_MAX, "%*s [%s] %6.1f dBFS  GR %4.1f dB%s", (int)layout->label,
			 label, bar, level, reduction, clipped ? "  CLIP" : "");
	else if (layout->bar)
		snprintf(row, ROW_MAX, "%*s [%s] %6.1f%s", (int)layout->label, label, bar, level,
			 clipped ? "!" : "");
	else
		snprintf(row, ROW_MAX, "%s %.1f%s", label, level, clipped ? "!" : "");
}

static void draw_bars(struct mca_meter_view *view, json_t *vu)
{
	const json_t *channels = json_object_get(vu, "channels");
	json_t *levels = json_object_get(vu, "vu_dbfs"), *level;
	struct layout layout = view_begin(view, longest_label(levels));
	size_t count = json_object_size(levels), left = count;
	char row[ROW_MAX];
	const char *id;

	json_object_foreach(levels, id, level) {
		if (view->rows + (count > layout.lines) >= layout.lines)
			break;
		row_make(row, &layout, id, json_number_value(level),
			 json_object_get(channels, id));
		view_row(view, &layout, row);
		left--;
	}
	if (left && view->rows < layout.lines) {
		snprintf(row, sizeof(row), "%zu more: enlarge the terminal", left);
		view_row(view, &layout, row);
	}
	view_end();
}

void mca_meter_view_tell(struct mca_meter_view *view, const char *sentence)
{
	size_t length = strlen(sentence), at = 0;
	struct layout layout;
	char row[ROW_MAX];

	if (!view->terminal)
		return;
	layout = view_begin(view, 0);
	while (at < length && layout.columns && view->rows < layout.lines) {
		size_t part = layout.columns < sizeof(row) ? layout.columns : sizeof(row) - 1;

		snprintf(row, part + 1, "%s", sentence + at);
		mca_plain_text(row);
		view_row(view, &layout, row);
		at += part;
	}
	view_end();
}

static void print_line(json_t *vu)
{
	const char *id, *space = "";
	json_t *level;

	json_object_foreach(json_object_get(vu, "vu_dbfs"), id, level) {
		mca_plain_print(stdout, "%s%s: %.1f", space, id, json_number_value(level));
		space = "  ";
	}
	putchar('\n');
	fflush(stdout);
}

void mca_meter_view_draw(struct mca_meter_view *view, json_t *vu)
{
	if (view->terminal)
		draw_bars(view, vu);
	else
		print_line(vu);
}

/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plain_text.h"

/*
 * Cells are kept in one array, the headings being its first row; widths are counted when the table
 * is printed. Width is counted in code points of UTF-8, which is what terminals do for the letters
 * that device names are made of.
 */
#define COLUMNS_MAX 16
#define CELL_BYTES 512

struct mca_table {
	char **cell;
	size_t count, room;
	unsigned columns;
	bool right[COLUMNS_MAX];
	bool lost;
};

static unsigned width_of(const char *text)
{
	unsigned width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void append(struct mca_table *table, const char *text)
{
	char *copy;

	if (table->count == table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		char **grown = realloc(table->cell, room * sizeof(*grown));

		if (!grown) {
			table->lost = true;
			return;
		}
		table->cell = grown;
		table->room = room;
	}
	copy = strdup(text);
	if (!copy) {
		table->lost = true;
		return;
	}
	mca_plain_text(copy);
	table->cell[table->count++] = copy;
}

struct mca_table *mca_table_new(const char *headings)
{
	struct mca_table *table = calloc(1, sizeof(*table));
	char *copy = strdup(headings), *rest = copy, *heading;

	if (!table || !copy) {
		free(table);
		free(copy);
		return NULL;
	}
	while (table->columns < COLUMNS_MAX && (heading = strsep(&rest, "|"))) {
		table->right[table->columns++] = *heading == '>';
		append(table, heading + (*heading == '>'));
	}
	free(copy);
	return table;
}

void mca_table_free(struct mca_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		free(table->cell[i]);
	free(table->cell);
	free(table);
}

void mca_table_cell(struct mca_table *table, const char *format, ...)
{
	char text[CELL_BYTES];
	va_list arguments;

	if (!table)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	append(table, text);
}

/* Spaces wait in *gap until something stands after them: no line ends in space. */
static void print_cell(const struct mca_table *table, size_t i, unsigned width, unsigned *gap,
		       FILE *stream)
{
	unsigned column = (unsigned)(i % table->columns);
	unsigned space = width - width_of(table->cell[i]);

	if (table->right[column])
		*gap += space;
	if (table->cell[i][0])
		fprintf(stream, "%*s%s", (int)*gap, "", table->cell[i]);
	*gap = (table->cell[i][0] ? 0 : *gap) + (table->right[column] ? 0 : space) + 2;
	if (column + 1 == table->columns) {
		fputc('\n', stream);
		*gap = 0;
	}
}

int mca_table_print(const struct mca_table *table, FILE *stream)
{
	unsigned width[COLUMNS_MAX] = {0}, gap = 0;

	if (!table || table->lost)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++) {
		unsigned column = (unsigned)(i % table->columns);
		unsigned cell = width_of(table->cell[i]);

		if (cell > width[column])
			width[column] = cell;
	}
	for (size_t i = 0; i < table->count; i++)
		print_cell(table, i, width[i % table->columns], &gap, stream);
	return 0;
}

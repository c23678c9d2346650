/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_TABLE_H
#define MCA_CLI_TABLE_H

#include <stdio.h>

/*
 * A table for people: columns as wide as their widest cell, two spaces between them. What comes
 * from devices or other machines cannot reach the terminal as control characters.
 * Thread: control.
 */
struct mca_table;

/* Headings separated by '|'; one that begins with '>' aligns its column right. NULL when memory ran
 * out; every function below then does nothing, and print says so. Free with mca_table_free(). */
struct mca_table *mca_table_new(const char *headings);
void mca_table_free(struct mca_table *table);

/* Append the next cell, row by row. */
void mca_table_cell(struct mca_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print headings and rows; 0, or -ENOMEM when cells were lost. */
int mca_table_print(const struct mca_table *table, FILE *stream);

#endif

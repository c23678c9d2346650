/* SPDX-License-Identifier: MIT */
/*
 * Writes tables.c to standard output while the program is being built: the formulas below are the
 * only place that says what the tables contain. No entry lies near enough to a rounding boundary
 * for two mathematical libraries to disagree about it.
 */
#include <math.h>
#include <stdio.h>

#include "tables.h"

static double log2_entry(int i)
{
	return ldexp(log2(1.0 + (double)i / MCA_TABLE_OCTAVES), 26);
}

static double exp2_entry(int i)
{
	return ldexp(exp2((double)i / MCA_TABLE_OCTAVES), 24);
}

static double cosine_entry(int i)
{
	return ldexp(cos(acos(-1.0) * i / MCA_TABLE_COSINE), 30);
}

static void write_table(const char *name, int entries, double (*entry)(int i))
{
	printf("\nconst int32_t %s[%d] = {", name, entries);
	for (int i = 0; i < entries; i++)
		printf("%s%.0f,", i % 8 == 0 ? "\n\t" : " ", floor(entry(i) + 0.5));
	printf("\n};\n");
}

int main(void)
{
	printf("/* SPDX-License-Identifier: MIT */\n");
	printf("/* Written by tables_gen.c: change that instead. */\n#include \"tables.h\"\n");
	write_table("mca_table_log2_q26", MCA_TABLE_OCTAVES + 1, log2_entry);
	write_table("mca_table_exp2_q24", MCA_TABLE_OCTAVES + 1, exp2_entry);
	write_table("mca_table_cosine_q30", MCA_TABLE_COSINE + 2, cosine_entry);
	return fflush(stdout) ? 1 : 0;
}

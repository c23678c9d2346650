/* SPDX-License-Identifier: MIT */
/*
 * Writes tables.c to standard output while the program is being built: the formulas below are the
 * only place that says what the tables contain. No entry lies near enough to a rounding boundary
 * for two mathematical libraries to disagree about it.
 */
#include <math.h>
#include <stdio.h>

#include "tables.h"

static double rounded(double value)
{
	return floor(value + 0.5);
}

static double log2_at(int i)
{
	return rounded(ldexp(log2(1.0 + (double)i / MCA_TABLE_OCTAVES), 26));
}

static double exp2_at(int i)
{
	return rounded(ldexp(exp2((double)i / MCA_TABLE_OCTAVES), 24));
}

static double cosine_at(int i)
{
	return rounded(ldexp(cos(acos(-1.0) * i / MCA_TABLE_COSINE), 30));
}

/* The rise is rounded up, for a chord of these functions that is cut short is too low. */
static void write_chords(const char *name, double (*at)(int i), int parts)
{
	printf("\nconst struct mca_table_chord %s[%d] = {", name, MCA_TABLE_OCTAVES);
	for (int i = 0; i < MCA_TABLE_OCTAVES; i++)
		printf("%s{ %.0f, %.0f },", i % 4 == 0 ? "\n\t" : " ", at(i),
		       ceil((at(i + 1) - at(i)) / parts));
	printf("\n};\n");
}

int main(void)
{
	printf("/* SPDX-License-Identifier: MIT */\n");
	printf("/* Written by tables_gen.c: change that instead. */\n#include \"tables.h\"\n");
	write_chords("mca_table_log2_q26", log2_at, 128);
	write_chords("mca_table_exp2_q24", exp2_at, 1);
	printf("\nconst int32_t mca_table_cosine_q30[%d] = {", MCA_TABLE_COSINE + 2);
	for (int i = 0; i < MCA_TABLE_COSINE + 2; i++)
		printf("%s%.0f,", i % 8 == 0 ? "\n\t" : " ", cosine_at(i));
	printf("\n};\n");
	return fflush(stdout) ? 1 : 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef MCA_CONFIG_WHOLE_H
#define MCA_CONFIG_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is a JSON number (its grammar is known to be good) a whole number as it is written, at most 2^53
 * either way? 1.0, 5e2 and 150e-1 are; 1.5, 1e300 and 1.00000000000000000001, whose nearest double
 * is 1, are not. Writes the number. Thread: any.
 */
bool mca_whole_number(const char *text, size_t length, long long *number);

#endif

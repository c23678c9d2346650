/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_RANDOM_SETTINGS_H
#define MCA_TEST_RANDOM_SETTINGS_H

#include "mca/settings.h"

/*
 * Settings drawn at random, anywhere in their ranges, that a document could have said (the checks
 * over several values hold). The same state gives the same settings everywhere.
 */
void random_settings(struct mca_settings *settings, unsigned long long *state);

/* A number below `limit` (>= 1). */
unsigned random_below(unsigned long long *state, unsigned limit);

#endif

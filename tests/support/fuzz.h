/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_FUZZ_H
#define MCA_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* The name that libFuzzer calls; fuzz_corpus.c calls it too. Aborts when a promise is broken. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static inline void demand(bool so, const char *what)
{
	if (so)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

#endif

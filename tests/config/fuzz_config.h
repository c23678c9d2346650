/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_FUZZ_CONFIG_H
#define MCA_TEST_FUZZ_CONFIG_H

#include <stddef.h>

/* One text through parse, dump and compare; aborts when a promise is broken. libFuzzer's entry. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif

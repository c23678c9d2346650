/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_FUZZ_CHAIN_H
#define MCA_TEST_FUZZ_CHAIN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads any bytes as the life of a chain: parameters, then orders and samples. Aborts when a
 * sample exceeds the ceiling in force, when paths differ or, built with MCA_Q_CHECKED, when an
 * operation leaves its range. libFuzzer calls it so; test_replay.c calls it with bytes of its own.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

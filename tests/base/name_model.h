/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_NAME_MODEL_H
#define MCA_TEST_NAME_MODEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The grammar of device names a second time, written with regular expressions instead of by hand.
 * Writes the canonical text (512 bytes are enough for any text) or returns false.
 */
bool name_model(char canonical[512], const char *text);

/* The promises of mca/device_name.h for one text, against the model; ends the process if one is
 * broken. Returns whether the text is a name. */
bool name_promises(const char *text);

/* libFuzzer's entry: the same for any bytes. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif

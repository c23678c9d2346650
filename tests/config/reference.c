/* SPDX-License-Identifier: MIT */
/* Prints the configuration reference as the table tells it, for the README and for the test that
 * compares the two. */
#include "mca/config.h"

int main(void)
{
	mca_config_reference(stdout);
	return 0;
}

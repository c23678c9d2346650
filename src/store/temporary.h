/* SPDX-License-Identifier: MIT */
#ifndef MCA_STORE_TEMPORARY_H
#define MCA_STORE_TEMPORARY_H

#include <limits.h>

/* NAME.new-XXXXXX: the temporary file of NAME, with six letters and digits of mkostemp(). */
#define MCA_TEMPORARY_MARK ".new-"

/* The file that a path means: with links resolved when it exists, the path itself when nothing is
 * there; negative errno for a link that leads nowhere and for everything else. Thread: any. */
enum { MCA_TARGET_EXISTS, MCA_TARGET_ABSENT };
int mca_store_target(char target[PATH_MAX], const char *path);

#endif

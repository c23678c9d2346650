/* SPDX-License-Identifier: MIT */
/* The tree is shared with the rooms above: its promise stands in mca/json.h. */
#include "mca/json.h"

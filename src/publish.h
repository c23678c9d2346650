/* SPDX-License-Identifier: MIT */
#ifndef MCA_PUBLISH_H
#define MCA_PUBLISH_H

#include "mca/runtime_file.h"

struct mca_settings;

/* Write the runtime file, by which client commands find this service, once its port is bound. What
 * goes wrong is logged: the commands need --port then. Thread: control. */
void mca_publish(struct mca_runtime_file *file, const struct mca_settings *settings,
		 const char *bind, unsigned port);

#endif

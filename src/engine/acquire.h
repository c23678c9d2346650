/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_ACQUIRE_H
#define MCA_ENGINE_ACQUIRE_H

#include <stdbool.h>

#include "device.h"

struct mca_engine;
struct mca_pcm_list;

/*
 * Calls of devices that a change of settings waits for. The wait is bounded by the opener's time
 * limit; meanwhile the channels are supervised and mca_engine_options.meanwhile is called. When
 * that wants the service to end, every wait is cut short with -ESHUTDOWN. Thread: control.
 */

/* Open one direction (*device is not open) and, with a shape, configure it. 0, or negative errno
 * with diag: -ETIMEDOUT when it hangs now or still. */
int mca_acquire_open(struct mca_engine *engine, struct mca_device *device, const char *name,
		     enum mca_pcm_direction direction, const struct mca_pcm_shape *shape,
		     struct mca_diag *diag);

/* 0, or negative errno with diag. A device that hangs or was waited for in vain is lost: not open
 * afterwards, the name is kept. */
int mca_acquire_configure(struct mca_engine *engine, struct mca_device *device,
			  const struct mca_pcm_shape *shape, struct mca_diag *diag);
int mca_acquire_release(struct mca_engine *engine, struct mca_device *device,
			struct mca_diag *diag);

/* Wait for the attempt that is in flight (reopen.c) and take it up; no other one is begun. False:
 * cut short, it is still in flight. */
bool mca_acquire_calm(struct mca_engine *engine);

/* List cards as mca_opener_list() does. */
int mca_acquire_list(struct mca_engine *engine, struct mca_simrack *rack,
		     const struct mca_pcm_shape *shape, struct mca_pcm_list *list,
		     struct mca_diag *diag);

/* The names of the real cards (mca_pcm_list_names()); for struct mca_resolver, the context is the
 * engine. */
int mca_acquire_names(void *engine, struct mca_pcm_list *list, struct mca_diag *diag);

/* Has the service been asked to end? Calls mca_engine_options.meanwhile. */
bool mca_acquire_interrupted(struct mca_engine *engine);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_ENGINE_DEVICE_H
#define MCA_ENGINE_DEVICE_H

#include <stdbool.h>

#include "mca/pcm.h"

struct mca_channel;
struct mca_diag;
struct mca_job;
struct mca_opener;
struct mca_simrack;

/*
 * One PCM direction that the engine holds open: owned by exactly one channel, by the opener while
 * it is being opened, configured or closed (opener.h), or, while settings are being replaced, by
 * the pool through which directions move from channel to channel without being closed. Thread:
 * control, but for the functions that say "opener".
 */
struct mca_device {
	char name[MCA_PCM_NAME];            /* canonical, what it was opened by */
	enum mca_pcm_direction direction;
	struct mca_pcm *pcm;                /* owned, NULL = not open */
	struct mca_pcm_shape shape;         /* agreed on; rate_hz 0 = not */
	struct mca_job *job;                /* owned; what its next call is ordered with */
};

/* ENODEV and its kin: what a device that is not there answers. */
bool mca_is_absence(int code);

/* Open the device of device->name and direction without agreeing on a shape. It must not be open. 0
 * or negative errno with diag. Thread: opener. */
int mca_device_open(struct mca_device *device, struct mca_simrack *rack, struct mca_diag *diag);

/* Agree on a shape while stopped, unless it stands already. 0 or negative errno with diag; -EINVAL
 * never: a device that cannot do what is asked is -ENOTSUP (-EINVAL is for settings that are wrong
 * on any machine). Thread: opener. */
int mca_device_configure(struct mca_device *device, const struct mca_pcm_shape *shape,
			 struct mca_diag *diag);

/* Forget the shape that was agreed on, while stopped: a card with one rate for both directions is
 * free for another one when neither holds to it. Thread: opener. */
void mca_device_release(struct mca_device *device);

/* Thread: opener. */
void mca_device_close(struct mca_device *device);

/* The direction belongs to somebody else now; it keeps its name. */
void mca_device_forget(struct mca_device *device);

/* Hand the open direction over; `from` is left closed. */
void mca_device_move(struct mca_device *to, struct mca_device *from);

bool mca_device_is(const struct mca_device *device, const char *name,
		   enum mca_pcm_direction direction);

/* "input" and "output", as the configuration says. */
const char *mca_direction_word(enum mca_pcm_direction direction);

/* Room for both directions of every old and every new channel. */
#define MCA_POOL_MAX 256

struct mca_pool {
	struct mca_opener *opener;          /* borrowed; closes what is left */
	unsigned count;
	struct {
		struct mca_device device;
		struct mca_channel *home;   /* whose it was, NULL = opened for this change */
	} item[MCA_POOL_MAX];
};

/* Take a device in (moved out of `device`). The pool has room for all there can be. */
void mca_pool_put(struct mca_pool *pool, struct mca_device *device, struct mca_channel *home);

/* Move the direction of that name out of the pool; false when it is not there. */
bool mca_pool_take(struct mca_pool *pool, const char *name, enum mca_pcm_direction direction,
		   struct mca_device *device);

/* Order the close of what is left. */
void mca_pool_close(struct mca_pool *pool);

#endif

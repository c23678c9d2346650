/* SPDX-License-Identifier: MIT */
/* Directions held open, and the pool in which they change hands. */
#include "device.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mca/diag.h"
#include "opener.h"

const char *mca_direction_word(enum mca_pcm_direction direction)
{
	return direction == MCA_CAPTURE ? "input" : "output";
}

bool mca_is_absence(int code)
{
	return code == -ENODEV || code == -ENOENT || code == -ENXIO;
}

int mca_device_open(struct mca_device *device, struct mca_simrack *rack, struct mca_diag *diag)
{
	struct mca_pcm *pcm = NULL;
	int r;

	assert(!device->pcm);
	r = mca_pcm_open(&pcm, device->name, device->direction, rack, diag);
	if (r < 0)
		return r;
	device->shape.rate_hz = 0;
	device->pcm = pcm;
	return 0;
}

void mca_device_release(struct mca_device *device)
{
	device->shape.rate_hz = 0;
	if (device->pcm)
		mca_pcm_release(device->pcm);
}

static bool same_shape(const struct mca_pcm_shape *a, const struct mca_pcm_shape *b)
{
	return a->rate_hz == b->rate_hz && a->lanes == b->lanes &&
	       a->block_frames == b->block_frames && mca_lane_pick_equal(&a->pick, &b->pick);
}

int mca_device_configure(struct mca_device *device, const struct mca_pcm_shape *shape,
			 struct mca_diag *diag)
{
	int r;

	if (same_shape(&device->shape, shape))
		return 0;
	r = mca_pcm_configure(device->pcm, shape, diag);
	device->shape = *shape;
	if (r < 0)
		device->shape.rate_hz = 0;
	if (r != -EINVAL)
		return r;
	if (diag)
		diag->code = -ENOTSUP;
	return -ENOTSUP;
}

void mca_device_close(struct mca_device *device)
{
	mca_pcm_close(device->pcm);
	device->pcm = NULL;
}

void mca_device_forget(struct mca_device *device)
{
	device->pcm = NULL;
	device->job = NULL;
}

void mca_device_move(struct mca_device *to, struct mca_device *from)
{
	assert(!to->pcm);
	*to = *from;
	mca_device_forget(from);
	from->name[0] = '\0';
}

bool mca_device_is(const struct mca_device *device, const char *name,
		   enum mca_pcm_direction direction)
{
	return device->pcm && device->direction == direction && strcmp(device->name, name) == 0;
}

void mca_pool_put(struct mca_pool *pool, struct mca_device *device, struct mca_channel *home)
{
	if (!device->pcm)
		return;
	assert(pool->count < MCA_POOL_MAX);
	pool->item[pool->count].device.pcm = NULL;
	mca_device_move(&pool->item[pool->count].device, device);
	pool->item[pool->count].home = home;
	pool->count++;
}

bool mca_pool_take(struct mca_pool *pool, const char *name, enum mca_pcm_direction direction,
		   struct mca_device *device)
{
	for (unsigned i = 0; i < pool->count; i++) {
		if (!mca_device_is(&pool->item[i].device, name, direction))
			continue;
		mca_device_move(device, &pool->item[i].device);
		return true;
	}
	return false;
}

void mca_pool_close(struct mca_pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++)
		mca_opener_close(pool->opener, &pool->item[i].device);
	pool->count = 0;
}

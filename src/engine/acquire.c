/* SPDX-License-Identifier: MIT */
/* Waiting for the opener without letting anybody else wait. */
#include "acquire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "opener.h"
#include "state.h"

/* Between two looks at the channels, the watchdog and the signals. */
#define TURN_MS 20

bool mca_acquire_interrupted(struct mca_engine *engine)
{
	const struct mca_engine_options *options = &engine->options;

	return options->meanwhile && options->meanwhile(options->context);
}

static void wait_turn(struct mca_engine *engine)
{
	struct pollfd fd = { .fd = mca_opener_fd(engine->opener), .events = POLLIN };

	if (poll(&fd, 1, TURN_MS) == 0)
		mca_engine_supervise(engine, mca_monotonic_ns());
}

static int await(struct mca_engine *engine, struct mca_device *device, struct mca_diag *diag)
{
	int code;

	while (!mca_opener_poll(engine->opener, device, &code, diag)) {
		if (mca_acquire_interrupted(engine)) {
			mca_opener_drop(engine->opener);
			return mca_diag_set(diag, -ESHUTDOWN, "The service is stopping.");
		}
		wait_turn(engine);
	}
	return code;
}

int mca_acquire_open(struct mca_engine *engine, struct mca_device *device, const char *name,
		     enum mca_pcm_direction direction, const struct mca_pcm_shape *shape,
		     struct mca_diag *diag)
{
	int r;

	snprintf(device->name, sizeof device->name, "%s", name);
	device->direction = direction;
	r = mca_opener_begin(engine->opener, MCA_CALL_OPEN, device, shape, diag);
	return r < 0 ? r : await(engine, device, diag);
}

int mca_acquire_configure(struct mca_engine *engine, struct mca_device *device,
			  const struct mca_pcm_shape *shape, struct mca_diag *diag)
{
	int r = mca_opener_begin(engine->opener, MCA_CALL_CONFIGURE, device, shape, diag);

	return r < 0 ? r : await(engine, device, diag);
}

int mca_acquire_release(struct mca_engine *engine, struct mca_device *device, struct mca_diag *diag)
{
	int r = mca_opener_begin(engine->opener, MCA_CALL_RELEASE, device, NULL, diag);

	return r < 0 ? r : await(engine, device, diag);
}

bool mca_acquire_calm(struct mca_engine *engine)
{
	mca_engine_take_attempt(engine);
	while (engine->attempt.channel) {
		if (mca_acquire_interrupted(engine))
			return false;
		wait_turn(engine);
		mca_engine_take_attempt(engine);
	}
	return true;
}

static bool turn(void *context)
{
	struct mca_engine *engine = context;

	if (mca_acquire_interrupted(engine))
		return false;
	wait_turn(engine);
	/* An attempt may be in flight; its answer is taken up elsewhere. */
	mca_engine_tell_lost(engine);
	return true;
}

int mca_acquire_list(struct mca_engine *engine, struct mca_simrack *rack,
		     const struct mca_pcm_shape *shape, struct mca_pcm_list *list,
		     struct mca_diag *diag)
{
	return mca_opener_list(engine->opener, rack, shape, list, turn, engine, diag);
}

int mca_acquire_names(void *context, struct mca_pcm_list *list, struct mca_diag *diag)
{
	return mca_acquire_list(context, NULL, NULL, list, diag);
}

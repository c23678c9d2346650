/* SPDX-License-Identifier: MIT */
/* See fake_engine.h. It answers the calls of mca/engine.h that the service plane makes, no others.
 * */
#include "fake_engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mca_engine {
	pthread_mutex_t lock;
	pthread_cond_t asked;
	int fd;                    /* never readable: no device answers */
	struct fake_engine fields;
};

struct mca_engine *fake_engine_new(void)
{
	struct mca_engine *engine = calloc(1, sizeof *engine);

	if (!engine)
		abort();
	pthread_mutex_init(&engine->lock, NULL);
	pthread_cond_init(&engine->asked, NULL);
	engine->fd = eventfd(0, EFD_CLOEXEC);
	engine->fields.alive = true;
	engine->fields.status.state = MCA_ENGINE_RUNNING;
	engine->fields.status.running_count = 4;
	engine->fields.status.enabled_count = 4;
	engine->fields.status.realtime.ok = true;
	return engine;
}

void fake_engine_free(struct mca_engine *engine)
{
	close(engine->fd);
	pthread_cond_destroy(&engine->asked);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

struct fake_engine *fake_engine_use(struct mca_engine *engine)
{
	pthread_mutex_lock(&engine->lock);
	return &engine->fields;
}

void fake_engine_done(struct mca_engine *engine)
{
	pthread_mutex_unlock(&engine->lock);
}

uint64_t fake_engine_await(struct mca_engine *engine, unsigned ticks, unsigned questions)
{
	struct fake_engine *fields = fake_engine_use(engine);
	uint64_t asked = fields->alive_asked + questions;

	ticks += fields->ticks;
	while (fields->ticks < ticks || fields->alive_asked < asked)
		pthread_cond_wait(&engine->asked, &engine->lock);
	asked = fields->alive_asked;
	fake_engine_done(engine);
	return asked;
}

void mca_engine_tick(struct mca_engine *engine)
{
	fake_engine_use(engine)->ticks++;
	pthread_cond_broadcast(&engine->asked);
	fake_engine_done(engine);
}

int mca_engine_fd(const struct mca_engine *engine)
{
	return engine->fd;
}

void mca_engine_attend(struct mca_engine *engine)
{
	(void)engine;
}

bool mca_engine_notice(struct mca_engine *engine, struct mca_notice *notice)
{
	struct fake_engine *fields = fake_engine_use(engine);
	bool had = fields->has_notice;

	if (had)
		*notice = fields->notice;
	fields->has_notice = false;
	fake_engine_done(engine);
	return had;
}

void mca_engine_status(struct mca_engine *engine, struct mca_engine_status *status)
{
	*status = fake_engine_use(engine)->status;
	fake_engine_done(engine);
}

bool mca_engine_alive(struct mca_engine *engine)
{
	struct fake_engine *fields = fake_engine_use(engine);
	bool alive = fields->alive;

	fields->alive_asked++;
	pthread_cond_broadcast(&engine->asked);
	fake_engine_done(engine);
	return alive;
}

bool mca_engine_is_tried(const struct mca_engine *engine)
{
	struct mca_engine *fake = (struct mca_engine *)(uintptr_t)engine;
	bool tried = fake_engine_use(fake)->status.state != MCA_ENGINE_STARTING;

	fake_engine_done(fake);
	return tried;
}

bool mca_engine_ended(struct mca_engine *engine)
{
	bool ended = fake_engine_use(engine)->ended;

	fake_engine_done(engine);
	return ended;
}

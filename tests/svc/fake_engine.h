/* SPDX-License-Identifier: MIT */
#ifndef FAKE_ENGINE_H
#define FAKE_ENGINE_H

#include "mca/engine.h"

/*
 * An engine whose every answer the test sets, in place of the real one: what the service plane
 * says is then a matter of what it is told, not of time. Set fields under the lock while the loop
 * runs.
 */
struct fake_engine {
	bool alive;
	bool ended;
	uint64_t alive_asked;            /* how often */
	unsigned ticks;
	struct mca_engine_status status;
	struct mca_notice notice;        /* the one waiting */
	bool has_notice;
};

struct mca_engine *fake_engine_new(void);
void fake_engine_free(struct mca_engine *engine);

/* The fields, locked until fake_engine_done(). */
struct fake_engine *fake_engine_use(struct mca_engine *engine);
void fake_engine_done(struct mca_engine *engine);

/* Wait until so many further ticks and questions for life have come; returns how many questions
 * there were ever. */
uint64_t fake_engine_await(struct mca_engine *engine, unsigned ticks, unsigned questions);

#endif

/* SPDX-License-Identifier: MIT */
/* Calls handed over to the control thread: run there, to their end or never. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../support/check.h"
#include "fake_engine.h"
#include "mca/svc.h"

#define CALLERS 32
#define CALLS_EACH 50

struct scene {
	struct mca_svc *svc;
	struct mca_engine *engine;
	pthread_t control;
	atomic_uint runs;
	unsigned unguarded;     /* only the control thread touches it: a race shows under TSan */
	atomic_bool elsewhere;
	int result;
};

static void scene_begin(struct scene *scene)
{
	*scene = (struct scene){ .engine = fake_engine_new(), .control = pthread_self() };
	CHECK_INT(mca_svc_new(&scene->svc, NULL), 0);
}

static void scene_end(struct scene *scene)
{
	mca_svc_free(scene->svc);
	fake_engine_free(scene->engine);
}

/* Run the loop on this thread beside `director`, who ends it. */
static void scene_run(struct scene *scene, void *(*director)(void *))
{
	struct mca_svc_options options = { .engine = scene->engine };
	pthread_t thread;

	pthread_create(&thread, NULL, director, scene);
	CHECK_INT(mca_svc_run(scene->svc, &options), 0);
	pthread_join(thread, NULL);
}

static void count_run(void *arg)
{
	struct scene *scene = arg;

	scene->unguarded++;
	atomic_fetch_add(&scene->runs, 1);
	if (!pthread_equal(pthread_self(), scene->control))
		atomic_store(&scene->elsewhere, true);
}

static void *call_often(void *arg)
{
	struct scene *scene = arg;

	for (int i = 0; i < CALLS_EACH; i++)
		if (mca_svc_call(scene->svc, count_run, scene, 20000) != 0)
			atomic_store(&scene->elsewhere, true);
	return NULL;
}

static void *direct_many(void *arg)
{
	struct scene *scene = arg;
	pthread_t caller[CALLERS];

	for (int i = 0; i < CALLERS; i++)
		pthread_create(&caller[i], NULL, call_often, scene);
	for (int i = 0; i < CALLERS; i++)
		pthread_join(caller[i], NULL);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void every_call_runs_once_on_the_control_thread(void)
{
	struct scene scene;

	scene_begin(&scene);
	scene_run(&scene, direct_many);
	CHECK_INT(scene.runs, CALLERS * CALLS_EACH);
	CHECK_INT(scene.unguarded, CALLERS * CALLS_EACH);
	CHECK(!scene.elsewhere);
	scene_end(&scene);
}

static void *direct_one(void *arg)
{
	struct scene *scene = arg;

	scene->result = mca_svc_call(scene->svc, count_run, scene, 20000);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void *time_out(void *arg)
{
	struct scene *scene = arg;

	scene->result = mca_svc_call(scene->svc, count_run, scene, 1);
	return NULL;
}

static void a_call_that_timed_out_never_runs(void)
{
	struct scene scene;
	pthread_t caller;

	scene_begin(&scene);
	/* The loop does not run yet: nobody takes the call. */
	pthread_create(&caller, NULL, time_out, &scene);
	pthread_join(caller, NULL);
	CHECK_INT(scene.result, -ETIMEDOUT);
	/* Its wake-up is still there, and the next call finds its place in the queue. */
	scene_run(&scene, direct_one);
	CHECK_INT(scene.result, 0);
	CHECK_INT(scene.runs, 1);
	scene_end(&scene);
}

static void run_past_the_deadline(void *arg)
{
	struct scene *scene = arg;
	struct timespec past;

	clock_gettime(CLOCK_MONOTONIC, &past);
	past.tv_sec += 1;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past, NULL) == EINTR)
		;
	atomic_fetch_add(&scene->runs, 1);
}

static void *direct_slow(void *arg)
{
	struct scene *scene = arg;

	/* Half a second to be taken on a busy machine, then a second of running: whether it was
	 * taken in time or not, the result must say what happened. */
	scene->result = mca_svc_call(scene->svc, run_past_the_deadline, scene, 500);
	CHECK_INT(atomic_load(&scene->runs), scene->result == 0 ? 1 : 0);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void a_running_call_is_waited_for_beyond_its_timeout(void)
{
	struct scene scene;

	scene_begin(&scene);
	scene_run(&scene, direct_slow);
	CHECK(scene.result == 0 || scene.result == -ETIMEDOUT);
	scene_end(&scene);
}

static void stop_from_within(void *arg)
{
	struct scene *scene = arg;

	count_run(scene);
	kill(getpid(), SIGTERM);
}

static void *direct_stop(void *arg)
{
	struct scene *scene = arg;

	CHECK_INT(mca_svc_call(scene->svc, stop_from_within, scene, 20000), 0);
	/* The loop ends now or soon; this call is served before, or refused, but never lost. */
	scene->result = mca_svc_call(scene->svc, count_run, scene, 20000);
	CHECK(scene->result == 0 || scene->result == -ESHUTDOWN);
	CHECK_INT(atomic_load(&scene->runs), scene->result == 0 ? 2 : 1);
	return NULL;
}

static void stopping_refuses_calls(void)
{
	struct scene scene;
	unsigned runs;

	scene_begin(&scene);
	scene_run(&scene, direct_stop);
	runs = scene.runs;
	CHECK_INT(mca_svc_call(scene.svc, count_run, &scene, 20000), -ESHUTDOWN);
	CHECK_INT(scene.runs, runs);
	scene_end(&scene);
}

int main(void)
{
	unsetenv("NOTIFY_SOCKET");
	mca_svc_block_signals();
	RUN(every_call_runs_once_on_the_control_thread);
	RUN(a_call_that_timed_out_never_runs);
	RUN(a_running_call_is_waited_for_beyond_its_timeout);
	RUN(stopping_refuses_calls);
	return DONE();
}

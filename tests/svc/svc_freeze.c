/* SPDX-License-Identifier: MIT */
/*
 * The watchdog over the real engine: one frozen channel of four, and the manager hears no more
 * that all is well. The argument is a configuration for the simulated cards.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/config.h"
#include "mca/engine.h"
#include "mca/simcard.h"
#include "mca/svc.h"

#define FROZEN_CHANNEL 2
#define WATCHDOG_US "300000"
/* Only a failing test waits that long. */
#define PATIENCE_S 60
/* Silence of many intervals: nobody feeds any more. Ten a second come while somebody does. */
#define QUIET_S 1
#define FED_MAX 200

struct scene {
	struct mca_engine *engine;
	int manager;
};

/* Did the manager hear it within so many seconds? */
static bool heard(struct scene *scene, const char *field, int seconds)
{
	struct timeval patience = { .tv_sec = seconds };
	char message[4096];
	ssize_t length;

	setsockopt(scene->manager, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	while ((length = recv(scene->manager, message, sizeof message - 1, 0)) > 0) {
		message[length] = '\0';
		if (strstr(message, field))
			return true;
	}
	return false;
}

static void *direct(void *arg)
{
	struct scene *scene = arg;
	unsigned fed;

	CHECK(heard(scene, "WATCHDOG=1", PATIENCE_S));
	CHECK(heard(scene, "WATCHDOG=1", PATIENCE_S));
	CHECK_INT(mca_engine_freeze(scene->engine, FROZEN_CHANNEL), 0);
	/* The engine gives a stall its time, then the thread counts as hanging. */
	for (fed = 0; fed < FED_MAX && heard(scene, "WATCHDOG=1", QUIET_S); fed++)
		;
	CHECK(fed < FED_MAX);
	kill(getpid(), SIGTERM);
	CHECK(heard(scene, "STOPPING=1", PATIENCE_S));
	return NULL;
}

static void listen_as_manager(struct scene *scene, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char pid[16];

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	scene->manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(scene->manager, (struct sockaddr *)&address, sizeof address) < 0)
		abort();
	setenv("NOTIFY_SOCKET", path, 1);
	setenv("WATCHDOG_USEC", WATCHDOG_US, 1);
	setenv("WATCHDOG_PID", pid, 1);
}

static void run_frozen(struct mca_settings *settings, const char *folder)
{
	struct mca_engine_options engine = { .simulate = true, .realtime = true };
	struct mca_svc_options options = { 0 };
	struct mca_svc *svc = NULL;
	struct scene scene = { 0 };
	char path[64];
	pthread_t director;

	snprintf(path, sizeof path, "%s/notify", folder);
	listen_as_manager(&scene, path);
	CHECK_INT(mca_simrack_new(&options.rack, &settings->simulation.rack, true, NULL), 0);
	engine.rack = options.rack;
	CHECK_INT(mca_engine_new(&scene.engine, settings, &engine, NULL), 0);
	CHECK_INT(mca_svc_new(&svc, NULL), 0);
	options.engine = scene.engine;
	pthread_create(&director, NULL, direct, &scene);
	CHECK_INT(mca_svc_run(svc, &options), 0);
	pthread_join(director, NULL);
	mca_engine_free(scene.engine);
	mca_svc_free(svc);
	mca_simrack_free(options.rack);
	close(scene.manager);
	unlink(path);
}

static const char *config_path;

static void a_frozen_channel_starves_the_watchdog(void)
{
	struct mca_settings *settings = malloc(sizeof *settings);
	struct mca_faults faults = { 0 };
	char folder[] = "/tmp/mca-svc-XXXXXX";

	if (!settings || !mkdtemp(folder))
		abort();
	CHECK_INT(mca_config_load(config_path, settings, &faults), 0);
	run_frozen(settings, folder);
	mca_faults_done(&faults);
	free(settings);
	rmdir(folder);
}

int main(int argc, char **argv)
{
	config_path = argv[1];
	mca_svc_block_signals();
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(a_frozen_channel_starves_the_watchdog);
	return DONE();
}

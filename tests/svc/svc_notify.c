/* SPDX-License-Identifier: MIT */
/* What the service manager hears, over a NOTIFY_SOCKET of the test's own. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../support/check.h"
#include "fake_engine.h"
#include "mca/svc.h"

/* Long enough for any machine; only a failing test waits it out. */
#define PATIENCE_S 20

struct scene {
	bool deaf;                 /* the manager's queue is full before the loop begins */
	struct mca_engine *engine;
	int manager;               /* the socket of the manager's side */
	char message[4096];        /* the last one received */
	int reload_result;
	unsigned reloads;
	bool starting;             /* the engine begins in that state */
};

static bool receive(struct scene *scene)
{
	ssize_t length = recv(scene->manager, scene->message, sizeof scene->message - 1, 0);

	scene->message[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* Receive until a message contains `field` (a whole line); false when none came. */
static bool await(struct scene *scene, const char *field)
{
	size_t length = strlen(field);

	while (receive(scene))
		for (char *line = scene->message; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			if (strncmp(line, field, length) == 0 &&
			    (line[length] == '\n' || line[length] == '\0'))
				return true;
		}
	printf("# no message said %s\n", field);
	return false;
}

static int fake_reload(void *context, struct mca_faults *faults)
{
	struct scene *scene = context;

	scene->reloads++;
	if (scene->reload_result < 0)
		mca_faults_say(faults, scene->reload_result, "/blocksize", "15",
			       "must be 16 to 8192 frames");
	return scene->reload_result;
}

/* Until the queue takes no more. */
static void fill(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	while (sendto(fd, "FILLER=1", 8, MSG_DONTWAIT, (const struct sockaddr *)address,
		      sizeof *address) > 0)
		;
	CHECK_INT(errno, EAGAIN);
	close(fd);
}

static void open_manager(struct scene *scene, const char *folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };

	snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", folder);
	scene->manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(scene->manager, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (bind(scene->manager, (struct sockaddr *)&address, sizeof address) < 0)
		abort();
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	if (scene->deaf)
		fill(&address);
}

static void scene_run(struct scene *scene, void *(*director)(void *))
{
	struct mca_svc_options options = { .engine = fake_engine_new(), .reload = fake_reload,
					   .context = scene };
	char folder[] = "/tmp/mca-svc-XXXXXX", path[64];
	struct mca_svc *svc = NULL;
	pthread_t thread;

	if (!mkdtemp(folder))
		abort();
	scene->engine = options.engine;
	if (scene->starting)
		fake_engine_use(scene->engine)->status.state = MCA_ENGINE_STARTING;
	if (scene->starting)
		fake_engine_done(scene->engine);
	open_manager(scene, folder);
	CHECK_INT(mca_svc_new(&svc, NULL), 0);
	pthread_create(&thread, NULL, director, scene);
	CHECK_INT(mca_svc_run(svc, &options), 0);
	pthread_join(thread, NULL);
	mca_svc_free(svc);
	fake_engine_free(options.engine);
	close(scene->manager);
	snprintf(path, sizeof path, "%s/notify", folder);
	unlink(path);
	rmdir(folder);
}

static void *see_ready_and_stop(void *arg)
{
	struct scene *scene = arg;

	CHECK(receive(scene));
	CHECK_STR(scene->message, "READY=1\nSTATUS=4/4 channels running, 0 xruns");
	kill(getpid(), SIGTERM);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void ready_comes_first_and_stopping_last(void)
{
	scene_run(&(struct scene){ 0 }, see_ready_and_stop);
}

static void *see_ready_after_the_start(void *arg)
{
	struct scene *scene = arg;
	ssize_t length;

	fake_engine_await(scene->engine, 3, 0);
	length = recv(scene->manager, scene->message, sizeof scene->message, MSG_DONTWAIT);
	CHECK(length < 0 && errno == EAGAIN);
	fake_engine_use(scene->engine)->status.state = MCA_ENGINE_DEGRADED;
	fake_engine_done(scene->engine);
	CHECK(receive(scene));
	CHECK(strncmp(scene->message, "READY=1\n", 8) == 0);
	kill(getpid(), SIGTERM);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void nothing_is_said_before_every_channel_was_tried(void)
{
	scene_run(&(struct scene){ .starting = true }, see_ready_after_the_start);
}

static void *see_end(void *arg)
{
	struct scene *scene = arg;

	CHECK(await(scene, "READY=1"));
	fake_engine_use(scene->engine)->ended = true;
	fake_engine_done(scene->engine);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void an_engine_that_has_ended_ends_the_loop(void)
{
	scene_run(&(struct scene){ 0 }, see_end);
}

static void *see_status(void *arg)
{
	struct scene *scene = arg;
	struct fake_engine *fields;

	CHECK(await(scene, "READY=1"));
	fields = fake_engine_use(scene->engine);
	fields->status.running_count = 3;
	fields->status.xruns = 1;
	fake_engine_done(scene->engine);
	CHECK(receive(scene));
	CHECK_STR(scene->message, "STATUS=3/4 channels running, 1 xrun");
	fields = fake_engine_use(scene->engine);
	fields->status.realtime.ok = false;
	strcpy(fields->status.realtime.detail, "SCHED_FIFO refused,\nraise LimitRTPRIO=");
	fake_engine_done(scene->engine);
	/* Nothing in between: an unchanged line is not said again. */
	CHECK(receive(scene));
	CHECK_STR(scene->message, "STATUS=3/4 channels running, 1 xrun; not real-time: "
		  "SCHED_FIFO refused, raise LimitRTPRIO=");
	fields = fake_engine_use(scene->engine);
	fields->status.realtime.ok = true;
	strcpy(fields->status.concern[MCA_CONCERN_CONFIG], "the last one runs");
	strcpy(fields->status.concern[MCA_CONCERN_API], "port 8000\nis taken");
	fake_engine_done(scene->engine);
	CHECK(receive(scene));
	CHECK_STR(scene->message, "STATUS=3/4 channels running, 1 xrun; the last one runs; "
		  "port 8000 is taken");
	kill(getpid(), SIGINT);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void the_status_line_is_sent_when_it_changes(void)
{
	scene_run(&(struct scene){ 0 }, see_status);
}

static unsigned long long monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000;
}

static void *see_reload(void *arg)
{
	struct scene *scene = arg;
	unsigned long long before, said = 0;

	CHECK(await(scene, "READY=1"));
	before = monotonic_us();
	kill(getpid(), SIGHUP);
	CHECK(await(scene, "RELOADING=1"));
	CHECK_INT(sscanf(scene->message, "RELOADING=1\nMONOTONIC_USEC=%llu", &said), 1);
	CHECK(said >= before && said <= monotonic_us());
	CHECK(await(scene, "READY=1"));
	kill(getpid(), SIGTERM);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void a_reload_is_framed_by_reloading_and_ready(void)
{
	struct scene scene = { 0 };

	scene_run(&scene, see_reload);
	CHECK_INT(scene.reloads, 1);
}

static void a_refused_reload_is_framed_likewise(void)
{
	struct scene scene = { .reload_result = -EINVAL };

	scene_run(&scene, see_reload);
	CHECK_INT(scene.reloads, 1);
}

static void set_alive(struct scene *scene, bool alive)
{
	fake_engine_use(scene->engine)->alive = alive;
	fake_engine_done(scene->engine);
}

/* Empty the socket without waiting; true when one of the messages fed the watchdog. */
static bool fed_meanwhile(struct scene *scene)
{
	bool fed = false;
	ssize_t length;

	while ((length = recv(scene->manager, scene->message, sizeof scene->message - 1,
			      MSG_DONTWAIT)) > 0) {
		scene->message[length] = '\0';
		fed |= strstr(scene->message, "WATCHDOG=1") != NULL;
	}
	return fed;
}

static void *see_watchdog(void *arg)
{
	struct scene *scene = arg;

	CHECK(await(scene, "WATCHDOG=1"));
	CHECK(await(scene, "WATCHDOG=1"));
	set_alive(scene, false);
	/* One question may have been answered just before. */
	fake_engine_await(scene->engine, 0, 1);
	fed_meanwhile(scene);
	fake_engine_await(scene->engine, 0, 3);
	CHECK(!fed_meanwhile(scene));
	set_alive(scene, true);
	CHECK(await(scene, "WATCHDOG=1"));
	kill(getpid(), SIGTERM);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void the_watchdog_is_fed_only_while_the_engine_is_alive(void)
{
	char pid[16];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	setenv("WATCHDOG_USEC", "150000", 1);
	scene_run(&(struct scene){ 0 }, see_watchdog);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void *see_no_question(void *arg)
{
	struct scene *scene = arg;

	CHECK(await(scene, "READY=1"));
	CHECK_INT(fake_engine_await(scene->engine, 10, 0), 0);
	CHECK(!fed_meanwhile(scene));
	kill(getpid(), SIGTERM);
	return NULL;
}

static void without_a_watchdog_nobody_is_fed(void)
{
	scene_run(&(struct scene){ 0 }, see_no_question);
}

/* The loop goes on while nobody reads; what it owes comes when somebody does. */
static void *see_deaf_manager(void *arg)
{
	struct scene *scene = arg;

	fake_engine_await(scene->engine, 5, 2);
	kill(getpid(), SIGHUP);
	fake_engine_await(scene->engine, 5, 2);
	CHECK(await(scene, "RELOADING=1"));
	CHECK(await(scene, "READY=1"));
	CHECK(await(scene, "WATCHDOG=1"));
	kill(getpid(), SIGTERM);
	CHECK(await(scene, "STOPPING=1"));
	return NULL;
}

static void a_manager_that_does_not_read_is_told_later(void)
{
	struct scene scene = { .deaf = true };
	char pid[16];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	setenv("WATCHDOG_USEC", "150000", 1);
	scene_run(&scene, see_deaf_manager);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	CHECK_INT(scene.reloads, 1);
}

static void *see_nothing_and_stop(void *arg)
{
	struct scene *scene = arg;

	fake_engine_await(scene->engine, 5, 0);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void a_manager_that_never_reads_does_not_delay_the_end(void)
{
	scene_run(&(struct scene){ .deaf = true }, see_nothing_and_stop);
}

int main(void)
{
	mca_svc_block_signals();
	RUN(ready_comes_first_and_stopping_last);
	RUN(nothing_is_said_before_every_channel_was_tried);
	RUN(an_engine_that_has_ended_ends_the_loop);
	RUN(the_status_line_is_sent_when_it_changes);
	RUN(a_reload_is_framed_by_reloading_and_ready);
	RUN(a_refused_reload_is_framed_likewise);
	RUN(the_watchdog_is_fed_only_while_the_engine_is_alive);
	RUN(without_a_watchdog_nobody_is_fed);
	RUN(a_manager_that_does_not_read_is_told_later);
	RUN(a_manager_that_never_reads_does_not_delay_the_end);
	return DONE();
}

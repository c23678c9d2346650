/* SPDX-License-Identifier: MIT */
/*
 * The main loop. Everything that is not audio and not an HTTP worker happens here, one thing at a
 * time, on one thread: signals, the supervision tick, calls handed over by HTTP workers, the
 * service manager and the log. So nothing in the engine's control half needs a lock of its own.
 *
 * Order on the way out: STOPPING=1 first, then waiting callers are refused, so that nobody waits
 * for a loop that is gone while the caller of mca_svc_run() fades the audio out.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "call.h"
#include "journal.h"
#include "mca/simcard.h"
#include "mca/svc.h"
#include "notify.h"

#define TICK_US UINT64_C(50000)
#define TICK_ACCURACY_US UINT64_C(2000)

struct mca_svc {
	sd_event *event;
	struct mca_calls calls;
	struct mca_notify notify;
	struct mca_svc_options options;
	struct mca_engine_status *status;  /* scratch, too large for a stack */
	int pump_error;                    /* the last one said, so that it is said once */
	uint64_t lines_lost;               /* and not yet reported */
	bool ready;                        /* READY=1 was sent */
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void mca_svc_block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int mca_svc_new(struct mca_svc **svc, struct mca_diag *diag)
{
	struct mca_svc *s = calloc(1, sizeof *s);
	int result = -ENOMEM;

	if (!s)
		return mca_diag_set(diag, -ENOMEM, "no memory for the main loop");
	s->calls.wake_fd = -1;
	s->status = calloc(1, sizeof *s->status);
	if (s->status)
		result = sd_event_new(&s->event);
	if (result >= 0)
		result = mca_calls_init(&s->calls);
	if (result < 0) {
		mca_svc_free(s);
		return mca_diag_set(diag, result, "cannot set up the main loop: %s",
				    strerror(-result));
	}
	*svc = s;
	return 0;
}

void mca_svc_free(struct mca_svc *svc)
{
	if (!svc)
		return;
	mca_calls_done(&svc->calls);
	sd_event_unref(svc->event);
	free(svc->status);
	free(svc);
}

void mca_svc_give_up(const char *format, ...)
{
	char text[MCA_NOTIFY_STATUS_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	mca_svc_log(LOG_ERR, "the service cannot start: %s", text);
	mca_notify_failed(text);
}

int mca_svc_call(void *svc, void (*fn)(void *arg), void *arg, unsigned timeout_ms)
{
	return mca_calls_make(&((struct mca_svc *)svc)->calls, fn, arg, timeout_ms);
}

static void describe(struct mca_svc *svc, char text[MCA_NOTIFY_STATUS_MAX])
{
	mca_engine_status(svc->options.engine, svc->status);
	mca_notify_describe(svc->status, text);
}

static void say_ready(struct mca_svc *svc)
{
	char text[MCA_NOTIFY_STATUS_MAX];

	describe(svc, text);
	mca_notify_ready(&svc->notify, text, now_us());
}

static void drain_notices(struct mca_svc *svc)
{
	struct mca_notice notice;

	if (svc->lines_lost && mca_journal_say_lost(svc->lines_lost))
		svc->lines_lost = 0;
	while (mca_engine_notice(svc->options.engine, &notice))
		svc->lines_lost += !mca_svc_log_notice(&notice);
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	struct mca_svc *svc = context;
	struct mca_faults faults = { 0 };

	mca_svc_reloading(svc, true);
	/* A refusal is a notice, as for every other way to ask. */
	if (svc->options.reload)
		svc->options.reload(svc->options.context, &faults);
	mca_faults_done(&faults);
	drain_notices(svc);
	mca_svc_reloading(svc, false);
	return 0;
}

void mca_svc_reloading(void *context, bool begins)
{
	struct mca_svc *svc = context;

	/* A manager that has not heard READY=1 yet waits for that one, not for a reload. */
	if (!svc->ready)
		return;
	if (begins)
		mca_notify_reloading(&svc->notify, now_us());
	else
		say_ready(svc);
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_call(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct mca_svc *svc = context;

	mca_calls_serve(&svc->calls);
	return 0;
}

static void pump(struct mca_svc *svc)
{
	int result = svc->options.rack ? mca_simrack_pump(svc->options.rack) : 0;

	if (result < 0 && result != svc->pump_error)
		svc->lines_lost += !mca_svc_log(LOG_ERR, "a simulated card cannot write its sink "
						"file, what it plays is lost: %s",
						strerror(-result));
	svc->pump_error = result;
}

static void tell_manager(struct mca_svc *svc)
{
	char text[MCA_NOTIFY_STATUS_MAX];
	uint64_t now = now_us();

	mca_notify_retry(&svc->notify);
	if (svc->ready && mca_notify_status_due(&svc->notify, now)) {
		describe(svc, text);
		mca_notify_status(&svc->notify, text, now);
	}
	if (mca_notify_watchdog_due(&svc->notify, now) && mca_engine_alive(svc->options.engine))
		mca_notify_watchdog_feed(&svc->notify, now);
}

/* Once every channel has run or failed, and not before. */
static void become_ready(struct mca_svc *svc)
{
	if (svc->ready || !mca_engine_is_tried(svc->options.engine))
		return;
	svc->ready = true;
	say_ready(svc);
}

/* What the loop does beside the engine's own work. */
static void keep_up(struct mca_svc *svc)
{
	pump(svc);
	drain_notices(svc);
	tell_manager(svc);
}

bool mca_svc_meanwhile(void *context)
{
	sigset_t pending;

	/* The engine may wait before the loop has begun. */
	if (((struct mca_svc *)context)->options.engine)
		keep_up(context);
	/* The signals are blocked; the loop takes them when it is back. */
	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

static int on_device(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct mca_svc *svc = context;

	mca_engine_attend(svc->options.engine);
	drain_notices(svc);
	return 0;
}

static int on_tick(sd_event_source *source, uint64_t due_us, void *context)
{
	struct mca_svc *svc = context;

	mca_engine_tick(svc->options.engine);
	if (svc->options.tick)
		svc->options.tick(svc->options.context);
	become_ready(svc);
	if (svc->options.tick)
		svc->options.tick(svc->options.context);
	keep_up(svc);
	if (mca_engine_ended(svc->options.engine))
		return sd_event_exit(svc->event, 0);
	/* From now, not from when it was due: after a long reload one tick follows, not a burst. */
	return sd_event_source_set_time_relative(source, TICK_US);
}

static int add_sources(struct mca_svc *svc)
{
	static const struct {
		int number;
		sd_event_signal_handler_t handler;
	} signals[] = { { SIGHUP, on_reload }, { SIGTERM, on_stop }, { SIGINT, on_stop } };
	sd_event_source *timer;
	int result;

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		result = sd_event_add_signal(svc->event, NULL, signals[i].number,
					     signals[i].handler, svc);
		if (result < 0)
			return result;
	}
	result = sd_event_add_io(svc->event, NULL, svc->calls.wake_fd, EPOLLIN, on_call, svc);
	if (result < 0)
		return result;
	result = sd_event_add_io(svc->event, NULL, mca_engine_fd(svc->options.engine), EPOLLIN,
				 on_device, svc);
	if (result < 0)
		return result;
	result = sd_event_add_time_relative(svc->event, &timer, CLOCK_MONOTONIC, TICK_US,
					    TICK_ACCURACY_US, on_tick, svc);
	if (result < 0)
		return result;
	result = sd_event_source_set_enabled(timer, SD_EVENT_ON);
	sd_event_source_set_floating(timer, true);
	sd_event_source_unref(timer);
	return result;
}

int mca_svc_run(struct mca_svc *svc, const struct mca_svc_options *options)
{
	int result;

	svc->options = *options;
	mca_notify_init(&svc->notify, now_us());
	result = add_sources(svc);
	if (result >= 0) {
		drain_notices(svc);
		become_ready(svc);
		result = sd_event_loop(svc->event);
	}
	mca_notify_stopping();
	mca_calls_close(&svc->calls);
	drain_notices(svc);
	return result;
}

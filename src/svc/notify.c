/* SPDX-License-Identifier: MIT */
/*
 * The manager's socket queue is shared with every other service, so a status line goes out only
 * when it changes and at most once a second, and the watchdog is fed three times an interval:
 * often enough that one check which falls just before the block of a slow channel (8192 frames at
 * 8 kHz take a second) costs nothing, and not so often that two checks could fall into one block.
 */
#include "notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "mca/engine.h"

#define SECOND_US UINT64_C(1000000)

void mca_notify_init(struct mca_notify *notify, uint64_t now_us)
{
	uint64_t limit_us = 0;

	*notify = (struct mca_notify){ 0 };
	if (sd_watchdog_enabled(0, &limit_us) > 0)
		notify->watchdog_interval_us = limit_us / 3;
	notify->watchdog_due_us = now_us + notify->watchdog_interval_us;
}

__attribute__((format(printf, 2, 3)))
static void append(char text[MCA_NOTIFY_STATUS_MAX], const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, MCA_NOTIFY_STATUS_MAX - length, format, arguments);
	va_end(arguments);
}

void mca_notify_describe(const struct mca_engine_status *status, char text[MCA_NOTIFY_STATUS_MAX])
{
	snprintf(text, MCA_NOTIFY_STATUS_MAX, "%u/%u channels running, %" PRIu64 " xrun%s",
		 status->running_count, status->enabled_count, status->xruns,
		 status->xruns == 1 ? "" : "s");
	for (unsigned i = 0; i < MCA_CONCERNS; i++)
		if (*status->concern[i])
			append(text, "; %s", status->concern[i]);
	if (!status->realtime.ok)
		append(text, "; not real-time: %s", status->realtime.detail);
	/* A line break would begin the next field of the message. */
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
}

static void remember(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	snprintf(notify->status, sizeof notify->status, "%s", status);
	notify->status_due_us = now_us + SECOND_US;
}

void mca_notify_ready(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
	remember(notify, status, now_us);
}

bool mca_notify_status_due(const struct mca_notify *notify, uint64_t now_us)
{
	return now_us >= notify->status_due_us;
}

void mca_notify_status(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	if (!mca_notify_status_due(notify, now_us) || strcmp(status, notify->status) == 0)
		return;
	sd_notifyf(0, "STATUS=%s", status);
	remember(notify, status, now_us);
}

void mca_notify_reloading(uint64_t now_us)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_us);
}

void mca_notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=fading out");
}

bool mca_notify_watchdog_due(struct mca_notify *notify, uint64_t now_us)
{
	if (!notify->watchdog_interval_us || now_us < notify->watchdog_due_us)
		return false;
	notify->watchdog_due_us = now_us + notify->watchdog_interval_us;
	return true;
}

void mca_notify_watchdog_feed(void)
{
	sd_notify(0, "WATCHDOG=1");
}

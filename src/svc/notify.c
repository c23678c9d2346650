/* SPDX-License-Identifier: MIT */
/*
 * The manager's socket queue is shared with every other service, so a status line goes out only
 * when it changes and at most once a second, and the watchdog is fed three times an interval:
 * often enough that one check which falls just before the block of a slow channel (8192 frames at
 * 8 kHz take a second) costs nothing, and not so often that two checks could fall into one block.
 */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "datagram.h"
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

/* False when the manager's queue is full. A manager that cannot be reached at all is no reason to
 * try again. */
static bool send_message(const char *text)
{
	const char *address = getenv("NOTIFY_SOCKET");
	struct iovec part = { .iov_base = (char *)text, .iov_len = strlen(text) };

	return !address || mca_datagram_send(address, &part, 1) != -EAGAIN;
}

static void send_reloading(struct mca_notify *notify)
{
	char text[80];

	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, notify->reloading_us);
	notify->owes_reloading = !send_message(text);
}

static void send_state(struct mca_notify *notify)
{
	char text[MCA_NOTIFY_STATUS_MAX + 32];

	snprintf(text, sizeof text, "%sSTATUS=%s", notify->owes_ready ? "READY=1\n" : "",
		 notify->status);
	notify->owes_status = !send_message(text);
	notify->owes_ready = notify->owes_ready && notify->owes_status;
}

void mca_notify_retry(struct mca_notify *notify)
{
	if (notify->owes_reloading)
		send_reloading(notify);
	if (!notify->owes_reloading && (notify->owes_ready || notify->owes_status))
		send_state(notify);
}

static void remember(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	snprintf(notify->status, sizeof notify->status, "%s", status);
	notify->status_due_us = now_us + SECOND_US;
	notify->owes_status = true;
}

void mca_notify_ready(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	remember(notify, status, now_us);
	notify->owes_ready = true;
	mca_notify_retry(notify);
}

bool mca_notify_status_due(const struct mca_notify *notify, uint64_t now_us)
{
	return now_us >= notify->status_due_us;
}

void mca_notify_status(struct mca_notify *notify, const char *status, uint64_t now_us)
{
	if (!mca_notify_status_due(notify, now_us) || strcmp(status, notify->status) == 0)
		return;
	remember(notify, status, now_us);
	mca_notify_retry(notify);
}

void mca_notify_reloading(struct mca_notify *notify, uint64_t now_us)
{
	notify->reloading_us = now_us;
	notify->owes_reloading = true;
	/* READY=1 of a reload before this one would end this one too early. */
	notify->owes_ready = false;
	mca_notify_retry(notify);
}

void mca_notify_stopping(void)
{
	send_message("STOPPING=1\nSTATUS=fading out");
}

void mca_notify_failed(const char *text)
{
	char message[MCA_NOTIFY_STATUS_MAX + 32];

	snprintf(message, sizeof message, "STATUS=cannot start: %s", text);
	for (char *c = message; *c; c++)
		if (*c == '\n')
			*c = ' ';
	send_message(message);
}

bool mca_notify_watchdog_due(struct mca_notify *notify, uint64_t now_us)
{
	if (!notify->watchdog_interval_us || now_us < notify->watchdog_due_us)
		return false;
	notify->watchdog_due_us = now_us + notify->watchdog_interval_us;
	return true;
}

void mca_notify_watchdog_feed(struct mca_notify *notify, uint64_t now_us)
{
	if (!send_message("WATCHDOG=1"))
		notify->watchdog_due_us = now_us;
}

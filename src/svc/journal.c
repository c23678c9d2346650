/* SPDX-License-Identifier: MIT */
/*
 * One notice is one journal entry with named fields, or one line on stderr. Which of both is
 * decided as systemd documents it: JOURNAL_STREAM names device and inode of the stream that leads
 * to the journal; only when stderr is that very stream would a line there arrive as an entry
 * anyway, and then the structured one is sent in its place. Redirected elsewhere, stderr keeps the
 * sentences.
 *
 * The main loop must never hang on its log: a line that stderr cannot take at once (a stopped
 * terminal, a full pipe) is dropped.
 */
#include "journal.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "mca/svc.h"

#define IDENTIFIER "mission-control-audio"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX 12
#define FIELD_BYTES 512

static const struct {
	const char *message_id;
	int priority;
} kinds[MCA_NOTICE_KINDS] = {
	[MCA_NOTICE_XRUN] = { "c5f68ac4e21344c7948cd84db5c36359", LOG_WARNING },
	[MCA_NOTICE_DEVICE_LOST] = { "0ea26d98f7214f93a95674602cdc6827", LOG_ERR },
	[MCA_NOTICE_DEVICE_BACK] = { "68adf1f2cae8473fbf4fc4a9fb182bec", LOG_NOTICE },
	[MCA_NOTICE_CONFIG_APPLIED] = { "2069f9d15959470589bc58fdb9178daa", LOG_NOTICE },
	[MCA_NOTICE_CONFIG_REFUSED] = { "f2a3aa2538324f039994f0dad565496d", LOG_ERR },
	[MCA_NOTICE_PTT] = { "65527026955744749478b197422abaab", LOG_INFO },
	[MCA_NOTICE_REALTIME] = { "0996d64273e543a7a20c1d3289b3845f", LOG_WARNING },
	[MCA_NOTICE_STATE] = { "68f50f2504064e40b62bb9c6e56eb6b5", LOG_NOTICE },
};

const char *mca_journal_message_id(enum mca_notice_kind kind)
{
	return kinds[kind].message_id;
}

static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uint64_t device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%" SCNu64 ":%" SCNu64, &device, &inode) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* Names come from configuration and clients: they shall not move anybody's cursor. Control
 * characters, those that UTF-8 writes as 0xc2 and 0x80 to 0x9f included, become blanks. */
static void tame(char *line, int length)
{
	for (int i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];
		bool second = i > 0 && (unsigned char)line[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;

		if (second)
			line[i - 1] = ' ';
		if (second || c < 0x20 || c == 0x7f)
			line[i] = ' ';
	}
}

static void write_line(int priority, const char *text)
{
	struct pollfd writable = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[1200];
	int length = snprintf(line, sizeof line - 1, "%s: %s%s", IDENTIFIER,
			      priority <= LOG_ERR ? "error: " :
			      priority == LOG_WARNING ? "warning: " : "", text);

	if (length < 0)
		return;
	if ((size_t)length > sizeof line - 2)
		length = sizeof line - 2;
	tame(line, length);
	line[length++] = '\n';
	if (poll(&writable, 1, 0) == 1 && (writable.revents & POLLOUT))
		(void)!write(STDERR_FILENO, line, (size_t)length);
}

/* The fields of one entry, built side by side in memory of its own. */
struct entry {
	struct iovec field[FIELDS_MAX];
	char text[FIELDS_MAX][FIELD_BYTES];
	unsigned count;
};

__attribute__((format(printf, 2, 3)))
static void add(struct entry *entry, const char *format, ...)
{
	char *text = entry->text[entry->count];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, FIELD_BYTES, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if (length >= FIELD_BYTES)
		length = FIELD_BYTES - 1;
	entry->field[entry->count++] = (struct iovec){ text, (size_t)length };
}

static void add_common(struct entry *entry, int priority, const char *text)
{
	add(entry, "MESSAGE=%s", text);
	add(entry, "PRIORITY=%d", priority);
	add(entry, "SYSLOG_IDENTIFIER=%s", IDENTIFIER);
}

static void add_notice(struct entry *entry, const struct mca_notice *notice)
{
	add(entry, "MESSAGE_ID=%s", mca_journal_message_id(notice->kind));
	if (notice->channel)
		add(entry, "MCA_CHANNEL=%u", notice->channel);
	if (notice->stream >= 0)
		add(entry, "MCA_STREAM=%s", notice->stream == MCA_CAPTURE ? "capture" : "playback");
	if (*notice->device)
		add(entry, "MCA_DEVICE=%s", notice->device);
	if (notice->kind == MCA_NOTICE_XRUN || notice->xruns)
		add(entry, "MCA_XRUNS=%" PRIu64, notice->xruns);
	if (notice->kind == MCA_NOTICE_XRUN || notice->frames_lost)
		add(entry, "MCA_FRAMES_LOST=%" PRIu64, notice->frames_lost);
	if (*notice->cause)
		add(entry, "MCA_CAUSE=%s", notice->cause);
	if (*notice->client)
		add(entry, "MCA_CLIENT=%s", notice->client);
}

/* False when there is no journal to take it. A missing socket (a container's own /run) would count
 * as success to libsystemd, although stderr still leads to a journal. */
static bool send_entry(const struct entry *entry)
{
	return access(JOURNAL_SOCKET, F_OK) == 0 &&
	       sd_journal_sendv(entry->field, (int)entry->count) >= 0;
}

void mca_svc_log_notice(const struct mca_notice *notice)
{
	int priority = kinds[notice->kind].priority;
	struct entry entry = { .count = 0 };

	if (stderr_is_journal()) {
		add_common(&entry, priority, notice->text);
		add_notice(&entry, notice);
		if (send_entry(&entry))
			return;
	}
	write_line(priority, notice->text);
}

void mca_svc_log(int priority, const char *format, ...)
{
	struct entry entry = { .count = 0 };
	va_list arguments;
	char text[1024];

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (stderr_is_journal()) {
		/* FIELD_BYTES suits the names of a notice; a plain sentence may be longer. */
		char message[sizeof text + sizeof "MESSAGE="];
		int length = snprintf(message, sizeof message, "MESSAGE=%s", text);

		add_common(&entry, priority, "");
		entry.field[0] = (struct iovec){ message, (size_t)length };
		if (send_entry(&entry))
			return;
	}
	write_line(priority, text);
}

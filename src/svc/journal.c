/* SPDX-License-Identifier: MIT */
/*
 * One notice is one journal entry with named fields, or one line on stderr. Which of both is
 * decided as systemd documents it: JOURNAL_STREAM names device and inode of the stream that leads
 * to the journal; only when stderr is that very stream would a line there arrive as an entry
 * anyway, and then the structured one is sent in its place. Redirected elsewhere, stderr keeps the
 * sentences.
 *
 * The main loop must never hang on its log: a line that the journal or stderr does not take at once
 * (journald does not read, a stopped terminal, a full pipe) is dropped, and the caller is told.
 *
 * An entry goes out in the journal's native protocol, one datagram: NAME=value and a line break for
 * each field; a value with line breaks in it as NAME, line break, its length as 64 bits little
 * endian, the value, line break.
 */
#include "journal.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include "datagram.h"
#include "line.h"
#include "mca/svc.h"

#define IDENTIFIER "mission-control-audio"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX 12
#define FIELD_BYTES 512
#define FIELD_PARTS 5 /* name, line break, length, value, line break */

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
	[MCA_NOTICE_TEST_TONE] = { "3c3cf1b2b9f64f2f8b8b58d5f1b0a5e7", LOG_INFO },
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

static bool write_line(int priority, const char *text)
{
	char line[1200];
	int length = snprintf(line, sizeof line - 1, "%s: %s%s", IDENTIFIER,
			      priority <= LOG_ERR ? "error: " :
			      priority == LOG_WARNING ? "warning: " : "", text);

	if (length < 0)
		return false;
	if ((size_t)length > sizeof line - 2)
		length = sizeof line - 2;
	tame(line, length);
	line[length++] = '\n';
	return mca_line_write(STDERR_FILENO, line, (size_t)length);
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

/* The parts of one field. Returns how many. */
static size_t add_field(struct iovec *part, const struct iovec *field, uint64_t *length)
{
	char *text = field->iov_base, *value = memchr(text, '=', field->iov_len);
	size_t name = value ? (size_t)(value++ - text) : 0;
	size_t count = 0;

	if (!value || !memchr(value, '\n', field->iov_len - name - 1)) {
		part[count++] = *field;
	} else {
		*length = htole64(field->iov_len - name - 1);
		part[count++] = (struct iovec){ text, name };
		part[count++] = (struct iovec){ "\n", 1 };
		part[count++] = (struct iovec){ length, sizeof *length };
		part[count++] = (struct iovec){ value, field->iov_len - name - 1 };
	}
	part[count++] = (struct iovec){ "\n", 1 };
	return count;
}

/* 0, -EAGAIN when the journal does not read, another negative errno when there is none. */
static int send_entry(const struct entry *entry)
{
	struct iovec part[FIELDS_MAX * FIELD_PARTS];
	uint64_t length[FIELDS_MAX];
	size_t count = 0;

	for (unsigned i = 0; i < entry->count; i++)
		count += add_field(part + count, &entry->field[i], &length[i]);
	return mca_datagram_send(JOURNAL_SOCKET, part, count);
}

/* False when the line is lost. stderr leads to the same journal: it helps where a container has no
 * socket, but it is no way around a journal that does not read. */
static bool write_entry(const struct entry *entry, int priority, const char *text)
{
	int result = send_entry(entry);

	return result == 0 || (result != -EAGAIN && write_line(priority, text));
}

bool mca_svc_log_notice(const struct mca_notice *notice)
{
	int priority = kinds[notice->kind].priority;
	struct entry entry = { .count = 0 };

	if (!stderr_is_journal())
		return write_line(priority, notice->text);
	add_common(&entry, priority, notice->text);
	add_notice(&entry, notice);
	return write_entry(&entry, priority, notice->text);
}

bool mca_svc_log(int priority, const char *format, ...)
{
	/* FIELD_BYTES suits the names of a notice; a plain sentence may be longer. */
	char text[1024], message[sizeof text + sizeof "MESSAGE="];
	struct entry entry = { .count = 0 };
	va_list arguments;
	int length;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (!stderr_is_journal())
		return write_line(priority, text);
	length = snprintf(message, sizeof message, "MESSAGE=%s", text);
	add_common(&entry, priority, "");
	entry.field[0] = (struct iovec){ message, (size_t)length };
	return write_entry(&entry, priority, text);
}

bool mca_journal_say_lost(uint64_t lines)
{
	return mca_svc_log(LOG_WARNING, "%" PRIu64 " log line%s %s lost because %s", lines,
			   lines == 1 ? "" : "s", lines == 1 ? "was" : "were",
			   stderr_is_journal() ? "the journal did not read" :
						 "stderr was not read");
}

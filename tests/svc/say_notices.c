/* SPDX-License-Identifier: MIT */
/* Logs one notice of every kind and one plain sentence, for journal.py to look at; with --ids it
 * lists the MESSAGE_IDs instead. With --lost it then prints how many of them were lost, waits for a
 * line on stdin, and logs that number. */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "journal.h"
#include "mca/svc.h"

static void list_ids(void)
{
	for (int kind = 0; kind < MCA_NOTICE_KINDS; kind++)
		puts(mca_journal_message_id((enum mca_notice_kind)kind));
}

static bool say_xrun(void)
{
	struct mca_notice xrun = {
		.kind = MCA_NOTICE_XRUN, .channel = 2, .stream = MCA_PLAYBACK, .device = "sim:4",
		.xruns = 7, .frames_lost = 512, .cause = "underrun",
		.text = "channel 2: xrun on playback sim:4\nand a \033[2J\302\233second line",
	};

	return mca_svc_log_notice(&xrun);
}

/* Returns how many were lost. */
static unsigned say_all(void)
{
	unsigned lost = !say_xrun();

	for (int kind = MCA_NOTICE_DEVICE_LOST; kind < MCA_NOTICE_KINDS; kind++) {
		struct mca_notice notice = { .kind = (enum mca_notice_kind)kind, .stream = -1,
					     .client = "http 127.0.0.1" };

		snprintf(notice.text, sizeof notice.text, "notice of kind %d", kind);
		lost += !mca_svc_log_notice(&notice);
	}
	return lost + !mca_svc_log(LOG_INFO, "listening on %s", "http://127.0.0.1:8000");
}

int main(int argc, char **argv)
{
	unsigned lost;

	if (argc > 1 && strcmp(argv[1], "--ids") == 0) {
		list_ids();
		return 0;
	}
	lost = say_all();
	if (argc < 2 || strcmp(argv[1], "--lost") != 0)
		return 0;
	printf("%u\n", lost);
	fflush(stdout);
	getchar();
	return mca_journal_say_lost(lost) ? 0 : 1;
}

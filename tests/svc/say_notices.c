/* SPDX-License-Identifier: MIT */
/* Logs one notice of every kind and one plain sentence, for journal.py to look at; with --ids it
 * lists the MESSAGE_IDs instead. */
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

static void say_xrun(void)
{
	struct mca_notice xrun = {
		.kind = MCA_NOTICE_XRUN, .channel = 2, .stream = MCA_PLAYBACK, .device = "sim:4",
		.xruns = 7, .frames_lost = 512, .cause = "underrun",
		.text = "channel 2: xrun on playback sim:4\nand a \033[2J\302\233second line",
	};

	mca_svc_log_notice(&xrun);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--ids") == 0) {
		list_ids();
		return 0;
	}
	say_xrun();
	for (int kind = MCA_NOTICE_DEVICE_LOST; kind < MCA_NOTICE_KINDS; kind++) {
		struct mca_notice notice = { .kind = (enum mca_notice_kind)kind, .stream = -1,
					     .client = "http 127.0.0.1" };

		snprintf(notice.text, sizeof notice.text, "notice of kind %d", kind);
		mca_svc_log_notice(&notice);
	}
	mca_svc_log(LOG_INFO, "listening on %s", "http://127.0.0.1:8000");
	return 0;
}

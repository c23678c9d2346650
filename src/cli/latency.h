/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_LATENCY_H
#define MCA_CLI_LATENCY_H

#include <stdbool.h>

#include "command.h"
#include "mca/settings.h"

/*
 * How long a sound takes through a channel, measured with chirps: with two directions of another
 * card that are wired to the channel, or on the simulated cards. Thread: control.
 */
struct mca_latency_wish {
	unsigned channel;
	double level_dbfs;      /* peak of the chirps */
	const char *play;       /* device wired to the channel's input, */
	const char *record;     /* and to its output */
};

#define MCA_LATENCY_CHIRPS 3

struct mca_latency {
	unsigned rate_hz;                  /* at which frames count */
	unsigned heard;                    /* of MCA_LATENCY_CHIRPS; 0: the rest means nothing */
	double frames[MCA_LATENCY_CHIRPS]; /* of each that was heard, ascending in the end */
	double told_ms;                    /* by construction */
};

/* Note a chirp that was heard; and, when all are: put them in order. */
void mca_latency_note(struct mca_latency *latency, double frames);
void mca_latency_sort(struct mca_latency *latency);

/* Play on one device, record from the other, at a rate. `settings` has the simulated cards that
 * sim: names mean. MCA_COMMAND_GO, or the exit code, said. told_ms is left alone. */
int mca_latency_cards(const struct mca_command *command, const struct mca_latency_wish *wish,
		      const struct mca_settings *settings, unsigned rate_hz, int interrupt,
		      struct mca_latency *latency);

/* Run the channel itself on the simulated cards that its settings name, on a free-running clock.
 * `settings` are changed: the other channels go, chirps come in and what goes out is recorded.
 * MCA_COMMAND_GO, or the exit code, said. */
int mca_latency_rig(const struct mca_command *command, const struct mca_latency_wish *wish,
		    struct mca_settings *settings, int interrupt, struct mca_latency *latency);

#endif

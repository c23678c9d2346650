/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_PAIR_H
#define MCA_TEST_PAIR_H

/*
 * A capture and a playback of simulated cards on a free-running clock, joined to a duplex: what
 * most tests of the audio path begin with. WAV sinks lie in a folder of their own.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "mca/diag.h"
#include "mca/duplex.h"
#include "mca/pcm.h"
#include "mca/simcard.h"
#include "mca/wav.h"
#include "../support/check.h"

struct pair {
	struct mca_simrack_spec spec;    /* change it between pair_init() and pair_open() */
	struct mca_pcm_shape shape;
	unsigned capture_card, playback_card;
	char folder[64];
	struct mca_simrack *rack;
	struct mca_pcm *pcm[2];
	struct mca_duplex *duplex;
};

/* Noise in at card 1, out at card 1 into a WAV file; 44.1 kHz stereo. */
static inline void pair_init(struct pair *pair, unsigned block_frames)
{
	struct mca_sim_card_spec *card = &pair->spec.card[0];

	memset(pair, 0, sizeof(*pair));
	mca_simrack_spec_default(&pair->spec);
	pair->spec.free_running = true;
	pair->shape = (struct mca_pcm_shape){
		.rate_hz = 44100, .lanes = 2, .block_frames = block_frames };
	pair->capture_card = pair->playback_card = 1;
	card->source.kind = MCA_SIM_NOISE;
	strcpy(pair->folder, "/tmp/mca-pair-XXXXXX");
	CHECK(mkdtemp(pair->folder) != NULL);
}

static inline struct mca_sim_card_spec *pair_card(struct pair *pair, unsigned number)
{
	return &pair->spec.card[number - 1];
}

static inline void pair_record(struct pair *pair)
{
	struct mca_sim_sink *sink = &pair_card(pair, pair->playback_card)->sink;

	sink->kind = MCA_SIM_RECORD;
	snprintf(sink->path, sizeof(sink->path), "%s/out.wav", pair->folder);
}

static inline void pair_fault(struct pair *pair, unsigned card, enum mca_sim_fault_kind kind,
			      enum mca_pcm_direction direction, double at_s, double duration_s)
{
	struct mca_sim_card_spec *spec = pair_card(pair, card);

	spec->fault[spec->fault_count++] = (struct mca_sim_fault){
		.kind = kind, .stream = direction, .at_s = at_s, .duration_s = duration_s,
	};
}

static inline bool pair_say(int err, const struct mca_diag *diag)
{
	if (err < 0)
		printf("# %s\n", diag->text);
	CHECK_INT(err, 0);
	return err == 0;
}

/* Two blocks, counted at playback's rate. */
static inline unsigned pair_target(const struct pair *pair)
{
	const struct mca_pcm_info *in = mca_pcm_info(pair->pcm[MCA_CAPTURE]);
	const struct mca_pcm_info *out = mca_pcm_info(pair->pcm[MCA_PLAYBACK]);

	return 2 * ((in->block_frames * out->rate_hz + in->rate_hz - 1) / in->rate_hz);
}

/* Rack, both PCMs open and configured; no duplex yet. */
static inline bool pair_configure(struct pair *pair)
{
	struct mca_diag diag = { 0 };
	char name[2][16];

	if (!pair->rack &&
	    !pair_say(mca_simrack_new(&pair->rack, &pair->spec, false, &diag), &diag))
		return false;
	snprintf(name[MCA_CAPTURE], sizeof(name[0]), "sim:%u", pair->capture_card);
	snprintf(name[MCA_PLAYBACK], sizeof(name[0]), "sim:%u", pair->playback_card);
	for (int direction = MCA_CAPTURE; direction <= MCA_PLAYBACK; direction++) {
		struct mca_pcm **pcm = &pair->pcm[direction];

		if (!pair_say(mca_pcm_open(pcm, name[direction], direction, pair->rack, &diag),
			      &diag) ||
		    !pair_say(mca_pcm_configure(*pcm, &pair->shape, &diag), &diag))
			return false;
	}
	return true;
}

static inline bool pair_open(struct pair *pair)
{
	struct mca_diag diag = { 0 };

	if (!pair_configure(pair))
		return false;
	return pair_say(mca_duplex_new(&pair->duplex, pair->pcm[MCA_CAPTURE],
				       pair->pcm[MCA_PLAYBACK],
				       mca_pcm_info(pair->pcm[MCA_CAPTURE])->block_frames,
				       pair_target(pair), &diag), &diag);
}

/* Close the devices; the rack stays. */
static inline void pair_close(struct pair *pair)
{
	mca_duplex_free(pair->duplex);
	mca_pcm_close(pair->pcm[MCA_CAPTURE]);
	mca_pcm_close(pair->pcm[MCA_PLAYBACK]);
	pair->duplex = NULL;
	pair->pcm[MCA_CAPTURE] = pair->pcm[MCA_PLAYBACK] = NULL;
}

/* Close everything and read what was played (pair_record). */
static inline void pair_finish(struct pair *pair, struct mca_wav *played)
{
	struct mca_diag diag = { 0 };
	char *path = pair_card(pair, pair->playback_card)->sink.path;

	pair_close(pair);
	mca_simrack_free(pair->rack);
	pair->rack = NULL;
	if (played)
		pair_say(mca_wav_read(played, path, 0, &diag), &diag);
	if (path[0])
		unlink(path);
	CHECK_INT(rmdir(pair->folder), 0);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One WAV file through the cycle with default parameters, for comparing with other programs:
 *
 *     bench-clip portable|avx2|copy IN.wav OUT.wav
 *
 * copy does everything but the cycle.
 */
#include <stdio.h>
#include <string.h>

#include "../dsp/signals.h"
#include "mca/cycle.h"
#include "mca/diag.h"
#include "mca/wav.h"

#define BLOCK 512u

static void process(struct mca_wav *wav, uint32_t path)
{
	static int16_t scratch[BLOCK * MCA_LANES_MAX], out[BLOCK * MCA_LANES_MAX];
	struct mca_chain_params params = params_default();
	struct mca_chain_cooked cooked;
	struct mca_cycle cycle;

	params.lanes = wav->lanes;
	params.rate_hz = wav->rate_hz;
	if (mca_chain_cook(&cooked, &params, NULL))
		return;
	mca_cycle_init(&cycle, &cooked, scratch, BLOCK, true);
	cycle.chain.path = path;
	for (size_t at = 0; at < wav->count; at += BLOCK) {
		size_t frames = wav->count - at < BLOCK ? wav->count - at : BLOCK;
		int16_t *block = wav->frames + at * wav->lanes;

		mca_cycle_process(&cycle, block, out, (unsigned)frames, true);
		memcpy(block, out, frames * wav->lanes * sizeof(*out));
	}
}

int main(int argc, char **argv)
{
	struct mca_wav_writer *writer;
	struct mca_diag diag = { 0 };
	struct mca_wav wav;
	int failed;

	if (argc != 4) {
		fprintf(stderr, "usage: bench-clip portable|avx2|copy IN.wav OUT.wav\n");
		return 2;
	}
	if (mca_wav_read(&wav, argv[2], 0, &diag) ||
	    mca_wav_writer_open(&writer, argv[3], wav.rate_hz, wav.lanes, &diag)) {
		fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	if (strcmp(argv[1], "copy") != 0)
		process(&wav, strcmp(argv[1], "avx2") == 0 ? mca_path_best() : MCA_PATH_PORTABLE);
	failed = mca_wav_writer_append(writer, wav.frames, wav.count) < 0;
	failed |= mca_wav_writer_close(writer) < 0;
	mca_wav_done(&wav);
	return failed;
}

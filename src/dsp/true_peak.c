/* SPDX-License-Identifier: MIT */
/*
 * True peak of what leaves (ITU-R BS.1770-4, Annex 2): the largest magnitude of the sound at four
 * times its rate. The attenuation with which the Annex begins gives room to 16-bit sums; ours have
 * 32 and need none. Every frame is interpolated, also where nothing can exceed what was seen
 * already: what that would save comes and goes with the sound, and a cycle has to take the same
 * time for all of it.
 */
#include "true_peak.h"

#include <string.h>

#include "chunk.h"
#include "mca/q.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE int32_t interpolate(const int16_t *newest, unsigned phase, size_t lanes)
{
	int32_t sum = 0;

	for (size_t tap = 0; tap < MCA_TRUE_PEAK_TAPS; tap++)
		sum += mca_true_peak_q13[phase][tap] * *(newest - tap * lanes);
	return sum;
}

static ALWAYS_INLINE void find_levels(int32_t *restrict level_q13, const int16_t *restrict heard,
				      size_t samples, size_t lanes, unsigned phase)
{
	for (size_t i = 0; i < samples; i++) {
		int32_t sum = interpolate(heard + i, phase, lanes);

		level_q13[i] = mca_q_max(level_q13[i], sum < 0 ? -sum : sum);
	}
}

static ALWAYS_INLINE void oversample(uint32_t *peak_q13, const int16_t *heard, unsigned frames,
				     unsigned lanes)
{
	int32_t level_q13[MCA_CHUNK_FRAMES * MCA_LANES_MAX];
	const size_t samples = (size_t)frames * lanes;
	int32_t most[MCA_LANES_MAX] = { 0 };

	memset(level_q13, 0, samples * sizeof(*level_q13));
	find_levels(level_q13, heard, samples, lanes, 0);
	find_levels(level_q13, heard, samples, lanes, 1);
	find_levels(level_q13, heard, samples, lanes, 2);
	find_levels(level_q13, heard, samples, lanes, 3);
	for (size_t i = 0; i < samples; i++)
		most[i % lanes] = mca_q_max(most[i % lanes], level_q13[i]);
	for (unsigned lane = 0; lane < lanes; lane++)
		if (peak_q13[lane] < (uint32_t)most[lane])
			peak_q13[lane] = (uint32_t)most[lane];
}

void mca_oversample(uint32_t *peak_q13, const int16_t *heard, unsigned frames, unsigned lanes)
{
	if (lanes == 1)
		oversample(peak_q13, heard, frames, 1);
	else
		oversample(peak_q13, heard, frames, 2);
}

void mca_true_peak_pass(struct mca_chain *chain, const int16_t *out, unsigned frames)
{
	const size_t lanes = chain->cooked.lanes, before = MCA_METER_TAIL_FRAMES * lanes;
	int16_t heard[(MCA_METER_TAIL_FRAMES + MCA_CHUNK_FRAMES) * MCA_LANES_MAX];
	struct mca_meter *meter = &chain->meter;

	if (!chain->cooked.true_peak)
		return;
	memcpy(heard, meter->tail, before * sizeof(*heard));
	memcpy(heard + before, out, frames * lanes * sizeof(*heard));
	mca_passes_of(chain->path)->oversample(meter->sum.true_peak_q13, heard + before, frames,
					       (unsigned)lanes);
	memcpy(meter->tail, heard + frames * lanes, before * sizeof(*heard));
	meter->sum.true_peak_known = 1;
}

bool mca_true_peak_rests(struct mca_chain *chain)
{
	int16_t any = 0;

	if (!chain->cooked.true_peak)
		return true;
	for (size_t i = 0; i < MCA_METER_TAIL_FRAMES * MCA_LANES_MAX; i++)
		any |= chain->meter.tail[i];
	if (any == 0)
		chain->meter.sum.true_peak_known = 1;
	return any == 0;
}

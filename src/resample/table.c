/* SPDX-License-Identifier: MIT */
/*
 * Making a resampler: its table and its memory. Control thread.
 *
 * Row p of the table belongs to an output frame that stands p / phases of a frame behind the tap
 * in the middle. It holds what the coefficients are there, and a 2^-24 of how much they change up
 * to the next row. Interpolating a sine of frequency f between phases errs by
 * (2 pi f / (rate phases))^2 / 8 at most: -110 dB for 0.4 of the rate and 512 phases. A filter that
 * is k times longer because the rate goes down k times is k times smoother, and needs so many
 * phases fewer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"
#include "mca/resampler.h"
#include "prototype.h"

enum {
	PHASE_BITS_MAX = 9,
	PHASE_BITS_MIN = 5,
	CHUNK_FRAMES = 512, /* of input, converted at once */
	ALIGNMENT = 64,
};

#define RATE_MIN_HZ 8000u
#define RATE_MAX_HZ 192000u

static unsigned phase_bits_of(unsigned in_hz, unsigned out_hz)
{
	unsigned bits = PHASE_BITS_MAX;

	while (bits > PHASE_BITS_MIN && in_hz >= 2 * out_hz) {
		out_hz *= 2;
		bits--;
	}
	return bits;
}

/* The low-pass at every 1 / phases of a frame from its middle to its end: it is symmetric, and each
 * of these values stands in the table up to four times. NULL: no memory. */
static double *sample_half(const struct mca_prototype *prototype, unsigned phases)
{
	unsigned last = prototype->taps / 2 * phases;
	double *half = malloc((last + 1) * sizeof(*half));

	for (unsigned i = 0; half && i <= last; i++)
		half[i] = mca_prototype_at(prototype, (double)i / phases);
	return half;
}

static void fill_table(float *table, const double *half, unsigned taps, unsigned phases)
{
	for (unsigned phase = 0; phase < phases; phase++) {
		for (unsigned tap = 0; tap < taps; tap++) {
			int at = ((int)tap - (int)(taps / 2 - 1)) * (int)phases - (int)phase;
			double value = half[abs(at)], slope = half[abs(at - 1)] - value;
			float *place = table + (size_t)phase * taps * 2 + tap / 8 * 16 + tap % 8;

			place[0] = (float)value;
			place[8] = (float)(slope * 0x1p-24);
		}
	}
}

static bool is_rate(unsigned hz)
{
	return hz >= RATE_MIN_HZ && hz <= RATE_MAX_HZ;
}

static int allocate(struct mca_resampler *resampler, unsigned phases)
{
	size_t table = (size_t)phases * resampler->taps * 2;
	size_t floats = table + (size_t)resampler->lanes * resampler->capacity;
	size_t bytes = (floats * sizeof(float) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

	resampler->memory = aligned_alloc(ALIGNMENT, bytes);
	if (!resampler->memory)
		return -ENOMEM;
	resampler->table = resampler->memory;
	for (unsigned lane = 0; lane < resampler->lanes; lane++)
		resampler->history[lane] = resampler->memory + table +
					   (size_t)lane * resampler->capacity;
	return 0;
}

int mca_resampler_init(struct mca_resampler *resampler, unsigned in_hz, unsigned out_hz,
		       unsigned lanes, struct mca_diag *diag)
{
	struct mca_prototype prototype;
	double *half;
	unsigned phases;
	int err;

	memset(resampler, 0, sizeof(*resampler));
	if (!is_rate(in_hz) || !is_rate(out_hz) || lanes < 1 || lanes > MCA_RESAMPLER_LANES)
		return mca_diag_set(diag, -EINVAL, "no resampler from %u to %u Hz for %u lanes: "
				    "rates are 8000 to 192000 Hz, lanes 1 or 2", in_hz, out_hz,
				    lanes);
	err = mca_prototype_design(&prototype, in_hz, out_hz);
	if (err < 0)
		return mca_diag_set(diag, err, "no low-pass from %u to %u Hz: %s", in_hz, out_hz,
				    strerror(-err));
	resampler->lanes = lanes;
	resampler->taps = prototype.taps;
	resampler->phase_bits = phase_bits_of(in_hz, out_hz);
	resampler->capacity = prototype.taps + CHUNK_FRAMES;
	phases = 1u << resampler->phase_bits;
	half = sample_half(&prototype, phases);
	if (!half || allocate(resampler, phases) < 0) {
		free(half);
		return mca_diag_set(diag, -ENOMEM, "no memory for a resampler");
	}
	fill_table(resampler->memory, half, prototype.taps, phases);
	free(half);
	resampler->nominal_q32 = (((uint64_t)in_hz << 32) + out_hz / 2) / out_hz;
	resampler->step_q32 = resampler->nominal_q32;
#ifdef __x86_64__
	resampler->avx2 = __builtin_cpu_supports("avx2");
#endif
	memset(resampler->history[0], 0,
	       (size_t)lanes * resampler->capacity * sizeof(*resampler->history[0]));
	mca_resampler_reset(resampler);
	return 0;
}

void mca_resampler_done(struct mca_resampler *resampler)
{
	free(resampler->memory);
	memset(resampler, 0, sizeof(*resampler));
}

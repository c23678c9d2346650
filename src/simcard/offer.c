/* SPDX-License-Identifier: MIT */
/*
 * What a card offers in hw_params: its specification, narrowed by what its files dictate.
 *
 * ioplug constrains periods and buffers in bytes, before the lanes are known. Limits in frames are
 * exact for the widest layout the card offers; narrower ones may have as many more frames as fit
 * the bytes.
 *
 * A card with short windows offers odd periods only, in odd numbers. The ring's length then has no
 * common divisor with a block of 2^n frames: its end cuts a block at another place in every lap,
 * and mmap_begin() grants windows of every length from 1 frame up.
 */
#include <errno.h>

#include "ioplug.h"
#include "rack.h"

#define LANES_MAX 2u
#define RATE_MIN_HZ 8000u
#define RATE_MAX_HZ 192000u
#define PERIOD_MIN_FRAMES 8u
#define PERIOD_MAX_FRAMES 16384u
#define PERIODS_MIN 2u
#define PERIODS_MAX 1024u
#define BUFFER_MAX_FRAMES 131072u

static const unsigned odd_periods_frames[] = {
	15,  17,  31,	33,   63,   65,	  127,	129,  255,  257,
	511, 513, 1023, 1025, 2047, 2049, 4095, 4097, 8191,
};
static const unsigned odd_counts[] = { 3, 5, 7, 9, 11, 13, 15, 17, 31, 33 };

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

struct offer {
	unsigned rate_min_hz, rate_max_hz;
	unsigned lanes_min, lanes_max;
	unsigned period_min_frames, period_max_frames;
	unsigned periods_min, periods_max;
	unsigned format;             /* snd_pcm_format_t */
	unsigned sample_bytes;
};

static const struct {
	snd_pcm_format_t format;
	unsigned bytes;
} formats[] = {
	[MCA_SIM_ANY_FORMAT] = { SND_PCM_FORMAT_S16_LE, 2 },
	[MCA_SIM_S16_LE] = { SND_PCM_FORMAT_S16_LE, 2 },
	[MCA_SIM_S24_LE] = { SND_PCM_FORMAT_S24_LE, 4 },
	[MCA_SIM_S24_3LE] = { SND_PCM_FORMAT_S24_3LE, 3 },
	[MCA_SIM_S32_LE] = { SND_PCM_FORMAT_S32_LE, 4 },
};

static unsigned first_set(unsigned a, unsigned b, unsigned otherwise)
{
	return a ? a : b ? b : otherwise;
}

unsigned mca_simrack_lanes(const struct mca_simrack *rack, unsigned card)
{
	return first_set(rack->spec.card[card - 1].only_lanes, 0, LANES_MAX);
}

static void offer_of(struct offer *offer, struct mca_simstream *stream)
{
	const struct mca_sim_card_spec *spec = stream->card->spec;
	unsigned rate_hz = spec->only_rate_hz, lanes = spec->only_lanes, file_rate_hz, file_lanes;

	if (stream->direction == SND_PCM_STREAM_CAPTURE) {
		file_rate_hz = mca_simsource_rate(&stream->card->source);
		rate_hz = file_rate_hz ? file_rate_hz : rate_hz;
	} else if (mca_simsink_shape(&stream->card->sink, &file_rate_hz, &file_lanes)) {
		rate_hz = file_rate_hz;
		lanes = file_lanes;
	}
	*offer = (struct offer) {
		.rate_min_hz = first_set(rate_hz, spec->min_rate_hz, RATE_MIN_HZ),
		.rate_max_hz = first_set(rate_hz, spec->max_rate_hz, RATE_MAX_HZ),
		.lanes_min = lanes ? lanes : 1,
		.lanes_max = lanes ? lanes : LANES_MAX,
		.period_min_frames = first_set(spec->min_period_frames, 0, PERIOD_MIN_FRAMES),
		.period_max_frames = first_set(spec->max_period_frames, 0, PERIOD_MAX_FRAMES),
		.format = (unsigned)formats[spec->only_format].format,
		.sample_bytes = formats[spec->only_format].bytes,
		.periods_min = first_set(spec->only_periods, 0, PERIODS_MIN),
		.periods_max = first_set(spec->only_periods, 0, PERIODS_MAX),
	};
}

static int offer_access(snd_pcm_ioplug_t *io, const struct mca_sim_card_spec *spec,
			const struct offer *offer)
{
	const unsigned access[] = { SND_PCM_ACCESS_RW_INTERLEAVED,
				    SND_PCM_ACCESS_MMAP_INTERLEAVED };
	const unsigned planar[] = { SND_PCM_ACCESS_MMAP_NONINTERLEAVED };
	int err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS,
						spec->no_mmap || spec->planar ? 1 : 2,
						spec->planar ? planar : access);

	if (err < 0)
		return err;
	return snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, &offer->format);
}

static int offer_odd_periods(snd_pcm_ioplug_t *io, const struct offer *offer)
{
	unsigned bytes[LENGTH_OF(odd_periods_frames)], count = 0;
	int err;

	for (unsigned i = 0; i < LENGTH_OF(odd_periods_frames); i++) {
		if (odd_periods_frames[i] >= offer->period_min_frames &&
		    odd_periods_frames[i] <= offer->period_max_frames)
			bytes[count++] = odd_periods_frames[i] * offer->lanes_max *
					 offer->sample_bytes;
	}
	if (!count)
		return -EINVAL;
	err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, count, bytes);
	if (err < 0)
		return err;
	return snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_PERIODS, LENGTH_OF(odd_counts),
					     odd_counts);
}

static int offer_periods(snd_pcm_ioplug_t *io, const struct offer *offer)
{
	unsigned frame_bytes = offer->lanes_max * offer->sample_bytes;
	unsigned widest_bytes = offer->lanes_min * offer->sample_bytes;
	int err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES,
						  offer->period_min_frames * widest_bytes,
						  offer->period_max_frames * frame_bytes);

	if (err < 0)
		return err;
	return snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, offer->periods_min,
					       offer->periods_max);
}

int mca_simioplug_constrain(struct mca_simstream *stream)
{
	snd_pcm_ioplug_t *io = &stream->io;
	struct offer offer;
	int err;

	offer_of(&offer, stream);
	err = offer_access(io, stream->card->spec, &offer);
	if (err < 0)
		return err;
	err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, offer.lanes_min,
					      offer.lanes_max);
	if (err < 0)
		return err;
	err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, offer.rate_min_hz,
					      offer.rate_max_hz);
	if (err < 0)
		return err;
	if (stream->port->faults.short_windows)
		err = offer_odd_periods(io, &offer);
	else
		err = offer_periods(io, &offer);
	if (err < 0)
		return err;
	return snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES,
					       PERIODS_MIN * offer.lanes_min * offer.sample_bytes,
					       BUFFER_MAX_FRAMES * offer.lanes_max *
					       offer.sample_bytes);
}

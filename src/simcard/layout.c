/* SPDX-License-Identifier: MIT */
/*
 * The noise in the lower bits tells who rounds from who cuts off: rounded to 16 bit, a sample is
 * what the source was; cut off, every other one is less by one.
 */
#include "layout.h"

#define LOW_STEP 256           /* the lowest bit that all wider formats have */
#define LOW_MOST 127           /* steps: 127 * 256 is less than half of 2^16 */
#define ANYTHING 0xa5u

static const struct {
	snd_pcm_format_t format;
	unsigned bytes, shift;
} formats[] = {
	{ SND_PCM_FORMAT_S16_LE, 2, 16 },
	{ SND_PCM_FORMAT_S24_3LE, 3, 8 },
	{ SND_PCM_FORMAT_S24_LE, 4, 8 },
	{ SND_PCM_FORMAT_S32_LE, 4, 0 },
};

bool mca_simlayout_init(struct mca_simlayout *layout, snd_pcm_format_t format, unsigned lanes)
{
	*layout = (struct mca_simlayout){ .lanes = lanes };
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].format != format || lanes > MCA_SIM_LANES)
			continue;
		layout->bytes = formats[i].bytes;
		layout->shift = formats[i].shift;
		return true;
	}
	return false;
}

void mca_simlayout_find(struct mca_simlayout *layout, const snd_pcm_channel_area_t *areas)
{
	layout->plain = layout->bytes == 2 && layout->lanes <= 2;
	for (unsigned lane = 0; lane < layout->lanes; lane++) {
		layout->at[lane] = areas ? (unsigned char *)areas[lane].addr + areas[lane].first / 8
					 : NULL;
		layout->step[lane] = areas ? areas[lane].step / 8 : 0;
		if (layout->step[lane] != layout->lanes * layout->bytes)
			layout->plain = false;
	}
}

static int32_t with_noise(const struct mca_simlayout *layout, int16_t sample, uint64_t seed)
{
	int32_t word = sample * 65536, low;

	if (layout->bytes == 2)
		return word;
	low = (int32_t)((uint32_t)(seed * 2654435761u) >> 24) - LOW_MOST - 1;
	low = low < -LOW_MOST ? 0 : low;
	return sample == INT16_MIN && low < 0 ? word : word + low * LOW_STEP;
}

static void store(const struct mca_simlayout *layout, unsigned char *at, int32_t word)
{
	uint32_t raw = (uint32_t)(word >> layout->shift);

	if (layout->bytes == 4 && layout->shift == 8)
		raw = (raw & 0xffffff) | ANYTHING << 24;
	for (unsigned i = 0; i < layout->bytes; i++)
		at[i] = (unsigned char)(raw >> 8 * i);
}

void mca_simlayout_scatter(const struct mca_simlayout *layout, uint64_t at, unsigned lane,
			   const int16_t *samples, unsigned frames, unsigned lanes, uint64_t seed)
{
	for (unsigned i = 0; i < lanes && lane + i < layout->lanes; i++) {
		unsigned char *sample = layout->at[lane + i] + at * layout->step[lane + i];

		for (unsigned frame = 0; frame < frames; frame++) {
			int16_t value = samples[frame * lanes + i];

			store(layout, sample, with_noise(layout, value, seed + frame + i));
			sample += layout->step[lane + i];
		}
	}
}

void mca_simlayout_gather(const struct mca_simlayout *layout, uint64_t at, int32_t *words,
			  unsigned frames)
{
	for (unsigned lane = 0; lane < layout->lanes; lane++) {
		const unsigned char *sample = layout->at[lane] + at * layout->step[lane];

		for (unsigned frame = 0; frame < frames; frame++) {
			uint32_t raw = 0;

			for (unsigned i = 0; i < layout->bytes; i++)
				raw |= (uint32_t)sample[i] << 8 * i;
			words[frame * layout->lanes + lane] = (int32_t)(raw << layout->shift);
			sample += layout->step[lane];
		}
	}
}

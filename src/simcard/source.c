/* SPDX-License-Identifier: MIT */
/*
 * Every source is a pure function of the tape position, so a stream that was cut into other blocks,
 * or restarted, hears the same tape.
 *
 * Levels are RMS over both lanes. Speech is stereo by a talker who stands to the left: the right
 * lane is the left one 0.5 ms later at 3/4 of the amplitude, and the loop is made 1.07 dB louder
 * for it (10 log10(2 / (1 + 9/16))). Noise is white and uniform up to `peak`, clamped to full
 * scale: RMS r = peak / sqrt(3) while peak <= 1, and r^2 = 1 - 2 / (3 peak) beyond.
 */
#include "source.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mca/diag.h"
#include "programme.h"

#define RIGHT_DELAY_DIVISOR 2000u   /* of the rate: 0.5 ms */
#define STEREO_MAKEUP_DB 1.072
#define WAV_LEAD_DIVISOR 10u        /* of the rate: 100 ms of silence before a file */
#define WAV_FRAMES_MAX (100u * 1000 * 1000)
#define FULL_SCALE 32768.0

static const double pi = 3.14159265358979323846;

int mca_simsource_init(struct mca_simsource *source, const struct mca_sim_source *spec,
		       unsigned card, struct mca_diag *diag)
{
	struct mca_wav wav;

	*source = (struct mca_simsource) { .spec = spec, .card = card };
	if (spec->kind != MCA_SIM_WAV)
		return 0;
	return mca_wav_probe(&wav, spec->path, diag);
}

void mca_simsource_done(struct mca_simsource *source)
{
	mca_simsource_close(source);
	free(source->programme);
	source->programme = NULL;
}

int mca_simsource_open(struct mca_simsource *source, struct mca_diag *diag)
{
	if (source->spec->kind != MCA_SIM_WAV)
		return 0;
	return mca_wav_read(&source->wav, source->spec->path, WAV_FRAMES_MAX, diag);
}

void mca_simsource_close(struct mca_simsource *source)
{
	mca_wav_done(&source->wav);
}

unsigned mca_simsource_rate(const struct mca_simsource *source)
{
	return source->spec->kind == MCA_SIM_WAV ? source->wav.rate_hz : 0;
}

static int make_programme(struct mca_simsource *source, unsigned rate_hz)
{
	int16_t *loop = mca_simprogramme_new(source->card, rate_hz,
					     source->spec->level_dbfs + STEREO_MAKEUP_DB);

	if (!loop)
		return -ENOMEM;
	free(source->programme);
	source->programme = loop;
	source->programme_frames = mca_simprogramme_frames(rate_hz);
	return 0;
}

static void make_tone(struct mca_simsource *source, unsigned rate_hz)
{
	double rms = FULL_SCALE * pow(10, source->spec->level_dbfs / 20);
	double peak_q16 = fmin(rms * sqrt(2), FULL_SCALE - 1) * 65536;

	source->tone_step_q32 = (uint32_t)llround(fmod(source->spec->frequency_hz / rate_hz, 1) *
						  4294967296.0);
	for (unsigned i = 0; i <= MCA_SIMSOURCE_SINE; i++)
		source->sine_q16[i] =
			(int32_t)lround(peak_q16 * sin(2 * pi * i / MCA_SIMSOURCE_SINE));
}

static void make_noise(struct mca_simsource *source)
{
	double rms = pow(10, source->spec->level_dbfs / 20);
	double peak = rms * sqrt(3) <= 1 ? rms * sqrt(3) : 2 / (3 * (1 - rms * rms));

	source->noise_peak = llround(FULL_SCALE * peak);
}

int mca_simsource_agree(struct mca_simsource *source, unsigned rate_hz)
{
	int err = 0;

	if (source->spec->kind == MCA_SIM_WAV && source->wav.rate_hz != rate_hz)
		return -EINVAL;
	if (source->rate_hz == rate_hz)
		return 0;
	if (source->spec->kind == MCA_SIM_SPEECH)
		err = make_programme(source, rate_hz);
	if (err < 0)
		return err;
	make_tone(source, rate_hz);
	make_noise(source);
	source->rate_hz = rate_hz;
	return 0;
}

static void render_speech(const struct mca_simsource *source, uint64_t at, int16_t *samples,
			  unsigned frames, unsigned lanes)
{
	size_t loop = source->programme_frames;
	size_t left = at % loop;
	size_t right = (left + loop - source->rate_hz / RIGHT_DELAY_DIVISOR) % loop;

	for (unsigned i = 0; i < frames; i++, samples += lanes) {
		samples[0] = source->programme[left];
		if (lanes > 1)
			samples[1] = (int16_t)(source->programme[right] * 3 / 4);
		left = left + 1 < loop ? left + 1 : 0;
		right = right + 1 < loop ? right + 1 : 0;
	}
}

/* Linear interpolation of 1024 entries: the error stays 106 dB below the tone. */
static int16_t sine_at(const struct mca_simsource *source, uint32_t phase_q32)
{
	uint32_t entry = phase_q32 >> 22;
	int64_t fraction = phase_q32 & ((1u << 22) - 1);
	int64_t a = source->sine_q16[entry], b = source->sine_q16[entry + 1];

	return (int16_t)((a + (b - a) * fraction / (1 << 22) + 0x8000) >> 16);
}

static void render_tone(const struct mca_simsource *source, uint64_t at, int16_t *samples,
			unsigned frames, unsigned lanes)
{
	uint32_t phase = (uint32_t)at * source->tone_step_q32;

	for (unsigned i = 0; i < frames; i++, samples += lanes) {
		samples[0] = samples[lanes - 1] = sine_at(source, phase);
		phase += source->tone_step_q32;
	}
}

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014) as a hash of the position. */
static int64_t hash_of(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (int64_t)(x >> 32) - INT64_C(0x80000000);
}

static int16_t clamp(int64_t x)
{
	return (int16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
}

static void render_noise(const struct mca_simsource *source, uint64_t at, int16_t *samples,
			 unsigned frames, unsigned lanes)
{
	uint64_t seed = (uint64_t)source->card << 56;

	for (unsigned i = 0; i < frames; i++) {
		for (unsigned lane = 0; lane < lanes; lane++) {
			int64_t x = hash_of(seed + (at + i) * 2 + lane) * source->noise_peak >> 31;

			*samples++ = clamp(x);
		}
	}
}

static void render_wav(const struct mca_simsource *source, uint64_t at, int16_t *samples,
		       unsigned frames, unsigned lanes)
{
	const struct mca_wav *wav = &source->wav;
	uint64_t lead = wav->rate_hz / WAV_LEAD_DIVISOR;

	for (unsigned i = 0; i < frames; i++, at++, samples += lanes) {
		uint64_t frame = at - lead;

		samples[0] = samples[lanes - 1] = 0;
		if (at < lead || !wav->count || (frame >= wav->count && !source->spec->loop))
			continue;
		frame %= wav->count;
		samples[0] = wav->frames[frame * wav->lanes];
		samples[lanes - 1] =
			wav->frames[frame * wav->lanes + (lanes > 1 ? wav->lanes - 1 : 0)];
	}
}

void mca_simsource_render(const struct mca_simsource *source, uint64_t at, int16_t *samples,
			  unsigned frames, unsigned lanes)
{
	switch (source->spec->kind) {
	case MCA_SIM_SPEECH:
		render_speech(source, at, samples, frames, lanes);
		return;
	case MCA_SIM_TONE:
		render_tone(source, at, samples, frames, lanes);
		return;
	case MCA_SIM_NOISE:
		render_noise(source, at, samples, frames, lanes);
		return;
	case MCA_SIM_WAV:
		render_wav(source, at, samples, frames, lanes);
		return;
	case MCA_SIM_SILENCE:
	case MCA_SIM_WIRE:
		break;
	}
	memset(samples, 0, (size_t)frames * lanes * sizeof(*samples));
}

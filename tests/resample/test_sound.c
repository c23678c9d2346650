/* SPDX-License-Identifier: MIT */
/*
 * What a resampler does to sound, measured at its output. The model is the sound itself: sums of
 * sines, whose value is known at every time.
 */
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "tone.h"

#define FRAMES 32768u
#define FEW_FRAMES 6000u
#define HALF_SCALE 16422.0  /* -6 dBFS of a full-scale sine */

static double db(double ratio)
{
	return 20 * log10(ratio);
}

/* A resampler and room for what comes out of it. */
struct desk {
	struct mca_resampler resampler;
	unsigned in_hz, out_hz;
	int16_t *out;
};

static void open_desk(struct desk *desk, unsigned in_hz, unsigned out_hz, unsigned lanes,
		      double ppm)
{
	desk->in_hz = in_hz;
	desk->out_hz = out_hz;
	desk->out = malloc((size_t)FRAMES * lanes * sizeof(*desk->out));
	CHECK_INT(mca_resampler_init(&desk->resampler, in_hz, out_hz, lanes, NULL), 0);
	mca_resampler_set_ppm(&desk->resampler, ppm);
}

static void close_desk(struct desk *desk)
{
	mca_resampler_done(&desk->resampler);
	free(desk->out);
}

static double step_of(const struct desk *desk)
{
	return (double)desk->resampler.step_q32 * 0x1p-32;
}

/* Output frames until the history holds nothing of its beginning. */
static unsigned run_in(const struct desk *desk)
{
	return (unsigned)(2 * desk->resampler.taps / step_of(desk));
}

/* Play hz of the input's time, look for found_hz. */
static struct tone_found pass_tone(struct desk *desk, unsigned frames, double hz,
				   double amplitude, double found_hz)
{
	struct tones tones = { .count = 1, .cycles = { hz / desk->in_hz },
			       .amplitude = { amplitude }, .phase = { 0.123 } };
	unsigned lanes = desk->resampler.lanes;

	mca_resampler_reset(&desk->resampler);
	resample_tones(&desk->resampler, &tones, run_in(desk), desk->out, frames);
	return tone_find(desk->out + lanes - 1, frames, lanes,
			 found_hz / desk->in_hz * step_of(desk));
}

static void check_thd(unsigned in_hz, unsigned out_hz, double ppm)
{
	const double hz[] = { 997.1, 10007.3, 17999.9 };
	struct desk desk;

	open_desk(&desk, in_hz, out_hz, 2, ppm);
	for (unsigned i = 0; i < 3; i++) {
		struct tone_found found = pass_tone(&desk, FRAMES, hz[i], HALF_SCALE, hz[i]);
		double thd = db(found.rest * sqrt(2) / found.amplitude);

		printf("# %u -> %u Hz %+g ppm, %g Hz: THD+N %.2f dB\n", in_hz, out_hz, ppm, hz[i],
		       thd);
		CHECK(thd <= -88.0);
	}
	close_desk(&desk);
}

static void distortion_and_noise_are_those_of_16_bit(void)
{
	check_thd(44100, 44100, 100);
	check_thd(44100, 44100, -200);
	check_thd(44100, 44100, 1000);
	check_thd(48000, 44100, 0);
	check_thd(44100, 48000, 0);
	check_thd(44100, 48000, -37.5);
	check_thd(96000, 44100, 12);
	check_thd(44100, 192000, 3);
}

static double gain_db(struct desk *desk, double hz)
{
	return db(pass_tone(desk, FEW_FRAMES, hz, HALF_SCALE, hz).amplitude / HALF_SCALE);
}

/* Frequencies are told for 44.1 kHz and scaled to the lower rate. */
static void check_response(unsigned in_hz, unsigned out_hz, double ppm)
{
	double scale = (in_hz < out_hz ? in_hz : out_hz) / 44100.0, least = 0, most = 0, at_20;
	struct desk desk;

	open_desk(&desk, in_hz, out_hz, 1, ppm);
	for (double hz = 50; hz <= 18000; hz += 897.5) {
		double gain = gain_db(&desk, hz * scale);

		least = fmin(least, gain);
		most = fmax(most, gain);
	}
	at_20 = gain_db(&desk, 20000 * scale);
	printf("# %u -> %u Hz: %+.4f .. %+.4f dB to %.0f Hz, %.3f dB at %.0f Hz\n", in_hz, out_hz,
	       least, most, 18000 * scale, at_20, 20000 * scale);
	CHECK(least >= -0.05 && most <= 0.05);
	CHECK(at_20 >= -1.5 && at_20 <= 0.05);
	close_desk(&desk);
}

static void response_is_flat(void)
{
	check_response(44100, 44100, 100);
	check_response(48000, 44100, 0);
	check_response(44100, 48000, 0);
	check_response(192000, 8000, 0);
	check_response(8000, 48000, 0);
}

/* Tones that the output cannot carry, and how much of them comes out in another place. */
static void check_alias(unsigned in_hz, unsigned out_hz)
{
	double from = 0.5 * out_hz, to = 0.5 * in_hz, worst = -300;
	struct desk desk;

	open_desk(&desk, in_hz, out_hz, 1, 0);
	for (unsigned i = 1; i < 40; i++) {
		double hz = from + (to - from) * i / 40;
		double folded = fabs(hz - round(hz / out_hz) * out_hz);

		worst = fmax(worst, db(pass_tone(&desk, FEW_FRAMES, hz, 32000, folded).amplitude /
				       32000));
	}
	printf("# %u -> %u Hz: aliases below %.2f dB\n", in_hz, out_hz, worst);
	CHECK(worst <= -88.0);
	close_desk(&desk);
}

static void what_the_output_cannot_carry_is_stopped(void)
{
	check_alias(48000, 44100);
	check_alias(96000, 44100);
	check_alias(44100, 8000);
	check_alias(192000, 48000);
	check_alias(11025, 8000);
}

/* Images of what is heard: 18 kHz of 44.1 kHz would come again at 26.1 kHz. */
static void images_are_stopped(void)
{
	double worst = -300;
	struct desk desk;

	open_desk(&desk, 44100, 96000, 1, 0);
	/* Whole periods of the tone and of its image, so that neither is seen in the other. */
	for (double hz = 1000; hz <= 18000; hz += 1700)
		worst = fmax(worst, db(pass_tone(&desk, 9600, hz, 32000, 44100 - hz)
					       .amplitude / 32000));
	printf("# 44100 -> 96000 Hz: images below %.2f dB\n", worst);
	CHECK(worst <= -95.0);
	close_desk(&desk);
}

/* Every frame of a busy sound against the sound itself at that time. */
static void check_every_frame(unsigned in_hz, unsigned out_hz, double ppm, double rms_max)
{
	struct tones tones = { .count = TONES_MAX };
	double step, delay, sum = 0, worst = 0;
	unsigned skip;
	struct desk desk;

	for (unsigned i = 0; i < TONES_MAX; i++) {
		tones.cycles[i] = 0.4 * (i + 0.37) / TONES_MAX *
				  (in_hz > out_hz ? (double)out_hz / in_hz : 1);
		tones.amplitude[i] = 2500;
		tones.phase[i] = i * 0.381966;
	}
	open_desk(&desk, in_hz, out_hz, 1, ppm);
	step = step_of(&desk);
	delay = mca_resampler_delay_frames(&desk.resampler);
	skip = run_in(&desk);
	resample_tones(&desk.resampler, &tones, skip, desk.out, FEW_FRAMES);
	for (unsigned i = 0; i < FEW_FRAMES; i++) {
		double error = desk.out[i] - tones_at(&tones, (skip + i) * step - delay);

		sum += error * error;
		worst = fmax(worst, fabs(error));
	}
	printf("# %u -> %u Hz %+g ppm: rms error %.3f LSB, greatest %.2f\n", in_hz, out_hz, ppm,
	       sqrt(sum / FEW_FRAMES), worst);
	CHECK(sqrt(sum / FEW_FRAMES) <= rms_max);
	close_desk(&desk);
}

static void every_frame_is_the_sound_at_its_time(void)
{
	/* The sound has 6124 LSB rms: ripple of 0.002 and of 0.03 dB. */
	check_every_frame(44100, 44100, 250, 1.6);
	check_every_frame(44100, 44100, -1000, 1.6);
	check_every_frame(48000, 44100, 0, 20);
	check_every_frame(44100, 48000, 50, 20);
	check_every_frame(96000, 16000, 0, 20);
	check_every_frame(8000, 192000, 0, 20);
}

int main(void)
{
	RUN(distortion_and_noise_are_those_of_16_bit);
	RUN(response_is_flat);
	RUN(what_the_output_cannot_carry_is_stopped);
	RUN(images_are_stopped);
	RUN(every_frame_is_the_sound_at_its_time);
	return DONE();
}

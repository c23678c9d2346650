/* SPDX-License-Identifier: MIT */
/*
 * Our resampler beside those of Debian's libsamplerate, speexdsp and soxr: the same signals, one
 * run. Not part of the build:
 *
 *     cc -O2 -Iinclude tests/bench/resamplers.c -o resamplers \
 *        BUILD/src/resample/libmca-resample.a BUILD/src/resample/libmca-resample-hot.a \
 *        BUILD/src/base/libmca-base.a -lsamplerate -lspeexdsp -lsoxr -lm
 *     resamplers NAME HZ FRAMES     NAME: ours portable libsamplerate speexdsp soxr
 *
 * 44100 Hz stereo, int16 in and out, a ratio of 1.0001, a tone of HZ at -6 dBFS in blocks of 512.
 * Prints THD+N, fitted by least squares, and nanoseconds a frame of the median block, which a busy
 * machine disturbs least. Instructions a frame are those that callgrind collects with
 * --toggle-collect=pass*, divided by the frames; allocations those that valgrind counts more when
 * there are more frames. The table stands in README.md.
 */
#include <math.h>
#include <samplerate.h>
#include <soxr.h>
#include <speex/speex_resampler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mca/resampler.h"

enum { BLOCK = 512, KEPT = 65536, ROOM = 2 * BLOCK, BLOCKS = 4096 };

static const double ratio = 1.0001, pi = 3.14159265358979323846;

struct contest {
	const char *name;
	struct mca_resampler ours;
	SRC_STATE *samplerate;
	SpeexResamplerState *speex;
	soxr_t soxr;
	float in[2 * BLOCK], out[2 * ROOM];
};

static int open_contest(struct contest *contest, const char *name)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, SOXR_VR);
	int err = 0;

	memset(contest, 0, sizeof(*contest));
	contest->name = name;
	if (!strcmp(name, "libsamplerate"))
		contest->samplerate = src_new(SRC_SINC_MEDIUM_QUALITY, 2, &err);
	else if (!strcmp(name, "speexdsp"))
		contest->speex = speex_resampler_init_frac(2, 10000, 10001, 44100, 44104, 5, &err);
	else if (!strcmp(name, "soxr"))
		contest->soxr = soxr_create(1, 1, 2, NULL, &io, &quality, NULL);
	else
		err = mca_resampler_init(&contest->ours, 44100, 44100, 2, NULL);
	if (contest->soxr)
		soxr_set_io_ratio(contest->soxr, 1 / ratio, 0);
	if (err == 0 && contest->ours.memory) {
		mca_resampler_set_ppm(&contest->ours, 1e6 * (ratio - 1));
		contest->ours.avx2 = contest->ours.avx2 && strcmp(name, "portable");
	}
	return err;
}

static unsigned pass_samplerate(struct contest *contest, const int16_t *in, int16_t *out)
{
	SRC_DATA data = { .data_in = contest->in, .data_out = contest->out,
			  .input_frames = BLOCK, .output_frames = ROOM, .src_ratio = ratio };

	src_short_to_float_array(in, contest->in, 2 * BLOCK);
	src_process(contest->samplerate, &data);
	src_float_to_short_array(contest->out, out, (int)data.output_frames_gen * 2);
	return (unsigned)data.output_frames_gen;
}

static __attribute__((noinline)) unsigned pass(struct contest *contest, const int16_t *in,
					       int16_t *out)
{
	spx_uint32_t taken = BLOCK, given = ROOM;
	unsigned used, made;
	size_t done = 0;

	if (contest->samplerate)
		return pass_samplerate(contest, in, out);
	if (contest->speex) {
		speex_resampler_process_interleaved_int(contest->speex, in, &taken, out, &given);
		return given;
	}
	if (contest->soxr) {
		soxr_process(contest->soxr, in, BLOCK, NULL, out, ROOM, &done);
		return (unsigned)done;
	}
	mca_resampler_process(&contest->ours, in, BLOCK, &used, out, ROOM, &made);
	return made;
}

/* Residue of the best sine of that frequency, dB. */
static double thd(const int16_t *samples, unsigned frames, double cycles)
{
	double ss = 0, sc = 0, cc = 0, ys = 0, yc = 0, rest = 0, a, b, det;

	for (unsigned i = 0; i < frames; i++) {
		double s = sin(2 * pi * fmod(i * cycles, 1)), c = cos(2 * pi * fmod(i * cycles, 1));

		ss += s * s, sc += s * c, cc += c * c;
		ys += samples[2 * i] * s, yc += samples[2 * i] * c;
	}
	det = ss * cc - sc * sc;
	a = (ys * cc - yc * sc) / det;
	b = (yc * ss - ys * sc) / det;
	for (unsigned i = 0; i < frames; i++) {
		double angle = 2 * pi * fmod(i * cycles, 1);
		double d = samples[2 * i] - a * sin(angle) - b * cos(angle);

		rest += d * d;
	}
	return 10 * log10(rest / frames / ((a * a + b * b) / 2));
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static int16_t out[2 * ROOM], kept[2 * (KEPT + ROOM)];
	static double block_ns[BLOCKS];
	double hz = argc > 2 ? atof(argv[2]) : 0;
	unsigned long frames = argc > 3 ? strtoul(argv[3], NULL, 10) : 0, at = 0, done = 0;
	struct contest contest;
	unsigned held = 0, blocks = 0;

	if (argc != 4 || open_contest(&contest, argv[1]))
		return 2;
	while (done < frames) {
		int16_t in[2 * BLOCK];
		double began;
		unsigned made;

		for (unsigned i = 0; i < BLOCK; i++, at++)
			in[2 * i] = in[2 * i + 1] = (int16_t)lrint(16422 * sin(2 * pi *
					fmod((double)at * hz / 44100, 1)));
		began = now_ns();
		made = pass(&contest, in, out);
		if (blocks < BLOCKS && made > 0)
			block_ns[blocks++] = (now_ns() - began) / made;
		done += made;
		if (done > 20000 && held < KEPT) {
			memcpy(kept + 2 * held, out, made * 4);
			held += made;
		}
	}
	if (held >= KEPT)
		printf("%-14s %6g Hz: THD+N %7.2f dB, ", argv[1], hz,
		       thd(kept, KEPT, hz / 44100 / ratio));
	qsort(block_ns, blocks, sizeof(block_ns[0]), compare);
	printf("%6.1f ns a frame\n", block_ns[blocks / 2]);
	return 0;
}

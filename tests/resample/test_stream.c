/* SPDX-License-Identifier: MIT */
/* A resampler as a stream: how it is cut, changed, started anew and refused. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/diag.h"
#include "tone.h"

#define FRAMES 6000u

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void make_noise(int16_t *samples, unsigned count)
{
	uint32_t state = 7;

	for (unsigned i = 0; i < count; i++)
		samples[i] = (int16_t)(next_random(&state) % 65536 - 32768);
}

struct rates {
	unsigned in_hz, out_hz;
	double ppm;
};

static const struct rates pairs[] = {
	{ 44100, 44100, 0 }, { 44100, 44100, 200 }, { 44100, 44100, -1000 }, { 48000, 44100, 0 },
	{ 44100, 48000, 17 }, { 192000, 8000, 0 }, { 8000, 192000, -3 }, { 11025, 8000, 0 },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static void open_pair(struct mca_resampler *resampler, const struct rates *pair, unsigned lanes)
{
	CHECK_INT(mca_resampler_init(resampler, pair->in_hz, pair->out_hz, lanes, NULL), 0);
	mca_resampler_set_ppm(resampler, pair->ppm);
}

/* All input at once, into plenty of room. */
static unsigned pass_whole(struct mca_resampler *resampler, const int16_t *in, unsigned frames,
			   int16_t *out, unsigned room)
{
	unsigned used, made;

	mca_resampler_process(resampler, in, frames, &used, out, room, &made);
	CHECK_INT(used, frames);
	return made;
}

static void any_partition_gives_the_same_bytes(void)
{
	int16_t *in = malloc(FRAMES * 4), *whole = malloc(FRAMES * 4 * 25);
	int16_t *parts = malloc(FRAMES * 4 * 25);

	make_noise(in, FRAMES * 2);
	for (unsigned i = 0; i < PAIRS; i++) {
		struct mca_resampler resampler;
		unsigned made, given = 0, got = 0;
		uint32_t state = 3 + i;

		open_pair(&resampler, &pairs[i], 2);
		made = pass_whole(&resampler, in, FRAMES, whole, FRAMES * 25);
		mca_resampler_reset(&resampler);
		while (got < made) {
			unsigned want = next_random(&state) % 300, room = next_random(&state) % 300;
			unsigned used, done;

			want = want < FRAMES - given ? want : FRAMES - given;
			room = room < made - got ? room : made - got;
			mca_resampler_process(&resampler, in + given * 2, want, &used,
					      parts + got * 2, room, &done);
			CHECK(used <= want && done <= room);
			CHECK(used == want || done == room);
			given += used;
			got += done;
		}
		CHECK(given <= FRAMES);
		CHECK(memcmp(whole, parts, made * 4) == 0);
		mca_resampler_done(&resampler);
	}
	free(in), free(whole), free(parts);
}

static void every_processor_gives_the_same_bytes(void)
{
	int16_t *in = malloc(FRAMES * 4), *fast = malloc(FRAMES * 4 * 25);
	int16_t *slow = malloc(FRAMES * 4 * 25);

	make_noise(in, FRAMES * 2);
	for (unsigned i = 0; i < PAIRS; i++) {
		for (unsigned lanes = 1; lanes <= 2; lanes++) {
			struct mca_resampler resampler;
			unsigned made;

			open_pair(&resampler, &pairs[i], lanes);
			made = pass_whole(&resampler, in, FRAMES, fast, FRAMES * 25);
			if (!resampler.avx2)
				printf("# this processor has one way only\n");
			resampler.avx2 = false;
			mca_resampler_reset(&resampler);
			CHECK_INT(pass_whole(&resampler, in, FRAMES, slow, FRAMES * 25), made);
			CHECK(memcmp(fast, slow, made * lanes * 2) == 0);
			mca_resampler_done(&resampler);
		}
	}
	free(in), free(fast), free(slow);
}

static void lanes_do_not_touch_each_other(void)
{
	int16_t in[FRAMES], both[FRAMES * 2], one[FRAMES * 2], two[FRAMES * 4];
	struct rates pair = { 44100, 48000, 5 };
	struct mca_resampler mono, stereo;
	unsigned made;

	make_noise(in, FRAMES);
	for (unsigned i = 0; i < FRAMES; i++) {
		both[2 * i] = 0;
		both[2 * i + 1] = in[i];
	}
	open_pair(&mono, &pair, 1);
	open_pair(&stereo, &pair, 2);
	made = pass_whole(&mono, in, FRAMES, one, FRAMES * 2);
	CHECK_INT(pass_whole(&stereo, both, FRAMES, two, FRAMES * 2), made);
	for (unsigned i = 0; i < made; i++) {
		CHECK_INT(two[2 * i], 0);
		CHECK_INT(two[2 * i + 1], one[i]);
	}
	mca_resampler_done(&mono);
	mca_resampler_done(&stereo);
}

static void need_and_yield_tell_the_truth(void)
{
	int16_t *in = malloc(FRAMES * 4), *out = malloc(FRAMES * 4);

	make_noise(in, FRAMES * 2);
	for (unsigned i = 0; i < PAIRS; i++) {
		struct mca_resampler resampler;
		uint32_t state = i;

		open_pair(&resampler, &pairs[i], 2);
		for (unsigned round = 0; round < 200; round++) {
			unsigned want = next_random(&state) % 200 + 1, used, made;
			unsigned need = mca_resampler_need(&resampler, want);

			CHECK(need <= FRAMES);
			CHECK(mca_resampler_yield(&resampler, need) >= want);
			CHECK(need == 0 || mca_resampler_yield(&resampler, need - 1) < want);
			mca_resampler_process(&resampler, in, FRAMES, &used, out, want, &made);
			CHECK(used >= need);
			CHECK_INT(made, want);
			CHECK(mca_resampler_yield(&resampler, 1) >= 1);
		}
		mca_resampler_done(&resampler);
	}
	free(in), free(out);
}

static void all_input_is_used_where_there_is_room(void)
{
	int16_t *in = malloc(FRAMES * 4), *out = malloc(FRAMES * 4 * 25);

	make_noise(in, FRAMES * 2);
	for (unsigned i = 0; i < PAIRS; i++) {
		struct mca_resampler resampler;
		uint32_t state = i;

		open_pair(&resampler, &pairs[i], 2);
		for (unsigned round = 0; round < 200; round++) {
			unsigned frames = next_random(&state) % 300, used, made;
			unsigned yield = mca_resampler_yield(&resampler, frames);

			mca_resampler_process(&resampler, in, frames, &used, out, yield, &made);
			CHECK_INT(used, frames);
			CHECK_INT(made, yield);
		}
		mca_resampler_done(&resampler);
	}
	free(in), free(out);
}

/* With the ratio of one, each frame in is one frame out, from the first on, and comes delayed. */
static void delay_is_as_told(void)
{
	struct rates pair = { 44100, 44100, 0 };
	struct mca_resampler resampler;
	int16_t in[256] = { 0 }, out[256];
	unsigned delay;

	in[100] = 20000;
	open_pair(&resampler, &pair, 1);
	delay = mca_resampler_delay_frames(&resampler);
	CHECK(delay <= 32);
	CHECK_INT(pass_whole(&resampler, in, 256, out, 256), 256);
	for (unsigned i = 0; i < 256; i++)
		CHECK(i == 100 + delay ? out[i] > 18000 : abs(out[i]) < 4000);
	mca_resampler_done(&resampler);
}

static void silence_stays_silence_and_full_scale_is_held(void)
{
	struct rates pair = { 44100, 48000, 0 };
	struct mca_resampler resampler;
	int16_t in[2000], out[3000];
	unsigned made;

	memset(in, 0, sizeof(in));
	open_pair(&resampler, &pair, 1);
	made = pass_whole(&resampler, in, 2000, out, 3000);
	for (unsigned i = 0; i < made; i++)
		CHECK_INT(out[i], 0);
	for (unsigned i = 0; i < 2000; i++)
		in[i] = i / 50 % 2 ? 32767 : -32768; /* a square wave rings beyond full scale */
	made = pass_whole(&resampler, in, 2000, out, 3000);
	for (unsigned i = 100; i + 1 < made; i++)
		CHECK(abs(out[i] - out[i + 1]) < 60000); /* and must not wrap around */
	mca_resampler_done(&resampler);
}

/* A low tone while the ratio jumps about: its steepest slope is not exceeded anywhere. */
static void a_new_ratio_makes_no_step(void)
{
	struct tones tones = { .count = 1, .cycles = { 100.0 / 44100 }, .amplitude = { 16000 } };
	struct rates pair = { 44100, 44100, 0 };
	double steepest = 16000 * 2 * 3.14159265 * 100 / 44100 * 1.002 + 1.5;
	struct mca_resampler resampler;
	int16_t in[64], out[80], last = 0;
	uint32_t state = 1;

	open_pair(&resampler, &pair, 1);
	for (unsigned block = 0; block < 2000; block++) {
		unsigned made;

		tones_render(&tones, block * 64, in, 64, 1);
		mca_resampler_set_ppm(&resampler, (double)(next_random(&state) % 2001) - 1000);
		made = pass_whole(&resampler, in, 64, out, 80);
		for (unsigned i = 0; i < made; i++) {
			if (block > 2)
				CHECK(abs(out[i] - last) <= steepest);
			last = out[i];
		}
	}
	mca_resampler_done(&resampler);
}

static void a_reset_leaves_nothing_behind(void)
{
	int16_t noise[FRAMES], first[FRAMES * 2], again[FRAMES * 2];
	struct mca_resampler resampler;
	unsigned made;

	make_noise(noise, FRAMES);
	open_pair(&resampler, &pairs[4], 1);
	made = pass_whole(&resampler, noise, FRAMES, first, FRAMES * 2);
	mca_resampler_reset(&resampler);
	CHECK_INT(pass_whole(&resampler, noise, FRAMES, again, FRAMES * 2), made);
	CHECK(memcmp(first, again, made * 2) == 0);
	mca_resampler_done(&resampler);
}

/* A day at +-0.001 ppm and the count of frames is still right to the frame. */
static void the_ratio_is_fine_enough(void)
{
	struct rates pair = { 44100, 44100, 0 };
	struct mca_resampler resampler;
	double step;

	open_pair(&resampler, &pair, 1);
	mca_resampler_set_ppm(&resampler, 0.001);
	step = (double)resampler.step_q32 * 0x1p-32;
	CHECK_NEAR((1 / step - 1) * 1e6, 0.001, 0.0002);
	mca_resampler_set_ppm(&resampler, -1000);
	step = (double)resampler.step_q32 * 0x1p-32;
	CHECK_NEAR((1 / step - 1) * 1e6, -1000, 0.0002);
	mca_resampler_done(&resampler);
}

static void nonsense_is_refused(void)
{
	struct mca_resampler resampler;
	struct mca_diag diag;

	CHECK_INT(mca_resampler_init(&resampler, 7999, 44100, 2, &diag), -EINVAL);
	CHECK(strstr(diag.text, "8000") != NULL);
	CHECK_INT(mca_resampler_init(&resampler, 44100, 192001, 2, NULL), -EINVAL);
	CHECK_INT(mca_resampler_init(&resampler, 44100, 44100, 0, NULL), -EINVAL);
	CHECK_INT(mca_resampler_init(&resampler, 44100, 44100, 3, NULL), -EINVAL);
	mca_resampler_done(&resampler);
}

int main(void)
{
	RUN(any_partition_gives_the_same_bytes);
	RUN(every_processor_gives_the_same_bytes);
	RUN(lanes_do_not_touch_each_other);
	RUN(need_and_yield_tell_the_truth);
	RUN(all_input_is_used_where_there_is_room);
	RUN(delay_is_as_told);
	RUN(silence_stays_silence_and_full_scale_is_held);
	RUN(a_new_ratio_makes_no_step);
	RUN(a_reset_leaves_nothing_behind);
	RUN(the_ratio_is_fine_enough);
	RUN(nonsense_is_refused);
	return DONE();
}

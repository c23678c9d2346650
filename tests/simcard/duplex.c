/* SPDX-License-Identifier: MIT */
/* The cards as a duplex application sees them: continuity, clocks, xruns. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>

#include "pair.h"
#include "rack.h"

#define RATE 44100

__extension__ typedef unsigned __int128 wide;

/* A second of what was captured. */
struct tape {
	int16_t sample[2 * RATE];
	uint64_t frames;
};

static void record(struct pair *pair, const int16_t *in, int16_t *out, unsigned frames)
{
	struct tape *tape = pair->context;

	for (unsigned i = 0; i < frames; i++) {
		out[2 * i] = out[2 * i + 1] = 0;
		if (tape->frames >= RATE)
			continue;
		tape->sample[2 * tape->frames] = in[2 * i];
		tape->sample[2 * tape->frames + 1] = in[2 * i + 1];
		tape->frames++;
	}
}

static void record_second(struct tape *tape, const struct mca_simrack_spec *spec, unsigned card,
			  unsigned block)
{
	struct mca_simrack *rack = make_rack(spec);
	struct pair pair = { .process = record, .context = tape };

	tape->frames = 0;
	CHECK_INT(pair_open(&pair, rack, card, 3, RATE, block), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	CHECK_INT(tape->frames, RATE);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void every_block_size_hears_the_same_tape(void)
{
	static const unsigned blocks[] = { 16, 64, 441, 1000, 8192 };
	static const enum mca_sim_source_kind kinds[] = { MCA_SIM_SPEECH, MCA_SIM_TONE,
							  MCA_SIM_NOISE };
	struct tape *one = calloc(1, sizeof(*one)), *other = calloc(1, sizeof(*other));
	struct mca_simrack_spec spec = free_spec();

	for (unsigned k = 0; k < 3; k++) {
		spec.card[0].source.kind = kinds[k];
		record_second(one, &spec, 1, 512);
		for (unsigned i = 0; i < 5; i++) {
			record_second(other, &spec, 1, blocks[i]);
			CHECK(memcmp(one->sample, other->sample, sizeof(one->sample)) == 0);
		}
	}
	free(one);
	free(other);
}

static double rms_dbfs(const struct tape *tape, unsigned lane)
{
	double sum = 0;

	for (uint64_t i = 0; i < tape->frames; i++)
		sum += (double)tape->sample[2 * i + lane] * tape->sample[2 * i + lane];
	return 10 * log10(sum / (double)tape->frames / (32768.0 * 32768.0));
}

static void tones_and_noise_have_the_level_asked_for(void)
{
	static const double levels[] = { -60, -20, -10, -4, -3.02 };
	struct tape *tape = calloc(1, sizeof(*tape));
	struct mca_simrack_spec spec = free_spec();

	for (unsigned i = 0; i < 5; i++) {
		for (unsigned kind = MCA_SIM_TONE; kind <= MCA_SIM_NOISE; kind++) {
			spec.card[0].source.kind = kind;
			spec.card[0].source.level_dbfs = levels[i];
			record_second(tape, &spec, 1, 512);
			CHECK_NEAR(rms_dbfs(tape, 0), levels[i], 0.05);
			CHECK_NEAR(rms_dbfs(tape, 1), levels[i], 0.05);
		}
	}
	free(tape);
}

static void a_tone_has_its_frequency(void)
{
	struct tape *tape = calloc(1, sizeof(*tape));
	struct mca_simrack_spec spec = free_spec();
	unsigned rising = 0;

	spec.card[0].source.kind = MCA_SIM_TONE;
	spec.card[0].source.frequency_hz = 440;
	record_second(tape, &spec, 1, 512);
	for (unsigned i = 1; i < RATE; i++)
		rising += tape->sample[2 * i - 2] < 0 && tape->sample[2 * i] >= 0;
	CHECK(rising >= 439 && rising <= 440);
	free(tape);
}

static void silence_is_silent(void)
{
	struct tape *tape = calloc(1, sizeof(*tape)), *zero = calloc(1, sizeof(*zero));
	struct mca_simrack_spec spec = free_spec();

	spec.card[0].source.kind = MCA_SIM_SILENCE;
	record_second(tape, &spec, 1, 512);
	CHECK(memcmp(tape->sample, zero->sample, sizeof(zero->sample)) == 0);
	free(tape);
	free(zero);
}

/* Copy out at once; playback is two blocks ahead, so the wire hears everything 2 blocks later. */
struct echo {
	uint64_t frames, wrong;
	unsigned delay;
};

static int16_t expected(uint64_t frame, unsigned lane)
{
	return (int16_t)(frame * 7 + lane * 3 + 1);
}

static void play_and_compare(struct pair *pair, const int16_t *in, int16_t *out, unsigned frames)
{
	struct echo *echo = pair->context;

	for (unsigned i = 0; i < frames; i++, echo->frames++) {
		for (unsigned lane = 0; lane < 2; lane++) {
			uint64_t then = echo->frames - echo->delay;
			int16_t want = echo->frames < echo->delay ? 0 : expected(then, lane);

			out[2 * i + lane] = expected(echo->frames, lane);
			echo->wrong += in[2 * i + lane] != want;
		}
	}
}

static void loop_back(unsigned in, unsigned out, unsigned block, double ppm)
{
	struct mca_simrack_spec spec = free_spec();
	struct echo echo = { .delay = 2 * block };
	struct pair pair = { .process = play_and_compare, .context = &echo };
	struct mca_simrack *rack;

	spec.card[in - 1].source.kind = MCA_SIM_WIRE;
	spec.card[in - 1].source.wire_card = out;
	spec.card[in - 1].drift_ppm = spec.card[out - 1].drift_ppm = ppm;
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, in, out, RATE, block), 0);
	for (int restarts = 0; restarts < 3; restarts++) {
		echo.frames = 0;
		CHECK_INT(pair_start(&pair), 0);
		CHECK_INT(pair_run(&pair, 60 * block + 17), 0);
		CHECK_INT(echo.wrong, 0);
		CHECK_INT(snd_pcm_drop(pair.pcm[0]), 0);
		CHECK_INT(snd_pcm_drop(pair.pcm[1]), 0);
		pair.clock.now_ns += 12345;
	}
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void a_wire_in_one_pair_is_exact(void)
{
	loop_back(1, 1, 512, 0);
	loop_back(2, 5, 16, 0);
	loop_back(8, 3, 441, 137.25);
	loop_back(4, 4, 8192, -9999);
}

static void simulated_hours_do_not_drift(void)
{
	static const double ppm[] = { 0, 200, -800.5, 10000 };

	for (unsigned i = 0; i < 4; i++) {
		struct mca_simrack_spec spec = free_spec();
		struct pair pair = { 0 };
		struct mca_simrack *rack;
		uint64_t nanoframes =
			RATE * (uint64_t)(1000000000 + (int64_t)lround(ppm[i] * 1000));
		wide exact;

		spec.card[0].source.kind = MCA_SIM_SILENCE;
		spec.card[0].drift_ppm = spec.card[1].drift_ppm = ppm[i];
		rack = make_rack(&spec);
		CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, 8192), 0);
		CHECK_INT(pair_start(&pair), 0);
		CHECK_INT(pair_run(&pair, 2 * 3600 * (uint64_t)RATE), 0);
		/* The clock stands at the first nanosecond at which so many frames had passed. */
		exact = (wide)pair.captured * 1000000000 * 1000000000;
		CHECK_INT(pair.clock.now_ns, (uint64_t)((exact + nanoframes - 1) / nanoframes));
		pair_close(&pair);
		mca_simrack_free(rack);
	}
}

static void different_crystals_end_in_an_xrun(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	spec.card[1].drift_ppm = 200; /* playback eats faster than capture feeds */
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, 64), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 3600 * (uint64_t)RATE), -EPIPE);
	CHECK_INT(snd_pcm_state(pair.pcm[1]), SND_PCM_STATE_XRUN);
	/* One block of headroom at 200 ppm: 64 / 0.0002 frames. */
	CHECK_NEAR((double)pair.captured, 64 / 0.0002, 128);
	/* And it can be started again. */
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 6400), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void neglect_is_an_xrun(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	struct pair pair = { 0 };
	uint64_t block_ns = 512 * UINT64_C(1000000000) / RATE;

	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, 512), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 5120), 0);
	pair.clock.now_ns += block_ns;
	CHECK(snd_pcm_avail_update(pair.pcm[0]) >= 512);
	CHECK(snd_pcm_avail_update(pair.pcm[1]) >= 512);
	pair.clock.now_ns += 3 * block_ns + 10000000;
	CHECK_INT(snd_pcm_avail_update(pair.pcm[0]), -EPIPE);
	CHECK_INT(snd_pcm_avail_update(pair.pcm[1]), -EPIPE);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_XRUN);
	CHECK_INT(snd_pcm_state(pair.pcm[1]), SND_PCM_STATE_XRUN);
	CHECK(poll_once(pair.pcm[0], 1000) & POLLERR);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 51200), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void the_real_clock_paces_a_pair(void)
{
	struct mca_simrack_spec spec;
	struct mca_simrack *rack;
	struct pair pair = { 0 };
	struct timespec before, after;
	int64_t ns;

	mca_simrack_spec_default(&spec);
	rack = make_rack(&spec);
	/* Blocks of half a second: even a crowded machine serves those in time. */
	CHECK_INT(pair_open(&pair, rack, 1, 2, 8000, 4096), 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 2 * 4096), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	/* Never faster than its crystal: that holds however late we were. */
	ns = (after.tv_sec - before.tv_sec) * INT64_C(1000000000) + after.tv_nsec - before.tv_nsec;
	CHECK(ns >= 2 * INT64_C(4096) * 1000000000 / 8000);
	pair_close(&pair);
	mca_simrack_free(rack);
}

/* Whoever fetches the descriptors before the start and never again is woken all the same. */
static void descriptors_fetched_once_go_on_waking(void)
{
	struct mca_simrack_spec spec;
	struct mca_simrack *rack;
	snd_pcm_t *pcm = NULL;
	struct pollfd pfd;
	unsigned wakes = 0;

	mca_simrack_spec_default(&spec);
	rack = make_rack(&spec);
	CHECK_INT(open_one(&pcm, rack, 1, SND_PCM_STREAM_CAPTURE, RATE, 2, 4096, NULL), 0);
	CHECK_INT(snd_pcm_poll_descriptors(pcm, &pfd, 1), 1);
	CHECK_INT(snd_pcm_start(pcm), 0);
	while (wakes < 3) {
		unsigned short events = 0;
		snd_pcm_sframes_t avail;

		if (poll(&pfd, 1, 5000) <= 0)
			break;
		snd_pcm_poll_descriptors_revents(pcm, &pfd, 1, &events);
		if (!(events & POLLIN))
			continue;
		avail = snd_pcm_avail_update(pcm);
		CHECK(avail >= 4096);
		CHECK_INT(snd_pcm_forward(pcm, (snd_pcm_uframes_t)avail), avail);
		wakes++;
	}
	CHECK_INT(wakes, 3);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
}

static void pause_and_drain_behave_as_on_hardware(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = make_rack(&spec);
	struct pair pair = { 0 };
	snd_pcm_sframes_t before;
	int16_t silence[2 * 1000] = { 0 };
	snd_pcm_t *pcm = NULL;

	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, 512), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 5120), 0);
	before = snd_pcm_avail_update(pair.pcm[1]);
	CHECK_INT(snd_pcm_pause(pair.pcm[1], 1), 0);
	pair.clock.now_ns += 1000000000;
	CHECK_INT(snd_pcm_avail_update(pair.pcm[1]), before);
	CHECK_INT(snd_pcm_pause(pair.pcm[1], 0), 0);
	CHECK_INT(snd_pcm_avail_update(pair.pcm[1]), before);
	CHECK_INT(snd_pcm_drain(pair.pcm[0]), 0);
	CHECK_INT(snd_pcm_state(pair.pcm[0]), SND_PCM_STATE_SETUP);
	pair_close(&pair);

	CHECK_INT(open_one(&pcm, rack, 2, SND_PCM_STREAM_PLAYBACK, RATE, 2, 512, NULL), 0);
	CHECK_INT(snd_pcm_nonblock(pcm, 0), 0);
	CHECK_INT(snd_pcm_mmap_writei(pcm, silence, 1000), 1000);
	CHECK_INT(snd_pcm_drain(pcm), 0);
	CHECK_INT(snd_pcm_state(pcm), SND_PCM_STATE_SETUP);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
}

int main(void)
{
	RUN(every_block_size_hears_the_same_tape);
	RUN(tones_and_noise_have_the_level_asked_for);
	RUN(a_tone_has_its_frequency);
	RUN(silence_is_silent);
	RUN(a_wire_in_one_pair_is_exact);
	RUN(simulated_hours_do_not_drift);
	RUN(different_crystals_end_in_an_xrun);
	RUN(neglect_is_an_xrun);
	RUN(the_real_clock_paces_a_pair);
	RUN(descriptors_fetched_once_go_on_waking);
	RUN(pause_and_drain_behave_as_on_hardware);
	return DONE();
}

/* SPDX-License-Identifier: MIT */
/*
 * Runs the cycle of one channel over the same second of programme, again and again:
 *
 *     bench-dsp PATH CASE ROUNDS
 *
 * and prints three numbers: nanoseconds a frame (the median over blocks), the slowest block
 * divided by the median one, and the frames of a round. The time of a block is its best of all
 * rounds, so that what interrupts this process does not count and what the block itself costs
 * does. Every round begins with the same state. Counting instructions is left to who runs this.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../dsp/signals.h"
#include "mca/cycle.h"

#define RATE 44100u
#define BLOCK 512u
#define BLOCKS (2 * RATE / BLOCK)
#define RAMP_MS 100 /* as long as it can be set: whole blocks on the ramp */
#define RAMP_BLOCKS (RAMP_MS * RATE / 1000 / BLOCK)

struct bench_case {
	const char *name;
	enum signal_kind kind;
	unsigned lanes;
	double knee_db, makeup_db;
	bool closed;          /* the gate, all the time */
	bool ramp;            /* the gate turns as soon as its ramp has arrived */
	bool change;          /* other parameters at every block */
	double lookahead_ms;
	bool true_peak;
	double ceiling_dbfs;  /* 0, or of the other parameters: then it is always gliding */
	double input_gain_db, highpass_hz;
	bool gate;
};

static const struct bench_case cases[] = {
	{ "programme", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, false, 0, 0, 0, false },
	{ "mono", SIGNAL_BABBLE, 1, 0, 0, false, false, false, 0, false, 0, 0, 0, false },
	{ "knee", SIGNAL_BABBLE, 2, 6, 0, false, false, false, 0, false, 0, 0, 0, false },
	{ "makeup", SIGNAL_BABBLE, 2, 0, 6, false, false, false, 0, false, 0, 0, 0, false },
	{ "noise", SIGNAL_NOISE, 2, 0, 0, false, false, false, 0, false, 0, 0, 0, false },
	{ "closed", SIGNAL_BABBLE, 2, 0, 0, true, false, false, 0, false, 0, 0, 0, false },
	{ "ramp", SIGNAL_BABBLE, 2, 0, 0, false, true, false, 0, false, 0, 0, 0, false },
	{ "changes", SIGNAL_BABBLE, 2, 0, 0, false, false, true, 0, false, 0, 0, 0, false },
	{ "silent", SIGNAL_SILENCE, 2, 0, 0, false, false, false, 0, false, 0, 0, 0, false },
	{ "lookahead", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 5, false, 0, 0, 0, false },
	{ "true-peak", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, true, 0, 0, 0, false },
	{ "ceiling", SIGNAL_BABBLE, 2, 0, 0, false, false, true, 0, false, -12, 0, 0, false },
	{ "input-gain", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, false, 0, 6, 0, false },
	{ "gate", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, false, 0, 0, 0, true },
	{ "highpass", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, false, 0, 0, 100, false },
	{ "voice", SIGNAL_BABBLE, 2, 0, 0, false, false, false, 0, false, 0, 6, 100, true },
	{ "everything", SIGNAL_NOISE, 2, 6, 6, false, false, true, 5, true, 0, 0, 0, false },
};

struct bench {
	const struct bench_case *what;
	struct mca_cycle first, cycle;
	struct mca_chain_cooked cooked[2];
	int16_t in[BLOCKS * BLOCK * MCA_LANES_MAX], out[BLOCKS * BLOCK * MCA_LANES_MAX];
	int16_t scratch[BLOCK * MCA_LANES_MAX];
	double best_ns[BLOCKS];
};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int prepare(struct bench *bench, uint32_t path)
{
	const struct bench_case *what = bench->what;
	struct mca_chain_params params = params_default();

	params.lanes = what->lanes;
	params.comp.knee_db = what->knee_db;
	params.comp.makeup_db = what->makeup_db;
	params.ptt_ramp_ms = RAMP_MS;
	params.limiter.lookahead_ms = what->lookahead_ms;
	params.true_peak = what->true_peak;
	params.input_gain_db = what->input_gain_db;
	params.highpass_hz = what->highpass_hz;
	params.gate.enabled = what->gate;
	if (mca_chain_cook(&bench->cooked[0], &params, NULL))
		return -1;
	if (what->ceiling_dbfs < 0)
		params.limiter.ceiling_dbfs = what->ceiling_dbfs;
	else
		params.comp.ratio = 4;
	if (mca_chain_cook(&bench->cooked[1], &params, NULL))
		return -1;
	signal_fill(bench->in, BLOCKS * BLOCK, what->lanes, RATE, what->kind, 1);
	mca_cycle_init(&bench->first, &bench->cooked[0], bench->scratch, BLOCK, true);
	bench->first.chain.path = path;
	for (unsigned i = 0; i < BLOCKS; i++)
		bench->best_ns[i] = 1e18;
	return 0;
}

static void process(struct bench *bench, unsigned block)
{
	const struct bench_case *what = bench->what;
	size_t at = (size_t)block * BLOCK * what->lanes;
	bool open = !what->closed;

	if (what->change)
		mca_chain_set(&bench->cycle.chain, &bench->cooked[block % 2]);
	if (what->ramp)
		open = block / RAMP_BLOCKS % 2;
	mca_cycle_process(&bench->cycle, bench->in + at, bench->out + at, BLOCK, open);
}

static void run_round(struct bench *bench)
{
	bench->cycle = bench->first;
	for (unsigned block = 0; block < BLOCKS; block++) {
		double begin = now_ns(), took;

		process(bench, block);
		took = now_ns() - begin;
		if (took < bench->best_ns[block])
			bench->best_ns[block] = took;
	}
}

static int by_value(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

static const struct bench_case *find_case(const char *name)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	uint32_t path;

	if (argc != 4 || !(bench.what = find_case(argv[2]))) {
		fprintf(stderr, "usage: bench-dsp PATH CASE ROUNDS\n");
		return 2;
	}
	path = (uint32_t)strtoul(argv[1], NULL, 10);
	if (path > (uint32_t)mca_path_best()) {
		fprintf(stderr, "this processor cannot run path %u\n", (unsigned)path);
		return 1;
	}
	if (prepare(&bench, path))
		return 1;
	for (long left = strtol(argv[3], NULL, 10); left > 0; left--)
		run_round(&bench);
	qsort(bench.best_ns, BLOCKS, sizeof(*bench.best_ns), by_value);
	printf("%.3f %.3f %u\n", bench.best_ns[BLOCKS / 2] / BLOCK,
	       bench.best_ns[BLOCKS - 1] / bench.best_ns[BLOCKS / 2], BLOCKS * BLOCK);
	return 0;
}

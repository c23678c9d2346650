/* SPDX-License-Identifier: MIT */
/* The cards as a duplex application sees them: continuity, clocks, xruns, exclusiveness. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/diag.h"
#include "pair.h"

#define RATE 44100

static struct mca_simrack *make_rack(const struct mca_simrack_spec *spec)
{
	struct mca_simrack *rack = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_simrack_new(&rack, spec, false, &diag), 0);
	CHECK_STR(diag.text, "");
	return rack;
}

static struct mca_simrack *free_rack(void)
{
	struct mca_simrack_spec spec;

	mca_simrack_spec_default(&spec);
	spec.free_running = true;
	return make_rack(&spec);
}

/* A second of capture, whatever the block. */
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

static void record_second(struct tape *tape, unsigned block)
{
	struct mca_simrack *rack = free_rack();
	struct pair pair = { .process = record, .context = tape };

	tape->frames = 0;
	CHECK_INT(pair_open(&pair, rack, 1, 3, RATE, block), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, RATE), 0);
	CHECK_INT(tape->frames, RATE);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void every_block_size_hears_the_same_tape(void)
{
	static const unsigned blocks[] = { 16, 64, 441, 1000, 8192 };
	struct tape *one = calloc(1, sizeof(*one)), *other = calloc(1, sizeof(*other));

	record_second(one, 512);
	for (unsigned i = 0; i < 5; i++) {
		record_second(other, blocks[i]);
		CHECK(memcmp(one->sample, other->sample, sizeof(one->sample)) == 0);
	}
	free(one);
	free(other);
}

int main(void)
{
	RUN(every_block_size_hears_the_same_tape);
	return DONE();
}

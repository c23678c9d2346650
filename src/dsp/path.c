/* SPDX-License-Identifier: MIT */
/*
 * The one place where a path is chosen. It is asked once when a chain begins, for asking the
 * processor takes longer than a block; later only the answer is looked up.
 */
#include "avx2.h"
#include "chunk.h"

static uint32_t hear(const struct mca_chunk *chunk)
{
	return mca_hear_from(chunk, 0);
}

static void level(struct mca_chunk *chunk)
{
	mca_level_from(chunk, 0);
}

static void ask(struct mca_chunk *chunk)
{
	mca_ask_from(chunk, 0);
}

static void measure(struct mca_chunk *chunk)
{
	mca_measure_from(chunk, 0);
}

static void weigh(struct mca_chunk *chunk)
{
	mca_weigh_from(chunk, 0);
}

static void apply(const struct mca_chunk *chunk)
{
	mca_apply_from(chunk, 0);
}

static const struct mca_passes portable = {
	hear, level, ask, measure, weigh, mca_fade, apply, mca_oversample,
};

enum mca_path mca_path_best(void)
{
#ifdef MCA_HAVE_AVX2
	if (__builtin_cpu_supports("avx2"))
		return MCA_PATH_AVX2;
#endif
	return MCA_PATH_PORTABLE;
}

const struct mca_passes *mca_passes_of(uint32_t path)
{
#ifdef MCA_HAVE_AVX2
	static const struct mca_passes avx2 = {
		mca_hear_avx2, mca_level_avx2, mca_ask_avx2, mca_measure_avx2, mca_weigh_avx2,
		mca_fade_avx2, mca_apply_avx2, mca_oversample_avx2,
	};

	if (path == MCA_PATH_AVX2)
		return &avx2;
#endif
	return &portable;
}

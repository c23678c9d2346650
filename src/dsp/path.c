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

static void level_wide(struct mca_chunk *chunk)
{
	mca_level_wide_from(chunk, 0);
}

static void apply_wide(const struct mca_chunk *chunk)
{
	mca_apply_wide_from(chunk, 0);
}

static void ask(struct mca_chunk *chunk)
{
	mca_ask_from(chunk, 0);
}

static uint32_t measure(struct mca_chunk *chunk)
{
	return mca_measure_from(chunk, 0);
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
	.hear = hear, .level = level, .level_wide = level_wide, .ask = ask, .measure = measure,
	.weigh = weigh, .fade = mca_fade, .apply = apply, .apply_wide = apply_wide,
	.oversample = mca_oversample,
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
		.hear = mca_hear_avx2, .level = mca_level_avx2, .level_wide = level_wide,
		.ask = mca_ask_avx2, .measure = mca_measure_avx2, .weigh = mca_weigh_avx2,
		.fade = mca_fade_avx2, .apply = mca_apply_avx2, .apply_wide = apply_wide,
		.oversample = mca_oversample_avx2,
	};

	if (path == MCA_PATH_AVX2)
		return &avx2;
#endif
	return &portable;
}

/* SPDX-License-Identifier: MIT */
/*
 * The recursions: smooth decoupled detector of the compressor (Giannoulis, Massberg, Reiss 2012,
 * eq. 17) and the limiter, which has no attack time:
 *
 *     y1  = max(g, aR y1 + (1 - aR) g)
 *     GRc = aA GRc + (1 - aA) y1
 *     t   = max(0, level - GRc + makeup - log2(C / 32768))
 *     GRl = max(t, aL GRl + (1 - aL) t)
 *
 * Frames depend on each other here, so no processor can do several at a time; what it can do is
 * work on the three recursions side by side, which is why they share one loop of nothing but
 * multiplications, sums and selections. Where nothing in a chunk stands above the ceiling even
 * without the compressor, a limiter at rest stays there, and its share of the loop is left out:
 * that makes most of a programme cheaper, and none of it dearer.
 *
 * State and targets are Q58 (mca_q_glide). In plain Q26 a step rounded to nearest has a dead zone,
 * and one rounded away from zero falls too fast where steps are small: a release of 10 s at 44100
 * Hz then ends up 83 LSB away from the model.
 *
 * Errors of level and gain together stay below half a unit of the sample even at full scale, so a
 * product that the limiter brought down is C at most; the clamp behind it makes that certain.
 */
#include "dynamics.h"

#include "ceiling.h"
#include "mca/q.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/*
 * What is kept of GRc. It has no floor as y1 and GRl have: rounding it down to steps of 2^-23 to
 * 2^-22 octaves times the attack coefficient brings it to zero within 18 attack times, and nowhere
 * makes a difference of more than 2.4e-7 octaves.
 */
static int64_t steps_of(int64_t attack_q62)
{
	int exponent = 63 - __builtin_clzll((uint64_t)attack_q62 | 1);

	return exponent < 28 ? ~INT64_C(3) : -(INT64_C(1) << (exponent - 26));
}

static inline int64_t slower(int64_t a_q62, int64_t b_q62)
{
	return a_q62 < b_q62 ? a_q62 : b_q62;
}

/* What a loop is for; constant in each of its instances. */
struct loop {
	bool limits;   /* the limiter has something to do */
	bool apart;    /* the two reductions leave as two: GRl in place of what it was found from */
	bool glides;   /* the ceiling in force is on its way */
};

static ALWAYS_INLINE void smooth(struct mca_chunk *chunk, struct mca_limiter *state,
				 const struct mca_limiter_cooked *cooked, struct loop loop,
				 size_t from, size_t to)
{
	int64_t above_q58[MCA_CHUNK_FRAMES];
	const int64_t fastest_q62 = chunk->fastest_q62;
	const int64_t attack_q62 = slower(chunk->comp_cooked->attack_q62, fastest_q62);
	const int64_t release_q62 = slower(chunk->comp_cooked->release_q62, fastest_q62);
	const int64_t limiter_q62 = slower(cooked->release_q62, fastest_q62);
	const int64_t steps = steps_of(attack_q62);
	const int64_t rest = mca_q58_from_q26(MCA_REST_Q26);
	int64_t detector = chunk->comp->detector_q58;
	int64_t comp = chunk->comp->reduction_q58;
	int64_t limiter = state->reduction_q58;
	const int64_t ordered = mca_q58_from_q26(cooked->ceiling_q26);
	int64_t held = state->ceiling.held_q58 - ordered;

	if (loop.glides)
		mca_ceiling_run(&state->ceiling, cooked, above_q58 + from, to - from);
#pragma GCC unroll 4
	for (size_t i = from; i < to; i++) {
		int64_t asked = chunk->reduction_q58[i], over, lowest;

		detector = mca_q_glide(detector, asked, release_q62);
		detector = detector < chunk->floor_q58[i] ? asked : detector;
		comp = mca_q_glide(comp, detector, attack_q62) & steps;
		chunk->reduction_q58[i] = comp;
		if (!loop.limits)
			continue;

		over = chunk->over_q58[i] - comp;
		if (loop.glides) {
			held = held < over ? over : held;
			over = held - above_q58[i];
		}
		lowest = over > 0 ? over : rest;
		over = over > 0 ? over : 0;
		limiter = mca_q_glide(limiter, over, limiter_q62);
		limiter = limiter < lowest ? over : limiter;
		if (loop.apart)
			chunk->over_q58[i] = limiter;
		else
			chunk->reduction_q58[i] = (int64_t)((uint64_t)comp + (uint64_t)limiter);
	}
	chunk->comp->detector_q58 = detector;
	chunk->comp->reduction_q58 = comp;
	state->reduction_q58 = limiter;
	if (loop.glides)
		state->ceiling.held_q58 = held + ordered;
}

/* So many frames with one ceiling, or within one part of its change. */
static void smooth_part(struct mca_chunk *chunk, struct mca_limiter *limiter,
			const struct mca_limiter_cooked *cooked, size_t from, size_t to)
{
	const struct loop bare = { 0 }, limits = { .limits = true };
	const struct loop apart = { .limits = true, .apart = true };
	const struct loop glides = { .limits = true, .glides = true };
	const struct loop both = { .limits = true, .apart = true, .glides = true };
	bool ahead = limiter->lookahead.frames > 0;

	if (mca_ceiling_glides(&limiter->ceiling) && ahead)
		smooth(chunk, limiter, cooked, both, from, to);
	else if (mca_ceiling_glides(&limiter->ceiling))
		smooth(chunk, limiter, cooked, glides, from, to);
	else if (ahead)
		smooth(chunk, limiter, cooked, apart, from, to);
	else if (chunk->limits || limiter->reduction_q58)
		smooth(chunk, limiter, cooked, limits, from, to);
	else
		smooth(chunk, limiter, cooked, bare, from, to);
}

void mca_dynamics_smooth(struct mca_chunk *chunk, struct mca_limiter *limiter,
			 const struct mca_limiter_cooked *cooked)
{
	unsigned frames = chunk->frames, part;

	for (unsigned at = 0; at < frames; at += part) {
		part = mca_ceiling_bound_frames(&limiter->ceiling, frames - at);
		smooth_part(chunk, limiter, cooked, at, at + part);
		mca_ceiling_advance(&limiter->ceiling, cooked, part);
	}
}

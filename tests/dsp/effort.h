/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_DSP_EFFORT_H
#define MCA_TEST_DSP_EFFORT_H

/*
 * How much work a test may do: sanitizers make everything several times slower, so there the same
 * tests run over fewer random cases (never over none).
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EFFORT_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define EFFORT_SLOW 1
#endif
#endif

#ifdef EFFORT_SLOW
#define EFFORT(cases) (((cases) + 4) / 5)
#else
#define EFFORT(cases) (cases)
#endif

#endif

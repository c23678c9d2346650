/* SPDX-License-Identifier: MIT */
/*
 * The work of the resampler: resample RATIO_PPM FRAMES [portable]. Prints nanoseconds a frame;
 * under callgrind, the difference between two lengths divided by the difference in frames is the
 * number of instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mca/resampler.h"

enum { BLOCK = 512 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	int16_t in[BLOCK * 2], out[BLOCK * 4];
	struct mca_resampler resampler;
	unsigned long frames, done = 0;
	double began;

	if (argc < 3 || mca_resampler_init(&resampler, 44100, 44100, 2, NULL) < 0)
		return 2;
	mca_resampler_set_ppm(&resampler, atof(argv[1]));
	frames = strtoul(argv[2], NULL, 10);
	if (argc > 3 && strcmp(argv[3], "portable") == 0)
		resampler.avx2 = false;
	for (unsigned i = 0; i < BLOCK * 2; i++)
		in[i] = (int16_t)(i * 40503u);
	began = now_ns();
	while (done < frames) {
		unsigned used, made;

		mca_resampler_process(&resampler, in, BLOCK, &used, out, 2 * BLOCK, &made);
		done += made;
	}
	printf("%.2f ns a frame (%lu frames, %s)\n", (now_ns() - began) / (double)done, done,
	       resampler.avx2 ? "AVX2" : "portable");
	mca_resampler_done(&resampler);
	return 0;
}

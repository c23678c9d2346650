/* SPDX-License-Identifier: MIT */
#ifndef MCA_RESAMPLE_PROTOTYPE_H
#define MCA_RESAMPLE_PROTOTYPE_H

/*
 * The low-pass that the table samples, as a function of continuous time. Pure.
 */
#define MCA_PROTOTYPE_TERMS 56

struct mca_prototype {
	unsigned taps;                    /* its length in input frames, a multiple of 16 */
	unsigned terms;
	double weight[MCA_PROTOTYPE_TERMS];   /* of cos(2 pi k t / taps) / taps */
};

/* Design it for a pair of rates. 0, -ENOMEM, or -EDOM should the equations have no
 * solution. Thread: control. */
int mca_prototype_design(struct mca_prototype *prototype, unsigned in_hz, unsigned out_hz);

/* The impulse response at t input frames from its middle, |t| <= taps / 2. Thread: control. */
double mca_prototype_at(const struct mca_prototype *prototype, double t);

#endif

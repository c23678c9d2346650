/* SPDX-License-Identifier: MIT */
/*
 * Designing the low-pass. Control thread.
 *
 * A symmetric impulse response of finite length T is a sum of cosines over that length:
 *     h(t) = 1/T sum w_k cos(2 pi k t / T),   |t| <= T/2
 * and its spectrum, with u = f T, the same sum of
 *     B_k(u) = (sinc(u - k) + sinc(u + k)) / 2,   sinc(x) = sin(pi x) / (pi x).
 * So few terms as the stop edge counts (about 40) describe every useful low-pass of that length,
 * whatever the number of phases it will be sampled in. Where the w_k alternate to zero, h ends
 * without a step, its slope is zero there anyhow, and what is stopped falls with 1/u^3.
 *
 * The weights are those of least squares on a grid of frequencies, each divided by the error that
 * is allowed there; repeated with weights that grow where the error is greatest (Lawson, 1961),
 * this approaches the smallest greatest error, the design that a window cannot give: 64 taps do
 * what 100 do with a Kaiser window. The equations are symmetric, of 45 unknowns, and well behaved,
 * because the B_k are nearly orthogonal.
 */
#include "prototype.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

enum {
	PASS_POINTS = 200,
	STOP_POINTS = 300,   /* dense, up to STOP_SPAN beyond the edge */
	FAR_POINTS = 150,    /* sparse, up to FAR_TIMES the edge */
	POINTS = PASS_POINTS + STOP_POINTS + FAR_POINTS,
	STOP_SPAN = 30,
	FAR_TIMES = 6,
	ROUNDS = 12,
	EXTRA_TERMS = 4,     /* beyond the stop edge */
};

/* What is wanted: edges as parts of the lower rate, errors allowed as amplitudes. */
struct wish {
	double pass_edge, stop_edge;
	double pass_error, stop_error, far_error;
};

/* Two crystals of one rate: what folds lies above the pass edge. */
static const struct wish drift_wish = { 0.4536, 0.55, 5e-4, 5e-6, 2e-6 };
/* Two rates: nothing above half of the lower one. */
static const struct wish rate_wish = { 0.4415, 0.5, 2.5e-3, 2.5e-5, 7e-6 };

struct point {
	double u, wanted, allowed, weight, error;
	double basis[MCA_PROTOTYPE_TERMS];
};

struct equations {
	unsigned size;
	double matrix[MCA_PROTOTYPE_TERMS][MCA_PROTOTYPE_TERMS];  /* its lower half */
	double right[MCA_PROTOTYPE_TERMS];
};

static double sinc(double x)
{
	return fabs(x) < 1e-9 ? 1.0 : sin(PI * x) / (PI * x);
}

static unsigned taps_of(unsigned in_hz, unsigned out_hz)
{
	double taps = 73.44; /* 80 for 48000 -> 44100 */

	if (in_hz == out_hz)
		return 64;
	if (in_hz > out_hz)
		taps *= (double)in_hz / out_hz;
	return 16 * (unsigned)ceil(taps / 16);
}

static void set_point(struct point *point, double u, double wanted, double allowed, unsigned terms)
{
	point->u = u;
	point->wanted = wanted;
	point->allowed = allowed;
	point->weight = 1.0 / POINTS;
	point->basis[0] = sinc(u);
	for (unsigned k = 1; k < terms; k++)
		point->basis[k] = (sinc(u - k) + sinc(u + k)) / 2;
}

static void lay_grid(struct point *point, const struct wish *wish, double unit, double far_u,
		     unsigned terms)
{
	double stop = wish->stop_edge * unit, span = stop + STOP_SPAN;

	for (unsigned i = 0; i < PASS_POINTS; i++)
		set_point(point++, wish->pass_edge * unit * i / (PASS_POINTS - 1), 1,
			  wish->pass_error, terms);
	for (unsigned i = 0; i < STOP_POINTS; i++) {
		double u = stop + (span - stop) * i / (STOP_POINTS - 1);

		set_point(point++, u, 0, u < far_u ? wish->stop_error : wish->far_error, terms);
	}
	for (unsigned i = 0; i < FAR_POINTS; i++)
		set_point(point++, span + (FAR_TIMES * stop - span) * (i + 0.5) / FAR_POINTS, 0,
			  wish->far_error, terms);
}

static void add_row(struct equations *equations, const double *basis, double wanted, double weight)
{
	for (unsigned k = 0; k < equations->size; k++) {
		double weighted = weight * basis[k];

		equations->right[k] += weighted * wanted;
		for (unsigned j = 0; j <= k; j++)
			equations->matrix[k][j] += weighted * basis[j];
	}
}

/* By Cholesky's factors, in place; the solution replaces the right side. */
static int solve(struct equations *equations)
{
	double (*m)[MCA_PROTOTYPE_TERMS] = equations->matrix, *x = equations->right;
	unsigned n = equations->size;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j <= i; j++) {
			double rest = m[i][j];

			for (unsigned k = 0; k < j; k++)
				rest -= m[i][k] * m[j][k];
			if (i == j && !(rest > 0))
				return -EDOM;
			m[i][j] = i == j ? sqrt(rest) : rest / m[j][j];
		}
	}
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < i; k++)
			x[i] -= m[i][k] * x[k];
		x[i] /= m[i][i];
	}
	for (unsigned i = n; i-- > 0;) {
		for (unsigned k = i + 1; k < n; k++)
			x[i] -= m[k][i] * x[k];
		x[i] /= m[i][i];
	}
	return 0;
}

static int fit(struct equations *equations, const struct point *point, double end_weight)
{
	double alternating[MCA_PROTOTYPE_TERMS] = { 0 };
	unsigned terms = equations->size;

	memset(equations, 0, sizeof(*equations));
	equations->size = terms;
	for (unsigned i = 0; i < POINTS; i++)
		add_row(equations, point[i].basis, point[i].wanted,
			point[i].weight / (point[i].allowed * point[i].allowed));
	for (unsigned k = 0; k < terms; k++)
		alternating[k] = k % 2 ? -1 : 1;
	add_row(equations, alternating, 0, end_weight);
	return solve(equations);
}

/* Lawson's step. The floor lets a point return that was good for a while. */
static void reweigh(struct point *point, const double *solution, unsigned terms)
{
	double greatest = 0, sum = 0;

	for (unsigned i = 0; i < POINTS; i++) {
		double got = 0;

		for (unsigned k = 0; k < terms; k++)
			got += solution[k] * point[i].basis[k];
		point[i].error = fabs(got - point[i].wanted) / point[i].allowed;
		greatest = fmax(greatest, point[i].error);
	}
	for (unsigned i = 0; i < POINTS; i++) {
		point[i].weight *= point[i].error + 0.02 * greatest;
		sum += point[i].weight;
	}
	for (unsigned i = 0; i < POINTS; i++)
		point[i].weight /= sum;
}

int mca_prototype_design(struct mca_prototype *prototype, unsigned in_hz, unsigned out_hz)
{
	const struct wish *wish = in_hz == out_hz ? &drift_wish : &rate_wish;
	unsigned taps = taps_of(in_hz, out_hz);
	/* u at the lower rate, and where the images of what is heard begin. */
	double unit = in_hz > out_hz ? (double)taps * out_hz / in_hz : taps;
	double far_u = taps - 0.408 * unit;
	double end_weight = 1e4 / pow(wish->stop_error * taps, 2);
	struct equations equations = { .size = (unsigned)(wish->stop_edge * unit) + EXTRA_TERMS };
	struct point *point = calloc(POINTS, sizeof(*point));
	int err;

	if (!point)
		return -ENOMEM;
	assert(equations.size <= MCA_PROTOTYPE_TERMS);
	lay_grid(point, wish, unit, far_u, equations.size);
	err = fit(&equations, point, end_weight);
	for (unsigned round = 0; err == 0 && round < ROUNDS; round++) {
		reweigh(point, equations.right, equations.size);
		err = fit(&equations, point, end_weight);
	}
	free(point);
	if (err < 0)
		return err;
	prototype->taps = taps;
	prototype->terms = equations.size;
	for (unsigned k = 0; k < equations.size; k++)
		prototype->weight[k] = equations.right[k] / equations.right[0];
	return 0;
}

/* Clenshaw's recurrence for a sum of cosines. */
double mca_prototype_at(const struct mca_prototype *prototype, double t)
{
	double twice = 2 * cos(2 * PI * t / prototype->taps), next = 0, after = 0;

	for (unsigned k = prototype->terms - 1; k > 0; k--) {
		double now = prototype->weight[k] + twice * next - after;

		after = next;
		next = now;
	}
	return (prototype->weight[0] + twice / 2 * next - after) / prototype->taps;
}

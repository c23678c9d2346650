/* SPDX-License-Identifier: MIT */
/*
 * Hears what a card plays, sample by sample, and judges it. Knows nothing of the program: its model
 * is a sine of 3/128 cycles a captured frame and two crystals in formulas.
 *
 *     judge PIPE DRIFT_PPM WANDER_PPM WANDER_PERIOD_S LATENCY_FRAMES SETTLE_S     (mono S16, 44100)
 *
 * Nothing inserted, nothing dropped. A sine obeys x[n+1] = 2 cos(w) x[n] - x[n-1]; what a sample is
 * off it is its residue. Rounding makes a few units of it, a sample too many or too few at least 50
 * at whatever phase: A w sin(w/2).
 *
 * Latency. The phase of the sine at played frame m, counted on from the start, says which captured
 * frame is heard there (fractions of a frame included); the crystals say when that frame was
 * captured and when this one is played. The difference is the latency, in every tenth of a second.
 * A restart begins with silence, which is seen; captured frames that were lost there come in
 * multiples of 128, which is whole turns, and how long the silence lasts says the turn.
 *
 * Prints one line of JSON. All seconds are stream time.
 */
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RATE = 44100,
	TURN = 128,              /* played frames of three cycles */
	CYCLES = 3,
	LOOK = 35 * TURN,        /* frames a look at the phase: a tenth of a second */
	SILENT = 256,            /* zeros that are a restart */
	FADE = 600,              /* frames after a restart that belong to the fade and filters */
	PIECE = 1 << 16,
	UNITS_LOUD = 20,         /* a sample that is more than a beginning; */
	UNSEEN = 9,              /* the raised cosine of a fade needs so many frames for it */
};

#define PI 3.14159265358979323846
#define MS (RATE / 1000.0)

struct judge {
	/* what is told */
	double drift, wander, turn_s, latency, settle_s;
	double sine[TURN], cosine[TURN];
	/* the stretch since the last restart */
	uint64_t begin;          /* its first played frame */
	double begin_s;          /* when that was played */
	bool sounding;
	double onset;            /* frames of silence before it */
	bool anchored;
	double seen;             /* latency at the look before, frames */
	double bad_s;            /* when the latency was off last, in this stretch */
	double last_off;         /* frames behind the model, at the look before: for the ratio */
	bool has_last;
	/* the look under way */
	double in_phase, quadrature;
	unsigned looked;
	/* the sample before, and the one before that */
	int before[2];
	unsigned zeros;
	uint64_t frames, since;  /* all; in this stretch since it sounds */
	/* what was found */
	unsigned restarts;
	double pending[2];       /* residues so young that they may belong to a restart */
	double residue, low, high, settled_s, noise_sum, noise_sum2;
	unsigned long looks, noisy;
};

/* Frames that the output's crystal gives in a time, from the start on. */
static double played_by(const struct judge *judge, double time_s)
{
	double bend = judge->wander == 0 ? 0 :
		      judge->wander * judge->turn_s / (2 * PI) *
		      (1 - cos(2 * PI * time_s / judge->turn_s));

	return RATE * (1 + judge->drift) * (time_s + bend);
}

/* When a played frame of this stretch left. */
static double played_at(const struct judge *judge, double frame)
{
	double wanted = frame - (double)judge->begin + played_by(judge, judge->begin_s);
	double time_s = judge->begin_s;

	for (unsigned i = 0; i < 6; i++) /* the slope is one within thousandths */
		time_s += (wanted - played_by(judge, time_s)) / (RATE * (1 + judge->drift));
	return time_s;
}

static void end_stretch(struct judge *judge)
{
	if (judge->anchored && judge->bad_s > judge->settled_s)
		judge->settled_s = judge->bad_s;
}

static void begin_stretch(struct judge *judge, uint64_t frame)
{
	end_stretch(judge);
	if (judge->frames > SILENT) {
		judge->begin_s = played_at(judge, (double)frame);
		judge->restarts++;
	}
	judge->begin = frame;
	judge->sounding = judge->anchored = judge->has_last = false;
	judge->bad_s = 0;
	judge->pending[0] = judge->pending[1] = 0;
	judge->looked = 0;
	judge->in_phase = judge->quadrature = 0;
}

/* Latency of the stretch at a look, in frames, and what the ratio was since the one before. */
static void note(struct judge *judge, double frame, double latency)
{
	double time_s = played_at(judge, frame) - judge->begin_s;
	double off = latency - judge->latency, change;

	if (fabs(off) > MS)
		judge->bad_s = time_s;
	if (time_s <= judge->settle_s)
		return;
	judge->low = judge->looks == 0 ? latency : fmin(judge->low, latency);
	judge->high = judge->looks == 0 ? latency : fmax(judge->high, latency);
	judge->looks++;
	if (judge->has_last && time_s > 8 * judge->settle_s) {
		change = (off - judge->last_off) / LOOK * 1e6;
		judge->noise_sum += change;
		judge->noise_sum2 += change * change;
		judge->noisy++;
	}
	judge->last_off = off;
	judge->has_last = true;
}

/* A tenth of a second is full: its middle is where its phase stands. */
static void look(struct judge *judge)
{
	double middle = (double)judge->frames - (LOOK - 1) / 2.0 - 1;
	double cycles = atan2(judge->quadrature, judge->in_phase) / (2 * PI), latency;
	double here = cycles + middle * CYCLES / TURN; /* the tables run from frame 0 on */
	double time_s = played_at(judge, middle) - judge->begin_s;

	judge->in_phase = judge->quadrature = 0;
	judge->looked = 0;
	/* Captured frame that is heard here, but for whole cycles; then how long ago that was. */
	latency = time_s * RATE - here * TURN / CYCLES;
	if (!judge->anchored)
		judge->seen = judge->onset;
	judge->anchored = true;
	latency += round((judge->seen - latency) * CYCLES / TURN) * TURN / CYCLES;
	judge->seen = latency;
	note(judge, middle, latency);
}

static void hear_sine(struct judge *judge, int sample)
{
	unsigned at = (unsigned)(judge->frames % TURN);
	double residue = fabs(2 * judge->cosine[1] * judge->before[0] - judge->before[1] - sample);

	judge->since++;
	if (judge->since <= FADE)
		return;
	if (judge->since % (2 * SILENT) == 0) {
		judge->residue = fmax(judge->residue, judge->pending[1]);
		judge->pending[1] = judge->pending[0];
		judge->pending[0] = 0;
	}
	judge->pending[0] = fmax(judge->pending[0], residue);
	judge->in_phase += sample * judge->sine[at];
	judge->quadrature += sample * judge->cosine[at];
	if (++judge->looked == LOOK) {
		judge->frames++; /* as if this one were counted already */
		look(judge);
		judge->frames--;
	}
}

static void hear(struct judge *judge, int sample)
{
	judge->zeros = sample == 0 ? judge->zeros + 1 : 0;
	if (judge->zeros == SILENT)
		begin_stretch(judge, judge->frames + 1 - SILENT);
	if (!judge->sounding && abs(sample) >= UNITS_LOUD) {
		judge->sounding = true;
		judge->onset = (double)(judge->frames - judge->begin) - UNSEEN;
		judge->since = 0;
	}
	if (judge->sounding && judge->zeros < 8)
		hear_sine(judge, sample);
	judge->before[1] = judge->before[0];
	judge->before[0] = sample;
	judge->frames++;
}

static void tell(const struct judge *judge)
{
	double mean = judge->noisy ? judge->noise_sum / (double)judge->noisy : 0;
	double noise = judge->noisy ? sqrt(fmax(0, judge->noise_sum2 / (double)judge->noisy -
						    mean * mean)) : -1;

	printf("{\"frames\": %llu, \"restarts\": %u, \"worst_residue\": %.2f, \"looks\": %lu, "
	       "\"latency_low_ms\": %.4f, \"latency_high_ms\": %.4f, \"settled_s\": %.1f, "
	       "\"ratio_noise_ppm\": %.4f}\n",
	       (unsigned long long)judge->frames, judge->restarts, judge->residue, judge->looks,
	       judge->low / MS, judge->high / MS, judge->settled_s, noise);
}

static int listen_to(struct judge *judge, const char *path)
{
	static int16_t samples[PIECE];
	size_t held = 0;
	ssize_t got;
	/* A reader that is there before its writer; then it may wait. */
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0) {
		perror(path);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	/* Nothing to read is an end only once something was. */
	while ((got = read(fd, (char *)samples + held, sizeof(samples) - held)) > 0 ||
	       (got == 0 && judge->frames == 0 && usleep(1000) == 0)) {
		size_t bytes = held + (size_t)got;

		for (size_t i = 0; i < bytes / 2; i++)
			hear(judge, samples[i]);
		held = bytes % 2;
		if (held)
			((char *)samples)[0] = ((char *)samples)[bytes - 1];
	}
	close(fd);
	return got < 0;
}

int main(int argc, char **argv)
{
	static struct judge judge;

	if (argc != 7)
		return 2;
	judge.drift = strtod(argv[2], NULL) * 1e-6;
	judge.wander = strtod(argv[3], NULL) * 1e-6;
	judge.turn_s = strtod(argv[4], NULL);
	judge.latency = strtod(argv[5], NULL);
	judge.settle_s = strtod(argv[6], NULL);
	for (unsigned i = 0; i < TURN; i++) {
		judge.sine[i] = sin(2 * PI * CYCLES * i / TURN);
		judge.cosine[i] = cos(2 * PI * CYCLES * i / TURN);
	}
	if (listen_to(&judge, argv[1]))
		return 1;
	end_stretch(&judge);
	tell(&judge);
	return 0;
}

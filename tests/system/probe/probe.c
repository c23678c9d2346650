/* SPDX-License-Identifier: MIT */
/*
 * probe: what stands at both ends of the cable in the system tests. It plays into one side of a
 * loopback, records what comes out of the engine on another, and says what it saw as one JSON line.
 *
 *     probe frames PLAY RECORD SECONDS PERIOD
 *             numbered frames: counts missing and repeated ones, and the latency from played to
 *             recorded frame
 *     probe tone PLAY RECORD SECONDS PERIOD HZ PEAK_DBFS
 *             a sine: level of what comes back, and the largest step that is not a sine's
 *     probe clicks PLAY RECORD SECONDS PERIOD
 *             two impulses a second: their latency (first, last, extremes after 15 s), and how much
 *             faster the clock of the record runs, whatever it was set to: seen from where both
 *             streams stand at one moment
 *
 * Numbered frames. Frame k carries k mod 3001 on the left and k / 3001 mod 3001 on the right, both
 * moved to +-1500: a peak of -26.8 dBFS, below the compressor's threshold, so an engine at rest
 * must pass every one bit for bit, and any two neighbours tell whether a frame is missing. Silence
 * (both lanes 0) where no number gives it is "nothing yet" or "interrupted".
 *
 * Both streams are linked and start in one moment, so that frame j of the record and frame j of the
 * playback are the same moment: latency = j - k.
 */
#include <alsa/asoundlib.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 44100, LANES = 2, BASE = 3001, HALF = 1500 };
enum { CLICK_EVERY = RATE / 2, CLICK_PEAK = 1000, CLICK_HEARD = 250, CLICK_SPREAD = 64,
       CLICKS_A_LINE = 100, FAR_FRAMES = 40, CLICKS_TO_SETTLE = 30 };
enum mode { FRAMES, TONE, CLICKS, MODES };

static const char *const mode_names[MODES] = { "frames", "tone", "clicks" };

struct seen {
	uint64_t recorded;      /* frames */
	uint64_t silent;        /* of them silent, after the first number */
	uint64_t damaged;       /* of them not a number that can follow */
	uint64_t gaps;          /* places where numbers do not follow each other */
	int64_t missing;        /* frames left out at the gaps (negative sum: repeated) */
	int64_t latency_first, latency_last, latency_min, latency_max;
	bool started;
	uint64_t next;          /* the number that must come */
	uint64_t interruptions; /* runs of silence */
	bool in_silence;
	uint64_t longest_silence, silence;
};

struct tone {
	double step, amplitude;  /* radians a frame, LSB */
	double twice_cosine;    /* of step */
	double sum_square[LANES];
	uint64_t count;
	int previous[2];
	double worst_residual;  /* |x[n] - 2cos(w) x[n-1] + x[n-2]|, 0 for a sine, in LSB */
	unsigned warm;
	int peak;
};

/* A resampler makes a short ringing of an impulse; its greatest sample tells where it is. */
struct clicks {
	int64_t played_at, recorded_at; /* where both streams stood at the last look, */
	int64_t played_from, recorded_from; /* and at the first */
	uint64_t count;
	unsigned since;         /* frames since the click that is being heard began, 0: none is */
	int peak;
	uint64_t peak_at;
	double first, last, lowest, highest; /* latencies in played frames */
};

struct probe {
	snd_pcm_t *pcm[2];      /* playback, capture */
	snd_pcm_uframes_t period;
	uint64_t played;
	struct seen seen;
	struct tone tone;
	struct clicks clicks;
	enum mode mode;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "probe: %s: %s\n", what, snd_strerror(err));
	exit(1);
}

static void check(const char *what, int err)
{
	if (err < 0)
		die(what, err);
}

static void open_pcm(struct probe *probe, int which, const char *name)
{
	snd_pcm_stream_t stream = which ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
	snd_pcm_uframes_t buffer = 16384, boundary, period = probe->period;
	snd_pcm_hw_params_t *hw;
	snd_pcm_sw_params_t *sw;

	snd_pcm_hw_params_alloca(&hw);
	snd_pcm_sw_params_alloca(&sw);
	check(name, snd_pcm_open(&probe->pcm[which], name, stream, 0));
	check("hw_params", snd_pcm_hw_params_any(probe->pcm[which], hw));
	check("access", snd_pcm_hw_params_set_access(probe->pcm[which], hw,
						      SND_PCM_ACCESS_RW_INTERLEAVED));
	check("format", snd_pcm_hw_params_set_format(probe->pcm[which], hw, SND_PCM_FORMAT_S16_LE));
	check("channels", snd_pcm_hw_params_set_channels(probe->pcm[which], hw, LANES));
	check("rate", snd_pcm_hw_params_set_rate(probe->pcm[which], hw, RATE, 0));
	check("period",
	      snd_pcm_hw_params_set_period_size_near(probe->pcm[which], hw, &period, NULL));
	check("buffer", snd_pcm_hw_params_set_buffer_size_near(probe->pcm[which], hw, &buffer));
	check("hw_params", snd_pcm_hw_params(probe->pcm[which], hw));
	check("sw_params", snd_pcm_sw_params_current(probe->pcm[which], sw));
	check("boundary", snd_pcm_sw_params_get_boundary(sw, &boundary));
	check("start", snd_pcm_sw_params_set_start_threshold(probe->pcm[which], sw, boundary));
	check("sw_params", snd_pcm_sw_params(probe->pcm[which], sw));
}

static void make_frames(struct probe *probe, int16_t *block, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		uint64_t k = probe->played++;

		if (probe->mode == CLICKS) {
			block[2 * i] = block[2 * i + 1] = k % CLICK_EVERY ? 0 : CLICK_PEAK;
			continue;
		}
		if (probe->mode == TONE) {
			double x = probe->tone.amplitude * sin(probe->tone.step * (double)k);

			block[2 * i] = block[2 * i + 1] = (int16_t)lrint(x);
			continue;
		}
		block[2 * i] = (int16_t)((int)(k % BASE) - HALF);
		block[2 * i + 1] = (int16_t)((int)(k / BASE % BASE) - HALF);
	}
}

static void end_silence(struct seen *seen)
{
	if (!seen->in_silence)
		return;
	seen->in_silence = false;
	if (seen->silence > seen->longest_silence)
		seen->longest_silence = seen->silence;
	seen->silence = 0;
}

static void see_number(struct seen *seen, uint64_t number)
{
	int64_t latency = (int64_t)seen->recorded - (int64_t)number;

	if (!seen->started) {
		seen->started = true;
		seen->latency_first = seen->latency_min = seen->latency_max = latency;
	} else if (number != seen->next) {
		seen->gaps++;
		seen->missing += (int64_t)number - (int64_t)seen->next;
	}
	if (latency < seen->latency_min)
		seen->latency_min = latency;
	if (latency > seen->latency_max)
		seen->latency_max = latency;
	seen->latency_last = latency;
	seen->next = number + 1;
	end_silence(seen);
}

/* Numbers begin again after BASE * BASE frames (204 s): the turn nearest to what must come. */
static uint64_t unwrap(const struct seen *seen, uint64_t number)
{
	const uint64_t turn = (uint64_t)BASE * BASE;
	uint64_t expected = seen->started ? seen->next : 0;

	while (number + turn / 2 < expected)
		number += turn;
	return number;
}

static void see_frame(struct seen *seen, const int16_t *frame)
{
	int low = frame[0] + HALF, high = frame[1] + HALF;

	if (frame[0] == 0 && frame[1] == 0 &&
	    (!seen->started || seen->next % BASE != HALF || seen->in_silence)) {
		if (seen->started) {
			seen->silent++;
			seen->silence++;
			if (!seen->in_silence)
				seen->interruptions++;
			seen->in_silence = true;
		}
	} else if (low < 0 || low >= BASE || high < 0 || high >= BASE) {
		seen->damaged++;
	} else {
		uint64_t number = unwrap(seen, (uint64_t)high * BASE + (uint64_t)low);

		/* What fades in after an interruption is no number: it cannot have been sent. */
		if (number > seen->recorded)
			seen->damaged++;
		else
			see_number(seen, number);
	}
	seen->recorded++;
}

static void see_tone(struct probe *probe, const int16_t *frame)
{
	struct tone *tone = &probe->tone;
	double residual = fabs(frame[0] - tone->twice_cosine * tone->previous[0] +
			       tone->previous[1]);

	probe->seen.recorded++;
	if (abs(frame[0]) > tone->peak)
		tone->peak = abs(frame[0]);
	/* A second for the compressor to settle; then only the sine may be there. */
	if (probe->seen.recorded > 2 * RATE) {
		for (int lane = 0; lane < LANES; lane++)
			tone->sum_square[lane] += (double)frame[lane] * frame[lane];
		tone->count++;
		if (residual > tone->worst_residual)
			tone->worst_residual = residual;
	}
	tone->previous[1] = tone->previous[0];
	tone->previous[0] = frame[0];
}

/* Where both streams stand at one moment: a loopback moves all of its streams at once, so a
 * playback that has not moved while the record was asked stood with it. in_hand: frames that were
 * read and not yet counted. */
static void look(struct probe *probe, snd_pcm_sframes_t in_hand)
{
	struct clicks *clicks = &probe->clicks;
	snd_pcm_sframes_t queued = 0, again, waiting;

	do {
		check("delay", snd_pcm_delay(probe->pcm[0], &queued));
		waiting = snd_pcm_avail(probe->pcm[1]);
		check("avail", (int)waiting);
		check("delay", snd_pcm_delay(probe->pcm[0], &again));
	} while (again != queued);
	clicks->played_at = (int64_t)probe->played - queued;
	clicks->recorded_at = (int64_t)probe->seen.recorded + in_hand + waiting;
	if (clicks->recorded_from == 0) {
		clicks->played_from = clicks->played_at;
		clicks->recorded_from = clicks->recorded_at;
	}
}

/* The click is the last one that was played before: latencies are below half a second. */
static void note_click(struct clicks *clicks)
{
	int64_t since = clicks->recorded_at - (int64_t)clicks->peak_at;
	double latency = fmod((double)(clicks->played_at - since), CLICK_EVERY);

	if (clicks->count++ == 0)
		clicks->first = latency;
	/* A stream that starts at the far end of a loopback moves its near end by up to a tick. */
	if (clicks->count <= CLICKS_TO_SETTLE)
		clicks->lowest = clicks->highest = latency;
	clicks->last = latency;
	clicks->lowest = fmin(clicks->lowest, latency);
	clicks->highest = fmax(clicks->highest, latency);
	if (clicks->count % CLICKS_A_LINE == 0 || fabs(latency - clicks->first) > FAR_FRAMES)
		fprintf(stderr, "click %llu: %.1f frames\n", (unsigned long long)clicks->count,
			latency);
}

static void see_click(struct probe *probe, const int16_t *frame)
{
	struct clicks *clicks = &probe->clicks;
	int size = abs(frame[0]);

	if (clicks->since == 0 && size < CLICK_HEARD) {
		probe->seen.recorded++;
		return;
	}
	if (clicks->since == 0 || size > clicks->peak) {
		clicks->peak = size;
		clicks->peak_at = probe->seen.recorded;
	}
	probe->seen.recorded++;
	if (++clicks->since < CLICK_SPREAD)
		return;
	clicks->since = 0;
	note_click(clicks);
}

static void see(struct probe *probe, const int16_t *frame)
{
	switch (probe->mode) {
	case TONE: see_tone(probe, frame); break;
	case CLICKS: see_click(probe, frame); break;
	default: see_frame(&probe->seen, frame); break;
	}
}

static void run(struct probe *probe, unsigned seconds)
{
	uint64_t total = (uint64_t)seconds * RATE;
	unsigned period = (unsigned)probe->period;
	int16_t *block = calloc((size_t)period * LANES, sizeof(*block));

	if (!block)
		die("memory", -ENOMEM);
	for (unsigned i = 0; i < 8192 / period; i++) {
		make_frames(probe, block, period);
		check("prefill", (int)snd_pcm_writei(probe->pcm[0], block, period));
	}
	check("start", snd_pcm_start(probe->pcm[1]));
	if (snd_pcm_state(probe->pcm[0]) != SND_PCM_STATE_RUNNING)
		check("start", snd_pcm_start(probe->pcm[0]));
	while (probe->seen.recorded < total) {
		snd_pcm_sframes_t got = snd_pcm_readi(probe->pcm[1], block, period);

		check("record", (int)got);
		if (probe->mode == CLICKS)
			look(probe, got);
		for (int i = 0; i < got; i++)
			see(probe, block + 2 * i);
		make_frames(probe, block, (unsigned)got);
		check("play", (int)snd_pcm_writei(probe->pcm[0], block, (snd_pcm_uframes_t)got));
	}
	free(block);
}

static void report(const struct probe *probe)
{
	const struct seen *seen = &probe->seen;
	const struct tone *tone = &probe->tone;
	const struct clicks *clicks = &probe->clicks;

	if (probe->mode == CLICKS) {
		double played = (double)(clicks->played_at - clicks->played_from);
		double recorded = (double)(clicks->recorded_at - clicks->recorded_from);

		printf("{\"frames\": %llu, \"clicks\": %llu, \"played\": %lld, \"ppm\": %.2f, "
		       "\"latency\": [%.0f, %.0f, %.0f, %.0f]}\n",
		       (unsigned long long)seen->recorded, (unsigned long long)clicks->count,
		       (long long)clicks->played_at / CLICK_EVERY, (recorded / played - 1) * 1e6,
		       clicks->first, clicks->last, clicks->lowest, clicks->highest);
		return;
	}
	if (probe->mode == TONE) {
		printf("{\"frames\": %llu, \"rms_dbfs\": [%.3f, %.3f], \"peak\": %d, "
		       "\"worst_residual\": %.1f}\n", (unsigned long long)seen->recorded,
		       10 * log10(tone->sum_square[0] / (double)tone->count / 32768 / 32768),
		       10 * log10(tone->sum_square[1] / (double)tone->count / 32768 / 32768),
		       tone->peak, tone->worst_residual);
		return;
	}
	printf("{\"frames\": %llu, \"heard\": %s, \"gaps\": %llu, \"missing\": %lld, "
	       "\"silent\": %llu, \"interruptions\": %llu, \"longest_silence\": %llu, "
	       "\"damaged\": %llu, \"latency\": [%lld, %lld, %lld, %lld]}\n",
	       (unsigned long long)seen->recorded, seen->started ? "true" : "false",
	       (unsigned long long)seen->gaps, (long long)seen->missing,
	       (unsigned long long)seen->silent, (unsigned long long)seen->interruptions,
	       (unsigned long long)seen->longest_silence, (unsigned long long)seen->damaged,
	       (long long)seen->latency_first, (long long)seen->latency_last,
	       (long long)seen->latency_min, (long long)seen->latency_max);
}

int main(int argc, char **argv)
{
	static const int words[MODES] = { 6, 8, 6 };
	struct probe probe = { 0 };

	while (probe.mode < MODES && (argc < 2 || strcmp(argv[1], mode_names[probe.mode]) != 0))
		probe.mode++;
	if (probe.mode == MODES || argc != words[probe.mode]) {
		fprintf(stderr, "usage: probe frames PLAY RECORD SECONDS PERIOD\n"
				"       probe tone PLAY RECORD SECONDS PERIOD HZ PEAK_DBFS\n"
				"       probe clicks PLAY RECORD SECONDS PERIOD\n");
		return 2;
	}
	probe.period = strtoul(argv[5], NULL, 10);
	if (probe.mode == TONE) {
		probe.tone.step = 2 * M_PI * strtod(argv[6], NULL) / RATE;
		probe.tone.twice_cosine = 2 * cos(probe.tone.step);
		probe.tone.amplitude = 32768.0 * pow(10, strtod(argv[7], NULL) / 20);
	}
	open_pcm(&probe, 0, argv[2]);
	open_pcm(&probe, 1, argv[3]);
	snd_pcm_link(probe.pcm[0], probe.pcm[1]);
	run(&probe, (unsigned)strtoul(argv[4], NULL, 10));
	report(&probe);
	return 0;
}

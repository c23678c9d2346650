/* SPDX-License-Identifier: MIT */
/*
 * The frames that notices call lost, against those that a recording of the output really misses.
 *
 * The input is a ramp: the level of a stretch of the output tells which input frames it holds. What
 * was captured up to there and is neither before it in the recording nor in the silence of a start
 * has been lost.
 */
#include <math.h>
#include <string.h>

#include "bench.h"
#include "mca/wav.h"
#include "support/check.h"

#define RATE 44100
#define RAMP_SECONDS 12
#define SECONDS 6
#define BEGIN_FRAMES (RATE / 10) /* of silence before a WAV source */
#define BEGIN_LEVEL 1000.0
#define SLOPE (30000.0 / (RAMP_SECONDS * RATE))
#define WINDOW 4000

struct blow {
	enum mca_sim_fault_kind kind;
	unsigned stream;
	double at_s, duration_s;
};

struct loss {
	const char *name;
	unsigned block;
	unsigned out_hz;       /* 0 = RATE */
	double drift_ppm;      /* of the output's card */
	double tolerance;      /* frames; a bridge's level is held to some */
	struct blow blow[8];
};

static void write_ramp(struct bench *bench)
{
	struct mca_sim_source *source = &bench->spec->card[0].source;
	struct mca_wav_writer *writer = NULL;

	source->kind = MCA_SIM_WAV;
	source->loop = false;
	snprintf(source->path, sizeof source->path, "%s/sink8.wav", bench->folder);
	CHECK_INT(mca_wav_writer_open(&writer, source->path, RATE, 2, NULL), 0);
	for (unsigned i = 0; i < RAMP_SECONDS * RATE; i++) {
		int16_t level = (int16_t)lrint(BEGIN_LEVEL + SLOPE * i);
		int16_t frame[2] = { level, level };

		CHECK_INT(mca_wav_writer_append(writer, frame, 1), 0);
	}
	CHECK_INT(mca_wav_writer_close(writer), 0);
}

/* Capture's faults strike the first card, playback's the second. Returns how many suspend. */
static unsigned schedule(struct bench *bench, const struct loss *loss)
{
	unsigned suspends = 0;

	for (unsigned i = 0; i < 8 && loss->blow[i].kind; i++) {
		const struct blow *blow = &loss->blow[i];
		struct mca_sim_card_spec *card = &bench->spec->card[blow->stream];

		suspends += blow->kind == MCA_SIM_FAULT_SUSPEND;
		card->fault[card->fault_count++] = (struct mca_sim_fault){
			.kind = blow->kind, .stream = blow->stream, .at_s = blow->at_s,
			.duration_s = blow->duration_s };
	}
	return suspends;
}

static void begin(struct bench *bench, const struct loss *loss)
{
	struct mca_channel_settings *channel;

	bench_init(bench, true);
	for (unsigned id = 2; id <= 4; id++)
		bench_remove_channel(bench, id);
	channel = bench_channel(bench, 1);
	bench_ref(&channel->output, 2);
	channel->dsp.comp.enabled = channel->dsp.limiter.enabled = false;
	channel->dsp.ptt_ramp_ms = 0;
	bench->settings->block_frames = loss->block;
	bench->spec->card[1].drift_ppm = loss->drift_ppm;
	bench->spec->card[1].only_rate_hz = loss->out_hz;
	bench->options.limit_s = SECONDS;
	write_ramp(bench);
	bench_record(bench, 2);
}

/* The input frame at the middle of a stretch of the recording. */
static double input_at(const struct mca_wav *wav, size_t from)
{
	double sum = 0;

	for (size_t i = 2 * from; i < 2 * (from + WINDOW); i++)
		sum += wav->frames[i];
	return BEGIN_FRAMES + (sum / (2.0 * WINDOW) - BEGIN_LEVEL) / SLOPE;
}

/* How late the output is, in its own frames: the ramp begins with a step. */
static double latency_of(const struct mca_wav *wav, double ratio)
{
	size_t at = 1;
	double before, after;

	while (at + 1 < wav->count && wav->frames[2 * at] < BEGIN_LEVEL / 2)
		at++;
	before = wav->frames[2 * at - 2];
	after = wav->frames[2 * at];
	return (double)at - 1 + (BEGIN_LEVEL / 2 - before) / (after - before) -
	       (BEGIN_FRAMES - 0.5) * ratio;
}

static uint64_t told(const struct bench *bench, uint64_t xruns[2])
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < bench->notice_count; i++) {
		const struct mca_notice *notice = &bench->notice[i];

		if (notice->kind != MCA_NOTICE_XRUN)
			continue;
		lost += notice->frames_lost;
		xruns[notice->stream] = notice->xruns; /* the newest has the sum */
		CHECK_STR(notice->device, notice->stream == MCA_CAPTURE ? "sim:1" : "sim:2");
	}
	return lost;
}

static void check_loss(const struct loss *loss)
{
	unsigned out_hz = loss->out_hz ? loss->out_hz : RATE, starts;
	double latency, missing, ratio = (double)out_hz / RATE * (1 + loss->drift_ppm * 1e-6);
	uint64_t xruns[2] = { 0 }, lost;
	struct bench bench;
	struct mca_wav wav;
	size_t from;

	begin(&bench, loss);
	starts = 1 + schedule(&bench, loss);
	bench_start(&bench);
	CHECK(bench_until(&bench, bench_has_ended, 0));
	mca_engine_stop(bench.engine);
	bench_look(&bench);
	lost = told(&bench, xruns);
	starts += (unsigned)bench.status->xruns;
	CHECK_INT(xruns[0] + xruns[1], bench.status->xruns);
	CHECK_INT(bench_status(&bench, 1)->restarts, 0);
	bench_stop(&bench);
	bench_read(&bench, 2, &wav);
	latency = latency_of(&wav, ratio);
	from = wav.count - out_hz / 2;
	missing = input_at(&wav, from) -
		  ((double)from + WINDOW / 2.0 - 0.5 - starts * latency) / ratio;
	printf("# %s: %u starts, %llu frames lost, %.1f missing\n", loss->name, starts,
	       (unsigned long long)lost, missing);
	CHECK_NEAR((double)lost, missing, loss->tolerance);
	if (loss->blow[0].kind)
		CHECK(starts > 1);
	mca_wav_done(&wav);
	bench_done(&bench);
}

#define XRUN MCA_SIM_FAULT_XRUN
#define SUSPEND MCA_SIM_FAULT_SUSPEND
#define STALL MCA_SIM_FAULT_STALL
#define LATE MCA_SIM_FAULT_LATE

static void one_clock(void)
{
	check_loss(&(struct loss){ "nothing", 64, 0, 0, 1, { { 0 } } });
	check_loss(&(struct loss){ "xruns", 256, 0, 0, 1,
		{ { XRUN, 0, 1.001, 0 }, { XRUN, 1, 2.002, 0 }, { XRUN, 0, 3.0033, 0 } } });
	check_loss(&(struct loss){ "suspends", 256, 0, 0, 1,
		{ { SUSPEND, 0, 1.003, 0.05 }, { SUSPEND, 1, 2.001, 0.3 } } });
	check_loss(&(struct loss){ "stalls", 64, 0, 0, 1,
		{ { STALL, 0, 1.003, 0.02 }, { STALL, 0, 2.001, 0.3 }, { STALL, 1, 3, 0.02 },
		  { STALL, 1, 4, 0.3 } } });
	check_loss(&(struct loss){ "late wake-ups", 64, 0, 0, 1,
		{ { LATE, 0, 1.003, 0.002 }, { LATE, 0, 2.001, 0.03 }, { LATE, 0, 3, 0.2 } } });
	check_loss(&(struct loss){ "everything", 512, 0, 0, 1,
		{ { XRUN, 0, 1.001, 0 }, { SUSPEND, 1, 1.5, 0.1 }, { STALL, 0, 2, 0.2 },
		  { LATE, 0, 3, 0.3 }, { STALL, 1, 4, 0.5 }, { XRUN, 1, 4.7, 0 } } });
}

static void two_clocks(void)
{
	check_loss(&(struct loss){ "nothing, two clocks", 64, 0, 20, 3, { { 0 } } });
	check_loss(&(struct loss){ "xruns, two clocks", 256, 0, 20, 12,
		{ { XRUN, 0, 1.001, 0 }, { XRUN, 1, 2.002, 0 }, { XRUN, 0, 3.0033, 0 } } });
	check_loss(&(struct loss){ "everything, two clocks", 512, 0, -20, 12,
		{ { XRUN, 0, 1.001, 0 }, { SUSPEND, 1, 1.5, 0.1 }, { STALL, 0, 2, 0.2 },
		  { LATE, 0, 3, 0.3 }, { STALL, 1, 4, 0.5 }, { XRUN, 1, 4.7, 0 } } });
}

static void two_rates(void)
{
	check_loss(&(struct loss){ "nothing, two rates", 64, 48000, 0, 2, { { 0 } } });
	check_loss(&(struct loss){ "everything, two rates", 512, 48000, 0, 8,
		{ { XRUN, 0, 1.001, 0 }, { SUSPEND, 1, 1.5, 0.1 }, { STALL, 0, 2, 0.2 },
		  { LATE, 0, 3, 0.3 }, { STALL, 1, 4, 0.5 }, { XRUN, 1, 4.7, 0 } } });
}

int main(void)
{
	RUN(one_clock);
	RUN(two_clocks);
	RUN(two_rates);
	return DONE();
}

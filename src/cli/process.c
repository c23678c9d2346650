/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "draft.h"
#include "interrupt.h"
#include "mca/chain.h"
#include "mca/cli.h"
#include "mca/config.h"
#include "mca/diag.h"
#include "mca/wav.h"
#include "meter_log.h"
#include "progress.h"

/*
 * `process`: a channel's chain over a WAV file, on the same functions in the same order as the
 * real-time thread, so the bytes are those a running channel would play. The whole file is read
 * first, so input and output may be the same file.
 */
#define BLOCK_MAX 65536
#define BLOCK_RANDOM_MAX 4096
#define LOOK_EVERY 65536 /* frames between two looks at Ctrl-C and the clock */

struct process {
	const char *in, *out, *config, *block, *meters;
	unsigned channel;
	unsigned block_frames;       /* 0 = random */
	uint32_t random;
	struct mca_wav wav;
	struct mca_chain chain;
	struct mca_meter_log log;
	const struct mca_command *command;
};

/* xorshift32 (Marsaglia, 2003): the same partition for the same seed everywhere. */
static unsigned next_block(struct process *process)
{
	uint32_t x = process->random;

	if (process->block_frames)
		return process->block_frames;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	process->random = x;
	return 1 + x % BLOCK_RANDOM_MAX;
}

static int read_block(struct process *process)
{
	const char *text = process->block ? process->block : "512";
	bool random = strncmp(text, "random:", 7) == 0;
	const char *digits = random ? text + 7 : text;
	unsigned long value = strtoul(digits, NULL, 10);

	if (!digits[0] || strlen(digits) > 10 || strspn(digits, "0123456789") != strlen(digits) ||
	    (random ? value > UINT32_MAX : value < 1 || value > BLOCK_MAX))
		return mca_command_misused(process->command, "--block is \"%s\"; give a number of "
					   "frames from 1 to %u, or random:SEED", text, BLOCK_MAX);
	process->block_frames = random ? 0 : (unsigned)value;
	process->random = (uint32_t)value ^ 0x9e3779b9u;
	/* xorshift never leaves 0 */
	if (!process->random)
		process->random = 1;
	return MCA_COMMAND_GO;
}

/* The parameters in user units: a channel's, the global ones, or the built-in ones. */
static int choose_params(const struct process *process, struct mca_chain_params *params)
{
	const struct mca_channel_settings *channel = NULL;
	struct mca_settings *settings;
	int code = MCA_COMMAND_GO;

	if (!process->config) {
		settings = calloc(1, sizeof(*settings));
		if (!settings)
			return mca_command_failed(process->command, "out of memory");
		mca_settings_default(settings);
	} else {
		code = mca_command_load(process->command, process->config, &settings);
		if (code != MCA_COMMAND_GO)
			return code;
		if (settings->rate_hz != process->wav.rate_hz)
			fprintf(stderr, "%s has %u Hz and %s says %u Hz: processing at the file's "
				"own rate\n", process->in, process->wav.rate_hz, process->config,
				settings->rate_hz);
	}
	*params = settings->dsp;
	if (process->channel) {
		channel = mca_settings_channel(settings, process->channel);
		if (channel)
			*params = channel->dsp;
		else
			code = mca_command_failed(process->command, "%s has no logical channel %u",
						  process->config, process->channel);
	}
	free(settings);
	return code;
}

static int prepare(struct process *process)
{
	struct mca_chain_params params;
	struct mca_chain_cooked cooked;
	struct mca_diag diag;
	int code = choose_params(process, &params);

	if (code != MCA_COMMAND_GO)
		return code;
	if (process->wav.lanes > MCA_LANES_MAX)
		return mca_command_failed(process->command, "%s has %u channels: make a mono or "
					  "stereo file of it first", process->in,
					  process->wav.lanes);
	params.rate_hz = process->wav.rate_hz;
	params.lanes = process->wav.lanes;
	if (mca_chain_cook(&cooked, &params, &diag) < 0)
		return mca_command_failed(process->command, "%s: %s", process->in, diag.text);
	mca_chain_init(&process->chain, &cooked, true);
	if (process->meters && mca_meter_log_init(&process->log, params.rate_hz) < 0)
		return mca_command_failed(process->command, "out of memory");
	return MCA_COMMAND_GO;
}

/* A block ends where a meter window ends too when windows are wanted, since the chain keeps only
 * the last one. Where blocks end does not change a single sample. */
static unsigned clip_block(const struct process *process, size_t at, unsigned frames)
{
	size_t left = process->wav.count - at;

	if (process->meters && frames > process->chain.meter.left)
		frames = process->chain.meter.left;
	return frames < left ? frames : (unsigned)left;
}

static int run_chain(struct process *process, int interrupt)
{
	struct mca_wav *wav = &process->wav;
	struct mca_progress progress;
	size_t at = 0, look = LOOK_EVERY;
	int code = MCA_COMMAND_GO;

	mca_progress_init(&progress, "process");
	while (at < wav->count && code == MCA_COMMAND_GO) {
		unsigned frames = clip_block(process, at, next_block(process));
		int16_t *block = wav->frames + at * wav->lanes;

		mca_chain_process(&process->chain, block, block, frames, true);
		at += frames;
		if (process->meters && mca_meter_log_look(&process->log, &process->chain) < 0)
			code = mca_command_failed(process->command, "out of memory");
		if (at < look)
			continue;
		look = at + LOOK_EVERY;
		mca_progress_show(&progress, (double)at / wav->rate_hz,
				  (double)wav->count / wav->rate_hz, "s");
		if (mca_interrupt_wait(interrupt, 0))
			code = mca_command_failed(process->command, "interrupted; %s is as it was",
						  process->out);
	}
	mca_progress_done(&progress);
	return code;
}

static int write_wav(const struct process *process, const char *path, struct mca_diag *diag)
{
	const struct mca_wav *wav = &process->wav;
	struct mca_wav_writer *writer;
	int closed, result = mca_wav_writer_open(&writer, path, wav->rate_hz, wav->lanes, diag);

	if (result == 0) {
		result = mca_wav_writer_append(writer, wav->frames, wav->count);
		closed = mca_wav_writer_close(writer);
		if (result == 0)
			result = closed;
	}
	if (result < 0)
		mca_diag_set(diag, result, "cannot write %s, which is as it was: %s", process->out,
			     strerror(-result));
	return result;
}

/* The meters first: when anything fails, the sound file is still the old one. */
static int write_results(struct process *process)
{
	struct mca_draft draft;
	struct mca_diag diag;

	if (process->meters && mca_meter_log_finish(&process->log) < 0)
		return mca_command_failed(process->command, "out of memory");
	if (mca_draft_open(&draft, process->out, &diag) < 0)
		return mca_command_failed(process->command, "%s", diag.text);
	if (write_wav(process, draft.path, &diag) < 0 ||
	    (process->meters &&
	     mca_meter_log_save(&process->log, process->meters, &diag) < 0)) {
		mca_draft_drop(&draft);
		return mca_command_failed(process->command, "%s", diag.text);
	}
	if (mca_draft_commit(&draft, &diag) < 0)
		return mca_command_failed(process->command, "%s", diag.text);
	return MCA_EXIT_OK;
}

/* A recorder that was stopped hard leaves a header that is wrong: the frames that are there are
 * processed, and the difference is said. */
static void warn_of_length(const struct process *process)
{
	const struct mca_wav *wav = &process->wav;

	if (wav->announced != wav->count)
		fprintf(stderr, "warning: %s is not whole: its header announces %llu frames, the "
			"file holds %zu; these are processed\n", process->in,
			(unsigned long long)wav->announced, wav->count);
	else if (!wav->count)
		fprintf(stderr, "warning: %s holds no frames, so neither does %s\n", process->in,
			process->out);
}

static int run_process(struct process *process)
{
	struct mca_diag diag;
	int interrupt, code;

	if (mca_wav_read(&process->wav, process->in, 0, &diag) < 0)
		return mca_command_failed(process->command, "%s", diag.text);
	code = prepare(process);
	if (code != MCA_COMMAND_GO)
		return code;
	warn_of_length(process);
	interrupt = mca_interrupt_open();
	code = run_chain(process, interrupt);
	if (code == MCA_COMMAND_GO)
		code = write_results(process);
	if (interrupt >= 0)
		close(interrupt);
	return code;
}

/* The same name, or two names of one file. */
static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	if (strcmp(one, other) == 0)
		return true;
	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static const char purpose[] =
	"Runs a channel's compressor, limiter and meters over a 16-bit WAV or RF64 file, sample\n"
	"for sample what the running service would play. OUT.wav is replaced only when it is\n"
	"whole; it may be the same file as IN.wav. It is as long as that: with a\n"
	"limiter.lookahead_ms it begins with so much silence, and as much of the end of IN.wav is\n"
	"not in it.\n";
static const char examples[] =
	"  mission-control-audio process talk.wav compressed.wav\n"
	"  mission-control-audio process talk.wav out.wav --config config.json --channel 2\n"
	"  mission-control-audio process talk.wav out.wav --meters levels.json\n";

int mca_cli_process(int argc, char **argv)
{
	struct process process = {0};
	const struct mca_option options[] = {
		{"config", "FILE", MCA_OPTION_TEXT, &process.config, 0, 0,
		 "settings to use (default: the built-in ones)", false},
		{"channel", "N", MCA_OPTION_UNSIGNED, &process.channel, 1, INT_MAX,
		 "the logical channel whose dsp settings apply (default: the global ones)", false},
		{"block", "N", MCA_OPTION_TEXT, &process.block, 0, 0,
		 "frames at a time, or random:SEED (default 512); does not change the result",
		 false},
		{"meters", "FILE", MCA_OPTION_TEXT, &process.meters, 0, 0,
		 "write the levels of every 100 ms window there, as JSON", false},
		{0},
	};
	const struct mca_command command = {"process", "IN.wav OUT.wav", purpose, examples,
					    options, 2};
	char **operands;
	int code = mca_command_parse(&command, argc, argv, &operands);

	if (code != MCA_COMMAND_GO)
		return code;
	process.command = &command;
	process.in = operands[0];
	process.out = operands[1];
	if (process.meters && (is_same_file(process.meters, process.out) ||
			       is_same_file(process.meters, process.in)))
		return mca_command_misused(&command, "--meters names the sound file %s: give a "
					   "file of its own", process.meters);
	if (process.channel && !process.config)
		return mca_command_misused(&command, "--channel picks a channel of a "
					   "configuration: give --config FILE too");
	code = read_block(&process);
	if (code != MCA_COMMAND_GO)
		return code;
	code = run_process(&process);
	mca_meter_log_done(&process.log);
	mca_wav_done(&process.wav);
	return code;
}

/* SPDX-License-Identifier: MIT */
/* The engine's test bench. */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Only a hang runs into it. */
#define PATIENCE_ROUNDS 12000
#define ROUND_NS 5000000

static void *take(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (!memory)
		abort();
	return memory;
}

void bench_ref(struct mca_device_ref *ref, unsigned card)
{
	ref->id = 0;
	snprintf(ref->name, sizeof ref->name, "sim:%u", card);
}

struct mca_channel_settings *bench_add_channel(struct bench *bench, unsigned id, unsigned input,
					       unsigned output)
{
	struct mca_settings *settings = bench->settings;
	struct mca_channel_settings *channel;
	unsigned at = settings->channel_count++;

	while (at && settings->channel[at - 1].id > id) {
		settings->channel[at] = settings->channel[at - 1];
		at--;
	}
	channel = &settings->channel[at];
	memset(channel, 0, sizeof *channel);
	channel->id = id;
	snprintf(channel->name, sizeof channel->name, "Channel %u", id);
	channel->enabled = true;
	channel->gate_open = true;
	channel->dsp = settings->dsp;
	bench_ref(&channel->input, input);
	bench_ref(&channel->output, output);
	return channel;
}

void bench_remove_channel(struct bench *bench, unsigned id)
{
	struct mca_settings *settings = bench->settings;
	struct mca_channel_settings *channel = bench_channel(bench, id);
	size_t after = (size_t)(&settings->channel[settings->channel_count] - (channel + 1));

	memmove(channel, channel + 1, after * sizeof *channel);
	settings->channel_count--;
}

void bench_init(struct bench *bench, bool free_running)
{
	memset(bench, 0, sizeof *bench);
	bench->spec = take(sizeof *bench->spec);
	bench->settings = take(sizeof *bench->settings);
	bench->status = take(sizeof *bench->status);
	bench->result = take(sizeof *bench->result);
	bench->notice = take(BENCH_NOTICES * sizeof *bench->notice);
	snprintf(bench->folder, sizeof bench->folder, "/tmp/mca-engine-XXXXXX");
	if (!mkdtemp(bench->folder))
		abort();
	mca_simrack_spec_default(bench->spec);
	bench->spec->free_running = free_running;
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		bench->spec->card[i].source.kind = MCA_SIM_TONE;
		bench->spec->card[i].source.frequency_hz = 500 + 100 * i;
	}
	mca_settings_default(bench->settings);
	bench->settings->rate_hz = 44100;
	bench->settings->lanes = 2;
	/* Long enough that a busy machine does not matter, short enough that free runs are no
	 * flood. */
	bench->settings->block_frames = free_running ? 16 : 1024;
	for (unsigned id = 1; id <= 4; id++)
		bench_add_channel(bench, id, id, id + 4);
	bench->options.simulate = true;
	bench->options.memory_locked = true;
}

void bench_start(struct bench *bench)
{
	struct mca_diag diag = {0};
	int r = mca_simrack_new(&bench->rack, bench->spec, false, &diag);

	if (r < 0) {
		printf("# no rack: %s\n", diag.text);
		abort();
	}
	bench->options.rack = bench->rack;
	r = mca_engine_new(&bench->engine, bench->settings, &bench->options, &diag);
	if (r < 0) {
		printf("# no engine: %s\n", diag.text);
		abort();
	}
}

void bench_stop(struct bench *bench)
{
	mca_engine_free(bench->engine);
	bench->engine = NULL;
	mca_simrack_free(bench->rack);
	bench->rack = NULL;
}

static void sink_path(const struct bench *bench, unsigned card, char *path)
{
	snprintf(path, MCA_SIM_PATH, "%s/sink%u.wav", bench->folder, card);
}

void bench_done(struct bench *bench)
{
	char path[MCA_SIM_PATH];

	bench_stop(bench);
	for (unsigned card = 1; card <= MCA_SIM_CARDS; card++) {
		sink_path(bench, card, path);
		unlink(path);
	}
	rmdir(bench->folder);
	mca_faults_done(&bench->faults);
	free(bench->spec);
	free(bench->settings);
	free(bench->status);
	free(bench->result);
	free(bench->notice);
}

struct mca_channel_settings *bench_channel(struct bench *bench, unsigned id)
{
	for (unsigned i = 0; i < bench->settings->channel_count; i++) {
		if (bench->settings->channel[i].id == id)
			return &bench->settings->channel[i];
	}
	abort();
}

void bench_record(struct bench *bench, unsigned card)
{
	struct mca_sim_sink *sink = &bench->spec->card[card - 1].sink;

	sink->kind = MCA_SIM_RECORD;
	sink_path(bench, card, sink->path);
}

void bench_read(struct bench *bench, unsigned card, struct mca_wav *wav)
{
	struct mca_diag diag = {0};
	char path[MCA_SIM_PATH];

	sink_path(bench, card, path);
	memset(wav, 0, sizeof *wav);
	if (mca_wav_read(wav, path, 0, &diag) < 0) {
		printf("# no sink: %s\n", diag.text);
		abort();
	}
}

void bench_look(struct bench *bench)
{
	mca_engine_tick(bench->engine);
	while (bench->notice_count < BENCH_NOTICES &&
	       mca_engine_notice(bench->engine, &bench->notice[bench->notice_count]))
		bench->notice_count++;
	mca_engine_status(bench->engine, bench->status);
}

bool bench_until(struct bench *bench, bool (*is_so)(struct bench *bench, unsigned arg),
		 unsigned arg)
{
	struct timespec round = { .tv_nsec = ROUND_NS };

	for (unsigned i = 0; i < PATIENCE_ROUNDS; i++) {
		bench_look(bench);
		if (is_so(bench, arg))
			return true;
		nanosleep(&round, NULL);
	}
	printf("# waited in vain; channels are:\n");
	for (unsigned i = 0; i < bench->status->channel_count; i++)
		printf("#   %u %s: %s\n", bench->status->channel[i].id,
		       mca_channel_state_name(bench->status->channel[i].state),
		       bench->status->channel[i].reason);
	return false;
}

const struct mca_channel_status *bench_status(const struct bench *bench, unsigned channel)
{
	for (unsigned i = 0; i < bench->status->channel_count; i++) {
		if (bench->status->channel[i].id == channel)
			return &bench->status->channel[i];
	}
	printf("# there is no channel %u\n", channel);
	abort();
}

bool bench_is_running(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->state == MCA_CHANNEL_RUNNING;
}

bool bench_is_fault(struct bench *bench, unsigned channel)
{
	return bench_status(bench, channel)->state == MCA_CHANNEL_FAULT;
}

bool bench_all_running(struct bench *bench, unsigned count)
{
	return bench->status->running_count == count;
}

bool bench_has_ended(struct bench *bench, unsigned unused)
{
	(void)unused;
	return mca_engine_ended(bench->engine);
}

bool bench_is_free(struct bench *bench, unsigned port)
{
	return !mca_simrack_busy(bench->rack, port / 2, port % 2);
}

bool bench_has_notice(struct bench *bench, unsigned kind)
{
	return bench_count(bench, (enum mca_notice_kind)kind, 0) > 0;
}

bool bench_has_second(struct bench *bench, unsigned channel)
{
	const struct mca_channel_status *status = bench_status(bench, channel);

	return status->state == MCA_CHANNEL_RUNNING && status->frames >= bench->settings->rate_hz;
}

uint64_t bench_frames(struct bench *bench, unsigned channel)
{
	bench_look(bench);
	return bench_status(bench, channel)->frames;
}

bool bench_pass(struct bench *bench, unsigned channel, uint64_t frames)
{
	struct timespec round = { .tv_nsec = ROUND_NS };
	uint64_t end = bench_frames(bench, channel) + frames;

	for (unsigned i = 0; i < PATIENCE_ROUNDS; i++) {
		if (bench_frames(bench, channel) >= end)
			return true;
		nanosleep(&round, NULL);
	}
	return false;
}

unsigned bench_count(const struct bench *bench, enum mca_notice_kind kind, unsigned channel)
{
	unsigned count = 0;

	for (unsigned i = 0; i < bench->notice_count; i++)
		count += bench->notice[i].kind == kind &&
			 (!channel || bench->notice[i].channel == channel);
	return count;
}

const struct mca_notice *bench_notice(const struct bench *bench, enum mca_notice_kind kind,
				      unsigned channel)
{
	for (unsigned i = bench->notice_count; i-- > 0;) {
		if (bench->notice[i].kind == kind && bench->notice[i].channel == channel)
			return &bench->notice[i];
	}
	return NULL;
}

unsigned bench_threads(const char *begin)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	unsigned count = 0;

	while (tasks && (task = readdir(tasks))) {
		char path[300], name[32] = "";
		FILE *file;

		snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
		file = fopen(path, "r");
		if (file && fgets(name, sizeof name, file))
			count += strncmp(name, begin, strlen(begin)) == 0;
		if (file)
			fclose(file);
	}
	if (tasks)
		closedir(tasks);
	return count;
}

int bench_apply(struct bench *bench)
{
	mca_faults_done(&bench->faults);
	memset(bench->result, 0, sizeof *bench->result);
	return mca_engine_apply(bench->engine, bench->settings, false, "test", bench->result,
				&bench->faults);
}

bool bench_restarted(const struct bench *bench, unsigned channel)
{
	for (unsigned i = 0; i < bench->result->restarted_count; i++) {
		if (bench->result->restarted[i] == channel)
			return true;
	}
	return false;
}

int bench_roughness(const struct mca_wav *wav, size_t from, size_t to)
{
	const int16_t *x = wav->frames;
	unsigned lanes = wav->lanes;
	int worst = 0;

	for (size_t n = from + 1; n + 1 < to && n + 1 < wav->count; n++) {
		int bend = x[(n + 1) * lanes] - 2 * x[n * lanes] + x[(n - 1) * lanes];

		if (abs(bend) > worst)
			worst = abs(bend);
	}
	return worst;
}

unsigned bench_crossings(const struct mca_wav *wav, size_t from, size_t to)
{
	const int16_t *x = wav->frames;
	unsigned lanes = wav->lanes, count = 0;

	for (size_t n = from + 1; n < to && n < wav->count; n++)
		count += x[(n - 1) * lanes] < 0 && x[n * lanes] >= 0;
	return count;
}

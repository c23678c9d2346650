/* SPDX-License-Identifier: MIT */
#include "tone_rig.h"

#include <stdlib.h>

#include "interrupt.h"
#include "mca/cli.h"
#include "mca/diag.h"
#include "mca/engine.h"
#include "mca/settings.h"
#include "mca/simcard.h"
#include "progress.h"

/*
 * The order of things keeps the input silent: the gate starts closed; the tone is ordered a little
 * longer than wished; the gate opens once the tone is seen to run and closes before it has run out.
 * Both are seen, and take effect, once a block: hence blocks in the margin.
 * The gate's own ramp then makes both ends soft.
 */
#define TICK_MS 10
#define SUPERVISE_EVERY 5      /* ticks: the engine wants its tick every 50 ms */
#define START_TICKS 500        /* a device has 5 s to deliver its first block */
#define MARGIN_S 0.25          /* beside a few blocks: tone beyond the wish, and time to fade */
#define MARGIN_BLOCKS 3

struct rig {
	const struct mca_command *command;
	const struct mca_tone_wish *wish;
	struct mca_simrack *rack;
	struct mca_engine *engine;
	struct mca_engine_status *status;
	int interrupt;
	double block_s;
	unsigned ticks;
};

static bool gave_up(const struct rig *rig, unsigned begin_ticks)
{
	return rig->ticks - begin_ticks > START_TICKS + 1000 / TICK_MS * (rig->wish->seconds + 1);
}

/* Let a moment pass and look at the channel; false when the user wants an end. */
static bool wait_tick(struct rig *rig)
{
	struct mca_notice notice;
	bool interrupted = mca_interrupt_wait(rig->interrupt, TICK_MS);

	if (rig->ticks++ % SUPERVISE_EVERY == 0) {
		mca_engine_tick(rig->engine);
		mca_simrack_pump(rig->rack);
		while (mca_engine_notice(rig->engine, &notice))
			; /* whatever it says shows in the status too */
	}
	mca_engine_status(rig->engine, rig->status);
	return !interrupted;
}

static bool is_running(const struct rig *rig)
{
	return rig->status->channel_count == 1 &&
	       rig->status->channel[0].state == MCA_CHANNEL_RUNNING;
}

static int say_not_running(const struct rig *rig)
{
	const struct mca_channel_status *channel = &rig->status->channel[0];

	return mca_command_failed(rig->command, "channel %u does not run: %s", rig->wish->channel,
				  channel->reason[0] ? channel->reason :
				  "its device delivers no audio; is it connected?");
}

static int await_running(struct rig *rig)
{
	for (unsigned i = 0; i < START_TICKS; i++) {
		if (!wait_tick(rig))
			return MCA_EXIT_OK;
		if (is_running(rig))
			return MCA_COMMAND_GO;
		if (rig->status->channel[0].state == MCA_CHANNEL_FAULT)
			break;
	}
	return say_not_running(rig);
}

static void set_gate(struct rig *rig, bool open)
{
	const struct mca_ptt_change change = {.channel = rig->wish->channel,
					      .has_gate_open = true, .gate_open = open};
	struct mca_ptt_state state;

	mca_engine_ptt(rig->engine, &change, "test-tone", &state);
}

/* Close the gate and let what is on its way be played: two blocks and the ramp. */
static void fade_out(struct rig *rig)
{
	double wait_s = MARGIN_S + MARGIN_BLOCKS * rig->block_s;

	set_gate(rig, false);
	rig->interrupt = -1; /* it has been seen, if it came */
	for (unsigned end = rig->ticks + (unsigned)(1000 / TICK_MS * wait_s); rig->ticks < end;)
		wait_tick(rig);
}

static int play(struct rig *rig)
{
	const double margin_s = MARGIN_S + MARGIN_BLOCKS * rig->block_s;
	const struct mca_tone_wish *wish = rig->wish;
	const struct mca_channel_status *channel = &rig->status->channel[0];
	const struct mca_test_tone tone = { wish->channel, wish->frequency_hz, wish->level_dbfs,
					    wish->seconds + margin_s };
	struct mca_progress progress;
	struct mca_diag diag;
	unsigned begin_ticks = rig->ticks;
	bool heard = false, late;

	if (mca_engine_test_tone(rig->engine, &tone, rig->command->name, NULL, &diag) < 0)
		return mca_command_failed(rig->command, "%s", diag.text);
	mca_progress_init(&progress, "test-tone");
	while (wait_tick(rig) && is_running(rig) && !gave_up(rig, begin_ticks)) {
		double left_s = channel->tone_left_s - margin_s;

		if (!heard && channel->tone_left_s > 0)
			set_gate(rig, heard = true);
		else if (heard && left_s <= 0)
			break;
		mca_progress_show(&progress, wish->seconds - left_s, wish->seconds, "s");
	}
	mca_progress_done(&progress);
	late = gave_up(rig, begin_ticks);
	fade_out(rig);
	if (!is_running(rig))
		return say_not_running(rig);
	if (late)
		return mca_command_failed(rig->command, "the tone did not come to its end in time: "
					  "is the machine overloaded?");
	return MCA_EXIT_OK;
}

static void keep_one_channel(struct mca_settings *settings, unsigned id)
{
	struct mca_channel_settings only = *mca_settings_channel(settings, id);

	only.enabled = true;
	only.mute = false;
	only.gate_open = false;
	settings->channel[0] = only;
	settings->channel_count = 1;
	/* A tone is for ears: in real time, and as long as was asked for. */
	settings->simulation.rack.free_running = false;
	settings->simulation.rack.duration_s = 0;
}

static int start(struct rig *rig, const struct mca_settings *settings, bool simulate)
{
	const struct mca_engine_options options = {.rack = rig->rack, .simulate = simulate,
						   .realtime = true};
	struct mca_diag diag;
	int code;

	if (mca_engine_new(&rig->engine, settings, &options, &diag) < 0)
		return mca_command_failed(rig->command, "%s", diag.text);
	code = await_running(rig);
	if (code == MCA_COMMAND_GO)
		code = play(rig);
	mca_engine_free(rig->engine);
	return code;
}

int mca_tone_rig_play(const struct mca_command *command, struct mca_settings *settings,
		      bool simulate, const struct mca_tone_wish *wish, int interrupt)
{
	struct rig rig = {.command = command, .wish = wish, .interrupt = interrupt,
			  .block_s = (double)settings->block_frames / settings->rate_hz};
	struct mca_diag diag;
	int code;

	keep_one_channel(settings, wish->channel);
	if (mca_simrack_new(&rig.rack, &settings->simulation.rack, true, &diag) < 0)
		return mca_command_failed(command, "%s", diag.text);
	rig.status = calloc(1, sizeof(*rig.status));
	code = rig.status ? start(&rig, settings, simulate) :
	       mca_command_failed(command, "out of memory");
	free(rig.status);
	mca_simrack_free(rig.rack);
	return code;
}

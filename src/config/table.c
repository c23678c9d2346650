/* SPDX-License-Identifier: MIT */
/*
 * The rows. Order is the order of the dump and of the reference. Ranges are those that
 * mca/settings.h, mca/simcard.h and mca/chain_rows.h promise, inclusive at both ends.
 */
#include "table.h"

#include <stddef.h>
#include <string.h>

#include "mca/chain_rows.h"
#include "text.h"

#define AT(type, member) .offset = offsetof(struct type, member), \
			 .size = sizeof(((struct type *)0)->member)
#define SETTING(member) AT(mca_settings, member)
#define CHANNEL(member) AT(mca_channel_settings, member)
#define DSP(member) AT(mca_chain_params, member)
#define RACK(member) AT(mca_simrack_spec, member)
#define CARD(member) AT(mca_sim_card_spec, member)
#define FAULT(member) AT(mca_sim_fault, member)

/* A row of mca/chain_rows.h. */
#define TOP_CLOSED 0
#define TOP_ZERO MCA_FIELD_ZERO
#define TOP_INFINITE MCA_FIELD_TOP_INFINITE
#define CHAIN_ROW(object_, type_, top_, key_, member_, low_, high_, unit_, preset_, doc_) \
	{ MCA_OBJECT_##object_, key_, MCA_FIELD_##type_, TOP_##top_, DSP(member_), .min = low_, \
	  .max = high_, .unit = unit_, .preset = preset_, .doc = doc_ },

static const char *const sample_formats[] = { "int16", NULL };
static const char *const clocks[] = { "real", "free", NULL };
static const char *const sources[] = { "speech", "tone", "noise", "silence", "wav", "wire", NULL };
static const char *const sinks[] = { "discard", "wav", "raw", NULL };
static const char *const formats[] = { "any", "S16_LE", "S24_LE", "S24_3LE", "S32_LE", NULL };
static const char *const stamps[] = { "good", "none", "wrong", NULL };
static const char *const streams[] = { "capture", "playback", NULL };
static const char *const faults[] = { "", "xrun", "late", "short_window", "suspend", "stall",
				      "unplug", "hang", NULL };
static const char *const calls[] = { "open", "configure", "close", NULL };

static const struct mca_object objects[MCA_OBJECT_KINDS] = {
	[MCA_OBJECT_ROOT] = { "", "The document." },
	[MCA_OBJECT_CHANNEL] = { "/logical_channels/N",
		"One logical channel; its key N is a decimal number from 1 on, without leading "
		"zeros. 1 to 64 of them." },
	[MCA_OBJECT_PTT] = { "/logical_channels/N/ptt",
		"Push-to-talk of a channel of which no state is kept; a channel that lives on, and "
		"one whose state the state folder keeps, goes on as it was." },
	[MCA_OBJECT_DSP] = { "/dsp", "The sound of every channel. The same object inside a logical "
		"channel overrides single fields for that channel." },
	[MCA_OBJECT_GATE] = { "/dsp/gate", "Noise gate, in front of the compressor." },
	[MCA_OBJECT_COMP] = { "/dsp/comp", "Compressor." },
	[MCA_OBJECT_LIMITER] = { "/dsp/limiter", "Limiter." },
	[MCA_OBJECT_HTTP] = { "/http", "The HTTP API. Takes effect only at a restart." },
	[MCA_OBJECT_REALTIME] = { "/realtime",
		"The channels' real-time threads. Takes effect only at a restart." },
	[MCA_OBJECT_SIMULATION] = { "/simulation",
		"The simulated cards. Takes effect only at a restart." },
	[MCA_OBJECT_CARD] = { "/simulation/cards/N", "One simulated card, sim:1 to sim:8." },
	[MCA_OBJECT_SOURCE] = { "/simulation/cards/N/source", "What the card captures." },
	[MCA_OBJECT_SINK] = { "/simulation/cards/N/sink", "Where what the card plays goes." },
	[MCA_OBJECT_FAULT] = { "/simulation/cards/N/faults/I",
		"One injected fault; up to 16 a card." },
};

static const struct mca_field fields[] = {
	{ MCA_OBJECT_ROOT, "sample_rate", MCA_FIELD_INTEGER, SETTING(rate_hz),
	  .min = MCA_RATE_HZ_MIN, .max = MCA_RATE_HZ_MAX, .unit = "Hz", .preset = 44100, .doc =
	  "Sample rate that every card is asked for. A channel runs at its output's." },
	{ MCA_OBJECT_ROOT, "sample_format", MCA_FIELD_CHOICE, .offset = MCA_FIELD_NOWHERE,
	  .choices = sample_formats, .doc = "Sample format of the engine." },
	{ MCA_OBJECT_ROOT, "channels", MCA_FIELD_INTEGER, SETTING(lanes), .min = 1, .max = 2,
	  .preset = 2, .doc = "Samples in a frame: 1 mono, 2 stereo." },
	{ MCA_OBJECT_ROOT, "blocksize", MCA_FIELD_INTEGER, SETTING(block_frames), .min = 16,
	  .max = 8192, .unit = "frames", .preset = 512,
	  .doc = "Frames processed at once; the latency is two blocks." },
	{ MCA_OBJECT_ROOT, "logical_channels", MCA_FIELD_CHANNELS, MCA_FIELD_REQUIRED,
	  SETTING(channel), .inner = MCA_OBJECT_CHANNEL, .preset_text = "required",
	  .doc = "The logical channels by number." },
	{ MCA_OBJECT_ROOT, "dsp", MCA_FIELD_OBJECT, SETTING(dsp), .inner = MCA_OBJECT_DSP,
	  .doc = "The sound of every channel." },
	{ MCA_OBJECT_ROOT, "http", MCA_FIELD_OBJECT, MCA_FIELD_SECTION, .offset = 0,
	  .inner = MCA_OBJECT_HTTP, .given = offsetof(struct mca_settings, http.given),
	  .doc = "The HTTP API." },
	{ MCA_OBJECT_ROOT, "realtime", MCA_FIELD_OBJECT, MCA_FIELD_SECTION, .offset = 0,
	  .inner = MCA_OBJECT_REALTIME, .given = offsetof(struct mca_settings, realtime.given),
	  .doc = "The channels' real-time threads." },
	{ MCA_OBJECT_ROOT, "simulation", MCA_FIELD_OBJECT, MCA_FIELD_SECTION,
	  SETTING(simulation.rack), .inner = MCA_OBJECT_SIMULATION,
	  .given = offsetof(struct mca_settings, simulation.given), .doc = "The simulated cards." },

	{ MCA_OBJECT_CHANNEL, "name", MCA_FIELD_TEXT, CHANNEL(name), .min = 1,
	  .max = MCA_NAME_MAX - 1, .preset_text = "Channel N", .doc = "Name for people." },
	{ MCA_OBJECT_CHANNEL, "enabled", MCA_FIELD_BOOL, CHANNEL(enabled), .preset = 1,
	  .doc = "A disabled channel opens no device." },
	{ MCA_OBJECT_CHANNEL, "input_device_id", MCA_FIELD_DEVICE, MCA_FIELD_REQUIRED,
	  CHANNEL(input), .min = 1, .max = MCA_DEVICE_ID_MAX, .preset_text = "required",
	  .doc = "Capture device: the id that `devices` prints, or better (ids can move after a "
		 "reboot) the name or a selector that it prints." },
	{ MCA_OBJECT_CHANNEL, "output_device_id", MCA_FIELD_DEVICE, MCA_FIELD_REQUIRED,
	  CHANNEL(output), .min = 1, .max = MCA_DEVICE_ID_MAX, .preset_text = "required",
	  .doc = "Playback device, likewise." },
	{ MCA_OBJECT_CHANNEL, "input_lanes", MCA_FIELD_LANES, MCA_FIELD_UNSET,
	  CHANNEL(input_lanes), .min = 1, .max = MCA_LANE_MAX,
	  .doc = "Lanes of the capture device that are heard, else the first two; one feeds both "
		 "lanes of a stereo engine, two are averaged for a mono one." },
	{ MCA_OBJECT_CHANNEL, "output_lanes", MCA_FIELD_LANES, MCA_FIELD_UNSET,
	  CHANNEL(output_lanes), .min = 1, .max = MCA_LANE_MAX,
	  .doc = "Lanes of the playback device that are fed, else the first two; one takes the "
		 "average of a stereo engine, two the same of a mono one; the others are "
		 "silent." },
	{ MCA_OBJECT_CHANNEL, "dsp", MCA_FIELD_OBJECT, CHANNEL(dsp), .inner = MCA_OBJECT_DSP,
	  .doc = "Overrides of single fields of /dsp for this channel." },
	{ MCA_OBJECT_CHANNEL, "ptt", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_PTT,
	  .doc = "Push-to-talk when the channel is created." },

	{ MCA_OBJECT_PTT, "mute", MCA_FIELD_BOOL, CHANNEL(mute), .preset = 0,
	  .doc = "Muted. Audio passes when the gate is open and mute is off." },
	{ MCA_OBJECT_PTT, "gate_open", MCA_FIELD_BOOL, CHANNEL(gate_open), .preset = 1,
	  .doc = "The gate is open." },

	{ MCA_OBJECT_DSP, "gate", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_GATE,
	  .doc = "Noise gate." },
	{ MCA_OBJECT_DSP, "comp", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_COMP,
	  .doc = "Compressor." },
	{ MCA_OBJECT_DSP, "limiter", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_LIMITER,
	  .doc = "Limiter." },
	MCA_CHAIN_ROWS(CHAIN_ROW)

	{ MCA_OBJECT_HTTP, "bind", MCA_FIELD_TEXT, SETTING(http.bind), .min = 7, .max = 15,
	  .preset_text = "127.0.0.1", .check = mca_text_ipv4,
	  .doc = "IPv4 address to listen on; 0.0.0.0 is every interface." },
	{ MCA_OBJECT_HTTP, "port", MCA_FIELD_INTEGER, SETTING(http.port), .min = 0, .max = 65535,
	  .preset = 8000, .doc = "TCP port; 0 is any free one." },
	{ MCA_OBJECT_HTTP, "token_file", MCA_FIELD_TEXT, MCA_FIELD_UNSET, SETTING(http.token_file),
	  .min = 1, .max = 255,
	  .doc = "File with the bearer token that every request but GET /healthz must then "
		 "carry." },
	{ MCA_OBJECT_HTTP, "allowed_hosts", MCA_FIELD_HOSTS, SETTING(http.allowed_hosts), .min = 1,
	  .max = 127, .preset_text = "[]", .check = mca_text_host,
	  .doc = "Up to 8 further host names by which the API may be addressed, and whose pages "
		 "may change something: NAME stands for any port, NAME:PORT for this port alone." },
	{ MCA_OBJECT_HTTP, "allow_anonymous", MCA_FIELD_BOOL, SETTING(http.allow_anonymous),
	  .preset = 0, .doc = "Start without a token although `bind` lets other machines in: "
		 "everybody who reaches the port can then change everything." },
	{ MCA_OBJECT_HTTP, "threads", MCA_FIELD_INTEGER, SETTING(http.threads), .min = 16,
	  .max = 1900, .preset = 256,
	  .doc = "Connections served at once; each costs a thread and about 20 KiB of memory. "
		 "Three quarters of them (from one other machine a quarter) may wait for their "
		 "client; beyond that the one that waits longest is closed for a new one." },

	{ MCA_OBJECT_REALTIME, "priority", MCA_FIELD_INTEGER, SETTING(realtime.priority), .min = 1,
	  .max = 98, .preset = 70, .doc = "SCHED_FIFO priority of the channels' threads." },
	{ MCA_OBJECT_REALTIME, "cpus", MCA_FIELD_CPUS, SETTING(realtime.cpus), .min = 0, .max = 63,
	  .preset_text = "[]", .doc = "CPU numbers the channels' threads may run on; [] is any." },

	{ MCA_OBJECT_SIMULATION, "clock", MCA_FIELD_CHOICE, RACK(free_running), .choices = clocks,
	  .doc = "`real` time, or `free`-running as fast as it goes." },
	{ MCA_OBJECT_SIMULATION, "duration_s", MCA_FIELD_REAL, RACK(duration_s), .min = 0,
	  .max = 10000000, .unit = "s",
	  .doc = "Stream time after which a channel ends; 0 is never." },
	{ MCA_OBJECT_SIMULATION, "cards", MCA_FIELD_CARDS, RACK(card), .inner = MCA_OBJECT_CARD,
	  .doc = "The cards by number, 1 to 8." },

	{ MCA_OBJECT_CARD, "drift_ppm", MCA_FIELD_REAL, CARD(drift_ppm), .min = -10000,
	  .max = 10000, .unit = "ppm", .doc = "Rate error of the card's crystal." },
	{ MCA_OBJECT_CARD, "wander_ppm", MCA_FIELD_REAL, CARD(wander_ppm), .min = 0, .max = 1000,
	  .unit = "ppm", .doc = "How far the rate error wanders to both sides, as a sine." },
	{ MCA_OBJECT_CARD, "wander_period_s", MCA_FIELD_REAL, CARD(wander_period_s), .min = 10,
	  .max = 1000000, .unit = "s", .preset = 3600, .doc = "How long a turn of it takes." },
	{ MCA_OBJECT_CARD, "batch", MCA_FIELD_BOOL, CARD(batch),
	  .doc = "It tells its position a period at a time, as USB does." },
	{ MCA_OBJECT_CARD, "jitter_us", MCA_FIELD_REAL, CARD(jitter_us), .min = 0, .max = 10000,
	  .unit = "us", .doc = "It tells positions late, at random, by at most so much." },
	{ MCA_OBJECT_CARD, "time_stamps", MCA_FIELD_CHOICE, CARD(stamps), .choices = stamps,
	  .doc = "Time stamps of positions: when they were told, 0, or of another clock." },
	{ MCA_OBJECT_CARD, "absent", MCA_FIELD_BOOL, CARD(absent),
	  .doc = "Not plugged in at start." },
	{ MCA_OBJECT_CARD, "source", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_SOURCE,
	  .doc = "What the card captures." },
	{ MCA_OBJECT_CARD, "sink", MCA_FIELD_OBJECT, .offset = 0, .inner = MCA_OBJECT_SINK,
	  .doc = "Where what the card plays goes." },
	{ MCA_OBJECT_CARD, "faults", MCA_FIELD_FAULTS, CARD(fault), .inner = MCA_OBJECT_FAULT,
	  .preset_text = "[]", .doc = "Injected faults." },
	{ MCA_OBJECT_CARD, "only_rate_hz", MCA_FIELD_INTEGER, MCA_FIELD_ZERO, CARD(only_rate_hz),
	  .min = 8000, .max = 192000, .unit = "Hz", .doc = "The only rate it offers; 0 is any." },
	{ MCA_OBJECT_CARD, "min_rate_hz", MCA_FIELD_INTEGER, MCA_FIELD_ZERO, CARD(min_rate_hz),
	  .min = 8000, .max = 192000, .unit = "Hz", .doc = "Its lowest rate; 0 is any." },
	{ MCA_OBJECT_CARD, "max_rate_hz", MCA_FIELD_INTEGER, MCA_FIELD_ZERO, CARD(max_rate_hz),
	  .min = 8000, .max = 192000, .unit = "Hz", .doc = "Its highest rate; 0 is any." },
	{ MCA_OBJECT_CARD, "only_lanes", MCA_FIELD_INTEGER, CARD(only_lanes), .min = 0, .max = 8,
	  .doc = "The only number of lanes it offers; 0 is 1 or 2." },
	{ MCA_OBJECT_CARD, "only_format", MCA_FIELD_CHOICE, CARD(only_format), .choices = formats,
	  .doc = "The only sample format it offers; any is S16_LE." },
	{ MCA_OBJECT_CARD, "min_period_frames", MCA_FIELD_INTEGER, CARD(min_period_frames),
	  .min = 0, .max = 65536, .unit = "frames", .doc = "Its smallest period; 0 is any." },
	{ MCA_OBJECT_CARD, "max_period_frames", MCA_FIELD_INTEGER, CARD(max_period_frames),
	  .min = 0, .max = 65536, .unit = "frames", .doc = "Its largest period; 0 is any." },
	{ MCA_OBJECT_CARD, "only_periods", MCA_FIELD_INTEGER, MCA_FIELD_ZERO, CARD(only_periods),
	  .min = 2, .max = 16, .doc = "The only number of periods in its ring; 0 is any." },
	{ MCA_OBJECT_CARD, "no_mmap", MCA_FIELD_BOOL, CARD(no_mmap), .doc = "It offers no mmap." },
	{ MCA_OBJECT_CARD, "planar", MCA_FIELD_BOOL, CARD(planar),
	  .doc = "It offers nothing but mmap with each lane by itself." },

	{ MCA_OBJECT_SOURCE, "type", MCA_FIELD_CHOICE, CARD(source.kind), .choices = sources,
	  .doc = "Speech-like programme, sine tone, white noise, silence, a WAV file, or what "
		 "another card plays." },
	{ MCA_OBJECT_SOURCE, "level_dbfs", MCA_FIELD_REAL, CARD(source.level_dbfs), .min = -60,
	  .max = -3.02, .unit = "dBFS", .preset = -20,
	  .doc = "RMS level of speech, tone and noise." },
	{ MCA_OBJECT_SOURCE, "frequency_hz", MCA_FIELD_REAL, CARD(source.frequency_hz), .min = 10,
	  .max = 95999, .unit = "Hz", .preset = 1000,
	  .doc = "Frequency of a tone; below half the sample rate." },
	{ MCA_OBJECT_SOURCE, "file", MCA_FIELD_TEXT, MCA_FIELD_UNSET, CARD(source.path), .min = 1,
	  .max = MCA_SIM_PATH - 1, .doc = "The WAV file; required for `wav`." },
	{ MCA_OBJECT_SOURCE, "loop", MCA_FIELD_BOOL, CARD(source.loop), .preset = 1,
	  .doc = "Begin the WAV file again at its end." },
	{ MCA_OBJECT_SOURCE, "card", MCA_FIELD_INTEGER, MCA_FIELD_UNSET, CARD(source.wire_card),
	  .min = 1, .max = MCA_SIM_CARDS, .doc = "The card that is heard; required for `wire`." },

	{ MCA_OBJECT_SINK, "type", MCA_FIELD_CHOICE, CARD(sink.kind), .choices = sinks,
	  .doc = "Discard it, write a WAV file, or write bare samples to a file or a pipe." },
	{ MCA_OBJECT_SINK, "file", MCA_FIELD_TEXT, MCA_FIELD_UNSET, CARD(sink.path), .min = 1,
	  .max = MCA_SIM_PATH - 1, .doc = "The file; required for `wav` and `raw`." },

	{ MCA_OBJECT_FAULT, "type", MCA_FIELD_CHOICE, MCA_FIELD_REQUIRED, FAULT(kind),
	  .choices = faults, .preset_text = "required",
	  .doc = "What breaks; `unplug` takes the whole card, `hang` lets a call not return." },
	{ MCA_OBJECT_FAULT, "stream", MCA_FIELD_CHOICE, FAULT(stream), .choices = streams,
	  .doc = "Which direction." },
	{ MCA_OBJECT_FAULT, "at_s", MCA_FIELD_REAL, FAULT(at_s), .min = 0, .max = 10000000,
	  .unit = "s", .doc = "Stream time at which it happens." },
	{ MCA_OBJECT_FAULT, "duration_s", MCA_FIELD_REAL, FAULT(duration_s), .min = 0, .max = 86400,
	  .unit = "s",
	  .doc = "How long it lasts; an `unplug` of 0 stays away, a `hang` of 0 never ends." },
	{ MCA_OBJECT_FAULT, "every_s", MCA_FIELD_REAL, MCA_FIELD_ZERO, FAULT(every_s), .min = 0.001,
	  .max = 86400, .unit = "s", .doc = "Repeat after so long; 0 is once." },
	{ MCA_OBJECT_FAULT, "call", MCA_FIELD_CHOICE, FAULT(call), .choices = calls,
	  .doc = "Which call a `hang` stops: the first one at or after at_s." },
};

const struct mca_object *mca_table_object(enum mca_object_kind kind)
{
	return &objects[kind];
}

const struct mca_field *mca_table_next(enum mca_object_kind kind, const struct mca_field *field)
{
	const struct mca_field *end = fields + sizeof(fields) / sizeof(fields[0]);

	for (field = field ? field + 1 : fields; field < end; field++)
		if (field->object == kind)
			return field;
	return NULL;
}

const struct mca_field *mca_table_find(enum mca_object_kind kind, const char *key)
{
	const struct mca_field *field = NULL;

	while ((field = mca_table_next(kind, field)))
		if (strcmp(field->key, key) == 0)
			return field;
	return NULL;
}

const char *mca_table_nearest(enum mca_object_kind kind, const char *key)
{
	const struct mca_field *field = NULL;
	const char *nearest = NULL;
	unsigned best = (unsigned)strlen(key) / 2 + 1; /* further away is another word */

	while ((field = mca_table_next(kind, field))) {
		unsigned distance = mca_text_distance(key, field->key);

		if (distance < best) {
			best = distance;
			nearest = field->key;
		}
	}
	return nearest;
}

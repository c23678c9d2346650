/* SPDX-License-Identifier: MIT */
/*
 * Eight cards, built from a specification and alive until the last PCM is closed. What is proved
 * here, once: every file can be read or created, and every number lies in its range.
 */
#include "rack.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "mca/device_name.h"
#include "mca/diag.h"

#define DRIFT_MAX_PPM 10000.0
#define WANDER_MAX_PPM 1000.0
#define WANDER_PERIOD_S 3600.0
#define WANDER_PERIOD_MIN_S 10.0
#define JITTER_MAX_US 10000.0
#define LEVEL_MIN_DBFS (-60.0)
#define LEVEL_MAX_DBFS (-3.02)

void mca_simrack_spec_default(struct mca_simrack_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		spec->card[i].source = (struct mca_sim_source) {
			.kind = MCA_SIM_SPEECH, .level_dbfs = -20, .frequency_hz = 1000,
			.wire_card = i + 1, .loop = true,
		};
		spec->card[i].wander_period_s = WANDER_PERIOD_S;
	}
}

unsigned mca_simcard_number(const char *name)
{
	struct mca_device_name parsed;

	if (!mca_device_name_parse(&parsed, name) || parsed.kind != MCA_DEVICE_SIM)
		return 0;
	return parsed.sim <= MCA_SIM_CARDS ? parsed.sim : 0;
}

static bool has_level(enum mca_sim_source_kind kind)
{
	return kind == MCA_SIM_SPEECH || kind == MCA_SIM_TONE || kind == MCA_SIM_NOISE;
}

static int check_time(const struct mca_sim_card_spec *spec, unsigned number, struct mca_diag *diag)
{
	if (!(fabs(spec->drift_ppm) <= DRIFT_MAX_PPM))
		return mca_diag_set(diag, -EINVAL, "sim:%u: drift_ppm must lie in -10000..10000",
				    number);
	if (!(spec->wander_ppm >= 0 && spec->wander_ppm <= WANDER_MAX_PPM))
		return mca_diag_set(diag, -EINVAL, "sim:%u: wander_ppm must lie in 0..1000",
				    number);
	if (spec->wander_ppm > 0 && !(spec->wander_period_s >= WANDER_PERIOD_MIN_S))
		return mca_diag_set(diag, -EINVAL, "sim:%u: wander_period_s must be 10 or more",
				    number);
	if (!(spec->jitter_us >= 0 && spec->jitter_us <= JITTER_MAX_US))
		return mca_diag_set(diag, -EINVAL, "sim:%u: jitter_us must lie in 0..10000",
				    number);
	return 0;
}

static int check_spec(const struct mca_sim_card_spec *spec, unsigned number, struct mca_diag *diag)
{
	const struct mca_sim_source *source = &spec->source;
	int err = check_time(spec, number, diag);

	if (err < 0)
		return err;
	if (has_level(source->kind) &&
	    !(source->level_dbfs >= LEVEL_MIN_DBFS && source->level_dbfs <= LEVEL_MAX_DBFS))
		return mca_diag_set(diag, -EINVAL, "sim:%u: the source's level_dbfs must lie in "
				    "-60..-3.02", number);
	if (source->kind == MCA_SIM_TONE && !(source->frequency_hz > 0))
		return mca_diag_set(diag, -EINVAL,
				    "sim:%u: the tone's frequency_hz must be above 0", number);
	if (source->kind == MCA_SIM_WIRE &&
	    (source->wire_card < 1 || source->wire_card > MCA_SIM_CARDS))
		return mca_diag_set(diag, -EINVAL, "sim:%u: a wire must name a card of 1..8",
				    number);
	if (spec->fault_count > MCA_SIM_FAULTS)
		return mca_diag_set(diag, -EINVAL, "sim:%u: at most %d faults can be scheduled",
				    number, MCA_SIM_FAULTS);
	if (spec->max_period_frames && spec->max_period_frames < spec->min_period_frames)
		return mca_diag_set(diag, -EINVAL,
				    "sim:%u: max_period_frames is below min_period_frames", number);
	if (spec->max_rate_hz && spec->max_rate_hz < spec->min_rate_hz)
		return mca_diag_set(diag, -EINVAL, "sim:%u: max_rate_hz is below min_rate_hz",
				    number);
	if (spec->only_periods == 1)
		return mca_diag_set(diag, -EINVAL, "sim:%u: only_periods must be at least 2",
				    number);
	if (spec->only_lanes > MCA_SIM_LANES)
		return mca_diag_set(diag, -EINVAL, "sim:%u: only_lanes must be 1 to %d", number,
				    MCA_SIM_LANES);
	return 0;
}

/* Two writers would make one broken file. */
static int check_sinks(const struct mca_simrack_spec *spec, struct mca_diag *diag)
{
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		for (unsigned j = 0; j < i; j++) {
			const struct mca_sim_sink *a = &spec->card[j].sink,
						  *b = &spec->card[i].sink;

			if (a->kind && b->kind && strcmp(a->path, b->path) == 0)
				return mca_diag_set(
					diag, -EINVAL,
					"sim:%u and sim:%u both record to %s; give each a "
					"file of its own",
					j + 1, i + 1, a->path);
		}
	}
	return 0;
}

static int init_port(struct mca_simcard *card, unsigned direction, struct mca_diag *diag)
{
	const struct mca_sim_card_spec *spec = card->spec;
	struct mca_simport *port = &card->port[direction];

	atomic_init(&port->open, false);
	atomic_init(&port->clock, NULL);
	atomic_init(&port->pcm, NULL);
	mca_simfaults_init(&port->faults, spec, direction, &card->unplugs);
	port->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (port->timer_fd < 0)
		return mca_diag_set(diag, -errno,
				    "no timer for a simulated card: %s; raise the limit of "
				    "open files",
				    strerror(errno));
	mca_simhang_init(&port->hang, spec, direction);
	return 0;
}

static void done_port(struct mca_simport *port)
{
	mca_simhang_done(&port->hang);
	close(port->timer_fd);
}

/* On an error everything of this card is undone again. */
static int init_card(struct mca_simrack *rack, unsigned index, bool pumped, struct mca_diag *diag)
{
	struct mca_simcard *card = &rack->card[index];
	const struct mca_sim_card_spec *spec = &rack->spec.card[index];
	int err;

	card->number = index + 1;
	card->spec = spec;
	mca_simplug_init(&card->plug, !spec->absent);
	mca_simunplugs_init(&card->unplugs, spec);
	err = check_spec(spec, card->number, diag);
	if (err < 0)
		return err;
	err = init_port(card, 0, diag);
	if (err < 0)
		return err;
	err = init_port(card, 1, diag);
	if (err < 0)
		goto no_second_port;
	err = mca_simsource_init(&card->source, &spec->source, card->number, diag);
	if (err < 0)
		goto no_source;
	err = mca_simsink_init(&card->sink, spec, !pumped || rack->spec.free_running, diag);
	if (err < 0)
		goto no_sink;
	return 0;

no_sink:
	mca_simsource_done(&card->source);
no_source:
	done_port(&card->port[1]);
no_second_port:
	done_port(&card->port[0]);
	return err;
}

static void done_card(struct mca_simcard *card)
{
	mca_simsink_done(&card->sink);
	mca_simsource_done(&card->source);
	free(card->wire);
	done_port(&card->port[1]);
	done_port(&card->port[0]);
}

/* A wire for every card that somebody listens to. */
static int lay_wires(struct mca_simrack *rack, struct mca_diag *diag)
{
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		const struct mca_sim_source *source = &rack->spec.card[i].source;
		struct mca_simwire **wire;

		if (source->kind != MCA_SIM_WIRE)
			continue;
		wire = &rack->card[source->wire_card - 1].wire;
		if (!*wire)
			*wire = mca_simwire_new();
		if (!*wire)
			return mca_diag_set(diag, -ENOMEM, "no memory for a wire from sim:%u",
					    source->wire_card);
	}
	return 0;
}

int mca_simrack_new(struct mca_simrack **out, const struct mca_simrack_spec *spec, bool pumped,
		    struct mca_diag *diag)
{
	struct mca_simrack *rack;
	int err = check_sinks(spec, diag);

	if (err < 0)
		return err;
	rack = aligned_alloc(_Alignof(struct mca_simrack), sizeof(*rack));
	if (!rack)
		return mca_diag_set(diag, -ENOMEM, "no memory for the simulated cards");
	memset(rack, 0, sizeof(*rack));
	rack->spec = *spec;
	rack->epoch_ns = spec->free_running ? 0 : mca_simclock_wall();
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		err = init_card(rack, i, pumped, diag);
		if (err == 0)
			continue;
		while (i--)
			done_card(&rack->card[i]);
		free(rack);
		return err;
	}
	err = lay_wires(rack, diag);
	if (err < 0) {
		mca_simrack_free(rack);
		return err;
	}
	*out = rack;
	return 0;
}

void mca_simrack_free(struct mca_simrack *rack)
{
	if (!rack)
		return;
	for (unsigned i = 0; i < MCA_SIM_CARDS; i++)
		done_card(&rack->card[i]);
	free(rack);
}

const struct mca_simrack_spec *mca_simrack_spec(const struct mca_simrack *rack)
{
	return &rack->spec;
}

int mca_simrack_pump(struct mca_simrack *rack)
{
	int first = 0;

	for (unsigned i = 0; i < MCA_SIM_CARDS; i++) {
		int err = mca_simsink_drain(&rack->card[i].sink);

		if (err < 0 && !first)
			first = err;
	}
	return first;
}

static struct mca_simcard *card_of(const struct mca_simrack *rack, unsigned number)
{
	if (number < 1 || number > MCA_SIM_CARDS)
		return NULL;
	/* Looking may turn the plug's generation on; the rack itself is never const memory. */
	return (struct mca_simcard *)&rack->card[number - 1];
}

bool mca_simrack_present(const struct mca_simrack *rack, unsigned number)
{
	struct mca_simcard *card = card_of(rack, number);

	return card && !(mca_simplug_generation(&card->plug) & 1);
}

bool mca_simrack_busy(const struct mca_simrack *rack, unsigned number, unsigned stream)
{
	struct mca_simcard *card = card_of(rack, number);

	return card && stream < 2 && atomic_load(&card->port[stream].open);
}

int mca_simrack_inject(struct mca_simrack *rack, unsigned number, const struct mca_sim_fault *fault)
{
	struct mca_simcard *card = card_of(rack, number);
	struct mca_simfault ordered = { fault->kind, mca_simfault_ns(fault->duration_s) };

	if (!card || fault->stream > 1 || fault->kind == MCA_SIM_FAULT_NONE ||
	    fault->kind == MCA_SIM_FAULT_SHORT_WINDOW)
		return -EINVAL;
	if (fault->kind == MCA_SIM_FAULT_HANG)
		return mca_simhang_order(&card->port[fault->stream].hang, fault->call,
					 ordered.duration_ns);
	/* An unplug is the card's: whichever direction is there takes it. */
	if (fault->kind == MCA_SIM_FAULT_UNPLUG && !atomic_load(&card->port[fault->stream].open))
		return mca_simfaults_order(&card->port[!fault->stream].faults, &ordered);
	return mca_simfaults_order(&card->port[fault->stream].faults, &ordered);
}

void mca_simcard_pull(struct mca_simcard *card, uint64_t away_ns)
{
	mca_simplug_pull(&card->plug, away_ns);
	mca_simcard_wake(card);
}

void mca_simrack_unplug(struct mca_simrack *rack, unsigned number)
{
	struct mca_simcard *card = card_of(rack, number);

	if (card)
		mca_simcard_pull(card, 0);
}

void mca_simrack_replug(struct mca_simrack *rack, unsigned number)
{
	struct mca_simcard *card = card_of(rack, number);

	if (card)
		mca_simplug_push(&card->plug);
}

void mca_simrack_unhang(struct mca_simrack *rack, unsigned number)
{
	struct mca_simcard *card = card_of(rack, number);

	for (unsigned port = 0; card && port < 2; port++)
		mca_simhang_end(&card->port[port].hang);
}

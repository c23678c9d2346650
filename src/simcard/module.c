/* SPDX-License-Identifier: MIT */
/*
 * The ALSA plug-in module: `aplay -D sim:1`, `arecord -D sim:1` and any other ALSA program on a
 * simulated card. Each opened PCM has a rack of its own, which goes when it is closed: programs
 * share no card, and a wire cannot lead from one to another. Settings come from ALSA's
 * configuration (60-mca-sim.conf):
 *
 *     type mca_sim
 *     card N              1..8: which voice, default 1
 *     source S            "speech", "tone", "noise", "silence", or the path of a WAV file
 *     sink F              a WAV file that is written, "" = discard
 *     level_dbfs, frequency_hz, drift_ppm   numbers
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "mca/diag.h"
#include "rack.h"

struct wish {
	struct mca_simrack_spec spec;
	struct mca_sim_card_spec *card;
	long number;
};

static const char *const source_words[] = {
	[MCA_SIM_SPEECH] = "speech", [MCA_SIM_TONE] = "tone", [MCA_SIM_NOISE] = "noise",
	[MCA_SIM_SILENCE] = "silence",
};

static int copy_path(char *path, const char *text)
{
	if (strlen(text) >= MCA_SIM_PATH)
		return -ENAMETOOLONG;
	strcpy(path, text);
	return 0;
}

static int read_source(struct mca_sim_source *source, const char *text)
{
	if (!*text)
		return 0;
	for (unsigned i = 0; i < sizeof(source_words) / sizeof(*source_words); i++) {
		if (strcmp(text, source_words[i]) == 0) {
			source->kind = (enum mca_sim_source_kind)i;
			return 0;
		}
	}
	source->kind = MCA_SIM_WAV;
	return copy_path(source->path, text);
}

static int read_sink(struct mca_sim_sink *sink, const char *text)
{
	sink->kind = *text ? MCA_SIM_RECORD : MCA_SIM_DISCARD;
	return copy_path(sink->path, text);
}

/* One key; -ENOENT = unknown. The card is known before any other key is read. */
static int read_key(struct wish *wish, const char *id, snd_config_t *node)
{
	const char *text;
	int err;

	if (!strcmp(id, "comment") || !strcmp(id, "type") || !strcmp(id, "hint") ||
	    !strcmp(id, "card"))
		return 0;
	if (!strcmp(id, "level_dbfs"))
		return snd_config_get_ireal(node, &wish->card->source.level_dbfs);
	if (!strcmp(id, "frequency_hz"))
		return snd_config_get_ireal(node, &wish->card->source.frequency_hz);
	if (!strcmp(id, "drift_ppm"))
		return snd_config_get_ireal(node, &wish->card->drift_ppm);
	if (strcmp(id, "source") && strcmp(id, "sink"))
		return -ENOENT;
	err = snd_config_get_string(node, &text);
	if (err < 0)
		return err;
	return !strcmp(id, "sink") ? read_sink(&wish->card->sink, text) :
				     read_source(&wish->card->source, text);
}

static int read_card(struct wish *wish, snd_config_t *conf)
{
	snd_config_t *node;
	int err;

	wish->number = 1;
	if (snd_config_search(conf, "card", &node) == 0) {
		err = snd_config_get_integer(node, &wish->number);
		if (err < 0 || wish->number < 1 || wish->number > MCA_SIM_CARDS) {
			SNDERR("card must be a number of 1..%d", MCA_SIM_CARDS);
			return -EINVAL;
		}
	}
	wish->card = &wish->spec.card[wish->number - 1];
	return 0;
}

static int read_conf(struct wish *wish, snd_config_t *conf)
{
	snd_config_iterator_t at, next;
	int err = read_card(wish, conf);

	if (err < 0)
		return err;
	snd_config_for_each(at, next, conf) {
		snd_config_t *node = snd_config_iterator_entry(at);
		const char *id;

		if (snd_config_get_id(node, &id) < 0)
			continue;
		err = read_key(wish, id, node);
		if (err < 0) {
			SNDERR(err == -ENOENT ? "unknown field %s" : "wrong value of %s", id);
			return err == -ENOENT ? -EINVAL : err;
		}
	}
	return 0;
}

SND_PCM_PLUGIN_DEFINE_FUNC(mca_sim);

SND_PCM_PLUGIN_DEFINE_FUNC(mca_sim)
{
	struct mca_simrack *rack;
	struct mca_diag diag = { 0 };
	struct wish wish;
	int err;

	mca_simrack_spec_default(&wish.spec);
	err = read_conf(&wish, conf);
	if (err < 0)
		return err;
	/* A direction needs its own file only: `aplay` no source, `arecord` no sink. */
	if (stream == SND_PCM_STREAM_CAPTURE)
		wish.card->sink.kind = MCA_SIM_DISCARD;
	else
		wish.card->source.kind = MCA_SIM_SILENCE;
	err = mca_simrack_new(&rack, &wish.spec, false, &diag);
	if (err == 0) {
		err = mca_simstream_open(rack, pcmp, (unsigned)wish.number, name, stream, mode,
					 true, &diag);
		if (err < 0)
			mca_simrack_free(rack);
	}
	if (err < 0)
		SNDERR("%s", diag.text);
	return err;
}

/* The macro brings its own semicolon. */
SND_DLSYM_BUILD_VERSION(SND_PCM_PLUGIN_ENTRY(mca_sim), SND_PCM_DLSYM_VERSION)

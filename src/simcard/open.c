/* SPDX-License-Identifier: MIT */
/*
 * Opening and closing one direction of a card. The `open` flag of the port is taken first and given
 * back last: what lies between belongs to one stream alone, and passes from one to the next through
 * it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ioplug.h"
#include "mca/diag.h"
#include "rack.h"

static const char *const direction_name[] = { "capture", "playback" };

int mca_simrack_check(const struct mca_simrack *rack, unsigned card, struct mca_diag *diag)
{
	if (card < 1 || card > MCA_SIM_CARDS)
		return mca_diag_set(diag, -ENODEV,
				    "there is no sim:%u; the simulated cards are sim:1 to "
				    "sim:%d",
				    card, MCA_SIM_CARDS);
	if (!mca_simrack_present(rack, card))
		return mca_diag_set(diag, -ENODEV,
				    "sim:%u is not plugged in; plug it in (`absent` in the "
				    "simulation section) or use another card",
				    card);
	return 0;
}

static int claim_port(struct mca_simcard *card, unsigned port, struct mca_diag *diag)
{
	bool open = false;

	if (!atomic_compare_exchange_strong(&card->port[port].open, &open, true))
		return mca_diag_set(diag, -EBUSY,
				    "the %s direction of sim:%u is in use; use another card",
				    direction_name[port], card->number);
	return 0;
}

static struct mca_simstream *new_stream(struct mca_simrack *rack, struct mca_simcard *card,
					snd_pcm_stream_t direction)
{
	struct mca_simstream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->rack = rack;
	stream->card = card;
	stream->port = &card->port[mca_simport_index(direction)];
	stream->direction = direction;
	stream->own_clock.free_running = rack->spec.free_running;
	stream->clock = &stream->own_clock;
	/* Valid modulus and comparison before hw_params. */
	stream->boundary = stream->buffer_frames = stream->avail_min = stream->stop_threshold = 1;
	stream->batch_frames = 1;
	return stream;
}

static void attach(struct mca_simstream *stream)
{
	stream->port->stream = stream;
	atomic_store(&stream->port->clock, stream->clock);
}

static void release_port(struct mca_simport *port)
{
	atomic_store(&port->clock, NULL);
	atomic_store(&port->pcm, NULL);
	port->stream = NULL;
	atomic_store(&port->open, false);
}

static int make_pcm(struct mca_simstream *stream, const char *name, int mode,
		    struct mca_diag *diag)
{
	int err;

	mca_simhang_call(&stream->port->hang, MCA_SIM_CALL_OPEN, stream->port->stream_ns);
	if (stream->direction == SND_PCM_STREAM_CAPTURE) {
		err = mca_simsource_open(&stream->card->source, diag);
		if (err < 0)
			return err;
	}
	err = mca_simioplug_create(stream, name, mode);
	if (err < 0)
		return mca_diag_set(diag, err, "alsa-lib cannot make a PCM of %s: %s", name,
				    snd_strerror(err));
	atomic_store(&stream->port->pcm, stream->io.pcm);
	return 0;
}

int mca_simstream_open(struct mca_simrack *rack, snd_pcm_t **pcm, unsigned number, const char *name,
		       snd_pcm_stream_t direction, int mode, bool owned, struct mca_diag *diag)
{
	struct mca_simcard *card;
	struct mca_simstream *stream;
	unsigned port;
	int err;

	err = mca_simrack_check(rack, number, diag);
	if (err < 0)
		return err;
	card = &rack->card[number - 1];
	port = mca_simport_index(direction);
	err = claim_port(card, port, diag);
	if (err < 0)
		return err;
	stream = new_stream(rack, card, direction);
	if (!stream) {
		release_port(&card->port[port]);
		return mca_diag_set(diag, -ENOMEM, "no memory to open sim:%u", number);
	}
	stream->generation = mca_simplug_generation(&card->plug) & ~1u;
	attach(stream);
	err = make_pcm(stream, name, mode, diag);
	if (err < 0) {
		mca_simstream_close(stream);
		return err;
	}
	err = mca_simioplug_constrain(stream);
	if (err < 0) {
		snd_pcm_close(stream->io.pcm);
		return mca_diag_set(diag, err,
				    "the limits given for sim:%u leave nothing to offer; widen "
				    "them in the simulation section",
				    number);
	}
	stream->owns_rack = owned;
	*pcm = stream->io.pcm;
	return 0;
}

void mca_simstream_close(struct mca_simstream *stream)
{
	struct mca_simrack *rack = stream->owns_rack ? stream->rack : NULL;

	mca_simstream_halt(stream);
	if (stream->direction == SND_PCM_STREAM_CAPTURE)
		mca_simsource_close(&stream->card->source);
	else
		mca_simsink_flush(&stream->card->sink);
	release_port(stream->port);
	free(stream);
	mca_simrack_free(rack);
}

int mca_simrack_open(struct mca_simrack *rack, snd_pcm_t **pcm, unsigned card,
		     snd_pcm_stream_t stream, int mode, struct mca_simclock *clock,
		     struct mca_diag *diag)
{
	char name[32];
	int err;

	snprintf(name, sizeof(name), "sim:%u", card);
	err = mca_simstream_open(rack, pcm, card, name, stream, mode, false, diag);
	if (err < 0)
		return err;
	return mca_simrack_use_clock(rack, *pcm, clock);
}

/* Other ports may be opened or closed by another thread meanwhile: nothing of theirs is touched but
 * the atomic pointer. */
static struct mca_simstream *find_stream(struct mca_simrack *rack, const snd_pcm_t *pcm)
{
	for (unsigned i = 0; i < 2 * MCA_SIM_CARDS; i++) {
		struct mca_simport *port = &rack->card[i / 2].port[i % 2];

		if (atomic_load(&port->pcm) == pcm)
			return port->stream;
	}
	return NULL;
}

int mca_simrack_use_clock(struct mca_simrack *rack, snd_pcm_t *pcm, struct mca_simclock *clock)
{
	struct mca_simstream *stream = find_stream(rack, pcm);

	if (!stream)
		return -ENODEV;
	stream->clock = clock ? clock : &stream->own_clock;
	atomic_store(&stream->port->clock, stream->clock);
	return 0;
}

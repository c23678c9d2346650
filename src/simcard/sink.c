/* SPDX-License-Identifier: MIT */
/*
 * The file is created with the rack, so that a wrong path is found at once, and begun again with
 * the right header when the first stream agrees on its rate. From its first frame on the file keeps
 * that shape: a WAV file has one rate, and starting it over would throw a recording away.
 *
 * When the disk is full the ring is emptied all the same: a simulated card must not stop playing
 * because its recorder did.
 */
#include "sink.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mca/diag.h"
#include "mca/wav.h"
#include "raw.h"

#define FIRST_RATE_HZ 44100
#define FIRST_LANES 2

/* Places of the ring for so many samples. */
static uint64_t places(const struct mca_simsink *sink, uint64_t samples)
{
	return sink->bits == 16 ? samples : 2 * samples;
}

static int begin_file(struct mca_simsink *sink, unsigned rate_hz, unsigned lanes,
		      struct mca_diag *diag)
{
	int err = 0;

	if (sink->spec->kind == MCA_SIM_RECORD) {
		/* The old one first: closing rewrites its header, and it is the same file. */
		mca_wav_writer_close(sink->writer);
		sink->writer = NULL;
		err = mca_wav_writer_open_wide(&sink->writer, sink->spec->path, rate_hz, lanes,
					       sink->bits, diag);
	} else if (sink->raw_fd < 0) { /* bare samples have no shape */
		err = mca_simraw_open(sink->spec->path, sink->self_draining, diag);
		sink->raw_fd = err;
	}
	if (err < 0)
		return err;
	sink->rate_hz = rate_hz;
	sink->lanes = lanes;
	/* No frame straddles the end. Nothing has been put yet, so nothing moves. */
	sink->ring_samples = MCA_SIMSINK_SAMPLES - MCA_SIMSINK_SAMPLES % places(sink, lanes);
	return 0;
}

int mca_simsink_init(struct mca_simsink *sink, const struct mca_sim_card_spec *card,
		     bool self_draining, struct mca_diag *diag)
{
	static const unsigned bits[] = { 16, 16, 24, 24, 32 }; /* by enum mca_sim_format */
	const struct mca_sim_sink *spec = &card->sink;
	int err;

	sink->spec = spec;
	sink->bits = bits[card->only_format];
	sink->raw_fd = -1;
	sink->self_draining = self_draining;
	atomic_init(&sink->head, 0);
	atomic_init(&sink->tail, 0);
	atomic_init(&sink->lost, 0);
	pthread_mutex_init(&sink->file, NULL);
	if (spec->kind == MCA_SIM_DISCARD)
		return 0;
	sink->ring = malloc(MCA_SIMSINK_SAMPLES * sizeof(*sink->ring));
	if (!sink->ring)
		err = mca_diag_set(diag, -ENOMEM, "no memory to record %s", spec->path);
	else
		err = begin_file(sink, FIRST_RATE_HZ, FIRST_LANES, diag);
	if (err < 0) {
		free(sink->ring);
		sink->ring = NULL;
		return err;
	}
	/* Touched here, so that the audio thread meets no page for the first time. */
	memset(sink->ring, 0, MCA_SIMSINK_SAMPLES * sizeof(*sink->ring));
	return 0;
}

void mca_simsink_done(struct mca_simsink *sink)
{
	if (sink->ring) {
		mca_simsink_drain(sink);
		mca_wav_writer_close(sink->writer);
		if (sink->raw_fd >= 0)
			close(sink->raw_fd);
		free(sink->ring);
	}
	pthread_mutex_destroy(&sink->file);
}

bool mca_simsink_shape(struct mca_simsink *sink, unsigned *rate_hz, unsigned *lanes)
{
	bool fixed;

	pthread_mutex_lock(&sink->file);
	fixed = sink->ring && (sink->begun || atomic_load(&sink->head) != atomic_load(&sink->tail));
	*rate_hz = sink->rate_hz;
	*lanes = sink->lanes;
	pthread_mutex_unlock(&sink->file);
	return fixed;
}

int mca_simsink_agree(struct mca_simsink *sink, unsigned rate_hz, unsigned lanes)
{
	unsigned old_rate_hz, old_lanes;
	bool fixed = mca_simsink_shape(sink, &old_rate_hz, &old_lanes);
	int err = 0;

	if (!sink->ring || (old_rate_hz == rate_hz && old_lanes == lanes))
		return 0;
	if (fixed)
		return -EINVAL;
	pthread_mutex_lock(&sink->file);
	err = begin_file(sink, rate_hz, lanes, NULL);
	pthread_mutex_unlock(&sink->file);
	return err;
}

/* Into the file. Samples that are done with, or negative errno: then all are. */
static int64_t write_out(struct mca_simsink *sink, const int16_t *samples, uint64_t count)
{
	int err = -EBADF;

	if (sink->raw_fd >= 0)
		return mca_simraw_write(sink->raw_fd, samples, count);
	/* No frame straddles the end of the ring. */
	if (sink->writer && sink->bits == 16)
		err = mca_wav_writer_append(sink->writer, samples, count / sink->lanes);
	else if (sink->writer)
		err = mca_wav_writer_append_wide(sink->writer,
						 (const int32_t *)(const void *)samples,
						 count / sink->lanes / 2);
	return err < 0 ? err : (int64_t)count;
}

/* Move one straight piece from the ring to the file; the lock is held. Returns samples moved. */
static uint64_t drain_piece(struct mca_simsink *sink)
{
	uint64_t tail = atomic_load_explicit(&sink->tail, memory_order_relaxed);
	uint64_t count = atomic_load_explicit(&sink->head, memory_order_acquire) - tail;
	uint64_t straight = sink->ring_samples - tail % sink->ring_samples;
	int64_t done;

	if (count > straight)
		count = straight;
	if (!count)
		return 0;
	done = write_out(sink, sink->ring + tail % sink->ring_samples, count);
	if (done < 0 && !sink->error)
		sink->error = (int)done;
	else if (done >= 0)
		count = (uint64_t)done;
	sink->begun = true;
	atomic_store_explicit(&sink->tail, tail + count, memory_order_release);
	return count;
}

static void drain_locked(struct mca_simsink *sink)
{
	/* At most two pieces stand in the ring now; what comes in meanwhile may wait. */
	if (drain_piece(sink))
		drain_piece(sink);
}

int mca_simsink_drain(struct mca_simsink *sink)
{
	int err;

	if (!sink->ring)
		return 0;
	pthread_mutex_lock(&sink->file);
	drain_locked(sink);
	err = sink->error;
	sink->error = 0;
	pthread_mutex_unlock(&sink->file);
	if (!err && atomic_exchange(&sink->lost, 0))
		err = -ENOBUFS;
	return err;
}

void mca_simsink_flush(struct mca_simsink *sink)
{
	if (!sink->ring)
		return;
	pthread_mutex_lock(&sink->file);
	drain_locked(sink);
	pthread_mutex_unlock(&sink->file);
}

static void copy_in(struct mca_simsink *sink, uint64_t head, const int16_t *samples, uint64_t count)
{
	uint64_t straight = sink->ring_samples - head % sink->ring_samples;

	if (straight > count)
		straight = count;
	memcpy(sink->ring + head % sink->ring_samples, samples, straight * sizeof(*samples));
	memcpy(sink->ring, samples + straight, (count - straight) * sizeof(*samples));
}

void mca_simsink_put(struct mca_simsink *sink, const int16_t *samples, unsigned count)
{
	uint64_t head, room;

	if (!sink->ring)
		return;
	head = atomic_load_explicit(&sink->head, memory_order_relaxed);
	room = sink->ring_samples -
	       (head - atomic_load_explicit(&sink->tail, memory_order_acquire));
	if (room < count && sink->self_draining) {
		mca_simsink_flush(sink);
		room = sink->ring_samples;
	}
	if (room < count) {
		atomic_fetch_add(&sink->lost, count);
		return;
	}
	copy_in(sink, head, samples, count);
	atomic_store_explicit(&sink->head, head + count, memory_order_release);
}

void mca_simsink_put_words(struct mca_simsink *sink, const int32_t *words, unsigned count)
{
	int16_t halves[2 * MCA_SIMSINK_WORDS];
	unsigned used = 0;

	assert(count <= MCA_SIMSINK_WORDS);
	if (!sink->ring)
		return;
	for (unsigned i = 0; i < count; i++) {
		if (sink->bits == 16) {
			halves[used++] = (int16_t)(words[i] >> 16);
		} else {
			memcpy(halves + used, &words[i], sizeof(words[i]));
			used += 2;
		}
	}
	mca_simsink_put(sink, halves, used);
}

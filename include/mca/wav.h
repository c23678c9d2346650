/* SPDX-License-Identifier: MIT */
#ifndef MCA_WAV_H
#define MCA_WAV_H

#include <stddef.h>
#include <stdint.h>

struct mca_diag;

/*
 * 16-bit WAV files, read whole or written as a stream (there also with 24 or 32 bits); the only
 * room that knows libsndfile. Thread: control; file I/O throughout.
 */
struct mca_wav {
	int16_t *frames;   /* interleaved, owned */
	size_t count;      /* frames */
	uint64_t announced; /* frames that the header promises; count if the file is whole */
	unsigned lanes;
	unsigned rate_hz;
};

/* Read a whole file of 16-bit PCM, WAV or RF64, with 1 or 2 lanes (others are refused with the
 * cure), at most max_frames (0 = 2^31 - 1; longer: -EFBIG). Returns 0 or negative errno with diag;
 * on an error *wav is untouched. Free with mca_wav_done(). Thread: control. */
int mca_wav_read(struct mca_wav *wav, const char *path, size_t max_frames, struct mca_diag *diag);

/* The same judgement without the samples: fills count, lanes and rate_hz, frames stays NULL.
 * Thread: control. */
int mca_wav_probe(struct mca_wav *wav, const char *path, struct mca_diag *diag);

void mca_wav_done(struct mca_wav *wav);

/* A file being written. The header is kept true after every append, so a killed process leaves a
 * readable file. */
struct mca_wav_writer;

/* Create (or empty) the file and write its header. 0 or negative errno with diag.
 * Thread: control. */
int mca_wav_writer_open(struct mca_wav_writer **writer, const char *path, unsigned rate_hz,
			unsigned lanes, struct mca_diag *diag);
/* The same with 16, 24 or 32 bits. */
int mca_wav_writer_open_wide(struct mca_wav_writer **writer, const char *path, unsigned rate_hz,
			     unsigned lanes, unsigned bits, struct mca_diag *diag);
/* Append frames; 0 or negative errno (disk full: -ENOSPC; beyond the 4 GiB of the format: -EFBIG).
 * After an error the writer may be used again: the next append goes on behind what did get written.
 * Thread: one at a time. */
int mca_wav_writer_append(struct mca_wav_writer *writer, const int16_t *frames, size_t count);
/* The same from samples left-justified in 32 bits; what the file has no bits for is cut off. */
int mca_wav_writer_append_wide(struct mca_wav_writer *writer, const int32_t *frames, size_t count);
/* Close and free; 0 or negative errno of the last flush. NULL is fine. */
int mca_wav_writer_close(struct mca_wav_writer *writer);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * 16-bit WAV files: read whole, or written as a stream. The one file that knows libsndfile.
 *
 * Reading. The file is opened by hand first, so that "not there" and "not allowed" keep their
 * errno; libsndfile then only has to judge the contents. The header's frame count is believed no
 * further than the file is long: a damaged header must not make us allocate gigabytes.
 *
 * Writing. libsndfile lays out the file, but every byte goes through the callbacks below: only so
 * does the errno of a full disk survive (libsndfile itself keeps a sentence, not a number). The
 * header is rewritten after each append; its length fields end at 4 GiB, beyond which append
 * answers -EFBIG.
 */
#include "mca/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"
#include "wav_head.h"

#define WAV_LANES_MAX 2
#define PROBE_BYTES 65536

static int open_regular(const char *path, off_t *bytes, struct mca_diag *diag)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return mca_diag_set(diag, err,
				    "cannot open %s: %s; name a readable 16-bit WAV file", path,
				    strerror(-err));
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return mca_diag_set(diag, -EINVAL,
				    "%s is not a regular file; name a 16-bit WAV file", path);
	}
	*bytes = st.st_size;
	return fd;
}

static int check_format(const SF_INFO *info, const char *path, struct mca_diag *diag)
{
	int type = info->format & SF_FORMAT_TYPEMASK;

	if ((type != SF_FORMAT_WAV && type != SF_FORMAT_WAVEX && type != SF_FORMAT_RF64) ||
	    (info->format & SF_FORMAT_SUBMASK) != SF_FORMAT_PCM_16)
		return mca_diag_set(
			diag, -EINVAL,
			"%s is not a 16-bit PCM WAV file; convert it, for example with: "
			"sox %s -b 16 converted.wav",
			path, path);
	if (info->channels < 1 || info->channels > WAV_LANES_MAX)
		return mca_diag_set(
			diag, -EINVAL,
			"%s has %d channels, 1 or 2 are possible; mix it down, for example "
			"with: sox %s converted.wav channels 2",
			path, info->channels, path);
	if (info->samplerate < 1)
		return mca_diag_set(diag, -EINVAL, "%s names no sample rate; write it again", path);
	return 0;
}

/* Open and judge, fill in all of *wav but its frames; on 0 *file is to be closed with sf_close()
 * (which closes the descriptor too). */
static int open_wav(SNDFILE **file, SF_INFO *info, struct mca_wav *wav, const char *path,
		    struct mca_diag *diag)
{
	off_t bytes = 0;
	int err, fd = open_regular(path, &bytes, diag);
	sf_count_t room;
	void *probe;

	if (fd < 0)
		return fd;
	memset(info, 0, sizeof(*info));
	/* libsndfile 1.2.0 does not check its first list of chunks (1.4 KiB): see that there is
	 * memory. */
	probe = malloc(PROBE_BYTES);
	free(probe);
	errno = probe ? 0 : ENOMEM;
	*file = probe ? sf_open_fd(fd, SFM_READ, info, SF_TRUE) : NULL;
	if (!probe)
		close(fd);
	if (!*file && errno == ENOMEM)
		return mca_diag_set(diag, -ENOMEM, "memory ran out while opening %s", path);
	if (!*file) {
		/* libsndfile has closed fd. */
		return mca_diag_set(diag, -EINVAL,
				    "%s is not a WAV file (%s); name a 16-bit WAV file", path,
				    sf_strerror(NULL));
	}
	err = check_format(info, path, diag);
	if (err < 0) {
		sf_close(*file);
		return err;
	}
	room = (sf_count_t)bytes / (2 * info->channels);
	if (info->frames > room)
		info->frames = room;
	*wav = (struct mca_wav) { .count = (size_t)info->frames, .lanes = (unsigned)info->channels,
				  .rate_hz = (unsigned)info->samplerate };
	err = mca_wav_head_read(fd, 2u * wav->lanes, &wav->announced, wav->count);
	if (err == 0)
		return 0;
	sf_close(*file);
	return mca_diag_set(diag, err, "%s was not finished: its header announces no samples, but "
			    "samples follow; repair it, for example with: sox --ignore-length %s "
			    "repaired.wav", path, path);
}

int mca_wav_probe(struct mca_wav *wav, const char *path, struct mca_diag *diag)
{
	struct mca_wav found;
	SNDFILE *file;
	SF_INFO info;
	int err = open_wav(&file, &info, &found, path, diag);

	if (err < 0)
		return err;
	sf_close(file);
	*wav = found;
	return 0;
}

int mca_wav_read(struct mca_wav *wav, const char *path, size_t max_frames, struct mca_diag *diag)
{
	sf_count_t limit =
		max_frames && max_frames < INT32_MAX ? (sf_count_t)max_frames : INT32_MAX;
	struct mca_wav found;
	SNDFILE *file;
	SF_INFO info;
	int16_t *frames;
	sf_count_t got;
	int err = open_wav(&file, &info, &found, path, diag);

	if (err < 0)
		return err;
	if (info.frames > limit) {
		sf_close(file);
		return mca_diag_set(diag, -EFBIG,
				    "%s holds %lld frames, at most %lld are read; cut it, for "
				    "example with: sox %s shorter.wav trim 0 60",
				    path, (long long)info.frames, (long long)limit, path);
	}
	/* One frame more than needed, so that an empty file is no special case. */
	frames = calloc((size_t)info.frames + 1, (size_t)info.channels * sizeof(*frames));
	if (!frames) {
		sf_close(file);
		return mca_diag_set(diag, -ENOMEM,
				    "no memory for the %lld frames of %s; use a shorter file",
				    (long long)info.frames, path);
	}
	got = sf_readf_short(file, frames, info.frames);
	sf_close(file);
	*wav = found;
	wav->frames = frames;
	wav->count = got > 0 ? (size_t)got : 0;
	return 0;
}

void mca_wav_done(struct mca_wav *wav)
{
	free(wav->frames);
	*wav = (struct mca_wav) { 0 };
}

/* The 32-bit sizes of RIFF, less room for the header itself. */
#define WAV_DATA_BYTES_MAX (UINT32_MAX - 4096u)

struct mca_wav_writer {
	int fd;
	int error;          /* first negative errno since the last look */
	unsigned lanes, sample_bytes;
	uint64_t bytes;     /* of samples accepted */
	SNDFILE *file;
};

static void note_error(struct mca_wav_writer *writer)
{
	if (!writer->error)
		writer->error = -errno;
}

static sf_count_t file_length(void *context)
{
	struct mca_wav_writer *writer = context;
	struct stat st;

	if (fstat(writer->fd, &st) < 0) {
		note_error(writer);
		return -1;
	}
	return st.st_size;
}

static sf_count_t file_seek(sf_count_t offset, int whence, void *context)
{
	struct mca_wav_writer *writer = context;
	off_t at = lseek(writer->fd, offset, whence);

	if (at < 0)
		note_error(writer);
	return at;
}

static sf_count_t file_read(void *bytes, sf_count_t count, void *context)
{
	struct mca_wav_writer *writer = context;
	ssize_t got = read(writer->fd, bytes, (size_t)count);

	if (got < 0)
		note_error(writer);
	return got < 0 ? 0 : got;
}

static sf_count_t file_write(const void *bytes, sf_count_t count, void *context)
{
	struct mca_wav_writer *writer = context;
	sf_count_t done = 0;

	while (done < count) {
		ssize_t put = write(writer->fd, (const char *)bytes + done, (size_t)(count - done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			note_error(writer);
			break;
		}
		done += put;
	}
	return done;
}

static sf_count_t file_tell(void *context)
{
	return file_seek(0, SEEK_CUR, context);
}

static const SF_VIRTUAL_IO file_calls = {
	.get_filelen = file_length,
	.seek = file_seek,
	.read = file_read,
	.write = file_write,
	.tell = file_tell,
};

static int take_error(struct mca_wav_writer *writer)
{
	int err = writer->error;

	writer->error = 0;
	return err;
}

/* Rewrite the header for what has been written so far. */
static int keep_header_true(struct mca_wav_writer *writer)
{
	sf_command(writer->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
	return take_error(writer);
}

static int subtype(unsigned sample_bytes)
{
	switch (sample_bytes) {
	case 3: return SF_FORMAT_PCM_24;
	case 4: return SF_FORMAT_PCM_32;
	default: return SF_FORMAT_PCM_16;
	}
}

static int writer_begin(struct mca_wav_writer *writer, const char *path, unsigned rate_hz,
			struct mca_diag *diag)
{
	SF_INFO info = { .samplerate = (int)rate_hz, .channels = (int)writer->lanes,
			 .format = SF_FORMAT_WAV | subtype(writer->sample_bytes) };
	SF_VIRTUAL_IO calls = file_calls; /* copied there; the parameter only lacks a const */
	int err;

	errno = 0;
	writer->file = sf_open_virtual(&calls, SFM_WRITE, &info, writer);
	err = !writer->file && errno == ENOMEM ? -ENOMEM : take_error(writer);
	if (!writer->file)
		return mca_diag_set(diag, err ? err : -EINVAL, "cannot write a WAV file to %s: %s",
				    path, err ? strerror(-err) : sf_strerror(NULL));
	if (!err)
		err = keep_header_true(writer);
	if (err)
		return mca_diag_set(diag, err,
				    "cannot write to %s: %s; free some space or name another "
				    "file",
				    path, strerror(-err));
	return 0;
}

int mca_wav_writer_open(struct mca_wav_writer **out, const char *path, unsigned rate_hz,
			unsigned lanes, struct mca_diag *diag)
{
	return mca_wav_writer_open_wide(out, path, rate_hz, lanes, 16, diag);
}

int mca_wav_writer_open_wide(struct mca_wav_writer **out, const char *path, unsigned rate_hz,
			     unsigned lanes, unsigned bits, struct mca_diag *diag)
{
	struct mca_wav_writer *writer = calloc(1, sizeof(*writer));
	int err;

	if (!writer)
		return mca_diag_set(diag, -ENOMEM, "no memory to write %s", path);
	writer->lanes = lanes;
	writer->sample_bytes = bits / 8;
	writer->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0644);
	if (writer->fd < 0) {
		err = mca_diag_set(diag, -errno,
				   "cannot create %s: %s; name a file in a folder that "
				   "exists and may be written",
				   path, strerror(errno));
		free(writer);
		return err;
	}
	err = writer_begin(writer, path, rate_hz, diag);
	if (err < 0) {
		mca_wav_writer_close(writer);
		return err;
	}
	*out = writer;
	return 0;
}

static bool has_room(const struct mca_wav_writer *writer, size_t count)
{
	uint64_t bytes = (uint64_t)count * writer->lanes * writer->sample_bytes;

	return bytes <= WAV_DATA_BYTES_MAX - writer->bytes;
}

/* `put` of `count` frames were written. */
static int note_append(struct mca_wav_writer *writer, sf_count_t put, size_t count)
{
	int err = take_error(writer), header_err;

	if (put > 0)
		writer->bytes += (uint64_t)put * writer->lanes * writer->sample_bytes;
	if (!err && put != (sf_count_t)count)
		err = -EIO;
	header_err = keep_header_true(writer);
	return err ? err : header_err;
}

int mca_wav_writer_append(struct mca_wav_writer *writer, const int16_t *frames, size_t count)
{
	if (!has_room(writer, count))
		return -EFBIG;
	return note_append(writer, sf_writef_short(writer->file, frames, (sf_count_t)count), count);
}

int mca_wav_writer_append_wide(struct mca_wav_writer *writer, const int32_t *frames, size_t count)
{
	if (!has_room(writer, count))
		return -EFBIG;
	return note_append(writer, sf_writef_int(writer->file, frames, (sf_count_t)count), count);
}

int mca_wav_writer_close(struct mca_wav_writer *writer)
{
	int err;

	if (!writer)
		return 0;
	if (writer->file)
		sf_close(writer->file);
	err = take_error(writer);
	if (close(writer->fd) < 0 && !err)
		err = -errno;
	free(writer);
	return err;
}

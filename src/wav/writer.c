/* SPDX-License-Identifier: MIT */
/*
 * Writing a 16-bit WAV file as a stream.
 *
 * libsndfile lays out the file, but every byte goes through the four callbacks below: only so does the
 * errno of a full disk survive (libsndfile itself keeps a sentence, not a number). The header is
 * rewritten after each append; its length fields end at 4 GiB, beyond which append answers -EFBIG.
 */
#include "mca/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"

/* The 32-bit sizes of RIFF, less room for the header itself. */
#define WAV_DATA_BYTES_MAX (UINT32_MAX - 4096u)

struct mca_wav_writer {
	int fd;
	int error;          /* first negative errno since the last look */
	unsigned lanes;
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

static SF_VIRTUAL_IO file_calls = {
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

static int writer_begin(struct mca_wav_writer *writer, const char *path, unsigned rate_hz,
			struct mca_diag *diag)
{
	SF_INFO info = { .samplerate = (int)rate_hz, .channels = (int)writer->lanes,
			 .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };
	int err;

	writer->file = sf_open_virtual(&file_calls, SFM_WRITE, &info, writer);
	err = take_error(writer);
	if (!writer->file)
		return mca_diag_set(diag, err ? err : -EINVAL, "cannot write a WAV file to %s: %s", path,
				    err ? strerror(-err) : sf_strerror(NULL));
	if (!err)
		err = keep_header_true(writer);
	if (err)
		return mca_diag_set(diag, err, "cannot write to %s: %s; free some space or name another "
				    "file", path, strerror(-err));
	return 0;
}

int mca_wav_writer_open(struct mca_wav_writer **out, const char *path, unsigned rate_hz,
			unsigned lanes, struct mca_diag *diag)
{
	struct mca_wav_writer *writer = calloc(1, sizeof(*writer));
	int err;

	if (!writer)
		return mca_diag_set(diag, -ENOMEM, "no memory to write %s", path);
	writer->lanes = lanes;
	writer->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0644);
	if (writer->fd < 0) {
		err = mca_diag_set(diag, -errno, "cannot create %s: %s; name a file in a folder that "
				   "exists and may be written", path, strerror(errno));
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

int mca_wav_writer_append(struct mca_wav_writer *writer, const int16_t *frames, size_t count)
{
	uint64_t bytes = (uint64_t)count * writer->lanes * sizeof(*frames);
	sf_count_t put;
	int err, header_err;

	if (bytes > WAV_DATA_BYTES_MAX - writer->bytes)
		return -EFBIG;
	put = sf_writef_short(writer->file, frames, (sf_count_t)count);
	err = take_error(writer);
	if (put > 0)
		writer->bytes += (uint64_t)put * writer->lanes * sizeof(*frames);
	if (!err && put != (sf_count_t)count)
		err = -EIO;
	header_err = keep_header_true(writer);
	return err ? err : header_err;
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

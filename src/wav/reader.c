/* SPDX-License-Identifier: MIT */
/*
 * Reading a 16-bit WAV file whole.
 *
 * The file is opened by hand first, so that "not there" and "not allowed" keep their errno; libsndfile
 * then only has to judge the contents. The header's frame count is believed no further than the
 * file is long: a damaged header must not make us allocate gigabytes.
 */
#include "mca/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"

#define WAV_LANES_MAX 2

static int open_regular(const char *path, off_t *bytes, struct mca_diag *diag)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return mca_diag_set(diag, err, "cannot open %s: %s; name a readable 16-bit WAV file", path,
				    strerror(-err));
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return mca_diag_set(diag, -EINVAL, "%s is not a regular file; name a 16-bit WAV file",
				    path);
	}
	*bytes = st.st_size;
	return fd;
}

static int check_format(const SF_INFO *info, const char *path, struct mca_diag *diag)
{
	int type = info->format & SF_FORMAT_TYPEMASK;

	if ((type != SF_FORMAT_WAV && type != SF_FORMAT_WAVEX) ||
	    (info->format & SF_FORMAT_SUBMASK) != SF_FORMAT_PCM_16)
		return mca_diag_set(diag, -EINVAL,
				    "%s is not a 16-bit PCM WAV file; convert it, for example with: "
				    "sox %s -b 16 converted.wav", path, path);
	if (info->channels < 1 || info->channels > WAV_LANES_MAX)
		return mca_diag_set(diag, -EINVAL,
				    "%s has %d channels, 1 or 2 are possible; mix it down, for example "
				    "with: sox %s converted.wav channels 2", path, info->channels, path);
	if (info->samplerate < 1)
		return mca_diag_set(diag, -EINVAL, "%s names no sample rate; write it again", path);
	return 0;
}

/* Open and judge; on 0 *file is to be closed with sf_close() (which closes the descriptor too). */
static int open_wav(SNDFILE **file, SF_INFO *info, const char *path, struct mca_diag *diag)
{
	off_t bytes = 0;
	int err, fd = open_regular(path, &bytes, diag);
	sf_count_t room;

	if (fd < 0)
		return fd;
	memset(info, 0, sizeof(*info));
	*file = sf_open_fd(fd, SFM_READ, info, SF_TRUE);
	if (!*file) {
		/* libsndfile has closed fd. */
		return mca_diag_set(diag, -EINVAL, "%s is not a WAV file (%s); name a 16-bit WAV file",
				    path, sf_strerror(NULL));
	}
	err = check_format(info, path, diag);
	if (err < 0) {
		sf_close(*file);
		return err;
	}
	room = (sf_count_t)bytes / (2 * info->channels);
	if (info->frames > room)
		info->frames = room;
	return 0;
}

int mca_wav_probe(struct mca_wav *wav, const char *path, struct mca_diag *diag)
{
	SNDFILE *file;
	SF_INFO info;
	int err = open_wav(&file, &info, path, diag);

	if (err < 0)
		return err;
	sf_close(file);
	*wav = (struct mca_wav) { .count = (size_t)info.frames, .lanes = (unsigned)info.channels,
				  .rate_hz = (unsigned)info.samplerate };
	return 0;
}

int mca_wav_read(struct mca_wav *wav, const char *path, size_t max_frames, struct mca_diag *diag)
{
	sf_count_t limit = max_frames && max_frames < INT32_MAX ? (sf_count_t)max_frames : INT32_MAX;
	SNDFILE *file;
	SF_INFO info;
	int16_t *frames;
	sf_count_t got;
	int err = open_wav(&file, &info, path, diag);

	if (err < 0)
		return err;
	if (info.frames > limit) {
		sf_close(file);
		return mca_diag_set(diag, -EFBIG, "%s holds %lld frames, at most %lld are read; cut it, for "
				    "example with: sox %s shorter.wav trim 0 60", path,
				    (long long)info.frames, (long long)limit, path);
	}
	/* One frame more than needed, so that an empty file is no special case. */
	frames = calloc((size_t)info.frames + 1, (size_t)info.channels * sizeof(*frames));
	if (!frames) {
		sf_close(file);
		return mca_diag_set(diag, -ENOMEM, "no memory for the %lld frames of %s; use a shorter file",
				    (long long)info.frames, path);
	}
	got = sf_readf_short(file, frames, info.frames);
	sf_close(file);
	*wav = (struct mca_wav) { .frames = frames, .count = got > 0 ? (size_t)got : 0,
				  .lanes = (unsigned)info.channels,
				  .rate_hz = (unsigned)info.samplerate };
	return 0;
}

void mca_wav_done(struct mca_wav *wav)
{
	free(wav->frames);
	*wav = (struct mca_wav) { 0 };
}

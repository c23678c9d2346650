/* SPDX-License-Identifier: MIT */
/* WAV files as other programs see them: layout, refusals, full disks. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/diag.h"
#include "mca/wav.h"

static char folder[] = "/tmp/mca-wav-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static uint32_t little(const unsigned char *bytes, unsigned count)
{
	uint32_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static void put_little(unsigned char *bytes, uint32_t value, unsigned count)
{
	for (; count--; value >>= 8)
		*bytes++ = (unsigned char)value;
}

/* The plain 44-byte header, made by hand. */
static void plain_header(unsigned char *h, unsigned format, unsigned lanes, unsigned rate,
			 unsigned bits, uint32_t bytes)
{
	memcpy(h, "RIFF....WAVEfmt ....................data....", 44);
	put_little(h + 4, 36 + bytes, 4);
	put_little(h + 16, 16, 4);
	put_little(h + 20, format, 2);
	put_little(h + 22, lanes, 2);
	put_little(h + 24, rate, 4);
	put_little(h + 28, rate * lanes * bits / 8, 4);
	put_little(h + 32, lanes * bits / 8, 2);
	put_little(h + 34, bits, 2);
	put_little(h + 40, bytes, 4);
}

static void write_file(const char *path, const unsigned char *header, const void *data,
		       size_t bytes)
{
	FILE *file = fopen(path, "wb");

	CHECK(file && fwrite(header, 1, 44, file) == 44 && fwrite(data, 1, bytes, file) == bytes);
	CHECK(file && fclose(file) == 0);
}

static size_t read_file(const char *path, unsigned char *bytes, size_t room)
{
	FILE *file = fopen(path, "rb");
	size_t got = file ? fread(bytes, 1, room, file) : 0;

	if (file)
		fclose(file);
	return got;
}

static void what_is_written_is_read_back(void)
{
	static int16_t samples[2 * 5000];
	struct mca_wav wav = { 0 };

	for (int i = 0; i < 10000; i++)
		samples[i] = (int16_t)(i * 13 - 32768);
	for (unsigned lanes = 1; lanes <= 2; lanes++) {
		struct mca_wav_writer *writer = NULL;

		CHECK_INT(mca_wav_writer_open(&writer, path_of("a.wav"), 96000, lanes, NULL), 0);
		CHECK_INT(mca_wav_writer_append(writer, samples, 1), 0);
		CHECK_INT(mca_wav_writer_append(writer, samples, 0), 0);
		CHECK_INT(mca_wav_writer_append(writer, samples + lanes, 4999), 0);
		CHECK_INT(mca_wav_writer_close(writer), 0);
		CHECK_INT(mca_wav_read(&wav, path_of("a.wav"), 0, NULL), 0);
		CHECK_INT(wav.count, 5000);
		CHECK_INT(wav.lanes, lanes);
		CHECK_INT(wav.rate_hz, 96000);
		CHECK(memcmp(wav.frames, samples, 5000 * lanes * sizeof(int16_t)) == 0);
		mca_wav_done(&wav);
		CHECK(wav.frames == NULL && wav.count == 0);
	}
}

static void the_header_is_true_after_every_append(void)
{
	static const int16_t samples[200] = { 1, -1, 2 };
	struct mca_wav_writer *writer = NULL;
	unsigned char bytes[1024];

	CHECK_INT(mca_wav_writer_open(&writer, path_of("b.wav"), 44100, 2, NULL), 0);
	for (unsigned appended = 0; appended <= 2; appended++) {
		size_t size = read_file(path_of("b.wav"), bytes, sizeof(bytes));

		CHECK_INT(size, 44 + appended * 400);
		CHECK(memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 36, "data", 4) == 0);
		CHECK_INT(little(bytes + 4, 4), size - 8);
		CHECK_INT(little(bytes + 22, 2), 2);
		CHECK_INT(little(bytes + 24, 4), 44100);
		CHECK_INT(little(bytes + 34, 2), 16);
		CHECK_INT(little(bytes + 40, 4), size - 44);
		CHECK_INT(mca_wav_writer_append(writer, samples, 100), 0);
	}
	CHECK_INT(mca_wav_writer_close(writer), 0);
}

static void an_empty_file_is_no_error(void)
{
	struct mca_wav_writer *writer = NULL;
	struct mca_wav wav = { 0 };

	CHECK_INT(mca_wav_writer_open(&writer, path_of("c.wav"), 8000, 1, NULL), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
	CHECK_INT(mca_wav_read(&wav, path_of("c.wav"), 0, NULL), 0);
	CHECK_INT(wav.count, 0);
	mca_wav_done(&wav);
	CHECK_INT(mca_wav_writer_close(NULL), 0);
}

static void expect_refusal(const char *path, size_t max_frames, int code, const char *cure)
{
	struct mca_wav wav = { .count = 77 };
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_wav_read(&wav, path, max_frames, &diag), code);
	CHECK_INT(diag.code, code);
	CHECK_INT(wav.count, 77);
	CHECK(strstr(diag.text, path) != NULL);
	CHECK(strstr(diag.text, cure) != NULL);
}

static void other_files_are_refused_with_the_cure(void)
{
	unsigned char header[44], data[600] = { 0 };

	expect_refusal(path_of("missing.wav"), 0, -ENOENT, "readable");
	expect_refusal(folder, 0, -EINVAL, "regular");
	plain_header(header, 1, 2, 44100, 24, 600);
	write_file(path_of("d24.wav"), header, data, 600);
	expect_refusal(path_of("d24.wav"), 0, -EINVAL, "-b 16");
	plain_header(header, 1, 3, 44100, 16, 600);
	write_file(path_of("d3.wav"), header, data, 600);
	expect_refusal(path_of("d3.wav"), 0, -EINVAL, "mix it down");
	plain_header(header, 3, 1, 44100, 32, 600);
	write_file(path_of("dfloat.wav"), header, data, 600);
	expect_refusal(path_of("dfloat.wav"), 0, -EINVAL, "16-bit");
	memset(header, 'x', 44);
	write_file(path_of("dtext.wav"), header, data, 600);
	expect_refusal(path_of("dtext.wav"), 0, -EINVAL, "16-bit");
	plain_header(header, 1, 2, 44100, 16, 600);
	write_file(path_of("d.wav"), header, data, 600);
	expect_refusal(path_of("d.wav"), 149, -EFBIG, "trim");
}

/* A header that promises 4 GB must neither allocate them nor fail: what is there is read. */
static void a_lying_header_is_not_believed(void)
{
	unsigned char header[44], data[600] = { 1 };
	struct mca_wav wav = { 0 };
	int err;

	plain_header(header, 1, 2, 44100, 16, UINT32_MAX - 40);
	write_file(path_of("lie.wav"), header, data, 600);
	err = mca_wav_read(&wav, path_of("lie.wav"), 0, NULL);
	CHECK(err == -EINVAL || (err == 0 && wav.count == 150));
	if (err == 0)
		mca_wav_done(&wav);
}

static void a_probe_tells_without_reading(void)
{
	unsigned char header[44], data[600] = { 0 };
	struct mca_wav wav = { 0 };

	plain_header(header, 1, 1, 22050, 16, 600);
	write_file(path_of("p.wav"), header, data, 600);
	CHECK_INT(mca_wav_probe(&wav, path_of("p.wav"), NULL), 0);
	CHECK_INT(wav.count, 300);
	CHECK_INT(wav.lanes, 1);
	CHECK_INT(wav.rate_hz, 22050);
	CHECK(wav.frames == NULL);
	CHECK_INT(mca_wav_probe(&wav, path_of("no.wav"), NULL), -ENOENT);
}

static void a_file_that_cannot_be_written_is_named(void)
{
	struct mca_wav_writer *writer = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_wav_writer_open(&writer, path_of("no/such.wav"), 44100, 2, &diag), -ENOENT);
	CHECK(strstr(diag.text, path_of("no/such.wav")) != NULL);
	CHECK_INT(mca_wav_writer_open(&writer, "/dev/full", 44100, 2, &diag), -ENOSPC);
	CHECK(strstr(diag.text, "/dev/full") != NULL);
	CHECK(writer == NULL);
}

/* The limit on file sizes stands in for a full disk: the errno is kept, and writing goes on after.
 */
static void a_full_disk_keeps_its_errno_and_the_file(void)
{
	static const int16_t samples[2 * 4096] = { 3 };
	struct mca_wav_writer *writer = NULL;
	struct mca_wav wav = { 0 };
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	CHECK_INT(mca_wav_writer_open(&writer, path_of("full.wav"), 44100, 2, NULL), 0);
	CHECK_INT(mca_wav_writer_append(writer, samples, 4096), 0);
	limit.rlim_cur = 20000;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(mca_wav_writer_append(writer, samples, 4096), -EFBIG);
	CHECK_INT(mca_wav_read(&wav, path_of("full.wav"), 0, NULL), 0);
	CHECK(wav.count >= 4096 && wav.count < 5000);
	mca_wav_done(&wav);
	limit.rlim_cur = limit.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(mca_wav_writer_append(writer, samples, 4096), 0);
	CHECK_INT(mca_wav_writer_close(writer), 0);
	CHECK_INT(mca_wav_read(&wav, path_of("full.wav"), 0, NULL), 0);
	CHECK(wav.count >= 8192 && wav.count < 9100);
	mca_wav_done(&wav);
}

int main(void)
{
	char command[64];

	if (!mkdtemp(folder))
		return 1;
	RUN(what_is_written_is_read_back);
	RUN(the_header_is_true_after_every_append);
	RUN(an_empty_file_is_no_error);
	RUN(other_files_are_refused_with_the_cure);
	RUN(a_lying_header_is_not_believed);
	RUN(a_probe_tells_without_reading);
	RUN(a_file_that_cannot_be_written_is_named);
	RUN(a_full_disk_keeps_its_errno_and_the_file);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? DONE() : 1;
}

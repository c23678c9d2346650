/* SPDX-License-Identifier: MIT */
/* WAV sources and sinks: exact contents, wrong files, full disks. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/wav.h"
#include "pair.h"
#include "rack.h"

#define RATE 44100
#define BLOCK 512
#define FRAMES 30000u
#define LEAD (RATE / 10)

static int16_t sample_of(uint64_t frame, unsigned lane)
{
	return (int16_t)(frame * 31 + lane * 1000 + 5);
}

static void write_wav(const char *path, unsigned rate, unsigned lanes, unsigned frames)
{
	struct mca_wav_writer *writer = NULL;
	int16_t frame[2];

	CHECK_INT(mca_wav_writer_open(&writer, path, rate, lanes, NULL), 0);
	for (unsigned i = 0; i < frames; i++) {
		frame[0] = sample_of(i, 0);
		frame[1] = sample_of(i, 1);
		if (mca_wav_writer_append(writer, frame, 1) < 0)
			break;
	}
	CHECK_INT(mca_wav_writer_close(writer), 0);
}

static void use_file(char *path, const char *name)
{
	snprintf(path, MCA_SIM_PATH, "%s", scratch(name));
}

static void use_source(struct mca_simrack_spec *spec, const char *name, bool loop)
{
	spec->card[0].source.kind = MCA_SIM_WAV;
	spec->card[0].source.loop = loop;
	use_file(spec->card[0].source.path, name);
}

static void use_sink(struct mca_simrack_spec *spec, unsigned card, const char *name)
{
	spec->card[card - 1].sink.kind = MCA_SIM_RECORD;
	use_file(spec->card[card - 1].sink.path, name);
}

/* What a copying pair from a WAV source leaves in the sink: 2 blocks, 100 ms, then the file. */
static unsigned wrong_frames(const struct mca_wav *sink, unsigned source_lanes, bool loop,
			     unsigned begin)
{
	unsigned wrong = 0;

	for (uint64_t i = 0; i < sink->count; i++) {
		uint64_t frame = i - begin - LEAD;
		bool silent = i < begin + LEAD || (!loop && frame >= FRAMES);

		for (unsigned lane = 0; lane < 2; lane++) {
			int16_t want =
				silent ? 0 : sample_of(frame % FRAMES, source_lanes > 1 ? lane : 0);

			wrong += sink->frames[2 * i + lane] != want;
		}
	}
	return wrong;
}

static void play_file(unsigned lanes, bool loop, unsigned pump_every)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	struct mca_wav sink = { 0 };

	write_wav(scratch("in.wav"), RATE, lanes, FRAMES);
	use_source(&spec, "in.wav", loop);
	use_sink(&spec, 2, "out.wav");
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	for (unsigned i = 0; i < 400; i++) {
		CHECK_INT(pair_run(&pair, BLOCK), 0);
		if (pump_every && i % pump_every == 0)
			CHECK_INT(mca_simrack_pump(rack), 0);
	}
	pair_close(&pair);
	/* Closing the PCM completes the file; the rack may live on. */
	CHECK_INT(mca_wav_read(&sink, scratch("out.wav"), 0, NULL), 0);
	CHECK_INT(sink.rate_hz, RATE);
	CHECK_INT(sink.lanes, 2);
	CHECK(sink.count >= 400 * BLOCK - 1);
	CHECK_INT(wrong_frames(&sink, lanes, loop, 2 * BLOCK), 0);
	mca_wav_done(&sink);
	mca_simrack_free(rack);
}

static void a_file_goes_from_source_to_sink_exactly(void)
{
	play_file(2, true, 0);
	play_file(2, false, 3);
	play_file(1, true, 1);
}

static void a_sink_holds_more_than_its_ring(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	struct mca_wav sink = { 0 };

	spec.card[0].source.kind = MCA_SIM_TONE;
	use_sink(&spec, 2, "long.wav");
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, 1000), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 30 * RATE), 0);
	pair_close(&pair);
	CHECK_INT(mca_wav_read(&sink, scratch("long.wav"), 0, NULL), 0);
	CHECK_INT(sink.count, 30 * RATE);
	mca_wav_done(&sink);
	mca_simrack_free(rack);
}

static void a_sink_takes_the_shape_of_its_first_stream_and_keeps_it(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { .lanes = 1 };
	struct mca_simrack *rack;
	struct mca_wav sink = { 0 };

	use_sink(&spec, 2, "mono.wav");
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, 48000, BLOCK), 0);
	pair_close(&pair);
	CHECK_INT(pair_open(&pair, rack, 1, 2, 16000, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 16000), 0);
	pair_close(&pair);
	CHECK(pair_open(&pair, rack, 1, 2, 48000, BLOCK) < 0);
	CHECK_INT(pair_open(&pair, rack, 1, 2, 16000, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 16000), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
	CHECK_INT(mca_wav_read(&sink, scratch("mono.wav"), 0, NULL), 0);
	CHECK_INT(sink.lanes, 1);
	CHECK_INT(sink.rate_hz, 16000);
	CHECK_INT(sink.count, 2 * ((16000 + BLOCK - 1) / BLOCK * BLOCK));
	mca_wav_done(&sink);
}

static void a_source_file_dictates_the_rate(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;

	write_wav(scratch("in48.wav"), 48000, 2, 100);
	use_source(&spec, "in48.wav", true);
	rack = make_rack(&spec);
	CHECK(pair_open(&pair, rack, 1, 2, RATE, BLOCK) < 0);
	CHECK_INT(pair_open(&pair, rack, 1, 2, 48000, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 48000), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
}

static void expect_refusal(const struct mca_simrack_spec *spec, int code, const char *named)
{
	struct mca_simrack *rack = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_simrack_new(&rack, spec, true, &diag), code);
	CHECK(rack == NULL);
	CHECK_INT(diag.code, code);
	CHECK(strstr(diag.text, named) != NULL);
}

static void wrong_files_are_refused_by_name(void)
{
	struct mca_simrack_spec spec = free_spec();
	FILE *text = fopen(scratch("text.wav"), "w");

	CHECK(text && fputs("this is no sound\n", text) >= 0 && fclose(text) == 0);
	use_source(&spec, "missing.wav", true);
	expect_refusal(&spec, -ENOENT, "missing.wav");
	use_source(&spec, "text.wav", true);
	expect_refusal(&spec, -EINVAL, "text.wav");
	use_source(&spec, "", true);
	expect_refusal(&spec, -EINVAL, "regular");

	spec = free_spec();
	use_sink(&spec, 4, "no/such/folder.wav");
	expect_refusal(&spec, -ENOENT, "no/such/folder.wav");
	snprintf(spec.card[3].sink.path, MCA_SIM_PATH, "/dev/full");
	expect_refusal(&spec, -ENOSPC, "/dev/full");

	spec = free_spec();
	use_sink(&spec, 3, "same.wav");
	use_sink(&spec, 6, "same.wav");
	expect_refusal(&spec, -EINVAL, "sim:3 and sim:6");
}

static void wrong_numbers_are_refused(void)
{
	struct mca_simrack_spec spec = free_spec();

	spec.card[1].drift_ppm = 10001;
	expect_refusal(&spec, -EINVAL, "sim:2");
	spec = free_spec();
	spec.card[2].source.level_dbfs = 0;
	expect_refusal(&spec, -EINVAL, "sim:3");
	spec = free_spec();
	spec.card[3].source.kind = MCA_SIM_WIRE;
	spec.card[3].source.wire_card = 9;
	expect_refusal(&spec, -EINVAL, "sim:4");
}

/* A disk that is full after 64 KiB, made of the limit on file sizes. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_is_told_by_the_pump_and_stops_nobody(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	struct mca_wav sink = { 0 };

	use_sink(&spec, 2, "full.wav");
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, 5 * BLOCK), 0);
	CHECK_INT(mca_simrack_pump(rack), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(64 * 1024);
	CHECK_INT(pair_run(&pair, RATE), 0);
	CHECK_INT(mca_simrack_pump(rack), -EFBIG);
	CHECK_INT(mca_simrack_pump(rack), 0);
	CHECK_INT(pair_run(&pair, 20 * RATE), 0);
	CHECK_INT(mca_simrack_pump(rack), -EFBIG);
	pair_close(&pair);
	mca_simrack_pump(rack);
	limit_files(RLIM_INFINITY);
	mca_simrack_free(rack);
	/* What got onto the disk is a readable file. */
	CHECK_INT(mca_wav_read(&sink, scratch("full.wav"), 0, NULL), 0);
	CHECK(sink.count > 5 * BLOCK && sink.count <= 64 * 1024 / 4);
	mca_wav_done(&sink);
}

/* Nobody pumps a rack that counts on it: the card plays on, and the loss is told. */
static void an_unpumped_ring_overflows_loudly(void)
{
	struct mca_simrack_spec spec;
	struct mca_simrack *rack = NULL;
	struct mca_simclock clock = { .free_running = true };
	snd_pcm_t *pcm = NULL;
	static int16_t silence[2 * 8192];
	int err = 0;

	mca_simrack_spec_default(&spec);
	use_sink(&spec, 2, "overflow.wav");
	CHECK_INT(mca_simrack_new(&rack, &spec, true, NULL), 0);
	CHECK_INT(open_one(&pcm, rack, 2, SND_PCM_STREAM_PLAYBACK, RATE, 2, 8192, &clock), 0);
	CHECK_INT(snd_pcm_nonblock(pcm, 0), 0);
	CHECK_INT(snd_pcm_mmap_writei(pcm, silence, 8192), 8192);
	CHECK_INT(snd_pcm_mmap_writei(pcm, silence, 8192), 8192);
	CHECK_INT(snd_pcm_start(pcm), 0);
	for (unsigned i = 0; i < 40 && err == 0; i++)
		err = snd_pcm_mmap_writei(pcm, silence, 8192) == 8192 ? 0 : -EIO;
	CHECK_INT(err, 0);
	CHECK_INT(mca_simrack_pump(rack), -ENOBUFS);
	CHECK_INT(mca_simrack_pump(rack), 0);
	snd_pcm_close(pcm);
	mca_simrack_free(rack);
}

/* Play the file to a raw sink of this name; returns samples read from `fd`, as they should be. */
static uint64_t play_raw(const char *name, int fd)
{
	struct mca_simrack_spec spec = free_spec();
	struct pair pair = { 0 };
	struct mca_simrack *rack;
	uint64_t right = 0;
	int16_t frame[2];

	write_wav(scratch("in.wav"), RATE, 2, FRAMES);
	use_source(&spec, "in.wav", true);
	use_sink(&spec, 2, name);
	spec.card[1].sink.kind = MCA_SIM_RAW;
	rack = make_rack(&spec);
	CHECK_INT(pair_open(&pair, rack, 1, 2, RATE, BLOCK), 0);
	CHECK_INT(pair_start(&pair), 0);
	CHECK_INT(pair_run(&pair, LEAD + 4 * BLOCK), 0);
	pair_close(&pair);
	mca_simrack_free(rack);
	while (read(fd, frame, sizeof(frame)) == sizeof(frame)) {
		bool silent = right < 2 * BLOCK + LEAD;
		uint64_t at = right - 2 * BLOCK - LEAD;

		CHECK_INT(frame[0], silent ? 0 : sample_of(at % FRAMES, 0));
		CHECK_INT(frame[1], silent ? 0 : sample_of(at % FRAMES, 1));
		right++;
	}
	return right;
}

static void bare_samples_go_to_a_file_or_a_pipe(void)
{
	const char *const names[] = { "out.raw", "pipe" };

	CHECK_INT(mkfifo(scratch("pipe"), 0600), 0);
	for (unsigned i = 0; i < 2; i++) {
		/* A pipe holds 64 KiB, more than is played here. */
		int fd = open(scratch(names[i]), O_RDONLY | O_NONBLOCK | O_CREAT, 0600);

		CHECK(fd >= 0);
		CHECK(play_raw(names[i], fd) >= LEAD + 4 * BLOCK - 1);
		close(fd);
		unlink(scratch(names[i]));
	}
}

static void a_pipe_without_a_reader_is_refused(void)
{
	struct mca_simrack_spec spec = free_spec();
	struct mca_simrack *rack = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mkfifo(scratch("pipe"), 0600), 0);
	use_sink(&spec, 2, "pipe");
	spec.card[1].sink.kind = MCA_SIM_RAW;
	CHECK_INT(mca_simrack_new(&rack, &spec, false, &diag), -ENXIO);
	CHECK(strstr(diag.text, "reader") != NULL);
	unlink(scratch("pipe"));
}

int main(void)
{
	RUN(a_file_goes_from_source_to_sink_exactly);
	RUN(a_sink_holds_more_than_its_ring);
	RUN(a_sink_takes_the_shape_of_its_first_stream_and_keeps_it);
	RUN(a_source_file_dictates_the_rate);
	RUN(wrong_files_are_refused_by_name);
	RUN(wrong_numbers_are_refused);
	RUN(a_full_disk_is_told_by_the_pump_and_stops_nobody);
	RUN(an_unpumped_ring_overflows_loudly);
	RUN(bare_samples_go_to_a_file_or_a_pipe);
	RUN(a_pipe_without_a_reader_is_refused);
	scratch_done();
	return DONE();
}

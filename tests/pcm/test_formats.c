/* SPDX-License-Identifier: MIT */
/*
 * Devices of every format, number of lanes and way of access: what the engine gets of them is what
 * it would have got of a 16-bit one, and what it plays stands in their WAV files bit for bit.
 */
#include <sys/stat.h>

#include "pair.h"

enum { BLOCK = 100, BLOCKS = 60, KEPT = BLOCK * BLOCKS };

struct device {
	enum mca_sim_format format;
	const char *name;
	unsigned bytes;              /* in a WAV file */
	unsigned lanes;              /* 0: 1 or 2 */
	bool no_mmap, planar;
	struct mca_lane_pick pick;
};

static int16_t captured[2 * KEPT];

static void begin(struct pair *pair, const struct device *device, unsigned engine_lanes)
{
	struct mca_sim_card_spec *card;

	pair_init(pair, BLOCK);
	card = pair_card(pair, 1);
	card->only_format = device->format;
	card->only_lanes = device->lanes;
	card->no_mmap = device->no_mmap;
	card->planar = device->planar;
	pair->shape.lanes = engine_lanes;
	pair->shape.pick = device->pick;
	pair_fault(pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_CAPTURE, 0, 0);
	pair_fault(pair, 1, MCA_SIM_FAULT_SHORT_WINDOW, MCA_PLAYBACK, 0, 0);
	pair_record(pair);
}

/* Captured to played, as it comes; keeps it. */
static void pass(struct pair *pair)
{
	unsigned lanes = pair->shape.lanes, done = 0;

	CHECK_INT(mca_duplex_start(pair->duplex), 0);
	while (done < KEPT && check_case_failures == 0) {
		unsigned left = KEPT - done;
		struct mca_duplex_window in, out;

		CHECK(mca_duplex_wait(pair->duplex, 5000) > 0);
		CHECK_INT(mca_duplex_capture_begin(pair->duplex, left < BLOCK ? left : BLOCK, &in),
			  0);
		CHECK_INT(mca_duplex_playback_begin(pair->duplex, in.count, &out), 0);
		memcpy(out.frames, in.frames, out.count * lanes * sizeof(int16_t));
		memcpy(captured + done * lanes, in.frames, out.count * lanes * sizeof(int16_t));
		CHECK_INT(mca_duplex_playback_end(pair->duplex, out.count), 0);
		CHECK_INT(mca_duplex_capture_end(pair->duplex, out.count), 0);
		done += out.count;
	}
}

/* What a 16-bit card of two lanes captures. */
static const int16_t *reference(void)
{
	static const struct device plain = { .name = "S16_LE" };
	static int16_t frames[2 * KEPT];
	struct pair pair;

	begin(&pair, &plain, 2);
	if (pair_open(&pair)) {
		CHECK(mca_pcm_info(pair.pcm[MCA_CAPTURE])->adapted[0] == '\0');
		pass(&pair);
	}
	pair_finish(&pair, NULL);
	memcpy(frames, captured, sizeof(frames));
	return frames;
}

/* The bytes of a WAV file behind its header, of frames that have been played. */
static unsigned char *read_played(const struct pair *pair, const struct device *device,
				  size_t *frames)
{
	unsigned lanes = mca_pcm_info(pair->pcm[MCA_PLAYBACK])->lanes;
	char path[MCA_SIM_PATH];
	unsigned char *bytes;
	struct stat info;
	FILE *file;
	long at = 12;

	snprintf(path, sizeof(path), "%s/out.wav", pair->folder);
	file = fopen(path, "rb");
	CHECK(file != NULL && fstat(fileno(file), &info) == 0);
	bytes = calloc(1, (size_t)info.st_size);
	CHECK(fread(bytes, 1, (size_t)info.st_size, file) == (size_t)info.st_size);
	fclose(file);
	while (memcmp(bytes + at, "data", 4) != 0)
		at += 8 + bytes[at + 4] + 256 * bytes[at + 5];
	*frames = ((size_t)info.st_size - (size_t)at - 8) / (lanes * device->bytes);
	memmove(bytes, bytes + at + 8, (size_t)info.st_size - (size_t)at - 8);
	return bytes;
}

/* Left-justified in 32 bits. */
static int32_t sample_at(const unsigned char *at, unsigned bytes)
{
	uint32_t word = 0;

	for (unsigned i = 0; i < bytes; i++)
		word |= (uint32_t)at[i] << 8 * (4 - bytes + i);
	return (int32_t)word;
}

/* Every lane of what was played: picked ones carry the engine's, others nothing. */
static void check_played(const struct pair *pair, const struct device *device, unsigned latency)
{
	const struct mca_pcm_info *info = mca_pcm_info(pair->pcm[MCA_PLAYBACK]);
	unsigned engine_lanes = pair->shape.lanes, bytes = device->bytes, wrong = 0;
	size_t frames;
	unsigned char *played = read_played(pair, device, &frames);

	CHECK(frames > latency + KEPT / 2);
	for (size_t i = latency; i < frames && i < latency + KEPT; i++) {
		const int16_t *frame = captured + (i - latency) * engine_lanes;

		for (unsigned lane = 0; lane < info->lanes; lane++) {
			int32_t got = sample_at(played + (i * info->lanes + lane) * bytes, bytes);
			int64_t want = 0;

			if (info->pick.count == 1 && info->pick.lane[0] == lane + 1)
				want = INT64_C(32768) * (frame[0] + frame[engine_lanes - 1]);
			for (unsigned p = 0; info->pick.count == 2 && p < 2; p++)
				if (info->pick.lane[p] == lane + 1)
					want = INT64_C(65536) * frame[engine_lanes == 2 ? p : 0];
			if (bytes == 2) /* an average has half a step more than fits */
				wrong += llabs(got - want) > 32768;
			else
				wrong += got != want;
		}
	}
	CHECK_INT(wrong, 0);
	free(played);
}

static void check_captured(const struct pair *pair, const int16_t *plain, unsigned late)
{
	const struct mca_lane_pick *pick = &mca_pcm_info(pair->pcm[MCA_CAPTURE])->pick;
	unsigned lanes = pair->shape.lanes, wrong = 0;

	for (unsigned i = late; i < KEPT; i++) {
		const int16_t *frame = plain + 2 * (i - late);
		int one = frame[(pick->lane[0] - 1) % 2];
		int two = frame[(pick->lane[pick->count - 1] - 1) % 2];

		if (lanes == 1)
			wrong += abs(2 * captured[i] - one - two) > 1;
		else
			wrong += captured[2 * i] != one || captured[2 * i + 1] != two;
	}
	CHECK_INT(wrong, 0);
}

static void check_device(const struct device *device, unsigned engine_lanes, const int16_t *plain)
{
	unsigned failures = check_case_failures;
	struct pair pair;

	begin(&pair, device, engine_lanes);
	if (pair_open(&pair)) {
		const struct mca_pcm_info *info = mca_pcm_info(pair.pcm[MCA_PLAYBACK]);
		unsigned latency = mca_duplex_latency_frames(pair.duplex);
		unsigned late = (info->pick.lane[0] - 1) / 2 * 441;

		CHECK_STR(info->format, device->name);
		CHECK_INT(info->access, device->no_mmap ? MCA_ACCESS_RW : MCA_ACCESS_MMAP);
		pass(&pair);
		mca_duplex_stop(pair.duplex);
		mca_simrack_pump(pair.rack);
		check_captured(&pair, plain, late);
		check_played(&pair, device, latency);
		if (check_case_failures > failures)
			printf("# in: %s\n# out: %s\n",
			       mca_pcm_info(pair.pcm[MCA_CAPTURE])->adapted, info->adapted);
	}
	pair_finish(&pair, NULL);
}

static void what_passes_is_what_a_plain_card_passes(void)
{
	static const struct device kinds[] = {
		{ MCA_SIM_S16_LE, "S16_LE", 2, 0, false, false, { 0 } },
		{ MCA_SIM_S24_LE, "S24_LE", 3, 0, false, false, { 0 } },
		{ MCA_SIM_S24_3LE, "S24_3LE", 3, 0, false, false, { 0 } },
		{ MCA_SIM_S32_LE, "S32_LE", 4, 0, false, false, { 0 } },
	};
	static const struct mca_lane_pick picks[] = {
		{ 0 }, { 1, { 1 } }, { 2, { 3, 4 } }, { 2, { 4, 3 } }, { 1, { 5 } },
	};
	const int16_t *plain = reference();

	for (unsigned kind = 0; kind < 4; kind++)
		for (unsigned access = 0; access < 3; access++)
			for (unsigned lanes = 1; lanes <= 2; lanes++)
				for (unsigned p = 0; p < 5; p++) {
					struct device device = kinds[kind];

					device.no_mmap = access == 1;
					device.planar = access == 2;
					device.pick = picks[p];
					device.lanes = p < 2 ? p : 3 + p;
					check_device(&device, lanes, plain);
				}
}

static void check_words(const struct device *device, unsigned engine_lanes, const char *in,
			const char *out)
{
	struct pair pair;

	begin(&pair, device, engine_lanes);
	if (pair_configure(&pair)) {
		CHECK_STR(mca_pcm_info(pair.pcm[MCA_CAPTURE])->adapted, in);
		CHECK_STR(mca_pcm_info(pair.pcm[MCA_PLAYBACK])->adapted, out);
	}
	pair_finish(&pair, NULL);
}

static void what_is_adapted_is_said(void)
{
	const struct device plain = { .name = "S16_LE" };
	const struct device mono = { MCA_SIM_S24_3LE, "S24_3LE", 3, 1, false, false, { 0 } };
	const struct device four = { MCA_SIM_S32_LE, "S32_LE", 4, 4, false, false,
				     { 2, { 3, 4 } } };
	const struct device wide = { MCA_SIM_S16_LE, "S16_LE", 2, 8, false, false, { 1, { 7 } } };
	const struct device pair = { MCA_SIM_S16_LE, "S16_LE", 2, 2, false, false, { 0 } };

	check_words(&plain, 2, "", "");
	check_words(&plain, 1, "", "");
	check_words(&pair, 1, "lanes 1 and 2 averaged", "one lane fed to lanes 1 and 2");
	check_words(&mono, 2, "S24_3LE rounded to 16 bit; lane 1 feeds both lanes",
		    "16 bit widened to S24_3LE; both lanes averaged to lane 1");
	check_words(&four, 2, "S32_LE rounded to 16 bit; lanes 3 and 4 of 4",
		    "16 bit widened to S32_LE; lanes 3 and 4 of 4");
	check_words(&wide, 2, "lane 7 of 8 feeds both lanes", "both lanes averaged to lane 7 of 8");
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(what_passes_is_what_a_plain_card_passes);
	RUN(what_is_adapted_is_said);
	return DONE();
}

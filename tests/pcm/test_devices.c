/* SPDX-License-Identifier: MIT */
/*
 * Opening, agreeing and listing: what is refused is refused with a sentence that says what to do.
 */
#include <errno.h>

#include "mca/pcm_list.h"
#include "pair.h"

static bool says(const struct mca_diag *diag, const char *words)
{
	if (strstr(diag->text, words))
		return true;
	printf("# \"%s\" does not say \"%s\"\n", diag->text, words);
	return false;
}

static void what_was_agreed_is_read_back(void)
{
	const struct mca_pcm_info *info;
	struct pair pair;

	pair_init(&pair, 512);
	if (pair_configure(&pair)) {
		info = mca_pcm_info(pair.pcm[MCA_CAPTURE]);
		CHECK_STR(info->name, "sim:1");
		CHECK_STR(info->card_name, "Simulated card 1");
		CHECK_STR(info->format, "S16_LE");
		CHECK_INT(info->card, 1001);
		CHECK_INT(info->rate_hz, 44100);
		CHECK_INT(info->lanes, 2);
		CHECK_INT(info->period_frames, 512);
		CHECK_INT(info->buffer_frames, 2048);
		CHECK_INT(info->access, MCA_ACCESS_MMAP);
	}
	pair_finish(&pair, NULL);
}

static void a_stopped_device_can_agree_anew(void)
{
	struct mca_pcm_shape other = { .rate_hz = 48000, .lanes = 1, .block_frames = 64 };
	struct mca_diag diag;
	struct pair pair;

	pair_init(&pair, 512);
	if (pair_configure(&pair)) {
		CHECK_INT(mca_pcm_configure(pair.pcm[MCA_PLAYBACK], &other, &diag), 0);
		CHECK_INT(mca_pcm_info(pair.pcm[MCA_PLAYBACK])->rate_hz, 48000);
		CHECK_INT(mca_pcm_info(pair.pcm[MCA_PLAYBACK])->period_frames, 64);
		/* and now both do not match */
		CHECK_INT(mca_duplex_new(&pair.duplex, pair.pcm[MCA_CAPTURE],
					 pair.pcm[MCA_PLAYBACK], 512, 1024, &diag), -EINVAL);
		CHECK(says(&diag, "configured alike"));
	}
	pair_finish(&pair, NULL);
}

/* Open sim:2 with eight lanes and ask for others: refused, saying what it offers. */
static void check_refused(const struct mca_lane_pick *pick, const char *refuses,
			  const char *offers)
{
	struct mca_pcm_shape shape = { .rate_hz = 44100, .lanes = 2, .block_frames = 512 };
	struct mca_simrack_spec spec;
	struct mca_simrack *rack;
	struct mca_diag diag = { 0 };
	struct mca_pcm *pcm;

	mca_simrack_spec_default(&spec);
	spec.card[1].only_lanes = 8;
	shape.pick = *pick;
	CHECK_INT(mca_simrack_new(&rack, &spec, false, &diag), 0);
	CHECK_INT(mca_pcm_open(&pcm, "sim:2", MCA_CAPTURE, rack, &diag), 0);
	CHECK_INT(mca_pcm_configure(pcm, &shape, &diag), -EINVAL);
	CHECK_INT(diag.code, -EINVAL);
	CHECK(says(&diag, "sim:2 capture"));
	CHECK(says(&diag, refuses));
	CHECK(says(&diag, offers));
	CHECK_INT(mca_pcm_info(pcm)->rate_hz, 0);
	mca_pcm_close(pcm);
	mca_simrack_free(rack);
}

static void refusals_list_what_there_is(void)
{
	const struct mca_lane_pick far = { 2, { 3, 9 } };

	check_refused(&far, "has no lane 9", "lanes 1 to 8");
}

static void check_rate(unsigned wanted_hz, unsigned min_hz, unsigned max_hz, unsigned got_hz)
{
	struct pair pair;

	pair_init(&pair, 512);
	pair.shape.rate_hz = wanted_hz;
	pair_card(&pair, 1)->min_rate_hz = min_hz;
	pair_card(&pair, 1)->max_rate_hz = max_hz;
	if (pair_configure(&pair)) {
		const struct mca_pcm_info *info = mca_pcm_info(pair.pcm[MCA_PLAYBACK]);

		CHECK_INT(info->rate_hz, got_hz);
		CHECK_INT(info->block_frames, (512 * got_hz + wanted_hz - 1) / wanted_hz);
	}
	pair_finish(&pair, NULL);
}

/* Its own; else the lowest above; else the highest below. */
static void the_nearest_useful_rate_is_taken(void)
{
	check_rate(44100, 0, 0, 44100);
	check_rate(44100, 48000, 192000, 48000);
	check_rate(44100, 48000, 48000, 48000);
	check_rate(44100, 8000, 32000, 32000);
	check_rate(192000, 8000, 96000, 96000);
	check_rate(8000, 44100, 192000, 44100);
}

static void larger_periods_are_taken_as_they_are(void)
{
	const struct mca_pcm_info *info;
	struct pair pair;

	pair_init(&pair, 64);
	pair_card(&pair, 1)->min_period_frames = 1000;
	pair_card(&pair, 1)->only_lanes = 2;
	if (pair_configure(&pair)) {
		info = mca_pcm_info(pair.pcm[MCA_CAPTURE]);
		CHECK_INT(info->period_frames, 1000);
		CHECK_INT(info->buffer_frames, 4000);
	}
	pair_finish(&pair, NULL);
}

static void a_direction_opens_once(void)
{
	struct mca_pcm *second = NULL;
	struct mca_diag diag;
	struct pair pair;

	pair_init(&pair, 512);
	if (pair_configure(&pair)) {
		CHECK_INT(mca_pcm_open(&second, "sim:1", MCA_CAPTURE, pair.rack, &diag), -EBUSY);
		CHECK(diag.text[0] != '\0');
		CHECK(second == NULL);
	}
	pair_finish(&pair, NULL);
}

static void what_is_not_there_is_said(void)
{
	struct mca_simrack_spec spec;
	struct mca_simrack *rack;
	struct mca_pcm *pcm = NULL;
	struct mca_diag diag = { 0 };
	char longest[300];

	mca_simrack_spec_default(&spec);
	spec.card[2].absent = true;
	CHECK_INT(mca_simrack_new(&rack, &spec, false, &diag), 0);
	CHECK_INT(mca_pcm_open(&pcm, "sim:3", MCA_PLAYBACK, rack, &diag), -ENODEV);
	CHECK(says(&diag, "sim:3"));
	mca_simrack_free(rack);
	CHECK_INT(mca_pcm_open(&pcm, "sim:1", MCA_PLAYBACK, NULL, &diag), -ENODEV);
	CHECK(says(&diag, "simulated"));
	CHECK(mca_pcm_open(&pcm, "hw:CARD=NoSuchCard,DEV=0", MCA_CAPTURE, NULL, &diag) < 0);
	CHECK(says(&diag, "hw:CARD=NoSuchCard,DEV=0 is not plugged in"));
	CHECK(mca_pcm_open(&pcm, "nonsense", MCA_CAPTURE, NULL, &diag) < 0);
	CHECK(says(&diag, "nonsense"));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CHECK_INT(mca_pcm_open(&pcm, longest, MCA_CAPTURE, NULL, &diag), -EINVAL);
	CHECK(pcm == NULL);
	mca_pcm_close(NULL);
}

static void simulated_cards_are_listed(void)
{
	struct mca_pcm_list list;
	struct mca_diag diag = { 0 };
	struct pair pair;

	pair_init(&pair, 512);
	pair.playback_card = 4;
	pair_card(&pair, 3)->absent = true;
	pair_card(&pair, 8)->only_rate_hz = 48000;
	if (!pair_configure(&pair))
		return;
	CHECK_INT(mca_pcm_list_read(&list, pair.rack, &pair.shape, &diag), 0);
	CHECK_INT(list.count, 7);
	CHECK_INT(list.entry[2].id, 4);
	CHECK_STR(list.entry[2].device, "sim:4");
	CHECK(list.entry[0].busy[MCA_CAPTURE] && !list.entry[0].known[MCA_CAPTURE]);
	CHECK(!list.entry[0].busy[MCA_PLAYBACK] && list.entry[0].known[MCA_PLAYBACK]);
	CHECK(list.entry[2].busy[MCA_PLAYBACK] && !list.entry[2].busy[MCA_CAPTURE]);
	CHECK_INT(list.entry[6].rate_min[MCA_CAPTURE], 48000);
	CHECK_INT(list.entry[6].rate_max[MCA_CAPTURE], 48000);
	CHECK_STR(list.entry[6].formats[MCA_PLAYBACK], "S16_LE");
	CHECK(list.entry[1].lanes_min[0] == 1 && list.entry[1].lanes_max[0] == 2);
	mca_pcm_list_done(&list);
	CHECK_INT(mca_pcm_list_names(&list, pair.rack, &diag), 0);
	CHECK_INT(list.count, 7);
	CHECK(!list.entry[0].busy[MCA_CAPTURE] && !list.entry[0].known[MCA_PLAYBACK]);
	mca_pcm_list_done(&list);
	pair_finish(&pair, NULL);
}

/* Whatever this machine has, listing it works, and every entry resolves to itself. */
static void real_cards_are_listed(void)
{
	struct mca_pcm_shape shape = { .rate_hz = 44100, .lanes = 2, .block_frames = 512 };
	struct mca_pcm_list list;
	struct mca_diag diag = { 0 };
	char device[MCA_PCM_NAME];

	CHECK_INT(mca_pcm_list_read(&list, NULL, &shape, &diag), 0);
	for (size_t i = 0; i < list.count; i++) {
		CHECK_INT(list.entry[i].id, i + 1);
		CHECK_INT(mca_pcm_list_resolve(&list, 0, list.entry[i].alias, device, &diag), 0);
		CHECK_STR(device, list.entry[i].device);
	}
	printf("# %zu real devices\n", list.count);
	mca_pcm_list_done(&list);
}

/* A block of a second is not waited for when there is no output any more. */
static void a_lost_output_ends_a_long_wait(void)
{
	enum mca_pcm_direction direction;
	struct pair pair;

	pair_init(&pair, 8192);
	pair.spec.free_running = false;
	pair.shape.rate_hz = 8000;
	pair.playback_card = 5;
	if (!pair_open(&pair))
		return;
	CHECK_INT(mca_duplex_start(pair.duplex), 0);
	mca_simrack_unplug(pair.rack, 5);
	CHECK_INT(mca_duplex_wait(pair.duplex, 1), -ENODEV);
	CHECK_INT(mca_duplex_fault(pair.duplex, &direction), MCA_FAULT_GONE);
	CHECK_INT(direction, MCA_PLAYBACK);
	pair_finish(&pair, NULL);
}

int main(void)
{
	setenv("LIBASOUND_THREAD_SAFE", "0", 1);
	RUN(what_was_agreed_is_read_back);
	RUN(a_stopped_device_can_agree_anew);
	RUN(refusals_list_what_there_is);
	RUN(the_nearest_useful_rate_is_taken);
	RUN(larger_periods_are_taken_as_they_are);
	RUN(a_direction_opens_once);
	RUN(what_is_not_there_is_said);
	RUN(simulated_cards_are_listed);
	RUN(real_cards_are_listed);
	RUN(a_lost_output_ends_a_long_wait);
	return DONE();
}

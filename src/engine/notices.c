/* SPDX-License-Identifier: MIT */
/*
 * A table under a mutex of its own: posting never waits for anything but a copy.
 *
 * The last line about a thing tells its last state. That holds by itself for a kind that is a
 * matter of its own (push-to-talk: the summary has the last notice's sentence). The loss and the
 * return of a device are two kinds of one matter: a loss that had to wait while the return came out
 * would be the last line and wrong. So a waiting notice that a newer one of the same matter has
 * overtaken comes out as a summary, which ends in the newest sentence.
 */
#include "notices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

int mca_notices_init(struct mca_notices *notices)
{
	memset(notices, 0, sizeof *notices);
	notices->place = calloc(MCA_NOTICES_MAX, sizeof *notices->place);
	if (!notices->place)
		return -ENOMEM;
	pthread_mutex_init(&notices->lock, NULL);
	return 0;
}

void mca_notices_done(struct mca_notices *notices)
{
	if (!notices->place)
		return;
	pthread_mutex_destroy(&notices->lock);
	free(notices->place);
	notices->place = NULL;
}

static bool place_holds(const struct mca_notice_place *place, enum mca_notice_kind kind,
			unsigned channel)
{
	return place->last_order && place->last.kind == kind && place->last.channel == channel;
}

/* Interruptions of two directions cannot be summed up in one sentence. */
static struct mca_notice_place *place_find(struct mca_notices *notices,
					   const struct mca_notice *notice)
{
	for (unsigned i = 0; i < notices->count; i++) {
		struct mca_notice_place *place = &notices->place[i];

		if (place_holds(place, notice->kind, notice->channel) &&
		    (notice->kind != MCA_NOTICE_XRUN || place->last.stream == notice->stream))
			return place;
	}
	return NULL;
}

static bool place_is_idle(const struct mca_notice_place *place, uint64_t now_ns)
{
	return !place->waiting && now_ns >= place->free_ns;
}

/* One that nobody needs any more, or NULL. */
static struct mca_notice_place *place_make(struct mca_notices *notices, uint64_t now_ns)
{
	if (notices->count < MCA_NOTICES_MAX)
		return &notices->place[notices->count++];
	for (unsigned i = 0; i < notices->count; i++) {
		struct mca_notice_place *place = &notices->place[i];

		if (place_is_idle(place, now_ns)) {
			memset(place, 0, sizeof *place);
			return place;
		}
	}
	return NULL;
}

static void place_put(struct mca_notice_place *place, const struct mca_notice *notice,
		      uint64_t order, uint64_t now_ns)
{
	if (!place->waiting) {
		place->first_order = order;
		place->first_ns = now_ns;
		place->frames_lost = 0;
	}
	place->waiting++;
	place->frames_lost += notice->frames_lost;
	place->last = *notice;
	place->last_order = order;
}

void mca_notices_post(struct mca_notices *notices, const struct mca_notice *notice)
{
	uint64_t now_ns = mca_monotonic_ns();
	struct mca_notice_place *place;

	pthread_mutex_lock(&notices->lock);
	place = place_find(notices, notice);
	if (!place)
		place = place_make(notices, now_ns);
	if (place)
		place_put(place, notice, ++notices->order, now_ns);
	else
		notices->lost++;
	pthread_mutex_unlock(&notices->lock);
}

bool mca_notices_free(struct mca_notices *notices, enum mca_notice_kind kind, unsigned channel)
{
	uint64_t now_ns = mca_monotonic_ns();
	bool is_free = true;

	pthread_mutex_lock(&notices->lock);
	for (unsigned i = 0; i < notices->count && is_free; i++)
		is_free = !place_holds(&notices->place[i], kind, channel) ||
			  place_is_idle(&notices->place[i], now_ns);
	pthread_mutex_unlock(&notices->lock);
	return is_free;
}

/* Kinds that speak of one matter: the device of a channel. */
static bool is_of_device(const struct mca_notice *notice)
{
	return notice->channel && (notice->kind == MCA_NOTICE_DEVICE_LOST ||
				   notice->kind == MCA_NOTICE_DEVICE_BACK ||
				   notice->kind == MCA_NOTICE_STATE);
}

/* The newest notice of the matter that a place belongs to. */
static const struct mca_notice *newest_of(const struct mca_notices *notices,
					  const struct mca_notice_place *of)
{
	const struct mca_notice_place *newest = of;

	for (unsigned i = 0; i < notices->count && is_of_device(&of->last); i++) {
		const struct mca_notice_place *place = &notices->place[i];

		if (place->last.channel == of->last.channel && is_of_device(&place->last) &&
		    place->last_order > newest->last_order)
			newest = place;
	}
	return &newest->last;
}

static const char *noun_of(enum mca_notice_kind kind, bool one)
{
	switch (kind) {
	case MCA_NOTICE_XRUN: return one ? "interruption" : "interruptions";
	case MCA_NOTICE_DEVICE_LOST: return one ? "loss of a device" : "losses of a device";
	case MCA_NOTICE_DEVICE_BACK: return one ? "return of a device" : "returns of a device";
	case MCA_NOTICE_CONFIG_APPLIED: return one ? "configuration" : "configurations";
	case MCA_NOTICE_CONFIG_REFUSED:
		return one ? "refused configuration" : "refused configurations";
	case MCA_NOTICE_PTT: return one ? "push-to-talk change" : "push-to-talk changes";
	case MCA_NOTICE_REALTIME:
		return one ? "change of real-time rights" : "changes of real-time rights";
	case MCA_NOTICE_STATE: return one ? "change of state" : "changes of state";
	case MCA_NOTICE_TEST_TONE: return one ? "test tone order" : "test tone orders";
	}
	return one ? "event" : "events";
}

/* "Channel 2: 2000 push-to-talk changes in 1.0 s. Now: muted, gate open: audio is silent." */
static void sum_up(const struct mca_notices *notices, const struct mca_notice_place *place,
		   uint64_t now_ns, struct mca_notice *notice)
{
	const char *label = place->last.kind == MCA_NOTICE_CONFIG_REFUSED ||
			    place->last.kind == MCA_NOTICE_TEST_TONE ? "Last" : "Now";
	const char *text = newest_of(notices, place)->text;
	char channel[32] = "";
	size_t prefix;

	*notice = place->last;
	notice->frames_lost = place->frames_lost;
	if (notice->channel)
		snprintf(channel, sizeof channel, "Channel %u: ", notice->channel);
	prefix = strlen(channel);
	if (prefix && strncmp(text, channel, prefix) == 0)
		text += prefix;
	snprintf(notice->text, sizeof notice->text, "%s%" PRIu64 " %s in %.1f s. %s: %.300s",
		 channel, place->waiting, noun_of(notice->kind, place->waiting == 1),
		 (double)(now_ns - place->first_ns) / (double)MCA_S_NS, label, text);
}

static void place_take(struct mca_notices *notices, struct mca_notice_place *place,
		       struct mca_notice *notice)
{
	uint64_t now_ns = mca_monotonic_ns();

	if (place->waiting > 1 || newest_of(notices, place) != &place->last)
		sum_up(notices, place, now_ns, notice);
	else
		*notice = place->last;
	place->waiting = 0;
	place->free_ns = now_ns + MCA_S_NS;
}

static void take_lost(struct mca_notices *notices, struct mca_notice *notice)
{
	*notice = (struct mca_notice){ .kind = MCA_NOTICE_STATE, .stream = -1 };
	snprintf(notice->text, sizeof notice->text, "%" PRIu64 " notices were dropped because too "
		 "many channels have news.", notices->lost);
	notices->lost = 0;
}

bool mca_notices_take(struct mca_notices *notices, uint64_t now_ns, struct mca_notice *notice)
{
	struct mca_notice_place *oldest = NULL;
	bool found;

	pthread_mutex_lock(&notices->lock);
	for (unsigned i = 0; i < notices->count; i++) {
		struct mca_notice_place *place = &notices->place[i];

		if (place->waiting && now_ns >= place->free_ns &&
		    (!oldest || place->first_order < oldest->first_order))
			oldest = place;
	}
	found = oldest || notices->lost;
	if (oldest)
		place_take(notices, oldest, notice);
	else if (notices->lost)
		take_lost(notices, notice);
	pthread_mutex_unlock(&notices->lock);
	return found;
}

void mca_notice_copy(char *field, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size) {
		length = size - 1;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	memmove(field, text, length);
	field[length] = '\0';
}

/* SPDX-License-Identifier: MIT */
/* A ring of notices under a mutex of its own: posting never waits for anything but a copy. */
#include "notices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/engine.h"

int mca_notices_init(struct mca_notices *notices)
{
	notices->first = notices->count = 0;
	notices->lost = 0;
	notices->slot = calloc(MCA_NOTICES_MAX, sizeof *notices->slot);
	if (!notices->slot)
		return -ENOMEM;
	pthread_mutex_init(&notices->lock, NULL);
	return 0;
}

void mca_notices_done(struct mca_notices *notices)
{
	if (!notices->slot)
		return;
	pthread_mutex_destroy(&notices->lock);
	free(notices->slot);
	notices->slot = NULL;
}

void mca_notices_post(struct mca_notices *notices, const struct mca_notice *notice)
{
	pthread_mutex_lock(&notices->lock);
	if (notices->count == MCA_NOTICES_MAX) {
		notices->first = (notices->first + 1) % MCA_NOTICES_MAX;
		notices->count--;
		notices->lost++;
	}
	notices->slot[(notices->first + notices->count) % MCA_NOTICES_MAX] = *notice;
	notices->count++;
	pthread_mutex_unlock(&notices->lock);
}

/* What is missing is older than what is left, so it is told first. */
static void tell_lost(struct mca_notices *notices, struct mca_notice *notice)
{
	memset(notice, 0, sizeof *notice);
	notice->kind = MCA_NOTICE_STATE;
	notice->stream = -1;
	snprintf(notice->text, sizeof notice->text,
		 "%" PRIu64 " notices were dropped because they came faster than they were read.",
		 notices->lost);
	notices->lost = 0;
}

bool mca_notices_take(struct mca_notices *notices, struct mca_notice *notice)
{
	bool found;

	pthread_mutex_lock(&notices->lock);
	found = notices->lost || notices->count;
	if (notices->lost) {
		tell_lost(notices, notice);
	} else if (notices->count) {
		*notice = notices->slot[notices->first];
		notices->first = (notices->first + 1) % MCA_NOTICES_MAX;
		notices->count--;
	}
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

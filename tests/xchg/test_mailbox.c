/* SPDX-License-Identifier: MIT */
/*
 * The mailbox between two threads: what is read is whole, never older than what was read before,
 * and the last value always arrives.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "mca/mailbox.h"
#include "../support/check.h"

enum { WORDS = 40, VALUES = 200000 };

struct value {
	uint64_t word[WORDS]; /* all equal */
};

static struct mca_mailbox box;

static void fill(struct value *value, uint64_t number)
{
	for (int i = 0; i < WORDS; i++)
		value->word[i] = number;
}

static void empty_gives_nothing(void)
{
	uint32_t value = 7;

	mca_mailbox_init(&box, sizeof(value));
	CHECK(!mca_mailbox_read(&box, &value));
	CHECK_INT(value, 7);
}

static void latest_wins_once(void)
{
	uint32_t value;

	mca_mailbox_init(&box, sizeof(value));
	for (value = 1; value <= 5; value++)
		mca_mailbox_publish(&box, &value);
	value = 0;
	CHECK(mca_mailbox_read(&box, &value));
	CHECK_INT(value, 5);
	CHECK(!mca_mailbox_read(&box, &value));
	value = 6;
	mca_mailbox_publish(&box, &value);
	value = 0;
	CHECK(mca_mailbox_read(&box, &value));
	CHECK_INT(value, 6);
}

static void largest_payload_fits(void)
{
	unsigned char in[MCA_MAILBOX_BYTES], out[MCA_MAILBOX_BYTES];

	mca_mailbox_init(&box, sizeof(in));
	for (int i = 0; i < 9; i++) {
		memset(in, 0x10 + i, sizeof(in));
		mca_mailbox_publish(&box, in);
		CHECK(mca_mailbox_read(&box, out));
		CHECK(memcmp(in, out, sizeof(in)) == 0);
	}
}

static void *write_values(void *arg)
{
	struct value value;

	(void)arg;
	for (uint64_t number = 1; number <= VALUES; number++) {
		fill(&value, number);
		mca_mailbox_publish(&box, &value);
	}
	return NULL;
}

static void values_stay_whole_and_ordered(void)
{
	unsigned torn = 0, backwards = 0;
	uint64_t last = 0;
	pthread_t writer;
	struct value value;

	mca_mailbox_init(&box, sizeof(value));
	CHECK_INT(pthread_create(&writer, NULL, write_values, NULL), 0);
	while (last < VALUES) {
		if (!mca_mailbox_read(&box, &value))
			continue;
		backwards += value.word[0] <= last;
		for (int i = 1; i < WORDS; i++)
			torn += value.word[i] != value.word[0];
		last = value.word[0];
	}
	pthread_join(writer, NULL);
	CHECK_INT(torn, 0);
	CHECK_INT(backwards, 0);
	CHECK(!mca_mailbox_read(&box, &value));
}

int main(void)
{
	RUN(empty_gives_nothing);
	RUN(latest_wins_once);
	RUN(largest_payload_fits);
	RUN(values_stay_whole_and_ordered);
	return DONE();
}

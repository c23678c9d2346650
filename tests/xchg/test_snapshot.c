/* SPDX-License-Identifier: MIT */
/*
 * The snapshot between one writer and two readers: whole values, never an older one after a newer.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "mca/snapshot.h"
#include "../support/check.h"

enum { VALUES = 200000, READERS = 2 };

struct value {
	uint64_t word[MCA_SNAPSHOT_WORDS]; /* all equal */
};

struct finding {
	unsigned torn, backwards, seen;
};

static struct mca_snapshot snapshot;
static _Atomic bool over;

static void begins_with_zeros(void)
{
	uint64_t value[3] = { 1, 2, 3 };

	mca_snapshot_init(&snapshot, sizeof(value));
	CHECK(mca_snapshot_read(&snapshot, value));
	CHECK(value[0] == 0 && value[1] == 0 && value[2] == 0);
}

static void reads_the_newest_again_and_again(void)
{
	uint64_t in[2] = { 5, 6 }, out[2] = { 0, 0 };

	mca_snapshot_init(&snapshot, sizeof(in));
	mca_snapshot_publish(&snapshot, in);
	in[0] = 7;
	mca_snapshot_publish(&snapshot, in);
	for (int i = 0; i < 2; i++) {
		CHECK(mca_snapshot_read(&snapshot, out));
		CHECK(out[0] == 7 && out[1] == 6);
	}
}

/* A writer that stands in the middle of a publication: the reader gives up and keeps what it
 * had. */
static void half_written_is_refused(void)
{
	uint64_t value = 9;

	mca_snapshot_init(&snapshot, sizeof(value));
	mca_snapshot_publish(&snapshot, &value);
	atomic_fetch_add(&snapshot.sequence, 1);
	value = 4;
	CHECK(!mca_snapshot_read(&snapshot, &value));
	CHECK_INT(value, 4);
}

static void *read_values(void *arg)
{
	struct finding *finding = arg;
	struct value value;
	uint64_t last = 0;

	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		if (!mca_snapshot_read(&snapshot, &value))
			continue;
		finding->seen++;
		finding->backwards += value.word[0] < last;
		for (int i = 1; i < MCA_SNAPSHOT_WORDS; i++)
			finding->torn += value.word[i] != value.word[0];
		last = value.word[0];
	}
	return NULL;
}

static void values_stay_whole_and_ordered(void)
{
	struct finding finding[READERS] = { { 0, 0, 0 } };
	pthread_t reader[READERS];
	struct value value;

	mca_snapshot_init(&snapshot, sizeof(value));
	atomic_init(&over, false);
	for (int i = 0; i < READERS; i++)
		CHECK_INT(pthread_create(&reader[i], NULL, read_values, &finding[i]), 0);
	for (uint64_t number = 1; number <= VALUES; number++) {
		for (int i = 0; i < MCA_SNAPSHOT_WORDS; i++)
			value.word[i] = number;
		mca_snapshot_publish(&snapshot, &value);
	}
	atomic_store(&over, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(reader[i], NULL);
		CHECK_INT(finding[i].torn, 0);
		CHECK_INT(finding[i].backwards, 0);
	}
	CHECK(mca_snapshot_read(&snapshot, &value));
	CHECK_INT(value.word[0], VALUES);
}

int main(void)
{
	RUN(begins_with_zeros);
	RUN(reads_the_newest_again_and_again);
	RUN(half_written_is_refused);
	RUN(values_stay_whole_and_ordered);
	return DONE();
}

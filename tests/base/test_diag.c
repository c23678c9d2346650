/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/diag.h"

static void set_explains_and_returns_the_code(void)
{
	struct mca_diag diag;

	memset(&diag, 'x', sizeof(diag));
	CHECK_INT(mca_diag_set(&diag, -EINVAL, "ratio is %d: choose %s", 0, "1 or more"), -EINVAL);
	CHECK_INT(diag.code, -EINVAL);
	CHECK_INT(diag.line, 0);
	CHECK_STR(diag.pointer, "");
	CHECK_STR(diag.value, "");
	CHECK_STR(diag.text, "ratio is 0: choose 1 or more");
	CHECK_INT(mca_diag_set(NULL, -ENOSPC, "nobody listens"), -ENOSPC);
}

static void what_does_not_fit_is_cut(void)
{
	char text[1000];
	struct mca_diag diag;
	struct mca_faults faults = { 0 };

	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	mca_diag_set(&diag, -E2BIG, "%s", text);
	CHECK_INT(strlen(diag.text), sizeof(diag.text) - 1);
	mca_faults_say(&faults, -E2BIG, text, text, "%s", text);
	CHECK_INT(strlen(faults.list[0].pointer), sizeof(diag.pointer) - 1);
	CHECK_INT(strlen(faults.list[0].value), sizeof(diag.value) - 1);
	CHECK_INT(strlen(faults.list[0].text), sizeof(diag.text) - 1);
	mca_faults_done(&faults);
}

static void every_fault_is_kept_in_order(void)
{
	struct mca_faults faults = { 0 };
	struct mca_diag diag;

	for (int i = 0; i < 1000; i++) {
		if (i % 2) {
			CHECK_INT(mca_faults_say(&faults, -i - 1, "/a", "7", "fault %d", i),
				  -i - 1);
			continue;
		}
		mca_diag_set(&diag, -i - 1, "fault %d", i);
		diag.line = (unsigned)i;
		mca_faults_add(&faults, &diag);
	}
	CHECK_INT(faults.count, 1000);
	CHECK_INT(faults.lost, 0);
	for (int i = 0; i < 1000; i++) {
		char text[32];

		snprintf(text, sizeof(text), "fault %d", i);
		CHECK_STR(faults.list[i].text, text);
		CHECK_INT(faults.list[i].code, -i - 1);
		CHECK_INT(faults.list[i].line, i % 2 ? 0 : i);
		CHECK_STR(faults.list[i].pointer, i % 2 ? "/a" : "");
		CHECK_STR(faults.list[i].value, i % 2 ? "7" : "");
	}
	mca_faults_done(&faults);
	CHECK(faults.list == NULL && faults.count == 0 && faults.lost == 0);
	mca_faults_done(&faults);
	mca_faults_say(&faults, -1, NULL, NULL, "again");
	CHECK_INT(faults.count, 1);
	mca_faults_done(&faults);
}

static void all_faults_fit_on_one_line(void)
{
	struct mca_faults faults = { 0 };
	char text[100];

	mca_faults_sum_up(&faults, 0, text, sizeof(text));
	CHECK_STR(text, "there was no memory to list its faults");
	mca_faults_say(&faults, -EINVAL, "/old", NULL, "an older one");
	mca_faults_say(&faults, -EINVAL, "/blocksize", "15", "must be 16 to 8192");
	mca_faults_sum_up(&faults, 1, text, sizeof(text));
	CHECK_STR(text, "/blocksize: must be 16 to 8192");
	mca_faults_say(&faults, -EINVAL, "", NULL, "is no object");
	mca_faults_say(&faults, -EINVAL, "/surprise", NULL, "unknown key");
	mca_faults_sum_up(&faults, 1, text, sizeof(text));
	CHECK_STR(text, "/blocksize: must be 16 to 8192 (3 faults, also the document, /surprise)");
	for (size_t size = 1; size < sizeof(text); size++) {
		mca_faults_sum_up(&faults, 1, text, size);
		CHECK_INT(strlen(text), size - 1 < 71 ? size - 1 : 71);
	}
	mca_faults_done(&faults);
}

int main(void)
{
	RUN(set_explains_and_returns_the_code);
	RUN(what_does_not_fit_is_cut);
	RUN(every_fault_is_kept_in_order);
	RUN(all_faults_fit_on_one_line);
	return DONE();
}

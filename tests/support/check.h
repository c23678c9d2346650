/* SPDX-License-Identifier: MIT */
#ifndef MCA_TEST_CHECK_H
#define MCA_TEST_CHECK_H

/*
 * The test harness: a C test is an executable that lists its cases and prints TAP. A failed check
 * prints its place and fails its case; the case goes on, and later cases still run.
 *
 *     static void silence_stays_silent(void) { CHECK(x == 0); CHECK_INT(a, b); }
 *     int main(void) { RUN(silence_stays_silent); return DONE(); }
 */
#include <stdio.h>
#include <string.h>

static unsigned check_case_failures, check_cases, check_failed_cases;

#define CHECK(condition) do { if (!(condition)) { check_case_failures++; \
	printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); } } while (0)

#define CHECK_INT(got, want) do { long long got_ = (long long)(got), want_ = (long long)(want); \
	if (got_ != want_) { check_case_failures++; \
	printf("# %s:%d: %s is %lld, must be %lld\n", __FILE__, __LINE__, #got, got_, want_); } \
	} while (0)

#define CHECK_NEAR(got, want, tolerance) do { double got_ = (got), want_ = (want), \
	tolerance_ = (tolerance); \
	if (!(got_ >= want_ - tolerance_ && got_ <= want_ + tolerance_)) { check_case_failures++; \
	printf("# %s:%d: %s is %.9g, must be %.9g +- %.3g\n", __FILE__, __LINE__, #got, got_, \
	       want_, tolerance_); } } while (0)

#define CHECK_STR(got, want) do { const char *got_ = (got), *want_ = (want); \
	if (!got_ || strcmp(got_, want_) != 0) { check_case_failures++; \
	printf("# %s:%d: %s is \"%s\", must be \"%s\"\n", __FILE__, __LINE__, #got, \
	       got_ ? got_ : "(null)", want_); } } while (0)

#define RUN(name) do { check_case_failures = 0; name(); check_cases++; \
	if (check_case_failures) check_failed_cases++; \
	printf("%s %u - %s\n", check_case_failures ? "not ok" : "ok", check_cases, #name); \
	fflush(stdout); } while (0)

#define DONE() (printf("1..%u\n", check_cases), check_failed_cases ? 1 : 0)

#endif

/* SPDX-License-Identifier: MIT */
/* Whole numbers, however JSON writes them. */
#include <errno.h>
#include <stdlib.h>

#include "document.h"
#include "random_settings.h"
#include "whole.h"
#include "../support/check.h"

static bool is_whole(const char *text, long long *number)
{
	*number = -12345;
	return mca_whole_number(text, strlen(text), number);
}

static void the_digits_decide(void)
{
	static const struct {
		const char *text;
		long long number;
	} whole[] = {
		{ "0", 0 }, { "-0", 0 }, { "-0.0", 0 }, { "0e99999999999999999999", 0 },
		{ "0.000e-5", 0 }, { "1.0", 1 }, { "-1.0", -1 }, { "1.000000000000000000000", 1 },
		{ "512.0", 512 }, { "5e2", 500 }, { "5E+2", 500 }, { "5.12e2", 512 },
		{ "5120e-1", 512 }, { "0.0001e4", 1 }, { "150.0e-1", 15 },
		{ "1e15", 1000000000000000 },
		{ "9007199254740992.0", 9007199254740992 },
		{ "-9007199254740992.0", -9007199254740992 },
		{ "0.9007199254740991e16", 9007199254740991 },
	};
	static const char *const other[] = {
		"1.5", "0.5", "-0.5", "1e-1", "5e-324", "1e300", "-1e300", "9007199254740993.0",
		"9007199254740993e0", "18446744073709551617.0", "1.00000000000000000001",
		"512.00001",
		"5121e-1", "0.00011e4", "1e16", "1e99999999999999999999", "1e-99999999999999999999",
	};
	long long number;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (!is_whole(whole[i].text, &number))
			printf("# %s was refused\n", whole[i].text);
		CHECK_INT(number, whole[i].number);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		if (is_whole(other[i], &number))
			printf("# %s was accepted\n", other[i]);
		CHECK(!is_whole(other[i], &number));
	}
}

/* Whatever the place of the point: a number of up to 15 digits, `zeros` behind it, then the point
 * moved to the left or right by an exponent; and the same with a last digit that is not zero. */
static void the_point_may_stand_anywhere(void)
{
	unsigned long long state = 7;

	for (unsigned round = 0; round < 20000; round++) {
		long long want = random_below(&state, 2000000000), number;
		unsigned zeros = 1 + random_below(&state, 6), point;
		char digits[64], text[96];
		int length;

		length = sprintf(digits, "%lld%0*d", want, (int)zeros, 0);
		point = 1 + random_below(&state, (unsigned)length - 1);
		sprintf(text, "%.*s.%se%d", (int)point, digits, digits + point,
			length - (int)zeros - (int)point);
		if (digits[0] == '0' && point > 1)
			continue; /* no JSON */
		CHECK(is_whole(text, &number) && number == want);
		digits[length - 1] = '1';
		sprintf(text, "%.*s.%se%d", (int)point, digits, digits + point,
			length - (int)zeros - (int)point);
		CHECK(!is_whole(text, &number));
	}
}

static void every_integer_of_a_configuration_may_be_written_so(void)
{
	struct document document = document_read(
		"{\"sample_rate\": 48000.0, \"channels\": 1e0, \"blocksize\": 5.12e2,"
		"\"http\": {\"port\": -0.0}, \"realtime\": {\"cpus\": [1.0, 20e-1]},"
		"\"logical_channels\": {\"1\": {\"input_device_id\": 3.0,"
		"\"output_device_id\": 4e0, \"input_lanes\": [2.0, 1e0]}}}");
	const struct mca_settings *settings = document.settings;

	CHECK_INT(document.code, 0);
	document_print(&document);
	CHECK_INT(settings->rate_hz, 48000);
	CHECK_INT(settings->lanes, 1);
	CHECK_INT(settings->block_frames, 512);
	CHECK_INT(settings->http.port, 0);
	CHECK_INT((long long)settings->realtime.cpus, 6);
	CHECK_INT(settings->channel[0].input.id, 3);
	CHECK_INT(settings->channel[0].output.id, 4);
	CHECK_INT(settings->channel[0].input_lanes.lane[0], 2);
	CHECK_INT(settings->channel[0].input_lanes.lane[1], 1);
	document_done(&document);
}

static void what_is_not_whole_is_no_integer(void)
{
	static const char *const values[] = { "1.5", "1e300", "1e-1", "-1.0", "9007199254740993.0",
		"1.00000000000000000001", "4294967297.0", "-0.5" };
	static const char *const forms[] = {
		"{\"logical_channels\":{\"1\":{\"input_device_id\":%s,\"output_device_id\":2}}}",
		"{\"logical_channels\":{\"1\":{\"input_device_id\":1,"
		"\"output_device_id\":2,\"input_lanes\":[%s]}}}",
	};
	static const char *const pointers[] = { "/logical_channels/1/input_device_id",
		"/logical_channels/1/input_lanes" };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		for (size_t form = 0; form < 2; form++) {
			const char *hole = strstr(forms[form], "%s");
			struct document document;
			char text[256];

			sprintf(text, "%.*s%s%s", (int)(hole - forms[form]), forms[form], values[i],
				hole + 2);
			document = document_read(text);
			CHECK_INT(document.code, -EINVAL);
			CHECK(document_fault(&document, pointers[form]) != NULL);
			document_done(&document);
		}
}

int main(void)
{
	RUN(the_digits_decide);
	RUN(the_point_may_stand_anywhere);
	RUN(every_integer_of_a_configuration_may_be_written_so);
	RUN(what_is_not_whole_is_no_integer);
	return DONE();
}

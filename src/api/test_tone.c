/* SPDX-License-Identifier: MIT */
/*
 * POST /test-tone: a tone in place of a channel's capture signal, through the limiter. What
 * depends on the sample rate is checked by the engine, everything else here, so that all faults
 * come at once.
 */
#include <errno.h>
#include <stdio.h>

#include "document.h"
#include "form.h"
#include "mca/engine.h"
#include "problem.h"
#include "room.h"

#define OUTCOME "no tone was started"
#define CHANNEL_MAX 2147483647

enum { CHANNEL, SECONDS, FREQUENCY, LEVEL, FIELDS };

static const struct mca_form_field form[FIELDS] = {
	[CHANNEL] = { .key = "channel", .type = MCA_FORM_INTEGER, .required = true, .min = 1,
		      .max = CHANNEL_MAX, .unit = "" },
	[SECONDS] = { .key = "seconds", .type = MCA_FORM_NUMBER, .required = true, .min = 0,
		      .max = 3600, .unit = "s (0 stops the tone)" },
	[FREQUENCY] = { .key = "frequency_hz", .type = MCA_FORM_NUMBER, .min = 10, .max = 95999,
			.unit = "Hz (and below half the sample rate)", .number = 1000 },
	[LEVEL] = { .key = "level_dbfs", .type = MCA_FORM_NUMBER, .min = -60, .max = -3.02,
		    .unit = "dBFS", .number = -20 },
};

static int say_refused(struct mca_faults *faults, int code, const struct mca_form_field *fields,
		       const struct mca_diag *diag)
{
	/* After the form's own checks only the frequency can still be out of range. */
	const struct mca_form_field *field = &fields[code == -EINVAL ? FREQUENCY : CHANNEL];
	char pointer[64], value[32];

	snprintf(pointer, sizeof pointer, "/%s", field->key);
	snprintf(value, sizeof value, "%.10g", field->number);
	return mca_faults_say(faults, code, pointer, value, "%s", diag->text);
}

static int start_tone(struct mca_api *api, const struct mca_api_request *request,
		      struct mca_form_field *fields, bool *passing, struct mca_faults *faults)
{
	struct mca_diag diag = { 0 };
	struct mca_test_tone wish;
	char asker[MCA_ASKER_MAX];
	int code = mca_form_read(fields, FIELDS, request->body, request->body_length, faults);

	if ((!code || code == -EINVAL) && fields[CHANNEL].number > 0 &&
	    mca_channel_check(api, (unsigned)fields[CHANNEL].number, faults))
		code = -EINVAL;
	if (code)
		return code;
	wish = (struct mca_test_tone){ (unsigned)fields[CHANNEL].number, fields[FREQUENCY].number,
				       fields[LEVEL].number, fields[SECONDS].number };
	code = mca_engine_test_tone(api->engine, &wish, mca_asker(asker, request), passing, &diag);
	return code ? say_refused(faults, code, fields, &diag) : 0;
}

void mca_test_tone_post(struct mca_api *api, const struct mca_api_request *request,
			struct mca_api_response *response)
{
	struct mca_form_field fields[FIELDS];
	struct mca_faults faults = { 0 };
	bool passing = false;
	int code;

	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = form[i];
	code = start_tone(api, request, fields, &passing, &faults);
	if (code == -EAGAIN)
		mca_problem_faults(response, 409, OUTCOME, &faults);
	else if (code)
		mca_form_refuse(response, code == -ENOENT ? -EINVAL : code, OUTCOME, &faults);
	else
		mca_document_send(response, 200, json_pack(
			"{s:I, s:f, s:f, s:f, s:b}", "channel", (json_int_t)fields[CHANNEL].number,
			"seconds", fields[SECONDS].number, "frequency_hz",
			fields[FREQUENCY].number, "level_dbfs", fields[LEVEL].number, "passing",
			passing));
	mca_faults_done(&faults);
}

/* SPDX-License-Identifier: MIT */
/* Requests and responses without a transport: routing, refusals, and texts that are not UTF-8. */
#include <jansson.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/api.h"
#include "mca/config.h"
#include "mca/engine.h"
#include "mca/place.h"

static struct mca_api_request asking(const char *method, const char *path)
{
	return (struct mca_api_request){ .method = method, .path = path,
					 .content_type = "application/json", .client = "test" };
}

static int refusal(const char *method, const char *path, const char *type, size_t length)
{
	struct mca_api_request request = asking(method, path);
	struct mca_api_response response;
	int status = 0;

	request.content_type = type;
	request.body_length = length;
	request.has_length = true;
	if (mca_api_refuse(&request, &response)) {
		status = response.status;
		mca_api_response_done(&response);
	}
	return status;
}

static void the_head_alone_refuses(void)
{
	CHECK_INT(refusal("GET", "/vu", NULL, 0), 0);
	CHECK_INT(refusal("HEAD", "/status", NULL, 0), 0);
	CHECK_INT(refusal("GET", "/vu", NULL, MCA_API_BODY_MAX + 1), 0);
	CHECK_INT(refusal("GET", "/VU", NULL, 0), 404);
	CHECK_INT(refusal("GET", "", NULL, 0), 404);
	CHECK_INT(refusal("get", "/vu", NULL, 0), 501);
	CHECK_INT(refusal("BREW", "/nothing", NULL, 0), 501);
	CHECK_INT(refusal("PUT", "/config", "application/json", 2), 405);
	CHECK_INT(refusal("POST", "/config", "application/json", MCA_API_BODY_MAX), 0);
	CHECK_INT(refusal("POST", "/config", "application/json", MCA_API_BODY_MAX + 1), 413);
	CHECK_INT(refusal("POST", "/config", NULL, 2), 415);
	CHECK_INT(refusal("POST", "/reload", NULL, 0), 0);
	CHECK_INT(refusal("POST", "/reload", NULL, 2), 415);
}

static void large_and_changing_work_is_for_control(void)
{
	static const struct {
		const char *method, *path;
		bool control;
	} row[] = {
		{ "GET", "/config", true },   { "POST", "/config", true },
		{ "GET", "/devices", true },  { "HEAD", "/config", true },
		{ "POST", "/reload", true },  { "GET", "/status", false },
		{ "GET", "/vu", false },      { "POST", "/ptt", false },
		{ "GET", "/healthz", false }, { "POST", "/test-tone", false },
		{ "GET", "/nothing", false },
	};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct mca_api_request request = asking(row[i].method, row[i].path);

		CHECK_INT(mca_api_needs_control(&request), row[i].control);
	}
}

static void a_problem_survives_odd_bytes(void)
{
	struct mca_api_response response;
	json_t *problem;

	mca_api_problem(&response, 400, "cut in the middle of \xc3");
	problem = json_loadb(response.body, response.length, 0, NULL);
	CHECK(problem != NULL);
	CHECK_STR(json_string_value(json_object_get(problem, "detail")), "cut in the middle of ?");
	CHECK_STR(json_string_value(json_object_get(problem, "title")), "Bad Request");
	CHECK_STR(response.content_type, "application/problem+json");
	CHECK(response.length > 0 && response.body[response.length - 1] == '\n');
	json_decref(problem);
	mca_api_response_done(&response);
	CHECK(response.body == NULL);
}

/* An engine whose only channel is switched off: no device is opened, no thread runs. */
static struct mca_engine *quiet_engine(void)
{
	static const char text[] = "{\"logical_channels\": {\"7\": {\"enabled\": false, "
		"\"name\": \"\\u00fc\", \"input_device_id\": \"sim:1\", "
		"\"output_device_id\": \"sim:2\"}}}";
	struct mca_settings *settings = calloc(1, sizeof *settings);
	const struct mca_engine_options options = { .realtime = false };
	struct mca_faults faults = { 0 };
	struct mca_engine *engine = NULL;
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_config_parse(text, sizeof text - 1, settings, &faults), 0);
	CHECK_INT(mca_engine_new(&engine, settings, &options, &diag), 0);
	mca_faults_done(&faults);
	free(settings);
	return engine;
}

static json_t *answer(struct mca_api *api, const char *method, const char *path, const char *body,
		      int status)
{
	struct mca_api_request request = asking(method, path);
	struct mca_api_response response;
	json_t *document;

	request.body = body;
	request.body_length = body ? strlen(body) : 0;
	request.has_length = body != NULL;
	mca_api_handle(api, &request, &response);
	CHECK_INT(response.status, status);
	document = json_loadb(response.body, response.length, 0, NULL);
	CHECK(document != NULL);
	mca_api_response_done(&response);
	return document;
}

static void a_channel_at_rest_reads_null_and_silence(void)
{
	struct mca_engine *engine = quiet_engine();
	static const struct mca_choice choice = { .source = MCA_SOURCE_STATE,
						  .path = "/nowhere/x.json", .note = "why" };
	const struct mca_api_options options = { .engine = engine, .choice = &choice };
	json_t *document, *channel, *config;
	struct mca_api *api = NULL;

	CHECK_INT(mca_api_new(&api, &options), 0);
	document = answer(api, "GET", "/status", NULL, 200);
	channel = json_object_get(json_object_get(document, "channels"), "7");
	CHECK_STR(json_string_value(json_object_get(channel, "state")), "disabled");
	CHECK_STR(json_string_value(json_object_get(channel, "name")), "\xc3\xbc");
	CHECK(json_is_null(json_object_get(channel, "latency_ms")));
	CHECK(json_is_null(json_object_get(channel, "drift_ppm")));
	CHECK(json_is_null(json_object_get(channel, "level_frames")));
	CHECK(json_is_null(json_object_get(channel, "level_target_frames")));
	config = json_object_get(document, "config");
	CHECK_STR(json_string_value(json_object_get(config, "source")), "state");
	CHECK_STR(json_string_value(json_object_get(config, "path")), "/nowhere/x.json");
	CHECK_STR(json_string_value(json_object_get(config, "note")), "why");
	json_decref(document);
	document = answer(api, "GET", "/vu", NULL, 200);
	CHECK_NEAR(json_number_value(json_object_get(json_object_get(document, "vu_dbfs"), "7")),
		   -60.0, 0.0);
	json_decref(document);
	json_decref(answer(api, "POST", "/test-tone", "{\"channel\": 7, \"seconds\": 1}", 409));
	json_decref(answer(api, "POST", "/ptt", "{\"channel\": 7, \"mute\": true}", 200));
	json_decref(answer(api, "POST", "/config?save=1", "{}", 404));
	mca_api_free(api);
	mca_engine_free(engine);
}

static void a_stopping_engine_still_answers(void)
{
	struct mca_engine *engine = quiet_engine();
	const struct mca_api_options options = { .engine = engine };
	struct mca_api *api = NULL;
	json_t *document;

	CHECK_INT(mca_api_new(&api, &options), 0);
	mca_engine_stop(engine);
	document = answer(api, "GET", "/status", NULL, 200);
	CHECK_STR(json_string_value(json_object_get(document, "state")), "stopping");
	json_decref(document);
	json_decref(answer(api, "GET", "/readyz", NULL, 503));
	json_decref(answer(api, "GET", "/healthz", NULL, 200));
	json_decref(answer(api, "POST", "/config", "{\"logical_channels\": {\"1\": "
			   "{\"input_device_id\": \"sim:1\", \"output_device_id\": \"sim:2\"}}}",
			   503));
	mca_api_free(api);
	mca_engine_free(engine);
}

int main(void)
{
	RUN(the_head_alone_refuses);
	RUN(large_and_changing_work_is_for_control);
	RUN(a_problem_survives_odd_bytes);
	RUN(a_channel_at_rest_reads_null_and_silence);
	RUN(a_stopping_engine_still_answers);
	return DONE();
}

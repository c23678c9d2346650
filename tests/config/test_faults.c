/* SPDX-License-Identifier: MIT */
/* What is said about documents that are JSON but no configuration: all of it, each at its place. */
#include <errno.h>

#include "document.h"
#include "mca/json.h"
#include "../support/check.h"

struct fault_case {
	const char *text;
	const char *pointer;
	unsigned line;
	const char *words;   /* that the sentence must contain */
};

static const struct fault_case fault_cases[] = {
	{ "[]", "", 1, "must be an object" },
	{ "{}", "/logical_channels", 1, "missing" },
	{ "{\"logical_channels\":\n{}}", "/logical_channels", 2, "1 to 64 channels" },
	{ "{\"logical_channels\":\n[]}", "/logical_channels", 2, "must be an object" },
	{ "{\"logical_channels\":{\n\"0\":{}}}", "/logical_channels/0", 2, "from 1" },
	{ "{\"logical_channels\":{\n\"01\":{}}}", "/logical_channels/01", 2, "leading zeros" },
	{ "{\"logical_channels\":{\n\"-1\":{}}}", "/logical_channels/-1", 2, "decimal number" },
	{ "{\"logical_channels\":{\n\"2147483648\":{}}}", "/logical_channels/2147483648", 2,
	  "2147483647" },
	{ "{\"logical_channels\":{\n\"\":{}}}", "/logical_channels/", 2, "decimal number" },
	{ "{\"logical_channels\":{\n\"1\":7}}", "/logical_channels/1", 2, "must be an object" },
	{ "{\"logical_channels\":{\n\"1\":{}}}", "/logical_channels/1/input_device_id", 2,
	  "missing" },
	{ "{\"logical_channels\":{\n\"1\":{}}}", "/logical_channels/1/output_device_id", 2,
	  "missing" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"tee:null,'|id >/tmp/x',raw\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"file:'/tmp/x',raw\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"default\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"plughw:1,0\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"hw:1\\n\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"hw:\\\"1\\\"\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"sim:0\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\n"
	  "\"output_device_id\":\"\"}}}",
	  "/logical_channels/1/output_device_id", 2, "device name: " MCA_DEVICE_FORMS ", not" },
	{ "{\n\"tresholds\": 1}", "/tresholds", 2, "unknown key" },
	{ "{\n\n\"sample_rat\": 1}", "/sample_rat", 3, "did you mean sample_rate?" },
	{ "{\"Blocksize\": 1}", "/Blocksize", 1, "did you mean blocksize?" },
	{ "{\"dsp\":{\"comp\":{\n\"threshold\":-20}}}", "/dsp/comp/threshold", 2,
	  "did you mean threshold_db?" },
	{ "{\"dsp\":{\"comp\":{\"treshold\":-20}}}", "/dsp/comp/treshold", 1,
	  "did you mean threshold_db?" },
	{ "{\"a/b~c\\u001b\": 1}", "/a~1b~0c?", 1, "unknown key" },
	{ "{\"dsp\":{\"comp\":{\"threshold_db\":\n\n-60.5}}}", "/dsp/comp/threshold_db", 3,
	  "a number from -60 to 0 dBFS, not -60.5" },
	{ "{\"blocksize\": 512.5}", "/blocksize", 1, "from 16 to 8192 frames, not 512.5" },
	{ "{\"blocksize\": 1e300}", "/blocksize", 1, "from 16 to 8192 frames, not 1e300" },
	{ "{\"blocksize\": 4294967808}", "/blocksize", 1, "from 16 to 8192 frames" },
	{ "{\"blocksize\": 18446744073709552128}", "/blocksize", 1, "from 16 to 8192 frames" },
	{ "{\"dsp\":{\"ptt_ramp_ms\": 99999999999999999999}}", "/dsp/ptt_ramp_ms", 1,
	  "from 0 to 100" },
	{ "{\"dsp\":{\"comp\":{\"threshold_db\": -99999999999999999999}}}",
	  "/dsp/comp/threshold_db", 1, "from -60" },
	{ "{\"channels\": 4294967297}", "/channels", 1, "from 1 to 2" },
	{ "{\"sample_format\": \"float\"}", "/sample_format", 1, "must be \"int16\"" },
	{ "{\"channels\": 2,\n\"channels\": 2}", "/channels", 2, "already on line 1" },
	{ "{\"channels\": 2,\n\"ch\\u0061nnels\": 2}", "/channels", 2, "already on line 1" },
	{ "{\"logical_channels\":{\"1\":{},\n\"1\":{}}}", "/logical_channels/1", 2,
	  "already on line 1" },
	{ "{\"logical_channels\":{"
	  "\"1\":{\"input_device_id\": 1, \"output_device_id\": 2},\n"
	  "\"2\":{\"input_device_id\": 1, \"output_device_id\": 1}}}",
	  "/logical_channels/2/input_device_id", 2, "channel 1" },
	{ "{\"logical_channels\":{"
	  "\"2\":{\"input_device_id\": 1, \"output_device_id\": \"sim:1\"},\n"
	  "\"1\":{\"input_device_id\": 2, \"output_device_id\": \"sim:1\"}}}",
	  "/logical_channels/2/output_device_id", 1, "channel 1" },
	{ "{\"dsp\":{\"comp\":{\"attack_ms\": 50,\n\"release_ms\": 49.9}}}", "/dsp/comp/release_ms",
	  2, "attack" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\"output_device_id\":1,\n\"dsp\":"
	  "{\"comp\":\n{\"attack_ms\":101}}}}}",
	  "/logical_channels/1/dsp/comp/release_ms", 3, "attack" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\"output_device_id\":1,\"name\":"
	  "\"\"}}}",
	  "/logical_channels/1/name", 1, "1 to 63 bytes" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\"output_device_id\":1,"
	  "\"name\":\"a\\u0007\"}}}",
	  "/logical_channels/1/name", 1, "control characters" },
	{ "{\"logical_channels\":{\"1\":{\"input_device_id\":1,\"output_device_id\":1,"
	  "\"name\":\"a\\u0085\"}}}",
	  "/logical_channels/1/name", 1, "control characters" },
	{ "{\"http\":{\"bind\":\"::1\"}}", "/http/bind", 1, "no IPv6" },
	{ "{\"http\":{\"bind\":\"localhost\"}}", "/http/bind", 1, "not a host name" },
	{ "{\"http\":{\"bind\":\"127.0.0.256\"}}", "/http/bind", 1, "IPv4" },
	{ "{\"http\":{\"bind\":\"\"}}", "/http/bind", 1, "IPv4" },
	{ "{\"http\":{\"allowed_hosts\":[\"a\",\n\"http://b\"]}}", "/http/allowed_hosts/1", 2,
	  "without scheme" },
	{ "{\"http\":{\"allowed_hosts\":[\"b:0\"]}}", "/http/allowed_hosts/0", 1, ":PORT" },
	{ "{\"http\":{\"allowed_hosts\":[\"b:65536\"]}}", "/http/allowed_hosts/0", 1, ":PORT" },
	{ "{\"http\":{\"allowed_hosts\":[\"b:\"]}}", "/http/allowed_hosts/0", 1, ":PORT" },
	{ "{\"http\":{\"allowed_hosts\":[\":80\"]}}", "/http/allowed_hosts/0", 1, ":PORT" },
	{ "{\"http\":{\"allowed_hosts\":[\"[]\"]}}", "/http/allowed_hosts/0", 1, "IPv6" },
	{ "{\"http\":{\"allowed_hosts\":[\"[::1\"]}}", "/http/allowed_hosts/0", 1, "IPv6" },
	{ "{\"http\":{\"allowed_hosts\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}}",
	  "/http/allowed_hosts", 1, "at most 8" },
	{ "{\"realtime\":{\"cpus\":[1,\n64]}}", "/realtime/cpus/1", 2, "from 0 to 63" },
	{ "{\"realtime\":{\"cpus\":[1,\n1]}}", "/realtime/cpus/1", 2, "twice" },
	{ "{\"realtime\":{\"cpus\":[-1]}}", "/realtime/cpus/0", 1, "from 0 to 63" },
	{ "{\"realtime\":{\"cpus\":\"2,3\"}}", "/realtime/cpus", 1, "a list" },
	{ "{\"simulation\":{\"cards\":{\"9\":{}}}}", "/simulation/cards/9", 1, "\"1\" to \"8\"" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"source\":{\"type\":\"wav\"}}}}}",
	  "/simulation/cards/1/source/file", 1, "needs the name" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"source\":{\"type\":\"wire\"}}}}}",
	  "/simulation/cards/1/source/card", 1, "1 to 8" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"sink\":{\"type\":\"wav\"}}}}}",
	  "/simulation/cards/1/sink/file", 1, "needs the name" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"sink\":{\"type\":\"wav\",\"file\":\"x\"}},\n"
	  "\"2\":{\"sink\":{\"type\":\"wav\",\"file\":\"x\"}}}}}",
	  "/simulation/cards/2/sink/file", 2, "card 1 writes" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"sink\":{\"type\":\"wav\",\"file\":\"x\"}},\n"
	  "\"2\":{\"source\":{\"type\":\"wav\",\"file\":\"x\"}}}}}",
	  "/simulation/cards/1/sink/file", 1, "card 2 reads" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"min_period_frames\":64,\"max_period_frames\":32}}}"
	  "}",
	  "/simulation/cards/1/max_period_frames", 1, "min_period_frames" },
	{ "{\"sample_rate\":8000,\"simulation\":{\"cards\":{\"1\":{\"source\":{\"type\":\"tone\","
	  "\"frequency_hz\":4000}}}}}",
	  "/simulation/cards/1/source/frequency_hz", 1, "at most 3999" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"faults\":[{\"type\":\"\"}]}}}}",
	  "/simulation/cards/1/faults/0/type", 1, "\"xrun\"" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"faults\":[{}]}}}}",
	  "/simulation/cards/1/faults/0/type", 1, "missing" },
	{ "{\"simulation\":{\"cards\":{\"1\":{\"faults\":[{\"type\":\"xrun\"},{\"type\":\"xrun\"},"
	  "{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},"
	  "{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},"
	  "{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"},"
	  "{\"type\":\"xrun\"},{\"type\":\"xrun\"},{\"type\":\"xrun\"}]}}}}",
	  "/simulation/cards/1/faults/16", 1, "at most 16" },
};

static void each_fault_is_told_with_place_and_cure(void)
{
	for (size_t i = 0; i < sizeof(fault_cases) / sizeof(fault_cases[0]); i++) {
		const struct fault_case *want = &fault_cases[i];
		struct document document = document_read(want->text);
		const struct mca_diag *fault = NULL;

		for (size_t n = 0; n < document.faults.count; n++)
			if (strcmp(document.faults.list[n].pointer, want->pointer) == 0 &&
			    document.faults.list[n].line == want->line &&
			    strstr(document.faults.list[n].text, want->words))
				fault = &document.faults.list[n];
		CHECK_INT(document.code, -EINVAL);
		CHECK(fault != NULL);
		CHECK(document_is_untouched(&document));
		if (!fault) {
			printf("# %s\n# wanted line %u %s: ...%s...\n", want->text, want->line,
			       want->pointer, want->words);
			document_print(&document);
		}
		document_done(&document);
	}
}

static void all_faults_come_at_once_from_the_top_down(void)
{
	struct document document =
		document_read("{\n\"blocksize\": 1,\n"
			      "\"logical_channels\": {\"1\": {\"input_device_id\": "
			      "0,\n\"output_device_id\": []}},\n"
			      "\"dsp\": {\"comp\": {\"ratio\": 0}},\n\"http\": {\"port\": "
			      "\"8000\"},\n\"x\": null}");

	CHECK_INT(document.code, -EINVAL);
	CHECK_INT(document.faults.count, 6);
	CHECK_INT(document.faults.lost, 0);
	for (size_t i = 1; i < document.faults.count; i++)
		CHECK(document.faults.list[i - 1].line <= document.faults.list[i].line);
	CHECK(document_fault(&document, "/http/port") != NULL);
	if (document_fault(&document, "/http/port")) {
		CHECK_STR(document_fault(&document, "/http/port")->value, "\"8000\"");
		CHECK_INT(document_fault(&document, "/http/port")->line, 6);
	}
	document_done(&document);
}

/* A fault in the global dsp must not be blamed on the channels that inherit it. */
static void an_inherited_fault_is_told_once(void)
{
	struct document document = document_read(
		"{\"logical_channels\": {\"1\": {\"input_device_id\": 1, \"output_device_id\": 2,"
		"\"dsp\": {\"comp\": {\"attack_ms\": 200}}}},"
		"\"dsp\": {\"comp\": {\"release_ms\": \"300\"}}}");

	CHECK_INT(document.faults.count, 1);
	CHECK(document_fault(&document, "/dsp/comp/release_ms") != NULL);
	document_done(&document);
}

/* Many channels: 64 are taken, the 65th is refused. */
static void sixty_four_channels_and_no_more(void)
{
	for (unsigned count = 64; count <= 65; count++) {
		char text[65 * 80 + 40];
		size_t used = (size_t)sprintf(text, "{\"logical_channels\": {");
		struct document document;

		for (unsigned i = 1; i <= count; i++)
			used += (size_t)sprintf(text + used,
						"%s\"%u\": {\"input_device_id\": %u, "
						"\"output_device_id\": %u}",
						i == 1 ? "" : ",\n", i, i, i);
		sprintf(text + used, "}}");
		document = document_read(text);
		CHECK_INT(document.code, count == 64 ? 0 : -EINVAL);
		if (count == 65)
			CHECK(document_fault(&document, "/logical_channels/65") != NULL);
		document_done(&document);
	}
}

/* A flood of faults ends in one that says so, and texts of any length are cut to fit. */
static void floods_and_long_keys_are_cut(void)
{
	enum { BYTES = 60000 };
	char *text = malloc(BYTES + 300);
	size_t used = (size_t)sprintf(text, "{");
	struct document document;

	for (unsigned i = 0; used < BYTES; i++)
		used += (size_t)sprintf(text + used, "%s\"x%u\": 1", i ? "," : "", i);
	sprintf(text + used, "}");
	document = document_read(text);
	CHECK_INT(document.code, -EINVAL);
	CHECK_INT(document.faults.count, 201);
	CHECK(document.faults.count == 201 &&
	      strstr(document.faults.list[200].text, "more than 200 faults"));
	document_done(&document);

	used = (size_t)sprintf(text, "{\"");
	while (used < BYTES)
		used += (size_t)sprintf(text + used, "ü");
	sprintf(text + used, "\": [ \"%.0200d\" ]}", 0);
	document = document_read(text);
	CHECK_INT(document.code, -EINVAL);
	CHECK_INT(document.faults.count, 2);
	CHECK(document.faults.count && strlen(document.faults.list[0].pointer) >= 125);
	free(text);
	document_done(&document);
}

/* A pointer is cut before the end of its buffer, between characters, wherever that is. */
static void a_pointer_keeps_to_its_buffer(void)
{
	for (size_t size = 1; size < 12; size++) {
		char buffer[16];

		memset(buffer, '!', sizeof(buffer));
		buffer[0] = '\0';
		mca_json_pointer_append(buffer, size, "a/\xc3\xbc~xyz");
		CHECK(strlen(buffer) < size);
		CHECK(buffer[size] == '!');
		CHECK(strncmp(buffer, "/a~1\xc3\xbc~0xyz", strlen(buffer)) == 0);
		CHECK(strlen(buffer) != 5); /* half a character */
	}
}

int main(void)
{
	RUN(each_fault_is_told_with_place_and_cure);
	RUN(all_faults_come_at_once_from_the_top_down);
	RUN(an_inherited_fault_is_told_once);
	RUN(sixty_four_channels_and_no_more);
	RUN(floods_and_long_keys_are_cut);
	RUN(a_pointer_keeps_to_its_buffer);
	return DONE();
}

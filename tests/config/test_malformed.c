/* SPDX-License-Identifier: MIT */
/* Texts that are no JSON: one fault, its line, a sentence that helps; and sizes without end. */
#include <errno.h>

#include "document.h"
#include "../support/check.h"

struct malformed {
	const char *text;
	unsigned line;
	const char *words;
};

static const struct malformed texts[] = {
	{ "", 0, "empty" },
	{ " \n\t ", 0, "empty" },
	{ "{\n// note\n}", 2, "comment" },
	{ "{\n\n/* note */}", 3, "comment" },
	{ "{\n# note\n}", 2, "comment" },
	{ "{\"a\": \"// # /* fine */\",\n}", 2, "comma before '}'" },
	{ "{\"a\": [1,\n2,\n]}", 3, "comma before ']'" },
	{ "{\"a\":\nNaN}", 2, "NaN is no JSON number" },
	{ "{\"a\": Infinity}", 1, "Infinity is no JSON number" },
	{ "{\"a\": -Infinity}", 1, "Infinity is no JSON number" },
	{ "{\"a\": nan}", 1, "no JSON number" },
	{ "{\"a\": -inf}", 1, "no JSON number" },
	{ "{\"a\": True}", 1, "True is no JSON value" },
	{ "{a: 1}", 1, "a is no JSON value" },
	{ "{'a': 1}", 1, "single quote" },
	{ "{\"a\": 'b'}", 1, "single quote" },
	{ "\xef\xbb\xbf{}", 0, "byte order mark" },
	{ "\xff\xfe{", 0, "UTF-16" },
	{ "\xfe\xff", 0, "UTF-16" },
	{ "{\"a\": \"x\ny\"}", 1, "the line ends inside a text" },
	{ "{\"a\": \"x", 1, "ends inside a text" },
	{ "{\"a\": \"x\\", 1, "ends inside a text" },
	{ "{\"a\": \"\\u0000\"}", 1, "\\u0000" },
	{ "{\"a\\u0000\": 1}", 1, "\\u0000" },
	{ "{\"a\": \"\xff\"}", 1, "not JSON" },
	{ "{\"a\": \"\xc0\x80\"}", 1, "not JSON" },
	{ "{\"a\": \"\xed\xa0\x80\"}", 1, "not JSON" },
	{ "{\"a\": \"\\ud800\"}", 1, "not JSON" },
	{ "{\"a\": \"\\x41\"}", 1, "not JSON" },
	{ "{\"a\": \"\t\"}", 1, "not JSON" },
	{ "{\n\"a\" 1}", 2, "not JSON" },
	{ "{\"a\": 1\n\"b\": 2}", 2, "not JSON" },
	{ "{\"a\": 01}", 1, "not JSON" },
	{ "{\"a\": +1}", 1, "not JSON" },
	{ "{\"a\": .5}", 1, "not JSON" },
	{ "{\"a\": 1.}", 1, "not JSON" },
	{ "{\"a\": 1e}", 1, "not JSON" },
	{ "{\"a\": -}", 1, "not JSON" },
	{ "{\"a\": 0x10}", 1, "not JSON" },
	{ "{\"a\": 1e999}", 1, "not JSON" },
	{ "{\"a\": tru}", 1, "not JSON" },
	{ "{\"a\": truer}", 1, "no JSON value" },
	{ "{\"a\": 1} x", 1, "no JSON value" },
	{ "{} {}", 1, "not JSON" },
	{ "{", 1, "not JSON" },
	{ "}", 1, "not JSON" },
	{ "[1, 2", 1, "not JSON" },
	{ "{\"a\"", 1, "not JSON" },
	{ "{\"a\":", 1, "not JSON" },
	{ "{,}", 1, "comma" },
	{ "{\"a\": 1,, \"b\": 2}", 1, "not JSON" },
	{ "\"", 1, "ends inside a text" },
	{ "-", 1, "not JSON" },
	{ "/", 1, "not JSON" },
	{ ":", 1, "not JSON" },
	{ "\v{}", 1, "not JSON" },
};

static void each_is_refused_in_words_that_help(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct document document = document_read(texts[i].text);
		const struct mca_diag *fault = document.faults.list;
		bool good = document.code == -EBADMSG && document.faults.count == 1 &&
			    fault->code == -EBADMSG && fault->line == texts[i].line &&
			    strstr(fault->text, texts[i].words) && document_is_untouched(&document);

		CHECK(good);
		if (!good) {
			printf("# case %zu, code %d, wanted line %u: %s\n", i, document.code,
			       texts[i].line, texts[i].words);
			document_print(&document);
		}
		document_done(&document);
	}
}

static void a_nul_byte_is_named(void)
{
	static const char outside[] = "{}\n\0", inside[] = "{\"a\": \"\0\"}";
	struct document document = document_of(outside, sizeof(outside) - 1);

	CHECK_INT(document.code, -EBADMSG);
	CHECK(document.faults.count == 1 && strstr(document.faults.list[0].text, "NUL") &&
	      document.faults.list[0].line == 2);
	document_done(&document);
	document = document_of(inside, sizeof(inside) - 1);
	CHECK_INT(document.code, -EBADMSG);
	CHECK(document.faults.count == 1 && strstr(document.faults.list[0].text, "NUL"));
	document_done(&document);
}

/* `count` times `piece`, then `end`. */
static struct document repeated(const char *piece, size_t count, const char *end)
{
	size_t step = strlen(piece), length = step * count + strlen(end);
	char *text = malloc(length + 1);
	struct document document;

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * step, piece, step);
	strcpy(text + count * step, end);
	document = document_of(text, length);
	free(text);
	return document;
}

static void nesting_has_an_end(void)
{
	static const struct { const char *piece; size_t count; } deep[] = {
		{ "[", 33 }, { "[", 2000 }, { "[", 60000 }, { "{\"a\":", 33 }, { "{\"a\":", 13000 },
		{ "[{\"a\":", 10000 }, { "[\n", 30000 },
	};
	struct document document;

	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		document = repeated(deep[i].piece, deep[i].count, "");
		CHECK_INT(document.code, -EBADMSG);
		CHECK(document.faults.count == 1 && strstr(document.faults.list[0].text, "nested"));
		document_done(&document);
	}
	document = repeated("[", 32, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	CHECK_INT(document.code, -EINVAL); /* good JSON, no configuration */
	document_done(&document);
	document = repeated("[", 100000, "");
	CHECK_INT(document.code, -EBADMSG);
	document_done(&document);
	document = repeated("\"[\\\"{\"", 1, "");
	CHECK_INT(document.code, -EINVAL); /* brackets inside a text do not count */
	document_done(&document);
}

static void size_has_an_end(void)
{
	const char *small = "{\"logical_channels\": {\"1\": {\"input_device_id\": 1,"
			    "\"output_device_id\": 1}}}";
	struct document document = repeated(" ", MCA_CONFIG_BYTES_MAX - strlen(small), small);

	CHECK_INT(document.code, 0);
	document_done(&document);
	document = repeated(" ", MCA_CONFIG_BYTES_MAX + 1 - strlen(small), small);
	CHECK_INT(document.code, -EBADMSG);
	CHECK(document.faults.count == 1 && strstr(document.faults.list[0].text, "65536"));
	document_done(&document);
	document = repeated("[1],", 2500000, "");
	CHECK_INT(document.code, -EBADMSG);
	document_done(&document);
}

/* As many values as fit: the tree has room for all of them. */
static void crowded_documents_are_read(void)
{
	static const struct { const char *piece; size_t count; const char *end;
	} crowds[] = {
		{ "[[],[],1,", 1, "2]" },
		{ "{\"\":1,\"\":", 1, "{}}" },
		{ "[[[[],[]],[]],", 1, "[]]" },
	};
	char *text = malloc(MCA_CONFIG_BYTES_MAX);
	struct document document;

	for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
		document = repeated(crowds[i].piece, crowds[i].count, crowds[i].end);
		CHECK_INT(document.code, -EINVAL);
		document_done(&document);
	}
	memset(text, ',', MCA_CONFIG_BYTES_MAX);
	for (size_t i = 1; i < MCA_CONFIG_BYTES_MAX; i += 2)
		text[i] = '0';
	text[0] = '[';
	text[MCA_CONFIG_BYTES_MAX - 2] = ']';
	text[MCA_CONFIG_BYTES_MAX - 1] = '\n';
	document = document_of(text, MCA_CONFIG_BYTES_MAX);
	CHECK_INT(document.code, -EINVAL);
	document_done(&document);
	free(text);
}

int main(void)
{
	RUN(each_is_refused_in_words_that_help);
	RUN(a_nul_byte_is_named);
	RUN(nesting_has_an_end);
	RUN(size_has_an_end);
	RUN(crowded_documents_are_read);
	return DONE();
}

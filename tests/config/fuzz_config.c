/* SPDX-License-Identifier: MIT */
/*
 * The property that no text may break: it is refused with at least one sound fault, or it is read
 * and its dump reads back to the same. Linked with libFuzzer it is a fuzzer, with test_mutations.c
 * it meets its corpus and random damage in every test run.
 */
#include "fuzz_config.h"

#include "document.h"
#include "mca/config_diff.h"
#include "text.h"

static void demand(bool so, const char *what)
{
	if (so)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

static void check_text(const char *text, size_t size)
{
	demand(strnlen(text, size) < size, "every text of a fault is terminated");
	demand(mca_text_is_printable(text), "every text of a fault is clean UTF-8");
}

static void check_refusal(const struct document *document)
{
	demand(document->faults.count > 0, "a refusal says why");
	demand(document_is_untouched(document), "a refused document changes no setting");
	for (size_t i = 0; i < document->faults.count; i++) {
		const struct mca_diag *fault = &document->faults.list[i];

		demand(fault->code == document->code && fault->text[0],
		       "a fault has a code and words");
		demand(fault->pointer[0] == '\0' || fault->pointer[0] == '/',
		       "pointers begin with /");
		check_text(fault->pointer, sizeof(fault->pointer));
		check_text(fault->value, sizeof(fault->value));
		check_text(fault->text, sizeof(fault->text));
	}
}

static void check_dump(const struct document *document)
{
	struct mca_config_diff *diff = malloc(sizeof(*diff));
	char *text = mca_config_dump(document->settings);
	struct document again;

	demand(diff && text, "memory");
	again = document_read(text);
	demand(document->faults.count == 0, "a good document has no faults");
	demand(again.code == 0 || strlen(text) > MCA_CONFIG_BYTES_MAX, "a dump is read");
	if (again.code == 0) {
		mca_config_compare(diff, document->settings, again.settings);
		demand(diff->total == 0, "a dump says the same");
	}
	document_done(&again);
	free(text);
	free(diff);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct document document = document_of((const char *)data, size);

	if (document.code < 0)
		check_refusal(&document);
	else
		check_dump(&document);
	document_done(&document);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Lines of faults that were found after the document was gone. */
#include "mca/config.h"

#include <string.h>

#include "mca/json.h"

void mca_config_find_lines(const char *text, size_t length, struct mca_faults *faults)
{
	struct mca_json_document document;

	if (mca_json_parse(&document, text, length, NULL) == 0)
		for (size_t i = 0; i < faults->count; i++) {
			struct mca_diag *fault = &faults->list[i];
			const char *rest = fault->pointer;

			if (fault->line == 0 && *rest == '/')
				fault->line = mca_json_nearest(document.root, &rest)->line;
		}
	mca_json_done(&document);
}

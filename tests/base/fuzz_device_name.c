/* SPDX-License-Identifier: MIT */
/*
 * What no text may break: it is refused, or its canonical form is the model's, holds only plain
 * characters and parses to itself. Linked with libFuzzer it is a fuzzer; test_device_name.c runs it
 * over all short strings, damaged names and the corpus.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/device_name.h"
#include "name_model.h"

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:=,.-"

static void demand(bool so, const char *what, const char *text)
{
	if (so)
		return;
	fprintf(stderr, "broken promise: %s: \"%s\"\n", what, text);
	abort();
}

static void check_fields(const struct mca_device_name *name, const char *text)
{
	demand(name->card >= -1 && name->card <= MCA_DEVICE_CARD_MAX, "a card index", text);
	demand(name->device <= MCA_DEVICE_NUMBER_MAX, "a device", text);
	demand(name->subdevice >= -1 && name->subdevice <= MCA_DEVICE_NUMBER_MAX, "a subdevice",
	       text);
	demand((name->kind == MCA_DEVICE_SIM) == (name->sim > 0), "a card number", text);
	demand((name->kind == MCA_DEVICE_HW) == (name->card >= 0 || name->card_id[0]), "a card",
	       text);
	demand(!name->card_id[0] || name->card < 0, "an index or an id", text);
	demand((name->kind == MCA_DEVICE_PATH || name->kind == MCA_DEVICE_SERIAL) ==
	       (name->place[0] != '\0'), "a place", text);
}

bool name_promises(const char *text)
{
	char canonical[MCA_DEVICE_TEXT], again[MCA_DEVICE_TEXT], model[512];
	struct mca_device_name name;
	bool good = mca_device_name_parse(&name, text);

	demand(good == (strlen(text) < sizeof model && name_model(model, text)),
	       "parser and model agree", text);
	demand(good == mca_device_name_rebuild(canonical, text), "rebuilt if parsed", text);
	if (!good)
		return false;
	check_fields(&name, text);
	demand(strcmp(canonical, model) == 0, "the model's canonical form", text);
	demand(strspn(canonical, PLAIN) == strlen(canonical), "plain characters", text);
	demand(mca_device_name_rebuild(again, canonical) && strcmp(again, canonical) == 0,
	       "a canonical form parses to itself", text);
	return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char text[600];

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	name_promises(text);
	return 0;
}

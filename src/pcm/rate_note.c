/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a rate that differs from the configuration's, in words. A resampler runs only
 * between two cards of different rates, so a card alone cannot tell. Control thread.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "choose.h"
#include "mca/pcm.h"

static void __attribute__((format(printf, 3, 4)))
put_first(char *text, size_t size, const char *format, ...)
{
	char rest[160];
	size_t used;
	va_list args;

	snprintf(rest, sizeof(rest), "%s", text);
	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
	used = strlen(text);
	if (rest[0])
		snprintf(text + used, size - used, "; %s", rest);
}

void mca_pcm_note_rates(struct mca_pcm_info info[2], unsigned wanted_hz)
{
	struct mca_pcm_info *in = &info[MCA_CAPTURE], *out = &info[MCA_PLAYBACK];
	bool resampled = in->rate_hz != out->rate_hz;

	if (resampled && in->rate_hz == wanted_hz) {
		put_first(out->adapted, sizeof(out->adapted), "%u Hz resampled to %u",
			  in->rate_hz, out->rate_hz);
		return;
	}
	if (resampled)
		put_first(in->adapted, sizeof(in->adapted), "%u Hz resampled to %u", in->rate_hz,
			  out->rate_hz);
	else if (in->rate_hz != wanted_hz)
		put_first(in->adapted, sizeof(in->adapted), "the channel runs at %u Hz",
			  in->rate_hz);
	if (out->rate_hz != wanted_hz)
		put_first(out->adapted, sizeof(out->adapted), "the channel runs at %u Hz",
			  out->rate_hz);
}

void mca_pcm_choice_note_rate(const struct mca_pcm_choice *choice, unsigned wanted_hz, char *text,
			      size_t size)
{
	if (choice->rate_hz != wanted_hz)
		put_first(text, size, "runs at %u Hz", choice->rate_hz);
}

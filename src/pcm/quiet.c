/* SPDX-License-Identifier: MIT */
/*
 * The handler is thread-local in alsa-lib, so nothing global is touched.
 */
#include "quiet.h"

static void say_nothing(const char *file, int line, const char *function, int err,
			const char *format, va_list args)
{
	(void)file, (void)line, (void)function, (void)err, (void)format, (void)args;
}

void mca_quiet_begin(struct mca_quiet *quiet)
{
	quiet->before = snd_lib_error_set_local(say_nothing);
}

void mca_quiet_end(struct mca_quiet *quiet)
{
	snd_lib_error_set_local(quiet->before);
}

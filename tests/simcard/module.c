/* SPDX-License-Identifier: MIT */
/*
 * The plug-in module by way of ALSA's own configuration, in this process. argv: folder of the
 * module, configuration file.
 */
#include <errno.h>
#include <stdlib.h>

#include "../support/check.h"
#include "mca/wav.h"
#include "pair.h"

#define RATE 16000
#define FRAMES 4000

static void silent(const char *file, int line, const char *function, int err, const char *format,
		   ...)
{
}

static void recording_hears_the_voice(void)
{
	static int16_t samples[2 * FRAMES];
	snd_pcm_t *pcm = NULL;
	unsigned sounding = 0;

	CHECK_INT(snd_pcm_open(&pcm, "sim:3", SND_PCM_STREAM_CAPTURE, 0), 0);
	if (!pcm)
		return;
	CHECK_INT(snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED, 2,
				     RATE, 0, 1000000),
		  0);
	CHECK_INT(snd_pcm_readi(pcm, samples, FRAMES), FRAMES);
	for (unsigned i = 0; i < 2 * FRAMES; i++)
		sounding += samples[i] != 0;
	CHECK(sounding > FRAMES);
	CHECK_INT(snd_pcm_close(pcm), 0);
}

static void playing_fills_the_sink(void)
{
	static int16_t samples[FRAMES];
	struct mca_wav heard = { 0 };
	snd_pcm_t *pcm = NULL;
	char name[300];

	for (int i = 0; i < FRAMES; i++)
		samples[i] = (int16_t)(i * 5 + 1);
	snprintf(name, sizeof(name), "sim:CARD=2,SINK=%s", scratch("heard.wav"));
	CHECK_INT(snd_pcm_open(&pcm, name, SND_PCM_STREAM_PLAYBACK, 0), 0);
	if (!pcm)
		return;
	CHECK_INT(snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED, 1,
				     RATE, 0, 1000000),
		  0);
	CHECK_INT(snd_pcm_writei(pcm, samples, FRAMES), FRAMES);
	CHECK_INT(snd_pcm_drain(pcm), 0);
	CHECK_INT(snd_pcm_close(pcm), 0);
	CHECK_INT(mca_wav_read(&heard, scratch("heard.wav"), 0, NULL), 0);
	CHECK_INT(heard.count, FRAMES);
	CHECK_INT(heard.rate_hz, RATE);
	CHECK(heard.count == FRAMES && memcmp(heard.frames, samples, sizeof(samples)) == 0);
	mca_wav_done(&heard);
}

static void wrong_settings_are_refused(void)
{
	snd_pcm_t *pcm = NULL;

	snd_lib_error_set_handler(silent);
	CHECK_INT(snd_pcm_open(&pcm, "sim:9", SND_PCM_STREAM_PLAYBACK, 0), -EINVAL);
	CHECK_INT(snd_pcm_open(&pcm, "sim:CARD=1,SOURCE=/no/such.wav", SND_PCM_STREAM_CAPTURE, 0),
		  -ENOENT);
	CHECK_INT(snd_pcm_open(&pcm, "sim:CARD=1,SINK=/no/such.wav", SND_PCM_STREAM_PLAYBACK, 0),
		  -ENOENT);
	snd_lib_error_set_handler(NULL);
}

int main(int argc, char **argv)
{
	char configuration[1024];

	if (argc != 3)
		return 2;
	/* alsa-lib splits ALSA_CONFIG_PATH at blanks, which a checkout's folder may have. */
	CHECK(symlink(argv[2], scratch("sim.conf")) == 0);
	snprintf(configuration, sizeof(configuration), "/usr/share/alsa/alsa.conf:%s",
		 scratch("sim.conf"));
	setenv("ALSA_PLUGIN_DIR", argv[1], 1);
	setenv("ALSA_CONFIG_PATH", configuration, 1);
	RUN(recording_hears_the_voice);
	RUN(playing_fills_the_sink);
	RUN(wrong_settings_are_refused);
	scratch_done();
	snd_config_update_free_global();
	return DONE();
}

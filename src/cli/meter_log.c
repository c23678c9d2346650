/* SPDX-License-Identifier: MIT */
#include "meter_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "mca/chain.h"
#include "mca/diag.h"

/* A chain keeps its last finished window only, so the caller looks at least once a window. */
int mca_meter_log_init(struct mca_meter_log *log, unsigned rate_hz)
{
	*log = (struct mca_meter_log){.windows = json_array(), .rate_hz = rate_hz};
	return log->windows ? 0 : -ENOMEM;
}

void mca_meter_log_done(struct mca_meter_log *log)
{
	json_decref(log->windows);
	free(log->text);
	*log = (struct mca_meter_log){0};
}

static json_t *lanes(const double *value, unsigned count)
{
	json_t *array = json_array();

	for (unsigned lane = 0; array && lane < count; lane++)
		if (json_array_append_new(array, json_real(value[lane])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

int mca_meter_log_look(struct mca_meter_log *log, const struct mca_chain *chain)
{
	const struct mca_meter_reading *reading = &chain->meter.last;
	struct mca_levels levels;
	json_t *window;

	if (reading->window == log->seen)
		return 0;
	log->seen = reading->window;
	log->frames += reading->frames;
	mca_levels_from_reading(&levels, reading);
	window = json_pack("{sI sf so so so so sf sf sI}",
			   "window", (json_int_t)levels.window,
			   "end_s", (double)log->frames / log->rate_hz,
			   "input_rms_dbfs", lanes(levels.input_rms_dbfs, levels.lanes),
			   "rms_dbfs", lanes(levels.rms_dbfs, levels.lanes),
			   "peak_dbfs", lanes(levels.peak_dbfs, levels.lanes),
			   "true_peak_dbtp", levels.true_peak_known
				? lanes(levels.true_peak_dbtp, levels.lanes) : json_null(),
			   "vu_dbfs", levels.vu_dbfs,
			   "gain_reduction_db", levels.gain_reduction_db,
			   "clipped", (json_int_t)levels.clipped);
	return json_array_append_new(log->windows, window) < 0 ? -ENOMEM : 0;
}

static int append(struct mca_meter_log *log, const char *text)
{
	size_t more = strlen(text);
	char *longer = realloc(log->text, log->length + more + 1);

	if (!longer)
		return -ENOMEM;
	memcpy(longer + log->length, text, more + 1);
	log->text = longer;
	log->length += more;
	return 0;
}

/* Not open_memstream(): when memory runs out, glibc's gives an empty text and no error. */
int mca_meter_log_finish(struct mca_meter_log *log)
{
	int code = append(log, "[");

	for (size_t i = 0; i < json_array_size(log->windows) && !code; i++) {
		char *text = json_dumps(json_array_get(log->windows, i),
					JSON_COMPACT | JSON_REAL_PRECISION(6));

		code = text ? append(log, i ? ",\n " : "\n ") : -ENOMEM;
		if (!code)
			code = append(log, text);
		free(text);
	}
	return code ? code : append(log, "\n]\n");
}

static int write_text(const struct mca_meter_log *log, const char *path, struct mca_diag *diag)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), code = fd < 0 ? -errno : 0;
	size_t at = 0;

	while (!code && at < log->length) {
		ssize_t put = write(fd, log->text + at, log->length - at);

		if (put > 0)
			at += (size_t)put;
		else if (put == 0 || errno != EINTR)
			code = put == 0 ? -EIO : -errno;
	}
	if (fd >= 0 && close(fd) < 0 && !code)
		code = -errno;
	return code ? mca_diag_set(diag, code, "cannot write %s: %s", path, strerror(-code)) : 0;
}

int mca_meter_log_save(const struct mca_meter_log *log, const char *path, struct mca_diag *diag)
{
	struct mca_draft draft;
	int result = mca_draft_open(&draft, path, diag);

	if (result < 0)
		return result;
	result = write_text(log, draft.path, diag);
	if (result < 0) {
		mca_draft_drop(&draft);
		return result;
	}
	return mca_draft_commit(&draft, diag);
}

/* SPDX-License-Identifier: MIT */
#include "meter_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
	log->windows = NULL;
}

static json_t *lanes(const double *value, unsigned count)
{
	json_t *array = json_array();

	for (unsigned lane = 0; lane < count; lane++)
		json_array_append_new(array, json_real(value[lane]));
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

static int write_array(const json_t *windows, const char *path, struct mca_diag *diag)
{
	FILE *file = fopen(path, "we");
	int failed;

	if (!file)
		return mca_diag_set(diag, -errno, "cannot write %s: %s", path, strerror(errno));
	failed = fputs("[", file) < 0;
	for (size_t i = 0; i < json_array_size(windows) && !failed; i++) {
		failed = fputs(i ? ",\n " : "\n ", file) < 0 ||
			 json_dumpf(json_array_get(windows, i), file,
				    JSON_COMPACT | JSON_REAL_PRECISION(6)) < 0;
	}
	failed = failed || fputs("\n]\n", file) < 0;
	if (fclose(file) != 0 || failed)
		return mca_diag_set(diag, -EIO, "cannot write %s: is the disk full?", path);
	return 0;
}

int mca_meter_log_save(const struct mca_meter_log *log, const char *path, struct mca_diag *diag)
{
	struct mca_draft draft;
	int result = mca_draft_open(&draft, path, diag);

	if (result < 0)
		return result;
	result = write_array(log->windows, draft.path, diag);
	if (result < 0) {
		mca_draft_drop(&draft);
		return result;
	}
	return mca_draft_commit(&draft, diag);
}

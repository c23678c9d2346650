/* SPDX-License-Identifier: MIT */
#ifndef MCA_STORE_H
#define MCA_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "mca/diag.h"

/*
 * Small text files that are whole at every moment. A new text is written beside the old file,
 * flushed to the disk and renamed over it, so that a full disk, a crash or a kill leaves either the
 * old text or the new one. Of several writers the last one wins. A symbolic link stays a link: its
 * target is replaced. Mode and, where allowed, owner of the old file are kept; a new file gets
 * 0644.
 *
 * Every function waits for the disk. Thread: any but a real-time one; the service calls them on its
 * keeper thread (mca/keeper.h) where the disk may be slow.
 */

/*
 * Read a whole regular file into *text (malloc'ed, terminated, *length bytes). Never waits for the
 * writer of a pipe. 0, or negative errno with a sentence: -ENOENT, -EISDIR or -EINVAL (no regular
 * file), -EFBIG (more than `max` bytes), ...
 */
int mca_store_read(const char *path, size_t max, char **text, size_t *length,
		   struct mca_diag *diag);

/* A text that is on the disk, but not yet under its name. Begin with {0}. */
struct mca_staged {
	char target[PATH_MAX];          /* the file itself, links resolved */
	char temporary[PATH_MAX + 16];  /* "" = nothing is staged */
	struct stat old;
	bool exists;                    /* there is an old file */
	int fd;                         /* of the temporary file, locked while this process lives */
};

/* Write text beside the file and flush it. 0, or negative errno with a sentence: nothing is left
 * behind. End with commit or drop. */
int mca_store_stage(struct mca_staged *staged, const char *path, const char *text, size_t length,
		    struct mca_diag *diag);

/* Put what is staged in the file's place, durably. After an error nothing is staged any more; the
 * sentence says whether the old file is untouched. */
int mca_store_commit(struct mca_staged *staged, struct mca_diag *diag);

/* Remove what is staged; nothing staged is fine. */
void mca_store_drop(struct mca_staged *staged);

/* Stage and commit. */
int mca_store_write(const char *path, const char *text, size_t length, struct mca_diag *diag);

/*
 * Put text in the file's place without waiting for the disk: it survives the end of the process,
 * and the failure of the machine only after mca_store_flush(). 0 or negative errno with a sentence.
 */
int mca_store_put(const char *path, const char *text, size_t length, struct mca_diag *diag);
int mca_store_flush(const char *path, struct mca_diag *diag);

/* Remove temporary files of this path that an interrupted writer left behind; those of a writer
 * that lives are kept. In a folder of the program's own the names that release 0.1.0 gave them go
 * too. Returns how many were removed. */
unsigned mca_store_sweep(const char *path, bool own_folder);

/*
 * Hold a folder for this process: another one that holds it would overwrite what this one keeps
 * there. Held until the process ends, in whatever way. 0, also for "" and where nothing can be
 * locked; -EBUSY with diag: another process, or an earlier call, holds it.
 */
int mca_store_hold(const char *folder, struct mca_diag *diag);

/* A number for a text: different texts have different numbers, except by an accident of one in
 * 2^64 (FNV-1a). Not for secrets. */
uint64_t mca_store_hash(const char *text, size_t length);

#endif

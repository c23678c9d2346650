/* SPDX-License-Identifier: MIT */
/*
 * Files that are whole at every moment. A full disk is a small tmpfs in a mount namespace of its
 * own where that is allowed, and the limit of a file's size everywhere.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include "../support/check.h"
#include "mca/store.h"

static char folder[64];

static const char *in_folder(const char *name)
{
	static char path[2][128];
	static unsigned turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert(file);
	fputs(text, file);
	fclose(file);
}

/* Does the file hold exactly this? */
static bool holds(const char *path, const char *text)
{
	size_t length = strlen(text), got;
	char *buffer = malloc(length + 2);
	FILE *file = fopen(path, "r");
	bool same;

	got = file ? fread(buffer, 1, length + 2, file) : 0;
	same = file && got == length && memcmp(buffer, text, length) == 0;
	if (file)
		fclose(file);
	free(buffer);
	return same;
}

static int save(const char *path, const char *text, struct mca_diag *diag)
{
	return mca_store_write(path, text, strlen(text), diag);
}

static unsigned entries(const char *path)
{
	DIR *entry = opendir(path);
	unsigned count = 0;

	while (entry && readdir(entry))
		count++;
	closedir(entry);
	return count - 2; /* . and .. */
}

static void an_old_file_is_replaced_whole(void)
{
	const char *path = in_folder("a.json");
	struct mca_diag diag = { 0 };
	struct stat status;

	umask(022);
	CHECK_INT(save(path, "{\"new\": 1}\n", &diag), 0);
	CHECK(holds(path, "{\"new\": 1}\n"));
	CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0644);
	CHECK_INT(chmod(path, 0640), 0);
	CHECK_INT(save(path, "{\"newer\": 2}\n", &diag), 0);
	CHECK(holds(path, "{\"newer\": 2}\n"));
	CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0640);
	CHECK_INT(entries(folder), 1);
	unlink(path);
}

static void the_owner_stays_where_root_saves(void)
{
	const char *path = in_folder("owned.json");
	struct stat status;

	put(path, "old");
	if (geteuid() != 0 || chown(path, 65534, 65534) < 0) {
		printf("# skipped: only root can give files away\n");
		unlink(path);
		return;
	}
	CHECK_INT(save(path, "new", NULL), 0);
	CHECK(stat(path, &status) == 0 && status.st_uid == 65534 && status.st_gid == 65534);
	unlink(path);
}

static void a_symbolic_link_stays_a_link(void)
{
	char link[128];
	struct mca_diag diag = { 0 };
	struct stat status;

	snprintf(link, sizeof(link), "%s/link.json", folder);
	put(in_folder("real.json"), "old");
	CHECK_INT(symlink("real.json", link), 0);
	CHECK_INT(save(link, "new", &diag), 0);
	CHECK(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
	CHECK(holds(in_folder("real.json"), "new"));
	unlink(in_folder("real.json"));
	CHECK_INT(save(link, "newer", &diag), -ENOENT);
	CHECK(strstr(diag.text, link) != NULL);
	CHECK_INT(entries(folder), 1);
	unlink(link);
}

static void what_is_no_file_is_refused(void)
{
	struct mca_diag diag = { 0 };

	CHECK_INT(save(folder, "x", &diag), -EISDIR);
	CHECK_INT(save("/dev/null", "x", &diag), -EINVAL);
	CHECK_INT(save(in_folder("none/a.json"), "x", &diag), -ENOENT);
	CHECK_INT(save("", "x", &diag), -ENOENT);
	CHECK_INT(entries(folder), 0);
}

/* In a child: limits and mounts end with it. Returns its verdict. */
static int in_child(int (*test)(void))
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(test());
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

enum { GOOD = 0, CANNOT_TRY = 77 };

static int save_beyond_the_limit(void)
{
	struct rlimit limit = { .rlim_cur = 10, .rlim_max = 10 };
	struct mca_diag diag = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return CANNOT_TRY;
	if (save(in_folder("a.json"), "more than ten bytes", &diag) != -EFBIG)
		return 1;
	return strstr(diag.text, "old file is untouched") ? GOOD : 2;
}

static void a_write_that_fails_leaves_the_old_file(void)
{
	put(in_folder("a.json"), "old");
	CHECK_INT(in_child(save_beyond_the_limit), GOOD);
	CHECK(holds(in_folder("a.json"), "old"));
	CHECK_INT(entries(folder), 1);
	unlink(in_folder("a.json"));
}

static int save_on_a_full_disk(void)
{
	static char text[60000];
	struct mca_diag diag = { 0 };
	const char *disk = in_folder("disk"), *path = in_folder("disk/a.json");

	memset(text, ' ', sizeof(text) - 1);
	if (mkdir(disk, 0755) < 0)
		return 1;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", disk, "tmpfs", 0, "size=32k,mode=755") < 0)
		return CANNOT_TRY;
	put(path, "old");
	if (save(path, text, &diag) != -ENOSPC)
		return 2;
	if (!holds(path, "old") || entries(disk) != 1)
		return 3;
	return strstr(diag.text, "make room") ? GOOD : 4;
}

static void a_full_disk_leaves_the_old_file(void)
{
	int verdict = in_child(save_on_a_full_disk);

	if (verdict == CANNOT_TRY)
		printf("# skipped: no right to mount a small disk\n");
	else
		CHECK_INT(verdict, GOOD);
	rmdir(in_folder("disk"));
}

/* Writers at once: what stays is one of the texts, whole, and nothing else. */
static void writers_at_once_do_not_mix(void)
{
	static char texts[4][30000];
	const char *path = in_folder("a.json");
	pid_t child[4];
	bool whole = false;
	int status;

	fflush(stdout);
	for (unsigned i = 0; i < 4; i++) {
		memset(texts[i], 'a' + (int)i, sizeof(texts[i]) - 1);
		child[i] = fork();
		if (child[i] == 0) {
			for (unsigned n = 0; n < 20; n++)
				if (save(path, texts[i], NULL) < 0)
					_exit(1);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < 4; i++) {
		CHECK(waitpid(child[i], &status, 0) == child[i]);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	for (unsigned i = 0; i < 4; i++)
		whole = whole || holds(path, texts[i]);
	CHECK(whole);
	CHECK_INT(entries(folder), 1);
	unlink(path);
}

static void what_is_no_file_is_not_read(void)
{
	const char *fifo = in_folder("fifo");
	struct mca_diag diag = { 0 };
	size_t length = 0;
	char *text = NULL;

	CHECK_INT(mkfifo(fifo, 0600), 0);
	CHECK_INT(mca_store_read(fifo, 10, &text, &length, &diag), -EINVAL);
	unlink(fifo);
	CHECK_INT(mca_store_read(folder, 10, &text, &length, &diag), -EISDIR);
	CHECK_INT(mca_store_read(in_folder("absent"), 10, &text, &length, &diag), -ENOENT);
	put(in_folder("a"), "0123456789");
	CHECK_INT(mca_store_read(in_folder("a"), 9, &text, &length, &diag), -EFBIG);
	CHECK(strstr(diag.text, "more than 9 bytes") != NULL);
	CHECK_INT(mca_store_read(in_folder("a"), 10, &text, &length, &diag), 0);
	CHECK_STR(text, "0123456789");
	CHECK_INT(length, 10);
	free(text);
	unlink(in_folder("a"));
}

static void a_stage_shows_nothing_until_its_commit(void)
{
	const char *path = in_folder("a.json");
	struct mca_staged staged;

	put(path, "old");
	CHECK_INT(mca_store_stage(&staged, path, "new", 3, NULL), 0);
	CHECK(holds(path, "old"));
	mca_store_drop(&staged);
	CHECK(holds(path, "old"));
	CHECK_INT(entries(folder), 1);
	CHECK_INT(mca_store_stage(&staged, path, "new", 3, NULL), 0);
	CHECK_INT(mca_store_commit(&staged, NULL), 0);
	CHECK(holds(path, "new"));
	CHECK_INT(mca_store_put(path, "newer", 5, NULL), 0);
	CHECK_INT(mca_store_flush(path, NULL), 0);
	CHECK(holds(path, "newer"));
	CHECK_INT(entries(folder), 1);
	unlink(path);
}

/* Names that a sweep must take, and names that it must not. */
static void what_is_left_over_is_swept(void)
{
	static const char *const gone[] = { "a.json.new-AbCd12", "a.json.new-backup" };
	static const char *const ours[] = { "a.json.AbCd12", "a.json.x9yzab", "a.json.ABCDEf" };
	static const char *const kept[] = {
		"a.json", "a.json.bak", "a.json.backup", "a.json.20261126", "a.json.261126",
		"a.json.Backup", "a.json.BACKUP", "a.json.new-AbCd1", "a.json.new-AbCd123",
		"a.json.new-Ab.d12", "b.json.new-AbCd12", "a.json.20261126T013000Z",
	};
	const unsigned kept_count = sizeof(kept) / sizeof(kept[0]);

	for (unsigned i = 0; i < kept_count; i++)
		put(in_folder(kept[i]), kept[i]);
	for (unsigned i = 0; i < 2; i++)
		put(in_folder(gone[i]), "half a te");
	for (unsigned i = 0; i < 3; i++)
		put(in_folder(ours[i]), "half a te");
	CHECK_INT(mkdir(in_folder("a.json.new-folder"), 0700), 0);
	CHECK_INT(symlink("a.json", in_folder("a.json.new-symlnk")), 0);
	CHECK_INT(mca_store_sweep(in_folder("a.json"), false), 2);
	CHECK_INT(entries(folder), kept_count + 3 + 2);
	unlink(in_folder("a.json.x9yzab"));     /* a word with a digit but no capital is nobody's */
	put(in_folder("a.json.x9yzab"), "kept");
	CHECK_INT(mca_store_sweep(in_folder("a.json"), true), 2);
	CHECK(holds(in_folder("a.json.x9yzab"), "kept"));
	for (unsigned i = 0; i < kept_count; i++) {
		CHECK(holds(in_folder(kept[i]), kept[i]));
		unlink(in_folder(kept[i]));
	}
	unlink(in_folder("a.json.x9yzab"));
	rmdir(in_folder("a.json.new-folder"));
	unlink(in_folder("a.json.new-symlnk"));
	CHECK_INT(entries(folder), 0);
	CHECK_INT(mca_store_sweep(in_folder("none/a.json"), true), 0);
}

static void what_a_living_writer_holds_is_not_swept(void)
{
	const char *path = in_folder("a.json");
	struct mca_staged staged;

	CHECK_INT(mca_store_stage(&staged, path, "new", 3, NULL), 0);
	CHECK_INT(mca_store_sweep(path, true), 0);
	CHECK_INT(mca_store_commit(&staged, NULL), 0);
	CHECK(holds(path, "new"));
	unlink(path);
}

static int hold_folder(void)
{
	return mca_store_hold(folder, NULL) == 0 ? GOOD : 1;
}

static void a_folder_is_held_until_the_process_ends(void)
{
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_store_hold(folder, &diag), 0);
	CHECK_INT(in_child(hold_folder), 1);
	CHECK_INT(mca_store_hold(folder, &diag), -EBUSY);
	CHECK(strstr(diag.text, folder) != NULL);
	CHECK_INT(mca_store_hold(in_folder("none"), NULL), 0);
	unlink(in_folder("instance.lock"));
}

/* A writer is killed again and again at moments that it does not choose. */
static void a_kill_at_any_moment_leaves_a_whole_text(void)
{
	static char texts[2][40000];
	const char *path = in_folder("a.json");
	unsigned written = 0;
	int status;

	memset(texts[0], 'a', sizeof(texts[0]) - 1);
	memset(texts[1], 'b', sizeof(texts[1]) - 1);
	CHECK_INT(save(path, texts[0], NULL), 0);
	fflush(stdout);
	for (unsigned round = 0; round < 60; round++) {
		pid_t child = fork();

		for (unsigned n = 0; child == 0; n ^= 1, child = 0)
			mca_store_put(path, texts[n], sizeof(texts[0]) - 1, NULL);
		usleep(200 + 37 * round);
		kill(child, SIGKILL);
		CHECK(waitpid(child, &status, 0) == child);
		written += holds(path, texts[1]);
		CHECK(holds(path, texts[0]) || holds(path, texts[1]));
	}
	printf("# after 60 kills the second text was there %u times, %u files were left over\n",
	       written, mca_store_sweep(path, true));
	CHECK_INT(entries(folder), 1);
	unlink(path);
}

int main(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%.40s/mca-files-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		printf("Bail out! cannot make a folder in %s\n", folder);
		return 1;
	}
	RUN(an_old_file_is_replaced_whole);
	RUN(the_owner_stays_where_root_saves);
	RUN(a_symbolic_link_stays_a_link);
	RUN(what_is_no_file_is_refused);
	RUN(a_write_that_fails_leaves_the_old_file);
	RUN(a_full_disk_leaves_the_old_file);
	RUN(writers_at_once_do_not_mix);
	RUN(what_is_no_file_is_not_read);
	RUN(a_stage_shows_nothing_until_its_commit);
	RUN(what_is_left_over_is_swept);
	RUN(what_a_living_writer_holds_is_not_swept);
	RUN(a_folder_is_held_until_the_process_ends);
	RUN(a_kill_at_any_moment_leaves_a_whole_text);
	rmdir(folder);
	return DONE();
}

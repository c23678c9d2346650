/* SPDX-License-Identifier: MIT */
/*
 * Files: loading what is there, saving without harm. A full disk is a small tmpfs in a mount
 * namespace of its own where that is allowed, and the limit of a file's size everywhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include "document.h"
#include "../support/check.h"

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
	CHECK_INT(mca_config_save(path, "{\"new\": 1}\n", &diag), 0);
	CHECK(holds(path, "{\"new\": 1}\n"));
	CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0644);
	CHECK_INT(chmod(path, 0640), 0);
	CHECK_INT(mca_config_save(path, "{\"newer\": 2}\n", &diag), 0);
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
	CHECK_INT(mca_config_save(path, "new", NULL), 0);
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
	CHECK_INT(mca_config_save(link, "new", &diag), 0);
	CHECK(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
	CHECK(holds(in_folder("real.json"), "new"));
	unlink(in_folder("real.json"));
	CHECK_INT(mca_config_save(link, "newer", &diag), -ENOENT);
	CHECK(strstr(diag.text, link) != NULL);
	CHECK_INT(entries(folder), 1);
	unlink(link);
}

static void what_is_no_file_is_refused(void)
{
	struct mca_diag diag = { 0 };

	CHECK_INT(mca_config_save(folder, "x", &diag), -EISDIR);
	CHECK_INT(mca_config_save("/dev/null", "x", &diag), -EINVAL);
	CHECK_INT(mca_config_save(in_folder("none/a.json"), "x", &diag), -ENOENT);
	CHECK_INT(mca_config_save("", "x", &diag), -ENOENT);
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
	if (mca_config_save(in_folder("a.json"), "more than ten bytes", &diag) != -EFBIG)
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
	if (mca_config_save(path, text, &diag) != -ENOSPC)
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
				if (mca_config_save(path, texts[i], NULL) < 0)
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

static struct document load(const char *path)
{
	struct document document = { .settings = malloc(sizeof(struct mca_settings)) };

	memset(document.settings, DOCUMENT_PATTERN, sizeof(*document.settings));
	document.code = mca_config_load(path, document.settings, &document.faults);
	return document;
}

static void expect_load(const char *path, int code, const char *words)
{
	struct document document = load(path);

	CHECK_INT(document.code, code);
	CHECK_INT(document.faults.count, 1);
	CHECK(document.faults.count && strstr(document.faults.list[0].text, words));
	CHECK(document_is_untouched(&document));
	document_done(&document);
}

static void what_cannot_be_loaded_is_explained(void)
{
	const char *fifo = in_folder("fifo");
	FILE *large;

	expect_load(in_folder("absent.json"), -ENOENT, "config.example.json");
	expect_load(folder, -EISDIR, "no regular file");
	CHECK_INT(mkfifo(fifo, 0600), 0);
	expect_load(fifo, -EINVAL, "no regular file"); /* and does not wait for a writer */
	unlink(fifo);
	large = fopen(in_folder("large.json"), "w");
	for (unsigned i = 0; i <= MCA_CONFIG_BYTES_MAX; i++)
		fputc(' ', large);
	fclose(large);
	expect_load(in_folder("large.json"), -EBADMSG, "more than 65536 bytes");
	unlink(in_folder("large.json"));
	put(in_folder("bad.json"), "{\n\n]");
	expect_load(in_folder("bad.json"), -EBADMSG, "not JSON");
	unlink(in_folder("bad.json"));
}

static void what_is_saved_loads_again(void)
{
	struct document example = load(EXAMPLE), again;
	char *text = mca_config_dump(example.settings), *twice;

	CHECK_INT(example.code, 0);
	CHECK_INT(mca_config_save(in_folder("a.json"), text, NULL), 0);
	again = load(in_folder("a.json"));
	CHECK_INT(again.code, 0);
	twice = mca_config_dump(again.settings);
	CHECK_STR(twice, text);
	unlink(in_folder("a.json"));
	free(text);
	free(twice);
	document_done(&example);
	document_done(&again);
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
	RUN(what_cannot_be_loaded_is_explained);
	RUN(what_is_saved_loads_again);
	rmdir(folder);
	return DONE();
}

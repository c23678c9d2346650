/* SPDX-License-Identifier: MIT */
/* Configuration files: what is read, and why one cannot be. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document.h"
#include "mca/store.h"
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
	CHECK_INT(mca_store_write(in_folder("a.json"), text, strlen(text), NULL), 0);
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

	snprintf(folder, sizeof(folder), "%.40s/mca-load-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		printf("Bail out! cannot make a folder in %s\n", folder);
		return 1;
	}
	RUN(what_cannot_be_loaded_is_explained);
	RUN(what_is_saved_loads_again);
	rmdir(folder);
	return DONE();
}

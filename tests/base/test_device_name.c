/* SPDX-License-Identifier: MIT */
/*
 * Device names: every short string of alsa-lib's own syntax, every single damage of good names,
 * lengths around the limit, and the corpus of the fuzz target; all against the model.
 */
#include <dirent.h>
#include <limits.h>

#include "../support/check.h"
#include "mca/device_name.h"
#include "name_model.h"

static const char *const good[][2] = {
	{ "hw:1", "hw:CARD=1,DEV=0" },
	{ "hw:1,2", "hw:CARD=1,DEV=2" },
	{ "hw:31,255,255", "hw:CARD=31,DEV=255,SUBDEV=255" },
	{ "hw:Console", "hw:CARD=Console,DEV=0" },
	{ "hw:Console,0,3", "hw:CARD=Console,DEV=0,SUBDEV=3" },
	{ "hw:CARD=Console", "hw:CARD=Console,DEV=0" },
	{ "hw:CARD=Console,DEV=1", "hw:CARD=Console,DEV=1" },
	{ "hw:CARD=2,DEV=1,SUBDEV=0", "hw:CARD=2,DEV=1,SUBDEV=0" },
	{ "hw:DEV=1,CARD=Console", "hw:CARD=Console,DEV=1" },
	{ "hw:Console,DEV=4", "hw:CARD=Console,DEV=4" },
	{ "hw:2i2_USB-b", "hw:CARD=2i2_USB-b,DEV=0" },
	{ "hw:_", "hw:CARD=_,DEV=0" },
	{ "hw:fifteen_letters", "hw:CARD=fifteen_letters,DEV=0" },
	{ "sim:1", "sim:1" },
	{ "sim:64", "sim:64" },
	{ "path:pci-0000:00:14.0-usb-2.4", "path:pci-0000:00:14.0-usb-2.4" },
	{ "path:pci-0000:00:1f.3,7", "path:pci-0000:00:1f.3,7" },
	{ "path:platform-snd_aloop.0,0", "path:platform-snd_aloop.0" },
	{ "serial:0d8c-0014-4A_1B_77,1", "serial:0d8c-0014-4A_1B_77,1" },
};
#define GOOD (sizeof good / sizeof *good)

static const char *const bad[] = {
	"", "1", "-1", "default", "sysdefault", "null", "pulse", "hw", "hw:", "hw:,0", "HW:1",
	" hw:1", "hw:1 ", "hw: 1", "hw:1,", "hw:1,x", "hw:1,-1", "hw:1,0,0,0", "hw:1,0,-1",
	"hw:CARD=", "hw:CARD=,DEV=0", "hw:DEV=0", "hw:SLOT=1", "hw:1,CARD=2", "hw:CARD=1,CARD=1",
	"hw:card=1", "hw:01", "hw:1,00", "hw:32", "hw:123", "hw:1,256", "hw:1,99999999999",
	"hw:-1", "hw:-a", "hw:sixteen_letters_", "hw:/dev/snd/controlC0", "hw:a/b", "hw:a.b",
	"hw:'1'", "hw:\"1\"", "hw:{CARD 1}", "hw:CARD='1',DEV=0", "hw:1\n", "hw:1\t", "hw:1;",
	"hw:1|id", "hw:$(id)", "hw:`id`", "hw:@args", "hw:1,@x", "hw:\\1", "hw:\xc3\xa9",
	"plughw:1", "plug:hw:1", "tee:null,'|id >/tmp/x',raw", "tee:hw:1,/tmp/x,raw",
	"tee:{SLAVE null FILE '|id' FORMAT raw}", "file:'/etc/passwd',raw",
	"file:FILE=/tmp/x,FORMAT=raw", "shm:/tmp/s,x", "dsnoop:1", "dmix:1", "front:1",
	"iec958:CARD=1", "{type hw card 0}", "hw:1}{type file", "sim:", "sim:0", "sim:65", "sim:01",
	"sim:1,0", "sim:1 ", "sim:-1", "sim:+1", "sim:1e0", "SIM:1", "path:", "path:,1", "path:a,",
	"path:a,b", "path:a,1,2", "path:a,01", "path:a b", "path:a/b", "path:a=b", "path:'a'",
	"path:a@b", "serial:", "serial:a\"b", "serial:a\\b", "serial:a\x7f", "serial:a,256",
	"id:1",
};

static void every_good_name_has_one_canonical_form(void)
{
	char canonical[MCA_DEVICE_TEXT];

	for (size_t i = 0; i < GOOD; i++) {
		CHECK(mca_device_name_rebuild(canonical, good[i][0]));
		CHECK_STR(canonical, good[i][1]);
		CHECK(name_promises(good[i][0]));
	}
}

static void the_fields_are_what_was_written(void)
{
	struct mca_device_name name;

	CHECK(mca_device_name_parse(&name, "hw:Console,2,5"));
	CHECK_INT(name.kind, MCA_DEVICE_HW);
	CHECK_INT(name.card, -1);
	CHECK_STR(name.card_id, "Console");
	CHECK_INT(name.device, 2);
	CHECK_INT(name.subdevice, 5);
	CHECK(mca_device_name_parse(&name, "hw:12"));
	CHECK_INT(name.card, 12);
	CHECK_STR(name.card_id, "");
	CHECK_INT(name.subdevice, -1);
	CHECK(mca_device_name_parse(&name, "serial:1-2-3,9"));
	CHECK_INT(name.kind, MCA_DEVICE_SERIAL);
	CHECK_STR(name.place, "1-2-3");
	CHECK_INT(name.device, 9);
}

static void every_other_name_is_refused(void)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (name_promises(bad[i])) {
			printf("# \"%s\" was accepted\n", bad[i]);
			CHECK(false);
		}
	}
}

/* All strings of exactly `left` more letters of the alphabet behind the text. Returns how many of
 * them are names. */
static unsigned long try_all(char *text, size_t length, unsigned left, const char *alphabet)
{
	unsigned long names = 0;

	if (left == 0) {
		text[length] = '\0';
		return name_promises(text);
	}
	for (const char *c = alphabet; *c; c++) {
		text[length] = *c;
		names += try_all(text, length + 1, left - 1, alphabet);
	}
	return names;
}

static void every_short_string_is_judged_as_the_model_judges(void)
{
	static const char alphabet[] = "'\"{}[]()=,.:;@$%\\/\n\t |&<>*?#-+_0129aZhw\x7f\xc3";
	static const char *const fronts[] = { "", "hw:", "sim:", "path:", "serial:", "hw:CARD=",
		"hw:1,", "hw:1,2,", "hw:a,DEV=", "path:a,", "tee:", "hw:1,SUBDEV=" };
	unsigned long names = 0;
	char text[64];

	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
		strcpy(text, fronts[i]);
		/* Four letters behind nothing and behind hw: are enough for a quoted string. */
		for (unsigned length = 0; length <= (i < 2 ? 4 : 3); length++)
			names += try_all(text, strlen(fronts[i]), length, alphabet);
	}
	CHECK(names > 1000);
	CHECK(names < 1000000);
}

/* All bytes but NUL in place of, and in front of, each byte of each good name; and each byte
 * left out. */
static void every_single_damage_is_judged_as_the_model_judges(void)
{
	for (size_t i = 0; i < GOOD; i++) {
		size_t length = strlen(good[i][0]);

		for (size_t at = 0; at <= length; at++) {
			char text[MCA_DEVICE_TEXT + 2];

			for (int byte = 1; byte < 256; byte++) {
				strcpy(text, good[i][0]);
				memmove(text + at + 1, text + at, length - at + 1);
				text[at] = (char)byte;
				name_promises(text);
				if (at == length)
					continue;
				memmove(text + at + 1, text + at + 2, length - at);
				name_promises(text);
			}
			strcpy(text, good[i][0]);
			if (at < length)
				memmove(text + at, text + at + 1, length - at);
			name_promises(text);
		}
	}
}

static void names_end_at_127_bytes(void)
{
	static const char *const ends[] = { "", ",0", ",1", ",255" };

	for (size_t end = 0; end < sizeof ends / sizeof *ends; end++) {
		for (size_t length = 100; length < 160; length++) {
			char text[200] = "serial:";

			memset(text + 7, 'x', length - 7);
			strcpy(text + length, ends[end]);
			CHECK_INT(name_promises(text), strlen(text) <= 127);
			memset(text + 7, '1', length - 7);
			name_promises(text);
			memcpy(text, "hw:CARD", 7);
			CHECK(!name_promises(text));
			memcpy(text, "sim:111", 7);
			CHECK(!name_promises(text));
		}
	}
}

static void hardware_words_are_made_plain(void)
{
	char text[] = "A b\"c\\d,e=f@g/h'i{j}\xc3\xa9.k:l-m_n";

	mca_device_place_clean(text);
	CHECK_STR(text, "A_b_c_d_e_f_g_h_i_j___.k:l-m_n");
}

static void the_corpus_breaks_no_promise(void)
{
	DIR *folder = opendir(CORPUS);
	struct dirent *entry;
	unsigned count = 0;

	CHECK(folder != NULL);
	while (folder && (entry = readdir(folder))) {
		unsigned char bytes[1024];
		char path[PATH_MAX];
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", CORPUS, entry->d_name);
		file = fopen(path, "rb");
		CHECK(file != NULL);
		if (!file)
			continue;
		LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof bytes, file));
		fclose(file);
		count++;
	}
	if (folder)
		closedir(folder);
	CHECK(count > 10);
}

int main(void)
{
	RUN(every_good_name_has_one_canonical_form);
	RUN(the_fields_are_what_was_written);
	RUN(every_other_name_is_refused);
	RUN(every_short_string_is_judged_as_the_model_judges);
	RUN(every_single_damage_is_judged_as_the_model_judges);
	RUN(names_end_at_127_bytes);
	RUN(hardware_words_are_made_plain);
	RUN(the_corpus_breaks_no_promise);
	return DONE();
}

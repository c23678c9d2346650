/* SPDX-License-Identifier: MIT */
/*
 * How devices are called: hardware names in all their spellings, selectors out of a made-up
 * sysfs, the holder of a device out of a made-up /proc, and what a configuration's reference
 * resolves to.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "holder.h"
#include "hw_name.h"
#include "selector.h"
#include "../support/check.h"

static char root[64];

/* Make every folder of root/path but the last part. */
static void make_path(char *full, const char *path)
{
	sprintf(full, "%s/%s", root, path);
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
}

static void make_folder(const char *path)
{
	char full[512];

	make_path(full, path);
	mkdir(full, 0755);
}

static void make_file(const char *path, const char *text)
{
	char full[512];
	FILE *file;

	make_path(full, path);
	file = fopen(full, "w");
	CHECK(file != NULL);
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static void make_link(const char *path, const char *target)
{
	char full[512];

	make_path(full, path);
	CHECK_INT(symlink(target, full), 0);
}

static void hardware_names_have_many_spellings(void)
{
	static const struct {
		const char *text, *card;
		int device, subdevice;
	} good[] = {
		{ "hw:1", "1", 0, -1 },
		{ "hw:1,2", "1", 2, -1 },
		{ "hw:Console,0,3", "Console", 0, 3 },
		{ "hw:CARD=Console,DEV=1", "Console", 1, -1 },
		{ "hw:DEV=1,CARD=Console", "Console", 1, -1 },
		{ "hw:CARD=Console,DEV=1,SUBDEV=7", "Console", 1, 7 },
		{ "hw:Console,DEV=4", "Console", 4, -1 },
	};
	static const char *const bad[] = { "", "hw:", "hw:,0", "plughw:1", "hw:1,x", "hw:1,-1",
		"hw:1,0,0,0", "hw:CARD=,DEV=0", "hw:SLOT=1", "hw:1,99999999999" };
	struct mca_hw_name name;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(mca_hw_name_parse(&name, good[i].text));
		CHECK_STR(name.card, good[i].card);
		CHECK_INT(name.device, good[i].device);
		CHECK_INT(name.subdevice, good[i].subdevice);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (mca_hw_name_parse(&name, bad[i]))
			printf("# \"%s\" was taken for a name\n", bad[i]);
		CHECK(!mca_hw_name_parse(&name, bad[i]));
	}
}

static void usb_cards_are_told_by_port_and_serial(void)
{
	static const char usb[] = "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4";
	char selector[MCA_SELECTORS][MCA_PCM_NAME], path[128];

	sprintf(path, "%s/1-2.4:1.0", usb);
	make_folder(path);
	sprintf(path, "%s/idVendor", usb);
	make_file(path, "0d8c\n");
	sprintf(path, "%s/idProduct", usb);
	make_file(path, "0014\n");
	sprintf(path, "%s/serial", usb);
	make_file(path, "4A 1B\"77  \n");
	make_link("class/sound/card2/device", "../../../devices/pci0000:00/0000:00:14.0/usb1/1-2/"
		  "1-2.4/1-2.4:1.0");
	mca_selector_read(root, 2, 0, selector);
	CHECK_STR(selector[MCA_SELECTOR_PATH], "path:pci-0000:00:14.0-usb-2.4");
	CHECK_STR(selector[MCA_SELECTOR_SERIAL], "serial:0d8c-0014-4A_1B_77");
	mca_selector_read(root, 2, 1, selector);
	CHECK_STR(selector[MCA_SELECTOR_PATH], "path:pci-0000:00:14.0-usb-2.4,1");
	CHECK_STR(selector[MCA_SELECTOR_SERIAL], "serial:0d8c-0014-4A_1B_77,1");
}

static void other_cards_are_told_by_their_slot(void)
{
	char selector[MCA_SELECTORS][MCA_PCM_NAME];

	make_folder("devices/pci0000:00/0000:00:1c.0/0000:05:00.1");
	make_link("class/sound/card0/device",
		  "../../../devices/pci0000:00/0000:00:1c.0/0000:05:00.1");
	make_folder("devices/platform/snd_aloop.0");
	make_link("class/sound/card3/device", "../../../devices/platform/snd_aloop.0");
	mca_selector_read(root, 0, 0, selector);
	CHECK_STR(selector[MCA_SELECTOR_PATH], "path:pci-0000:05:00.1");
	CHECK_STR(selector[MCA_SELECTOR_SERIAL], "");
	mca_selector_read(root, 3, 1, selector);
	CHECK_STR(selector[MCA_SELECTOR_PATH], "path:platform-snd_aloop.0,1");
	mca_selector_read(root, 9, 0, selector);
	CHECK_STR(selector[MCA_SELECTOR_PATH], "");
	CHECK_STR(selector[MCA_SELECTOR_SERIAL], "");
}

static void the_holder_is_named(void)
{
	char proc[80], text[64];

	sprintf(proc, "%s/proc", root);
	make_file("proc/812/comm", "pulseaudio\n");
	make_link("proc/812/fd/3", "socket:[77]");
	make_link("proc/812/fd/17", "/dev/snd/pcmC1D0c");
	make_file("proc/uptime", "1\n");
	mca_pcm_holder(proc, 1, 0, MCA_CAPTURE, text, sizeof(text));
	CHECK_STR(text, "pulseaudio (pid 812)");
	mca_pcm_holder(proc, 1, 0, MCA_PLAYBACK, text, sizeof(text));
	CHECK_STR(text, "");
	mca_pcm_holder("/nonexistent", 1, 0, MCA_CAPTURE, text, sizeof(text));
	CHECK_STR(text, "");
}

static struct mca_pcm_entry entries[] = {
	{ .id = 1, .device = "hw:CARD=PCH,DEV=0", .alias = "hw:0,0",
	  .selector = { "path:pci-0000:00:1f.3", "" } },
	{ .id = 2, .device = "hw:CARD=Console,DEV=0", .alias = "hw:1,0",
	  .selector = { "path:pci-0000:00:14.0-usb-1", "serial:0d8c-0014-000" } },
	{ .id = 3, .device = "hw:CARD=Console_1,DEV=0", .alias = "hw:2,0",
	  .selector = { "path:pci-0000:00:14.0-usb-2", "serial:0d8c-0014-000" } },
};
static const struct mca_pcm_list list = { entries, 3 };

static void every_spelling_resolves_to_one_name(void)
{
	static const char *const same[] = { "hw:1", "hw:1,0", "hw:Console", "hw:Console,0",
		"hw:CARD=Console", "hw:CARD=Console,DEV=0", "hw:CARD=1,DEV=0",
		"path:pci-0000:00:14.0-usb-1" };
	char device[MCA_PCM_NAME];
	struct mca_diag diag;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		CHECK_INT(mca_pcm_list_resolve(&list, 0, same[i], device, &diag), 0);
		CHECK_STR(device, "hw:CARD=Console,DEV=0");
	}
	CHECK_INT(mca_pcm_list_resolve(&list, 2, NULL, device, &diag), 0);
	CHECK_STR(device, "hw:CARD=Console,DEV=0");
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "hw:1,0,3", device, &diag), 0);
	CHECK_STR(device, "hw:CARD=Console,DEV=0,SUBDEV=3");
}

static void what_is_not_listed_stays_as_written(void)
{
	static const char *const as_written[] = { "hw:CARD=Other,DEV=0", "hw:7,1", "sim:3",
		"hw:1,5", "dsnoop:1" };
	char device[MCA_PCM_NAME];
	struct mca_diag diag;

	for (size_t i = 0; i < sizeof(as_written) / sizeof(as_written[0]); i++) {
		CHECK_INT(mca_pcm_list_resolve(&list, 0, as_written[i], device, &diag), 0);
		CHECK_STR(device, as_written[i]);
	}
}

static void refusals_say_what_to_do(void)
{
	const struct mca_pcm_list none = { NULL, 0 };
	char device[MCA_PCM_NAME];
	struct mca_diag diag;

	CHECK_INT(mca_pcm_list_resolve(&list, 4, NULL, device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "ids 1 to 3") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&none, 1, NULL, device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "--simulate") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "path:pci-1", device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "not plugged in") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "", device, &diag), -ENODEV);
}

/* Two cheap cards with one serial number: no guess. */
static void a_doubtful_serial_is_refused(void)
{
	char device[MCA_PCM_NAME] = "";
	struct mca_diag diag;

	CHECK_INT(mca_pcm_list_resolve(&list, 0, "serial:0d8c-0014-000", device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "path:") != NULL);
	CHECK_STR(device, "");
}

static void remove_root(void)
{
	char command[96];

	sprintf(command, "rm -r '%s'", root);
	CHECK_INT(system(command), 0);
}

int main(void)
{
	strcpy(root, "/tmp/mca-names-XXXXXX");
	if (!mkdtemp(root))
		return 1;
	RUN(hardware_names_have_many_spellings);
	RUN(usb_cards_are_told_by_port_and_serial);
	RUN(other_cards_are_told_by_their_slot);
	RUN(the_holder_is_named);
	RUN(every_spelling_resolves_to_one_name);
	RUN(what_is_not_listed_stays_as_written);
	RUN(refusals_say_what_to_do);
	RUN(a_doubtful_serial_is_refused);
	remove_root();
	return DONE();
}

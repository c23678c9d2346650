/* SPDX-License-Identifier: MIT */
/*
 * How devices are called: hardware names in all their spellings, selectors out of a made-up
 * sysfs, the holder of a device out of a made-up /proc, and what a configuration's reference
 * resolves to.
 */
#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mca/device_name.h"
#include "mca/diag.h"
#include "mca/pcm_list.h"
#include "holder.h"
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

/* What alsa-lib itself makes of a name: its own definition of hw, evaluated by its own parser. */
static void check_alsa_reads(snd_config_t *config, const char *text, const char *card,
			     long device, long subdevice)
{
	static const char *const keys[] = { "card", "device", "subdevice" };
	snd_config_t *pcm = NULL, *node;
	const char *word;
	long number[3] = { -9, -9, -9 };

	CHECK(snd_config_search_definition(config, "pcm", text, &pcm) >= 0);
	if (!pcm)
		return;
	CHECK_INT(snd_config_search(pcm, "card", &node), 0);
	CHECK_INT(snd_config_get_string(node, &word), 0);
	CHECK_STR(word, card);
	for (unsigned i = 1; i < 3; i++) {
		CHECK_INT(snd_config_search(pcm, keys[i], &node), 0);
		CHECK_INT(snd_config_get_integer(node, &number[i]), 0);
	}
	CHECK_INT(number[1], device);
	CHECK_INT(number[2], subdevice);
	snd_config_delete(pcm);
}

static void alsa_lib_reads_what_was_parsed(void)
{
	static const char definition[] = "pcm.hw { @args [ CARD DEV SUBDEV ]\n"
		"@args.CARD { type string default none }\n"
		"@args.DEV { type integer default -7 }\n"
		"@args.SUBDEV { type integer default -1 }\n"
		"type hw card $CARD device $DEV subdevice $SUBDEV }\n";
	static const char *const texts[] = { "hw:0", "hw:31,255,255", "hw:Console", "hw:2i2_b-c,1",
		"hw:DEV=1,CARD=Console", "hw:CARD=X,DEV=0,SUBDEV=4", "hw:_", "hw:e1,3", "hw:DEV",
		"hw:CARD", "hw:null,0", "hw:true" };
	snd_config_t *config;

	CHECK_INT(snd_config_load_string(&config, definition, 0), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[MCA_DEVICE_TEXT], card[MCA_DEVICE_CARD_ID];
		struct mca_device_name name;

		CHECK(mca_device_name_parse(&name, texts[i]));
		mca_device_name_print(text, &name);
		if (name.card >= 0)
			snprintf(card, sizeof(card), "%d", name.card);
		else
			strcpy(card, name.card_id);
		check_alsa_reads(config, text, card, (long)name.device, name.subdevice);
	}
	snd_config_delete(config);
}

/* A name that is none is refused before alsa-lib is called: it would run this command. */
static void no_other_name_reaches_alsa_lib(void)
{
	static const char *const names[][2] = { { "tee:null,'|touch ", "',raw" },
		{ "file:'", "',raw" }, { "tee:hw:0,", ",raw" },
		{ "{type file file ", " format raw slave.pcm null}" }, { "null", "" },
		{ "default", "" }, { "path:", "" }, { "serial:1-2-", "" } };
	char mark[96], text[256];

	sprintf(mark, "%s/ran", root);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (int direction = 0; direction < 2; direction++) {
			struct mca_diag diag = { 0 };
			struct mca_pcm *pcm = NULL;

			snprintf(text, sizeof(text), "%s%s%s", names[i][0], mark, names[i][1]);
			CHECK_INT(mca_pcm_open(&pcm, text, direction, NULL, &diag), -EINVAL);
			CHECK(strstr(diag.text, "use hw:CARD,DEV[,SUBDEV] or sim:N") != NULL);
			CHECK(access(mark, F_OK) != 0);
		}
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

static void a_busy_device_names_its_holder_or_how_to_find_it(void)
{
	struct mca_diag diag;
	char proc[80];

	sprintf(proc, "%s/proc", root);
	CHECK_INT(mca_pcm_say_busy(proc, "hw:CARD=X,DEV=0", 1, 0, MCA_CAPTURE, &diag), -EBUSY);
	CHECK(strstr(diag.text, "capture is in use by pulseaudio (pid 812): end that") != NULL);
	CHECK_INT(mca_pcm_say_busy(proc, "hw:CARD=X,DEV=0", 1, 0, MCA_PLAYBACK, &diag), -EBUSY);
	CHECK(strstr(diag.text, "playback is in use: find") != NULL);
	CHECK(strstr(diag.text, "`sudo fuser -v /dev/snd/pcmC1D0p`") != NULL);
	CHECK_INT(mca_pcm_say_busy(proc, "hw:CARD=X,DEV=0", -1, 0, MCA_CAPTURE, &diag), -EBUSY);
	CHECK(strstr(diag.text, "`sudo fuser -v /dev/snd/*`") != NULL);
}

static struct mca_pcm_entry entries[] = {
	{ .id = 1, .device = "hw:CARD=PCH,DEV=0", .alias = "hw:0,0",
	  .selector = { "path:pci-0000:00:1f.3", "" } },
	{ .id = 2, .device = "hw:CARD=Console,DEV=0", .alias = "hw:1,0",
	  .selector = { "path:pci-0000:00:14.0-usb-1", "serial:0d8c-0014-000" } },
	{ .id = 3, .device = "hw:CARD=Console_1,DEV=0", .alias = "hw:2,0",
	  .selector = { "path:pci-0000:00:14.0-usb-2", "serial:0d8c-0014-000" } },
};
static const struct mca_pcm_list list = { .entry = entries, .count = 3 };

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

static void what_is_not_listed_keeps_its_name(void)
{
	static const char *const names[][2] = {
		{ "hw:CARD=Other,DEV=0", "hw:CARD=Other,DEV=0" }, { "hw:7,1", "hw:CARD=7,DEV=1" },
		{ "sim:3", "sim:3" }, { "hw:1,5", "hw:CARD=1,DEV=5" },
	};
	char device[MCA_PCM_NAME];
	struct mca_diag diag;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK_INT(mca_pcm_list_resolve(&list, 0, names[i][0], device, &diag), 0);
		CHECK_STR(device, names[i][1]);
	}
}

/* A microphone without playback, a card with another device, a card that is away. */
static void what_is_there_is_not_said_to_be_missing(void)
{
	static struct mca_pcm_entry cards[] = {
		{ .device = "hw:CARD=Mic,DEV=0", .alias = "hw:4,0", .can = { true, false } },
		{ .device = "hw:CARD=HDMI,DEV=3", .alias = "hw:5,3", .can = { false, true } },
		{ .device = "hw:CARD=HDMI,DEV=7", .alias = "hw:5,7", .can = { true, true } },
	};
	static const struct {
		const char *device;
		enum mca_pcm_direction direction;
		const char *says;    /* NULL: it is there */
	} cases[] = {
		{ "hw:CARD=Mic,DEV=0", MCA_CAPTURE, NULL },
		{ "hw:CARD=4,DEV=0", MCA_CAPTURE, NULL },
		{ "hw:CARD=HDMI,DEV=7,SUBDEV=1", MCA_PLAYBACK, NULL },
		{ "hw:CARD=Mic,DEV=0", MCA_PLAYBACK,
		  "hw:CARD=Mic,DEV=0 is plugged in and has no playback, only capture" },
		{ "hw:CARD=HDMI,DEV=3", MCA_CAPTURE, "has no capture, only playback" },
		{ "hw:CARD=HDMI,DEV=0", MCA_PLAYBACK,
		  "has no DEV=0, only DEV=3 (playback), DEV=7 (capture and playback)" },
		{ "hw:CARD=5,DEV=1", MCA_CAPTURE, "the card is plugged in and has no DEV=1" },
		{ "hw:CARD=Gone,DEV=0", MCA_CAPTURE, "hw:CARD=Gone,DEV=0 is not plugged in" },
		{ "hw:CARD=6,DEV=0", MCA_CAPTURE, "is not plugged in" },
	};
	const struct mca_pcm_list made = { .entry = cards, .count = 3 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mca_diag diag = { 0 };
		int r = mca_pcm_list_check(&made, cases[i].device, cases[i].direction, &diag);

		CHECK_INT(r, cases[i].says ? -ENODEV : 0);
		if (cases[i].says && !strstr(diag.text, cases[i].says)) {
			printf("# %s\n", diag.text);
			CHECK(!"said");
		}
		CHECK(!strstr(diag.text, "plug the card in"));
	}
}

static void a_lane_too_many_is_named(void)
{
	const struct mca_lane_pick good = { 2, { 8, 1 } }, far = { 2, { 3, 9 } }, none = { 0 };
	struct mca_diag diag;

	CHECK_INT(mca_pcm_lanes_check("hw:1", MCA_CAPTURE, &good, 8, &diag), 0);
	CHECK_INT(mca_pcm_lanes_check("hw:1", MCA_CAPTURE, &none, 1, &diag), 0);
	CHECK_INT(mca_pcm_lanes_check("hw:1", MCA_CAPTURE, &far, 8, &diag), -ENOTSUP);
	CHECK(strstr(diag.text, "no lane 9, it has lanes 1 to 8: change input_lanes") != NULL);
	CHECK_INT(mca_pcm_lanes_check("hw:1", MCA_PLAYBACK, &far, 1, &diag), -ENOTSUP);
	CHECK(strstr(diag.text, "no lane 3, it has only lane 1: change output_lanes") != NULL);
}

static void refusals_say_what_to_do(void)
{
	const struct mca_pcm_list none = { .count = 0 };
	char device[MCA_PCM_NAME];
	struct mca_diag diag;

	CHECK_INT(mca_pcm_list_resolve(&list, 4, NULL, device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "ids 1 to 3") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&none, 1, NULL, device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "--simulate") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "path:pci-1", device, &diag), -ENODEV);
	CHECK(strstr(diag.text, "not plugged in") != NULL);
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "", device, &diag), -EINVAL);
	CHECK_INT(mca_pcm_list_resolve(&list, 0, "dsnoop:1", device, &diag), -EINVAL);
	CHECK(strstr(diag.text, MCA_DEVICE_FORMS) != NULL);
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
	RUN(alsa_lib_reads_what_was_parsed);
	RUN(no_other_name_reaches_alsa_lib);
	RUN(usb_cards_are_told_by_port_and_serial);
	RUN(other_cards_are_told_by_their_slot);
	RUN(the_holder_is_named);
	RUN(a_busy_device_names_its_holder_or_how_to_find_it);
	RUN(every_spelling_resolves_to_one_name);
	RUN(what_is_there_is_not_said_to_be_missing);
	RUN(a_lane_too_many_is_named);
	RUN(what_is_not_listed_keeps_its_name);
	RUN(refusals_say_what_to_do);
	RUN(a_doubtful_serial_is_refused);
	remove_root();
	return DONE();
}

/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/sound/cardN/device points to the hardware behind the card:
 *     .../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4/1-2.4:1.0
 * Of that, a socket is told by the last PCI address and the chain of USB ports ("2.4" of "1-2.4").
 * The number before the dash counts controllers in the order they were found: it may move, so it is
 * left out. Hardware on neither bus is called by the name of its device.
 */
#include "selector.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mca/device_name.h"

struct place {
	char pci[32];          /* 0000:00:14.0 */
	char ports[32];        /* 2.4 */
	char last[64];         /* the last component: what remains of other buses */
	char usb[PATH_MAX];    /* path of the USB device, which has idVendor, idProduct, serial */
};

static bool is_pci(const char *word)
{
	unsigned domain, bus, slot, function;
	int used = 0;

	return sscanf(word, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &used) == 4 &&
	       word[used] == '\0';
}

/* "1-2.4": the text after the dash; NULL for an interface ("1-2.4:1.0") and everything else. */
static const char *usb_ports(const char *word)
{
	size_t bus = strspn(word, "0123456789");
	const char *ports = word + bus + 1;

	if (bus == 0 || word[bus] != '-' || *ports == '\0')
		return NULL;
	return strspn(ports, "0123456789.") == strlen(ports) ? ports : NULL;
}

static void find_place(struct place *place, const char *path)
{
	char copy[PATH_MAX], *rest = copy, *word;

	memset(place, 0, sizeof(*place));
	snprintf(copy, sizeof(copy), "%s", path);
	while ((word = strsep(&rest, "/"))) {
		const char *ports = usb_ports(word);

		if (*word == '\0')
			continue;
		if (is_pci(word))
			snprintf(place->pci, sizeof(place->pci), "%s", word);
		if (ports) {
			size_t length = (size_t)(word - copy) + strlen(word);

			snprintf(place->ports, sizeof(place->ports), "%.31s", ports);
			memcpy(place->usb, path, length);
			place->usb[length] = '\0';
		}
		snprintf(place->last, sizeof(place->last), "%.63s", word);
	}
	mca_device_place_clean(place->last);
}

/* One line of a small file without the spaces at its end; "" when unreadable. */
static void read_line(const char *folder, const char *name, char *text, size_t size)
{
	char path[PATH_MAX + 32];
	size_t length;
	FILE *file;

	text[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(text, (int)size, file))
		text[0] = '\0';
	fclose(file);
	length = strcspn(text, "\n");
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
}

static void print_serial(char *selector, const struct place *place, const char *suffix)
{
	char vendor[8], product[8], serial[64];

	if (place->usb[0] == '\0')
		return;
	read_line(place->usb, "idVendor", vendor, sizeof(vendor));
	read_line(place->usb, "idProduct", product, sizeof(product));
	read_line(place->usb, "serial", serial, sizeof(serial));
	if (serial[0] == '\0')
		return;
	/* Some devices carry blanks, quotes or worse in their serial number. */
	mca_device_place_clean(serial);
	snprintf(selector, MCA_PCM_NAME, "serial:%s-%s-%s%s", vendor, product, serial, suffix);
}

static void print_path(char *selector, const struct place *place, const char *suffix)
{
	if (place->ports[0])
		snprintf(selector, MCA_PCM_NAME, "path:%s%s%susb-%s%s", place->pci[0] ? "pci-" : "",
			 place->pci, place->pci[0] ? "-" : "", place->ports, suffix);
	else if (place->pci[0])
		snprintf(selector, MCA_PCM_NAME, "path:pci-%s%s", place->pci, suffix);
	else if (place->last[0])
		snprintf(selector, MCA_PCM_NAME, "path:platform-%s%s", place->last, suffix);
}

void mca_selector_read(const char *sys, int card, int device,
		       char selector[MCA_SELECTORS][MCA_PCM_NAME])
{
	char link[PATH_MAX], suffix[16] = "", *path;
	struct place place;

	selector[MCA_SELECTOR_PATH][0] = '\0';
	selector[MCA_SELECTOR_SERIAL][0] = '\0';
	snprintf(link, sizeof(link), "%s/class/sound/card%d/device", sys, card);
	path = realpath(link, NULL);
	if (!path)
		return;
	if (device > 0)
		snprintf(suffix, sizeof(suffix), ",%d", device);
	find_place(&place, path);
	free(path);
	print_path(selector[MCA_SELECTOR_PATH], &place, suffix);
	print_serial(selector[MCA_SELECTOR_SERIAL], &place, suffix);
}

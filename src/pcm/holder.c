/* SPDX-License-Identifier: MIT */
/*
 * A PCM that is in use is an open descriptor of /dev/snd/pcmC<card>D<device><c|p> in some process.
 */
#include "holder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mca/diag.h"
#include "pcm_private.h"

#define NODE_MAX 64

static bool has_open(const char *proc, const char *pid, const char *node)
{
	char path[512], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/%.16s/fd", proc, pid);
	folder = opendir(path);
	if (!folder)
		return false;
	while (!found && (entry = readdir(folder))) {
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, target,
					    sizeof(target) - 1);

		if (length <= 0)
			continue;
		target[length] = '\0';
		found = strcmp(target, node) == 0;
	}
	closedir(folder);
	return found;
}

static void name_process(const char *proc, const char *pid, char *text, size_t size)
{
	char path[512], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.16s/comm", proc, pid);
	file = fopen(path, "re");
	if (file) {
		if (!fgets(name, sizeof(name), file))
			name[0] = '\0';
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(text, size, "%s (pid %.16s)", name[0] ? name : "a process", pid);
}

static void print_node(char node[NODE_MAX], int card, int device, enum mca_pcm_direction direction)
{
	snprintf(node, NODE_MAX, "/dev/snd/pcmC%dD%d%c", card, device,
		 direction == MCA_CAPTURE ? 'c' : 'p');
}

void mca_pcm_holder(const char *proc, int card, int device, enum mca_pcm_direction direction,
		    char *text, size_t size)
{
	struct dirent *entry;
	char node[NODE_MAX];
	DIR *folder = opendir(proc);

	text[0] = '\0';
	if (!folder)
		return;
	print_node(node, card, device, direction);
	while ((entry = readdir(folder))) {
		if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name))
			continue;
		if (!has_open(proc, entry->d_name, node))
			continue;
		name_process(proc, entry->d_name, text, size);
		break;
	}
	closedir(folder);
}

int mca_pcm_say_busy(const char *proc, const char *name, int card, int device,
		     enum mca_pcm_direction direction, struct mca_diag *diag)
{
	char holder[64] = "", node[NODE_MAX] = "/dev/snd/*";

	if (card >= 0) {
		mca_pcm_holder(proc, card, device, direction, holder, sizeof(holder));
		print_node(node, card, device, direction);
	}
	if (holder[0])
		return mca_diag_set(diag, -EBUSY, "%s %s is in use by %s: end that program, or "
				    "choose another device", name,
				    mca_pcm_direction_name(direction), holder);
	return mca_diag_set(diag, -EBUSY, "%s %s is in use: find the program with "
			    "`sudo fuser -v %s` and end it, or choose another device", name,
			    mca_pcm_direction_name(direction), node);
}

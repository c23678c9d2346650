/* SPDX-License-Identifier: MIT */
/*
 * jansson does not report every allocation that fails: its parser drops the character that it
 * cannot store, so that a configuration gets an "unknown key" and a text loses a letter, and it
 * returns other failures with no error or with one about the text. What it cannot report is
 * therefore caught where it happens.
 */
#include "json_memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mca/cli.h"

static void json_memory_put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return;
}

/* Printing through stdio could allocate again. */
static void *json_memory_take(size_t size)
{
	void *memory = malloc(size);

	if (memory)
		return memory;
	/* `vu --follow` hides the cursor. */
	if (isatty(STDOUT_FILENO))
		json_memory_put(STDOUT_FILENO, "\033[?25h");
	json_memory_put(STDERR_FILENO, "mission-control-audio: memory ran out: free some memory or "
			"raise the limit of this process (ulimit -v), then try again\n");
	_exit(MCA_EXIT_FAILURE);
}

void mca_json_memory_require(void)
{
	json_set_alloc_funcs(json_memory_take, free);
}

void mca_json_memory_tolerate(void)
{
	json_set_alloc_funcs(malloc, free);
}

/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics are plain values: writing one never fails and never allocates; a sentence that does
 * not fit is cut. Only the list of faults lives on the heap, and it degrades into a counter.
 */
#include "mca/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 3, 0)))
static void say(struct mca_diag *diag, int code, const char *format, va_list args)
{
	memset(diag, 0, sizeof(*diag));
	diag->code = code;
	vsnprintf(diag->text, sizeof(diag->text), format, args);
}

int mca_diag_set(struct mca_diag *diag, int code, const char *format, ...)
{
	va_list args;

	if (!diag)
		return code;
	va_start(args, format);
	say(diag, code, format, args);
	va_end(args);
	return code;
}

const char *mca_thread_failure(int code)
{
	return code == EAGAIN ? "memory ran out or there are too many tasks; free memory, or raise "
				"TasksMax= of the unit or ulimit -u" : strerror(code);
}

void mca_faults_add(struct mca_faults *faults, const struct mca_diag *diag)
{
	struct mca_diag *list = faults->list;

	/* Capacity is the next power of two, so it need not be stored. */
	if ((faults->count & (faults->count - 1)) == 0) {
		size_t room = faults->count ? 2 * faults->count : 1;

		list = reallocarray(faults->list, room, sizeof(*list));
		if (!list) {
			faults->lost++;
			return;
		}
		faults->list = list;
	}
	list[faults->count++] = *diag;
}

int mca_faults_say(struct mca_faults *faults, int code, const char *pointer, const char *value,
		   const char *format, ...)
{
	struct mca_diag diag;
	va_list args;

	va_start(args, format);
	say(&diag, code, format, args);
	va_end(args);
	snprintf(diag.pointer, sizeof(diag.pointer), "%s", pointer ? pointer : "");
	snprintf(diag.value, sizeof(diag.value), "%s", value ? value : "");
	mca_faults_add(faults, &diag);
	return code;
}

/* Append to a text of `size` bytes that holds `used`; what does not fit is cut. */
__attribute__((format(printf, 4, 5)))
static size_t sum_add(char *text, size_t size, size_t used, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text + used, size - used, format, args);
	va_end(args);
	if (length < 0)
		return used;
	return used + (size_t)length < size ? used + (size_t)length : size - 1;
}

void mca_faults_sum_up(const struct mca_faults *faults, size_t from, char *text, size_t size)
{
	const struct mca_diag *first = faults->count > from ? &faults->list[from] : NULL;
	size_t count = faults->count - from + faults->lost, used = 0;

	text[0] = '\0';
	if (!first) {
		sum_add(text, size, 0, "there was no memory to list its faults");
		return;
	}
	used = sum_add(text, size, used, "%s%s%s", first->pointer, first->pointer[0] ? ": " : "",
		       first->text);
	if (count < 2)
		return;
	used = sum_add(text, size, used, " (%zu faults", count);
	for (size_t i = from + 1; i < faults->count; i++)
		used = sum_add(text, size, used, "%s%s", i == from + 1 ? ", also " : ", ",
			       faults->list[i].pointer[0] ? faults->list[i].pointer :
							    "the document");
	sum_add(text, size, used, ")");
}

void mca_faults_done(struct mca_faults *faults)
{
	free(faults->list);
	memset(faults, 0, sizeof(*faults));
}

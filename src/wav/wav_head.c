/* SPDX-License-Identifier: MIT */
/*
 * libsndfile silently corrects a data size that is 0 or beyond the end of the file, which is right
 * for reading and wrong for judging: a recording that was cut short must not pass for a whole one.
 * So the announced size is read here. RF64 (EBU Tech 3306): where the 32-bit size is all ones, the
 * chunk "ds64" holds the size in 64 bits.
 */
#include "wav_head.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNKS_MAX 1000
#define SEE_DS64 UINT32_MAX

static uint64_t number(const unsigned char *bytes, int count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

/* Is there the end of the file, or another chunk that fits into it? Else it is samples. */
static bool is_chunk(int fd, uint64_t at)
{
	unsigned char head[8];
	ssize_t got = pread(fd, head, sizeof head, (off_t)at);
	struct stat st;

	if (got < (ssize_t)sizeof head)
		return got == 0;
	for (int i = 0; i < 4; i++)
		if (head[i] < ' ' || head[i] > '~')
			return false;
	at += sizeof head + number(head + 4, 4);
	return fstat(fd, &st) == 0 && at <= (uint64_t)st.st_size;
}

/* 0, -ENODATA, or -EBADMSG if there is no data chunk. */
static int read_bytes(int fd, uint64_t *data_bytes)
{
	unsigned char head[24];
	uint64_t large = SEE_DS64, at = 12;

	for (unsigned i = 0; i < CHUNKS_MAX; i++) {
		ssize_t got = pread(fd, head, sizeof head, (off_t)at);
		uint64_t size;

		if (got < 8 || at > INT64_MAX / 2)
			return -EBADMSG;
		size = number(head + 4, 4);
		if (memcmp(head, "data", 4) == 0) {
			*data_bytes = size == SEE_DS64 ? large : size;
			return *data_bytes || is_chunk(fd, at + 8) ? 0 : -ENODATA;
		}
		/* Its first two numbers: the size of the whole file and that of the data. */
		if (memcmp(head, "ds64", 4) == 0 && got == sizeof head)
			large = number(head + 16, 8);
		at += 8 + size + (size & 1);
	}
	return -EBADMSG;
}

int mca_wav_head_read(int fd, unsigned frame_bytes, uint64_t *announced, uint64_t held)
{
	uint64_t bytes = 0;
	int code = read_bytes(fd, &bytes);

	*announced = bytes / frame_bytes + (bytes % frame_bytes != 0);
	if (code == -EBADMSG)
		*announced = held;
	return code == -ENODATA ? code : 0;
}

/* SPDX-License-Identifier: MIT */
/* Finding one's way in a tree, and saying where one stands (RFC 6901). */
#include "mca/json.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

const struct mca_json *mca_json_member(const struct mca_json *object, const char *key)
{
	const struct mca_json *node;

	for (node = object->child; node; node = node->next)
		if (node->key && strcmp(node->key, key) == 0)
			return node;
	return NULL;
}

/* One character of a key as it stands in a pointer; returns its bytes. */
static size_t escaped(const char *c, char out[4])
{
	size_t bytes = mca_text_utf8(c, strlen(c));

	if (*c == '~' || *c == '/') {
		memcpy(out, *c == '~' ? "~0" : "~1", 2);
		return 2;
	}
	if (bytes == 0 || mca_text_is_control(c, bytes)) {
		out[0] = '?';
		return 1;
	}
	memcpy(out, c, bytes);
	return bytes;
}

void mca_json_pointer_append(char *buffer, size_t size, const char *key)
{
	size_t used = strlen(buffer), step;

	if (used + 1 < size)
		buffer[used++] = '/';
	for (; *key; key += step ? step : 1) {
		char out[4];
		size_t bytes = escaped(key, out);

		step = mca_text_utf8(key, strlen(key));
		if (used + bytes >= size)
			break;
		memcpy(buffer + used, out, bytes);
		used += bytes;
	}
	buffer[used] = '\0';
}

void mca_json_pointer(const struct mca_json *node, char *buffer, size_t size)
{
	char index[16];

	if (!node->parent) {
		buffer[0] = '\0';
		return;
	}
	mca_json_pointer(node->parent, buffer, size);
	snprintf(index, sizeof(index), "%u", node->index);
	mca_json_pointer_append(buffer, size, node->key ? node->key : index);
}

const struct mca_json *mca_json_nearest(const struct mca_json *node, const char **pointer)
{
	while (**pointer == '/') {
		const char *key = *pointer + 1;
		size_t length = strcspn(key, "/");
		const struct mca_json *child = node->child;

		while (child && !(child->key && strlen(child->key) == length &&
				  strncmp(child->key, key, length) == 0))
			child = child->next;
		if (!child)
			break;
		node = child;
		*pointer = key + length;
	}
	return node;
}

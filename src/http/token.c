/* SPDX-License-Identifier: MIT */
/* The time of the comparison depends on the length of what was sent, not on where it differs. */
#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_same(const char *secret, const char *sent)
{
	size_t secret_length = strlen(secret), length = strlen(sent);
	unsigned char differs = secret_length != length;

	for (size_t i = 0; i < length; i++)
		differs |= (unsigned char)(sent[i] ^ secret[secret_length ? i % secret_length : 0]);
	return !differs;
}

int mca_token_init(struct mca_token *token, const char *text)
{
	pthread_mutex_init(&token->lock, NULL);
	token->text = NULL;
	return mca_token_set(token, text);
}

int mca_token_set(struct mca_token *token, const char *text)
{
	char *copy = text ? strdup(text) : NULL, *old;

	if (text && !copy)
		return -ENOMEM;
	pthread_mutex_lock(&token->lock);
	old = token->text;
	token->text = copy;
	pthread_mutex_unlock(&token->lock);
	if (old)
		explicit_bzero(old, strlen(old));
	free(old);
	return 0;
}

void mca_token_done(struct mca_token *token)
{
	free(token->text);
	pthread_mutex_destroy(&token->lock);
}

struct mca_refusal mca_token_check(struct mca_token *token, const struct mca_head *head)
{
	static const char scheme[] = "Bearer ";
	const char *sent = mca_head_value(head, "Authorization");
	bool good;

	if (sent)
		sent = strncasecmp(sent, scheme, sizeof scheme - 1) == 0 ? sent + sizeof scheme - 1
									   : NULL;
	pthread_mutex_lock(&token->lock);
	good = !token->text || (sent && is_same(token->text, sent));
	pthread_mutex_unlock(&token->lock);
	if (good || strcmp(head->path, "/healthz") == 0)
		return MCA_ACCEPT;
	return MCA_REFUSE(401, "send the header Authorization: Bearer TOKEN with the token from "
			  "the file that http.token_file names");
}

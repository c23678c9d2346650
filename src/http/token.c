/* SPDX-License-Identifier: MIT */
/* The time of the comparison depends on the length of what was sent, not on where it differs. */
#include "token.h"

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

struct mca_refusal mca_token_check(const char *token, const struct mca_head *head)
{
	static const char scheme[] = "Bearer ";
	const char *sent = mca_head_value(head, "Authorization");

	if (!token || strcmp(head->path, "/healthz") == 0)
		return MCA_ACCEPT;
	if (sent && strncasecmp(sent, scheme, sizeof scheme - 1) == 0 &&
	    is_same(token, sent + sizeof scheme - 1))
		return MCA_ACCEPT;
	return MCA_REFUSE(401, "send the header Authorization: Bearer TOKEN with the token from "
			  "the file that http.token_file names");
}

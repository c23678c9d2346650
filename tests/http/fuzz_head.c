/* SPDX-License-Identifier: MIT */
/*
 * A head of arbitrary values: method, target and version on the first line, a header on each
 * further one. What is let through comes from a name that is ours, by a second and plainer
 * reading; a refusal has words; and whoever writes what it advises into allowed_hosts is let
 * through.
 */
#include "../support/fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "etag.h"
#include "head.h"
#include "host.h"
#include "text.h"
#include "token.h"

#define TEXT_MAX 8192
#define ETAG "\"0123456789abcdef-7\""

static const char *const allowed[] = { "panel.example", "desk.example:8443" };

static bool is_known(int status)
{
	static const int known[] = { 0, 400, 401, 403, 411, 417, 421, 431 };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i] == status)
			return true;
	return false;
}

static void check_refusal(const struct mca_refusal *refusal)
{
	demand(is_known(refusal->status), "the status is one of ours");
	demand(memchr(refusal->detail, '\0', sizeof refusal->detail) != NULL, "the sentence ends");
	demand((refusal->status == 0) == !refusal->detail[0], "a refusal has words");
}

/* Cut the text into a head, in place. False when it is none. */
static bool cut_head(struct mca_head *head, char *text)
{
	char *next, *line = strtok_r(text, "\n", &next), *word;

	*head = (struct mca_head){ 0 };
	if (!line)
		return false;
	head->method = strtok_r(line, " ", &word);
	head->target = head->method ? strtok_r(NULL, " ", &word) : NULL;
	head->version = head->target ? strtok_r(NULL, " ", &word) : NULL;
	if (!head->version)
		return false;
	head->path = head->target;
	while (head->count < MCA_HEAD_HEADERS && (line = strtok_r(NULL, "\n", &next))) {
		char *colon = strchr(line, ':');

		if (!colon || colon == line)
			return false;
		*colon = '\0';
		head->field[head->count++] = (struct mca_head_field){ line, colon + 1 };
	}
	return true;
}

static bool is_port(const char *text)
{
	return *text == ':' && text[1] && !text[1 + strspn(text + 1, "0123456789")];
}

/* The plainer reading: does an authority begin with a name of ours, followed by nothing or by a
 * port? */
static bool is_ours(const char *authority)
{
	static const char *const ours[] = { "localhost", "127.0.0.1", "[::1]", "10.0.0.9",
					    "panel.example", "desk.example" };

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		size_t length = strlen(ours[i]);

		if (strncasecmp(authority, ours[i], length) == 0 &&
		    (!authority[length] || is_port(authority + length)))
			return true;
	}
	return false;
}

static void check_accepted(const struct mca_head *head)
{
	const char *host = mca_head_value(head, "Host"), *origin = mca_head_value(head, "Origin");
	const char *authority = origin ? strstr(origin, "://") : NULL;

	demand(!host || is_ours(host), "an accepted Host is ours");
	demand(host || strcmp(head->version, "1.0") == 0, "HTTP/1.1 has a Host");
	if (origin && strcmp(head->method, "POST") == 0)
		demand(authority && is_ours(authority + 3), "an accepted Origin is ours");
}

/* The name that the answer says to add, between `add "` and `"`. */
static bool advised_name(const struct mca_refusal *refusal, char name[128])
{
	const char *begin = strstr(refusal->detail, "add \"");
	size_t length = begin ? strcspn(begin + 5, "\"") : 0;

	if (!begin || length == 0 || length >= 128)
		return false;
	memcpy(name, begin + 5, length);
	name[length] = '\0';
	return true;
}

static void check_advice(const struct mca_head *head, const struct mca_refusal *refusal)
{
	struct mca_refusal again;
	struct mca_hosts hosts;
	char name[128], next[128];
	const char *const list[] = { name };

	/* A page without a site of its own cannot be named. */
	if (refusal->status != 421 && !strstr(refusal->detail, "add \""))
		return;
	demand(advised_name(refusal, name), "the answer advises a name");
	demand(!mca_text_host(name), "the configuration takes the name");
	demand(mca_hosts_init(&hosts, "10.0.0.9", list, 1) == 0, "memory");
	hosts.port = 8000;
	again = mca_hosts_check(&hosts, head);
	demand(again.status != refusal->status || (advised_name(&again, next) &&
						   strcasecmp(next, name) != 0),
	       "the advice works");
	mca_hosts_done(&hosts);
}

static void check_tags(const struct mca_head *head)
{
	char list[TEXT_MAX];
	const char *text = mca_head_join(head, "If-Match", list, sizeof list);
	int strong = text ? mca_etag_match(text, ETAG, false) : 0;
	int weak = text ? mca_etag_match(text, ETAG, true) : 0;

	demand(strong >= -EINVAL && strong <= 1 && weak >= strong, "weak finds what strong finds");
	demand((strong < 0) == (weak < 0), "one grammar");
	if (strong > 0)
		demand(strchr(text, '*') || strstr(text, ETAG), "a tag that is found is there");
}

static void check_token(const struct mca_head *head, const struct mca_refusal *refusal)
{
	const char *sent = mca_head_value(head, "Authorization");

	if (refusal->status == 0 && strcmp(head->path, "/healthz") != 0)
		demand(sent && strncasecmp(sent, "Bearer s", 8) == 0 &&
		       strcmp(sent + 7, "s3cret") == 0, "who is let in has the token");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char text[TEXT_MAX];
	struct mca_framing framing;
	struct mca_refusal refusal;
	struct mca_hosts hosts;
	struct mca_token token;
	struct mca_head head;

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!cut_head(&head, text))
		return 0;
	mca_head_trim(&head);
	refusal = mca_head_frame(&head, &framing);
	check_refusal(&refusal);
	if (refusal.status)
		return 0;
	demand(mca_hosts_init(&hosts, "10.0.0.9", allowed, 2) == 0, "memory");
	hosts.port = 8000;
	refusal = mca_hosts_check(&hosts, &head);
	check_refusal(&refusal);
	if (refusal.status)
		check_advice(&head, &refusal);
	else
		check_accepted(&head);
	mca_hosts_done(&hosts);
	demand(mca_token_init(&token, "s3cret") == 0, "memory");
	refusal = mca_token_check(&token, &head);
	mca_token_done(&token);
	check_refusal(&refusal);
	check_token(&head, &refusal);
	check_tags(&head);
	return 0;
}

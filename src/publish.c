/* SPDX-License-Identifier: MIT */
/* The path of the token file is made absolute, because a reader has another working directory. */
#include "publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "mca/diag.h"
#include "mca/settings.h"
#include "mca/svc.h"

void mca_publish(struct mca_runtime_file *file, const struct mca_settings *settings,
		 const char *bind, unsigned port)
{
	struct mca_runtime runtime = { .port = port, .pid = getpid() };
	struct mca_diag diag = { 0 };
	char *token_file = *settings->http.token_file ? realpath(settings->http.token_file, NULL)
						      : NULL;
	int result;

	snprintf(runtime.address, sizeof runtime.address, "%s", bind);
	snprintf(runtime.token_file, sizeof runtime.token_file, "%s",
		 token_file ? token_file : "");
	free(token_file);
	result = mca_runtime_file_publish(file, &runtime, &diag);
	if (result < 0)
		mca_svc_log(result == -EBUSY ? LOG_NOTICE : LOG_WARNING, "%s", diag.text);
}

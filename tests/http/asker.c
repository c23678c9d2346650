/* SPDX-License-Identifier: MIT */
/*
 * One request with the program's own client: asker PORT TIMEOUT_MS METHOD PATH [BODY [TOKEN]]
 * prints "STATUS BODY", or "error CODE SENTENCE".
 */
#include <stdio.h>
#include <stdlib.h>

#include "mca/client.h"
#include "mca/diag.h"

int main(int argc, char **argv)
{
	struct mca_client_target target = { .host = "127.0.0.1" };
	struct mca_client_reply reply;
	struct mca_diag diag = { 0 };
	int code;

	if (argc < 5)
		return 2;
	target.port = (unsigned)atoi(argv[1]);
	target.token = argc > 6 ? argv[6] : NULL;
	code = mca_client_request(&target, argv[3], argv[4], argc > 5 ? argv[5] : NULL,
				  (unsigned)atoi(argv[2]), &reply, &diag);
	if (code)
		printf("error %d %s\n", diag.code == code ? code : 0, diag.text);
	else
		printf("%d %s", reply.status, reply.body);
	mca_client_reply_done(&reply);
	return 0;
}

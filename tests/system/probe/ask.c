/* SPDX-License-Identifier: MIT */
/*
 * ask: GET /status without the cost of curl, a tenth of a second of guest time.
 *
 *     ask                         print the document
 *     ask CHANNEL STATE SECONDS   ask again and again until the channel (0: the engine) is in that
 *                                 state; prints after how many seconds
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 8000, NAP_NS = 10 * 1000 * 1000, BYTES = 64 * 1024 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The body, or NULL: nobody answers. */
static const char *fetch(char *answer)
{
	static const char request[] = "GET /status HTTP/1.1\r\nHost: localhost:8000\r\n"
				      "Connection: close\r\n\r\n";
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	size_t length = 0;
	ssize_t got;
	char *body;

	answer[0] = '\0';
	if (connect(sock, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    send(sock, request, strlen(request), MSG_NOSIGNAL) > 0)
		while (length < BYTES - 1 &&
		       (got = read(sock, answer + length, BYTES - 1 - length)) > 0)
			length += (size_t)got;
	close(sock);
	answer[length] = '\0';
	body = strstr(answer, "\r\n\r\n");
	return body ? body + 4 : NULL;
}

/* The state of a channel is the first one after its number; the engine's is the first of all. */
static int is_in(const char *body, const char *channel, const char *state)
{
	char key[32];
	const char *at = body;

	if (strcmp(channel, "0") != 0) {
		snprintf(key, sizeof(key), "\"%s\":{\"name\"", channel);
		at = strstr(body, key);
	}
	at = at ? strstr(at, "\"state\":\"") : NULL;
	snprintf(key, sizeof(key), "%s\"", state);
	return at && strncmp(at + 9, key, strlen(key)) == 0;
}

int main(int argc, char **argv)
{
	static char answer[BYTES];
	const struct timespec nap = { .tv_nsec = NAP_NS };
	double began = now();

	if (argc == 1) {
		const char *body = fetch(answer);

		return body ? puts(body) < 0 : 1;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: ask [CHANNEL STATE SECONDS]\n");
		return 2;
	}
	for (;;) {
		const char *body = fetch(answer);

		if (body && is_in(body, argv[1], argv[2])) {
			printf("%.2f\n", now() - began);
			return 0;
		}
		if (now() - began > atof(argv[3]))
			return 1;
		nanosleep(&nap, NULL);
	}
}

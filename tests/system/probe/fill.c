/* SPDX-License-Identifier: MIT */
/*
 * fill SOCKET: send datagrams to a Unix socket until it takes no more, which is soon where its
 * owner does not read. Prints how many. A sender may have only so many bytes under way, so each
 * sender that is full is followed by another one, until even the first datagram of one is refused.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char entry[] = "PRIORITY=7\nMESSAGE=one of many\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	unsigned sent = 0, of_this_one;

	if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path) {
		fprintf(stderr, "usage: fill SOCKET\n");
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	do {
		int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

		if (sender < 0 ||
		    connect(sender, (struct sockaddr *)&address, sizeof address) < 0) {
			perror("fill");
			return 1;
		}
		for (of_this_one = 0; send(sender, entry, sizeof entry - 1, 0) >= 0; of_this_one++)
			;
		if (errno != EAGAIN) {
			perror("fill");
			return 1;
		}
		close(sender);
		sent += of_this_one;
	} while (of_this_one);
	printf("%u\n", sent);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef MCA_HTTP_PROBE_H
#define MCA_HTTP_PROBE_H

/*
 * Ask the server on this machine for GET /healthz and wait for the first bytes of an answer, at
 * most timeout_ms, or until wake_fd can be read. 0: it answers. -ECANCELED: woken. -ECONNREFUSED:
 * nothing listens. -ETIMEDOUT: it took the connection and does not answer. Other: the probe says
 * nothing about the server (no descriptor, a packet filter, ...).
 * Thread: warden.
 */
int mca_probe_ask(const char *bind, unsigned port, int wake_fd, unsigned timeout_ms);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_H
#define MCA_SVC_H

#include <stdbool.h>

#include "mca/diag.h"
#include "mca/engine.h"

struct mca_simrack;

/*
 * The service plane around the engine: the main loop (sd-event) with signals, supervision tick,
 * watchdog, sd_notify and the journal. The only room that logs.
 */
struct mca_svc;

struct mca_svc_options {
	struct mca_engine *engine;      /* borrowed */
	struct mca_simrack *rack;       /* pumped when given, may be NULL */
	/* SIGHUP and `systemctl reload`: 0, or negative errno with faults. */
	int (*reload)(void *context, struct mca_faults *faults);
	/* After each supervision tick; NULL = nothing to do. */
	void (*tick)(void *context);
	void *context;
};

/* Block SIGHUP, SIGINT, SIGTERM, SIGPIPE for this thread and all that it will start.
 * Call first. Thread: control. */
void mca_svc_block_signals(void);

/* From here on no thread of this process can execute another program: execve fails with EPERM.
 * Call before any thread is started. 0, or negative errno, after a warning in the log, where the
 * kernel has no filters; the unit's NoExecPaths= and the grammar of device names hold there too.
 * Thread: control. */
int mca_svc_forbid_exec(void);

/* 0, or negative errno with diag. Thread: control. */
int mca_svc_new(struct mca_svc **svc, struct mca_diag *diag);
/* NULL is fine. Every caller of mca_svc_call() must have returned: stop HTTP first.
 * Thread: control. */
void mca_svc_free(struct mca_svc *svc);

/* Run fn(arg) on the control thread (the one in mca_svc_run), wait until it has ended: 0. When it
 * was not begun within timeout_ms, or the loop has ended, it never will be: -ETIMEDOUT, -ESHUTDOWN.
 * Matches mca_http_options.run_on_control; context is the struct mca_svc.
 * Thread: any but control. */
int mca_svc_call(void *svc, void (*fn)(void *arg), void *arg, unsigned timeout_ms);

/* For mca_engine_options.meanwhile; context is the struct mca_svc: what a tick does beside the
 * engine, while the engine waits for a device. True: SIGTERM or SIGINT is waiting.
 * Thread: control, inside mca_svc_run. */
bool mca_svc_meanwhile(void *svc);

/*
 * The main loop: READY=1 once the engine has left STARTING, STATUS= from then on, WATCHDOG=1 only
 * while mca_engine_alive(), tick every 50 ms. Returns 0 after SIGTERM/SIGINT or when the engine has
 * ended by itself; negative errno otherwise. STOPPING=1 is sent before it
 * returns. Thread: control.
 */
int mca_svc_run(struct mca_svc *svc, const struct mca_svc_options *options);

/* Tell the service manager that a reload that did not come by SIGHUP begins (RELOADING=1 with its
 * time) or has ended (READY=1). Matches mca_api_options.reloading; context is the struct mca_svc.
 * Thread: control, inside mca_svc_run. */
void mca_svc_reloading(void *svc, bool begins);

/* The service cannot start: log the sentence, and make it what `systemctl status` shows. Thread:
 * control, without a main loop. */
void mca_svc_give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Both write to the journal (or stderr when there is none) and never wait for a reader. False: the
 * line is lost, because the queue of the journal, or the pipe or terminal, is full. mca_svc_run()
 * counts what it loses itself, and logs the count when lines are taken again.
 */
/* One structured entry. Thread: control. */
bool mca_svc_log_notice(const struct mca_notice *notice);
/* A plain sentence at a syslog priority (LOG_INFO...). Thread: control. */
bool mca_svc_log(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_JOURNAL_H
#define MCA_SVC_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mca/engine.h"

/* The MESSAGE_ID of each kind of notice as 32 hex digits: fixed for ever, explained in
 * systemd/mission-control-audio.catalog. Thread: any. */
#define MCA_NOTICE_KINDS (MCA_NOTICE_TEST_TONE + 1)
const char *mca_journal_message_id(enum mca_notice_kind kind);

/* Log that so many lines were lost because nothing read them. False: this line was not taken
 * either. Thread: control. */
bool mca_journal_say_lost(uint64_t lines);

#endif

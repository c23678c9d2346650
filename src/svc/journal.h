/* SPDX-License-Identifier: MIT */
#ifndef MCA_SVC_JOURNAL_H
#define MCA_SVC_JOURNAL_H

#include "mca/engine.h"

/* The MESSAGE_ID of each kind of notice as 32 hex digits: fixed for ever, explained in
 * systemd/mission-control-audio.catalog. Thread: any. */
#define MCA_NOTICE_KINDS (MCA_NOTICE_STATE + 1)
const char *mca_journal_message_id(enum mca_notice_kind kind);

#endif

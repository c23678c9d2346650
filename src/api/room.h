/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_ROOM_H
#define MCA_API_ROOM_H

#include "mca/api.h"
#include "mca/diag.h"
#include "origin.h"

/*
 * What every handler of this room works with. The engine answers from any thread; the origin of the
 * configuration guards itself; the rest never changes.
 */
struct mca_api {
	struct mca_engine *engine;  /* borrowed */
	struct mca_simrack *rack;   /* borrowed, NULL = real cards */
	struct mca_talk *talk;      /* borrowed, NULL = nothing is kept */
	struct mca_place *place;    /* borrowed, NULL = no file is ever used */
	bool open;                  /* no token is asked for */
	void (*reloading)(void *context, bool begins); /* NULL = nobody listens */
	int (*renew)(void *renew_context, bool live, struct mca_diag *diag); /* NULL = nothing */
	void *renew_context;
	void *context;
	struct mca_origin origin;
	uint64_t boot;              /* the part of our ETags that no other process has */
};

/* One route's answer. Fills *response in any case. Thread: as the route's row says (route.c). */
typedef void mca_api_handler(struct mca_api *api, const struct mca_api_request *request,
			     struct mca_api_response *response);

mca_api_handler mca_status_get;
mca_api_handler mca_vu_get;
mca_api_handler mca_config_get;
mca_api_handler mca_config_post;
mca_api_handler mca_reload_post;
mca_api_handler mca_ptt_post;
mca_api_handler mca_test_tone_post;
mca_api_handler mca_devices_get;
mca_api_handler mca_healthz_get;
mca_api_handler mca_readyz_get;

/* Add a fault to the list when there is no such channel. 0 or -EINVAL. Thread: any. */
int mca_channel_check(struct mca_api *api, unsigned channel, struct mca_faults *faults);

/* "http 127.0.0.1": who asks, as the journal words it. Thread: any. */
#define MCA_ASKER_MAX 64
const char *mca_asker(char buffer[MCA_ASKER_MAX], const struct mca_api_request *request);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_SETUP_H
#define MCA_SETUP_H

#include <stdbool.h>

#include "mca/place.h"
#include "mca/settings.h"
#include "mca/token.h"

/*
 * What a start is made from: the configuration that is used, its token, the simulated cards. When
 * the one that was asked for is refused, the next one in the order of mca/place.h is tried, and the
 * refusal is remembered. Everything is said in the log. Thread: control.
 */
struct mca_setup {
	/* Given. */
	const char *config, *simulation; /* files of the command line, NULL = none */
	bool simulate;                   /* somebody asked for the simulated cards */
	bool check;                      /* judge one configuration, there is no second choice */
	const char *example;             /* the text of the built-in one */
	/* Found. */
	struct mca_place *place;
	struct mca_choice choice;        /* its text is place's once it is live */
	struct mca_faults refused;       /* of what was refused before it */
	char refused_path[PATH_MAX];     /* "" = nothing was refused */
	struct mca_settings *settings;
	struct mca_simrack_spec *rack_spec; /* borrowed from settings, or own_spec */
	struct mca_simrack_spec *own_spec;  /* of the simulation file */
	char token[MCA_TOKEN_MAX];       /* "" = none */
	char locked[400];                /* why the API is locked for all, "" = it is not */
	char next_token[MCA_TOKEN_MAX];  /* read by a reload that is not live yet */
};

/* 0, or the exit code. */
int mca_setup_load(struct mca_setup *setup);

/* The configuration that was loaded cannot be used after all: load the next one. 0, or the exit
 * code. */
int mca_setup_refuse(struct mca_setup *setup, const struct mca_diag *why);

/* A reload: read the token again from where it came from, into next_token. A token that is gone
 * does not unlock the API. 0 or negative errno with diag. */
int mca_setup_read_token(struct mca_setup *setup, struct mca_diag *diag);

/* The sentence for whoever reads /status while another configuration than the one that was asked
 * for runs, or the token could not be read; "" when there is no reason. */
void mca_setup_concern(const struct mca_setup *setup, char *text, size_t size);

/* What the configuration is called in messages. */
const char *mca_setup_name(const struct mca_setup *setup);

/* One log line a fault. */
void mca_setup_say(int priority, const char *path, const struct mca_faults *faults);

void mca_setup_done(struct mca_setup *setup);

#endif

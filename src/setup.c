/* SPDX-License-Identifier: MIT */
/*
 * A start with a configuration that cannot be used would end the audio of every channel, so the
 * service goes on with the last one that was live. Where there is none the exit code is 78
 * (EX_CONFIG of sysexits.h), which the unit does not answer with a restart.
 */
#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "mca/cli.h"
#include "mca/config.h"
#include "mca/svc.h"

static void say_fault(int priority, const char *path, const struct mca_diag *fault)
{
	char line[16] = "";

	if (fault->line)
		snprintf(line, sizeof line, ":%u", fault->line);
	mca_svc_log(priority, "%s%s: %s%s%s%s%s%s", path, line, fault->pointer,
		    *fault->pointer ? ": " : "", fault->text, *fault->value ? " (is " : "",
		    fault->value, *fault->value ? ")" : "");
}

void mca_setup_say(int priority, const char *path, const struct mca_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		say_fault(priority, path, &faults->list[i]);
	if (faults->lost)
		mca_svc_log(priority, "%s: %zu further faults, no memory to list them", path,
			    faults->lost);
}

const char *mca_setup_name(const struct mca_setup *setup)
{
	return *setup->choice.path ? setup->choice.path : "the built-in example";
}

static int no_memory(void)
{
	mca_svc_log(LOG_ERR, "no memory to read the configuration");
	return MCA_EXIT_FAILURE;
}

static void say_warnings(const struct mca_setup *setup)
{
	struct mca_faults warnings = { 0 };

	mca_config_warn(setup->settings, setup->simulate, &warnings);
	mca_setup_say(LOG_WARNING, mca_setup_name(setup), &warnings);
	mca_faults_done(&warnings);
}

static int open_place(struct mca_setup *setup)
{
	char state[PATH_MAX] = "";
	const char *folders = getenv("STATE_DIRECTORY");
	const struct mca_place_options options = {
		.given = setup->config,
		.system = MCA_SYSTEM_CONFIG,
		.state = state,
		.example = setup->simulate ? setup->example : NULL,
	};
	struct mca_diag diag = { 0 };

	/* systemd separates several folders by colons. */
	if (folders)
		snprintf(state, sizeof state, "%.*s", (int)strcspn(folders, ":"), folders);
	if (mca_place_new(&setup->place, &options, &diag) == 0)
		return 0;
	mca_svc_log(LOG_ERR, "%s", diag.text);
	return MCA_EXIT_FAILURE;
}

/* The simulated cards: those of the configuration, unless a file of their own describes them. */
static int load_simulation(struct mca_setup *setup)
{
	struct mca_faults faults = { 0 };
	struct mca_diag diag = { 0 };
	size_t length;
	char *text;

	setup->own_spec = malloc(sizeof *setup->own_spec);
	if (!setup->own_spec)
		return no_memory();
	if (mca_store_read(setup->simulation, MCA_CONFIG_BYTES_MAX, &text, &length, &diag) < 0) {
		mca_svc_log(LOG_ERR, "%s", diag.text);
		return MCA_EXIT_FAILURE;
	}
	if (mca_config_parse_simulation(text, length, setup->own_spec, &faults) < 0)
		mca_setup_say(LOG_ERR, setup->simulation, &faults);
	free(text);
	if (!faults.count && !faults.lost)
		return 0;
	mca_faults_done(&faults);
	return MCA_EXIT_FAILURE;
}

/* Under a service manager the audio does not depend on the API: it runs, behind a token that nobody
 * can know, until a reload finds the real one. 0 or negative errno. */
static int lock_api(struct mca_setup *setup, const struct mca_diag *why)
{
	unsigned char secret[24];
	size_t length = 0;

	if (!getenv("NOTIFY_SOCKET") || setup->check)
		return why->code;
	if (getentropy(secret, sizeof secret) < 0)
		return -errno;
	for (unsigned i = 0; i < sizeof secret; i++)
		length += (size_t)snprintf(setup->token + length, sizeof setup->token - length,
					   "%02x", secret[i]);
	snprintf(setup->locked, sizeof setup->locked, "every request to the API is refused until "
		 "a reload: %s", why->text);
	mca_svc_log(LOG_ERR, "%s", setup->locked);
	return 0;
}

/* 0 or negative errno with faults. */
static int use_text(struct mca_setup *setup, struct mca_faults *faults)
{
	const struct mca_choice *choice = &setup->choice;
	struct mca_diag diag = { 0 };
	int code = mca_config_parse(choice->text, choice->length, setup->settings, faults);

	setup->locked[0] = '\0';
	if (code == 0)
		code = mca_token_load(setup->token, setup->settings->http.token_file, &diag);
	if (code < 0 && diag.code)
		code = lock_api(setup, &diag);
	if (code < 0 && diag.code)
		mca_faults_add(faults, &diag);
	return code;
}

static void warn_exposed(const struct mca_setup *setup)
{
	struct mca_diag diag = { 0 };

	if (mca_token_exposed(setup->settings->http.token_file, &diag))
		mca_svc_log(LOG_WARNING, "%s", diag.text);
}

/* Keep the faults of the first one that was refused: that is the one that was asked for. */
static void remember(struct mca_setup *setup, struct mca_faults *faults)
{
	mca_setup_say(LOG_ERR, mca_setup_name(setup), faults);
	if (*setup->refused_path) {
		mca_faults_done(faults);
		return;
	}
	snprintf(setup->refused_path, sizeof setup->refused_path, "%s", mca_setup_name(setup));
	setup->refused = *faults;
}

/* Nothing is left to start with. */
static int give_up(const struct mca_setup *setup)
{
	const struct mca_faults *refused = &setup->refused;

	if (setup->check)
		return MCA_EXIT_FAILURE;
	mca_svc_give_up("%s: %s%s%s", setup->refused_path,
			refused->count ? refused->list[0].pointer : "",
			refused->count && *refused->list[0].pointer ? ": " : "",
			refused->count ? refused->list[0].text : "memory ran out");
	return MCA_EXIT_CONFIG;
}

/* Try the choice, then what is left after it. `code` is the outcome of making the choice. */
static int settle(struct mca_setup *setup, int code, struct mca_faults *faults)
{
	while (code < 0 || use_text(setup, faults) < 0) {
		remember(setup, faults);
		*faults = (struct mca_faults){ 0 };
		if (setup->check)
			return give_up(setup);
		code = mca_place_next(setup->place, &setup->choice, faults);
		if (code == -ENOENT && !faults->count)
			return give_up(setup);
	}
	if (*setup->refused_path)
		mca_svc_log(LOG_WARNING, "%s is refused, %s runs in its place",
			    setup->refused_path, mca_setup_name(setup));
	else if (*setup->choice.note)
		mca_svc_log(LOG_NOTICE, "using %s: %s", mca_setup_name(setup), setup->choice.note);
	if (setup->choice.source == MCA_SOURCE_EXAMPLE)
		mca_svc_log(LOG_NOTICE, "there is no configuration: running the built-in example "
			    "on the simulated cards");
	say_warnings(setup);
	warn_exposed(setup);
	setup->rack_spec = setup->own_spec ? setup->own_spec : &setup->settings->simulation.rack;
	return 0;
}

int mca_setup_load(struct mca_setup *setup)
{
	struct mca_faults faults = { 0 };
	int code = open_place(setup);

	if (code == 0 && setup->simulation)
		code = load_simulation(setup);
	if (code)
		return code;
	setup->settings = malloc(sizeof *setup->settings);
	if (!setup->settings)
		return no_memory();
	code = mca_place_choose(setup->place, &setup->choice, &faults);
	return settle(setup, code, &faults);
}

int mca_setup_refuse(struct mca_setup *setup, const struct mca_diag *why)
{
	struct mca_faults faults = { 0 };

	if (why->code == -ENOMEM) {
		mca_svc_log(LOG_ERR, "%s", why->text);
		return MCA_EXIT_FAILURE;
	}
	mca_faults_add(&faults, why);
	remember(setup, &faults);
	if (setup->check)
		return give_up(setup);
	faults = (struct mca_faults){ 0 };
	switch (mca_place_next(setup->place, &setup->choice, &faults)) {
	case 0:
		return settle(setup, 0, &faults);
	case -ENOENT:
		return give_up(setup);
	default:
		return settle(setup, -EIO, &faults);
	}
}

int mca_setup_read_token(struct mca_setup *setup, struct mca_diag *diag)
{
	int code = mca_token_load(setup->next_token, setup->settings->http.token_file, diag);

	if (code < 0)
		return code;
	if (*setup->token && !*setup->next_token)
		return mca_diag_set(diag, -ENOENT, "the token of the API is gone from where it was "
				    "at the start; put it back, or restart the service");
	warn_exposed(setup);
	return 0;
}

void mca_setup_concern(const struct mca_setup *setup, char *text, size_t size)
{
	snprintf(text, size, "%s", setup->locked);
	if (setup->choice.source == MCA_SOURCE_LAST_GOOD)
		snprintf(text, size, "the last good configuration runs, since %s is refused: %s",
			 setup->refused_path,
			 setup->refused.count ? setup->refused.list[0].text : "memory ran out");
}

void mca_setup_done(struct mca_setup *setup)
{
	mca_place_free(setup->place);
	mca_choice_done(&setup->choice);
	mca_faults_done(&setup->refused);
	free(setup->own_spec);
	free(setup->settings);
}

/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_H
#define MCA_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mca_choice;
struct mca_diag;
struct mca_engine;
struct mca_faults;
struct mca_place;
struct mca_talk;
struct mca_settings;

/*
 * The HTTP API as documents: request document in, response document out; no socket anywhere. Shapes
 * are those of the contract (README, "HTTP API"). Errors are RFC 9457 problem documents that list
 * every fault.
 */
#define MCA_API_BODY_MAX (64 * 1024) /* bytes of a request body; more is 413 */

struct mca_api_request {
	const char *method;        /* "GET" */
	const char *path;          /* as sent, without query: "/status"; compared exactly */
	const char *query;         /* raw query string, NULL = none */
	const char *content_type;  /* NULL = none given */
	const char *content_encoding; /* NULL = none given; several headers joined by commas */
	const char *if_match;      /* likewise */
	const char *if_none_match; /* likewise */
	bool has_length;           /* the length of the body was announced */
	const char *body;          /* not terminated; may be NULL when the length is 0 */
	size_t body_length;
	const char *client;        /* "127.0.0.1", for the journal */
};

struct mca_api_response {
	int status;                /* 200, 422, ... */
	const char *content_type;  /* static string */
	const char *allow;         /* 405: static list of methods, else NULL */
	char etag[48];             /* with its quotes, "" = none */
	char *body;                /* malloc'ed, length below; free with mca_api_response_done() */
	size_t length;
};

/* Where the live configuration came from; written by the control thread, read under its own
 * lock. */
struct mca_api;

struct mca_api_options {
	struct mca_engine *engine;     /* borrowed */
	struct mca_talk *talk;         /* borrowed: keeps mute and gate; NULL = nothing is kept */
	struct mca_place *place;       /* borrowed: where configurations are; NULL = nowhere */
	const struct mca_choice *choice; /* the live one, NULL = the built-in example */
	const struct mca_faults *refused; /* what was refused before it, NULL = nothing */
	bool open;                     /* whoever reaches the API needs no token */
	struct mca_simrack *rack;      /* borrowed, NULL = real cards; for device listings */
	/* Told when a reload asked for over the API begins and when it has ended, either way, on
	 * the control thread; NULL = nobody wants to know. */
	void (*reloading)(void *context, bool begins);
	/* A reload renews what else was read from files, first (`live` false: read it; an error
	 * refuses the reload) and once its configuration is live; NULL = nothing else. */
	int (*renew)(void *renew_context, bool live, struct mca_diag *diag);
	void *renew_context;
	void *context;
};

/* Strings are copied. 0 or negative errno. Thread: control. */
int mca_api_new(struct mca_api **api, const struct mca_api_options *options);
/* NULL is fine. Nobody may be inside another function of this api. Thread: control. */
void mca_api_free(struct mca_api *api);

/* Must this request run on the control thread (it parses large input, or changes settings)?
 * Thread: any. */
bool mca_api_needs_control(const struct mca_api_request *request);

/* What the head of a request decides alone, so that the transport need not read a body for
 * nothing: 400 (query), 404, 405, 411, 413, 415, 501. body_length is the announced length, body
 * is not looked at. True
 * when *response was filled. mca_api_handle() checks the same again. Thread: any. */
bool mca_api_refuse(const struct mca_api_request *request, struct mca_api_response *response);

/* Is this a method that some path takes? Thread: any. */
bool mca_api_takes_method(const char *method);

/* Answer a request; HEAD is answered like GET, body included (the transport drops it). Always fills
 * *response (500 when memory runs out, with a static body copied).
 * Thread: any when !mca_api_needs_control(request), else control. */
void mca_api_handle(struct mca_api *api, const struct mca_api_request *request,
		    struct mca_api_response *response);

/* A problem document for the transport's own refusals (400, 408, 411, 413, 421, ...).
 * Thread: any. */
void mca_api_problem(struct mca_api_response *response, int status, const char *detail);

/* The reason phrase of a status code: "Not Found". Thread: any. */
const char *mca_api_status_text(int status);

/* Free the body. Thread: any. */
void mca_api_response_done(struct mca_api_response *response);

/* Reload the configuration file (SIGHUP): parse, validate, apply. 0 or negative errno with faults;
 * the outcome also stands in /status config.last_error. Thread: control. */
int mca_api_reload(struct mca_api *api, const char *client, struct mca_faults *faults);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_ROUTE_H
#define MCA_API_ROUTE_H

#include "room.h"

/* The map of the API: one row a path, with the methods it takes and what answers them. */
struct mca_route {
	const char *path;          /* compared exactly */
	mca_api_handler *get;      /* also HEAD; NULL = not allowed */
	mca_api_handler *post;     /* NULL = not allowed */
	const char *allow;         /* for 405 */
	bool get_on_control;       /* the handlers that must run on the control thread */
	bool post_on_control;
	bool bodiless;             /* a POST without body, which needs no length, no media type */
	const char *const *get_query;  /* the switches of a query (ends with NULL), NULL = none */
	const char *const *post_query;
	bool tagged;               /* has an ETag */
};

/* NULL = no such path. Thread: any. */
const struct mca_route *mca_route_find(const char *path);

/* The switches that a request takes in its query, NULL = none. Thread: any. */
const char *const *mca_route_query(const struct mca_route *route, const char *method);

/* The list of all paths: "/a, /b and /c". Thread: any. */
void mca_route_list(char *text, size_t size);

/* The handler for a method, NULL = not allowed here. Thread: any. */
mca_api_handler *mca_route_handler(const struct mca_route *route, const char *method);

#endif

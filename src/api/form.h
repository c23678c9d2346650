/* SPDX-License-Identifier: MIT */
#ifndef MCA_API_FORM_H
#define MCA_API_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct mca_api_response;
struct mca_faults;

/*
 * The small request bodies: one flat object whose members a table describes. As strict as the
 * configuration: unknown keys, duplicates, wrong types and values out of range are refused, all at
 * once. Thread: any.
 */
enum mca_form_type { MCA_FORM_BOOL, MCA_FORM_INTEGER, MCA_FORM_NUMBER };

struct mca_form_field {
	const char *key;
	enum mca_form_type type;
	bool required;
	bool either;       /* at least one of the fields marked so must be given */
	double min, max;   /* INTEGER, NUMBER */
	const char *unit;  /* for the sentence, "" = none */
	/* read: */
	bool given;
	double number;     /* INTEGER, NUMBER; the caller's default stays when it was not given */
	bool truth;        /* BOOL */
};

/* 0; -EBADMSG: not JSON (one fault); -EINVAL: at least one value is wrong; -ENOMEM. */
int mca_form_read(struct mca_form_field *fields, size_t count, const char *body, size_t length,
		  struct mca_faults *faults);

/* Answer what mca_form_read() refused. `outcome`: what did not happen ("no state was changed"). */
void mca_form_refuse(struct mca_api_response *response, int code, const char *outcome,
		     const struct mca_faults *faults);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef MCA_CLI_JSON_MEMORY_H
#define MCA_CLI_JSON_MEMORY_H

/*
 * What an allocation that fails inside jansson does. A command ends with a sentence and exit status
 * 1; call mca_json_memory_require() before anything else uses jansson. The service, which must not
 * end, calls mca_json_memory_tolerate() before it serves: NULL is returned from then on, and a
 * request fails alone. A command has no file of its own half written while it calls jansson.
 * Thread: control, before other threads use jansson.
 */
void mca_json_memory_require(void);
void mca_json_memory_tolerate(void);

#endif

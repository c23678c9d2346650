/* SPDX-License-Identifier: MIT */
#ifndef MCA_PCM_EDGE_H
#define MCA_PCM_EDGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Between a device's samples and the engine's: any of four formats, any lanes of a frame, wherever
 * they lie.
 */
struct mca_edge_lane {
	unsigned char *at;           /* its first sample */
	ptrdiff_t step;              /* to the next one, bytes */
};

struct mca_edge {
	unsigned bytes;              /* of a sample, 2 to 4, little endian */
	unsigned shift;              /* brings its highest bit to bit 31 */
	unsigned lanes;              /* the engine's, 1 or 2 */
	unsigned picked;             /* of the device, 1 or 2: */
	struct mca_edge_lane lane[2];
};

/* count device frames -> engine frames, rounded to 16 bit (nearest, ties to even, saturated); both
 * of two picked lanes averaged where the engine has one. Thread: RT. */
void mca_edge_unpack(const struct mca_edge *edge, int16_t *frames, unsigned count);

/* count engine frames -> device frames, exact, but for an average of two lanes in 16 bit (rounded
 * likewise). Device lanes that are not picked are not touched. Thread: RT. */
void mca_edge_pack(const struct mca_edge *edge, const int16_t *frames, unsigned count);

#endif

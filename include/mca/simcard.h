/* SPDX-License-Identifier: MIT */
#ifndef MCA_SIMCARD_H
#define MCA_SIMCARD_H

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdint.h>

#include "mca/simcard_spec.h"

struct mca_diag;

/*
 * Simulated sound cards behind the ordinary snd_pcm_t interface (an ALSA ioplug, mmap), so that
 * every line of the engine that serves a real `hw:` device serves these too.
 *
 * Model. A rack holds eight duplex cards. Each card has one crystal (nominal rate plus an error in
 * ppm) that drives both its directions. Nothing runs by itself: a card is brought up to date
 * lazily, whenever alsa-lib asks for its pointer, from the time that a struct mca_simclock tells.
 * There is no hidden thread. Waiting is a timerfd that the card arms for the moment the next
 * wake-up is due.
 *
 * Time. Real: CLOCK_MONOTONIC. Free-running: the clock belongs to the one duplex pair that was
 * opened with it and jumps to the next due moment whenever that pair waits; hours pass in seconds
 * and every run gives the same samples. Only time spent away (unplug) is always wall time.
 *
 * Misbehaviour. A crystal may wander with temperature; a card may tell its position a period at a
 * time, as USB does, and late at random. What it plays and captures stays exact.
 *
 * Position. The source is a tape that runs while the card captures, over restarts and reopened
 * streams: its position is the count of frames captured since the rack was built. Fault schedules
 * are kept in the stream time of one card and direction, likewise.
 *
 * Formats. Cards are of 16 bit inside. A wider format captures the source with a noise of less than
 * half a 16-bit step in the bits below; its WAV sink has 24 or 32 bits. Of a card with more than
 * two lanes each further pair captures what the first one did 10 ms earlier (nothing from a wire).
 *
 * Wires. A card wired to another one's playback, both in one pair and started together, captures as
 * frame i what is played as frame i, exactly; between pairs the delay is at least 50 ms and may
 * jump.
 *
 * Files. A WAV source is read whole when the capture direction is opened. A WAV sink goes through a
 * ring that mca_simrack_pump() empties into the file; a free-running or unpumped card empties it
 * itself when it is full (so only a pumped, real-time rack keeps file I/O off the audio threads). A
 * raw sink can be a pipe: a card that empties its ring itself then waits for the pipe's reader.
 */
struct mca_simrack;

/* The time of one duplex pair. Embedded by value in its owner, which outlives the PCMs. */
struct mca_simclock {
	bool free_running;
	uint64_t now_ns;     /* free-running only; touched by the pair's thread only */
	uint64_t stamp_ns[2]; /* when the position was told that the stream tells now; 0 capture,
			       * 1 playback; touched by the pair's thread only */
};

/* Build a rack (spec copied; pumped = somebody calls mca_simrack_pump()). Sinks' files are created
 * and sources' files are judged now. 0 or negative errno with diag that names the card or file and
 * the cure. Free with mca_simrack_free(), after every PCM is closed. Thread: control. */
int mca_simrack_new(struct mca_simrack **rack, const struct mca_simrack_spec *spec, bool pumped,
		    struct mca_diag *diag);
void mca_simrack_free(struct mca_simrack *rack);

const struct mca_simrack_spec *mca_simrack_spec(const struct mca_simrack *rack);

/*
 * Open one direction of card 1..8 as an ordinary PCM; close it with snd_pcm_close(). `clock` must
 * outlive it; NULL = one of its own (real or free-running as the rack is). mode: SND_PCM_NONBLOCK
 * or 0. Returns 0, -ENODEV (absent), -EBUSY (that direction is open: exclusive like hw:), or
 * another negative errno with diag. Offered are S16_LE, 1 or 2 lanes, 8000..192000 Hz, as changed
 * by the specification, by a source file (its rate) and by a sink file that has frames already (its
 * shape). Thread: control. The PCM itself is then used by one thread at a time.
 */
int mca_simrack_open(struct mca_simrack *rack, snd_pcm_t **pcm, unsigned card,
		     snd_pcm_stream_t stream, int mode, struct mca_simclock *clock,
		     struct mca_diag *diag);

/* Give an open, stopped PCM another clock (NULL = one of its own): the two directions of a duplex
 * pair share one. The clock outlives its use. Thread: control, while the stream is stopped. */
int mca_simrack_use_clock(struct mca_simrack *rack, snd_pcm_t *pcm, struct mca_simclock *clock);

/* Write the filled part of every sink ring to its file. 0 or the first negative errno met since the
 * last call (-ENOSPC; -ENOBUFS: frames were lost because nobody pumped in time); a broken recorder
 * never stops a card, so the same error comes again as long as it lasts. Thread: any, usually
 * control, a few times a second; it does not wait for the audio threads. */
int mca_simrack_pump(struct mca_simrack *rack);

/* Is the card plugged in / is that direction open? Thread: any. */
bool mca_simrack_present(const struct mca_simrack *rack, unsigned card);
bool mca_simrack_busy(const struct mca_simrack *rack, unsigned card, unsigned stream);

/* What mca_simrack_open() would say of a card's presence: 0, or -ENODEV with diag. Thread: any. */
int mca_simrack_check(const struct mca_simrack *rack, unsigned card, struct mca_diag *diag);

/* How many lanes card 1..8 has at most (a sink file may have fewer). Thread: any. */
unsigned mca_simrack_lanes(const struct mca_simrack *rack, unsigned card);

/* Break it by hand. inject: the fault happens at the running stream's next pointer update, a HANG
 * at the next such call (at_s and every_s are not looked at); -EINVAL, also for SHORT_WINDOW;
 * -EAGAIN: too many wait already. unhang: calls of that card that hang now return. Thread: any;
 * lock-free but for HANG and unhang. */
int mca_simrack_inject(struct mca_simrack *rack, unsigned card, const struct mca_sim_fault *fault);
void mca_simrack_unplug(struct mca_simrack *rack, unsigned card);
void mca_simrack_replug(struct mca_simrack *rack, unsigned card);
void mca_simrack_unhang(struct mca_simrack *rack, unsigned card);

/* "sim:3" -> 3; anything else 0. Thread: any. */
unsigned mca_simcard_number(const char *name);

#endif

# SPDX-License-Identifier: MIT
"""Signals whose every sample is known, written to and read from WAV files as lists of frames."""
import array
import math
import subprocess
import wave

RATE = 44100
# A source begins with exactly 100 ms of silence.
LEAD = RATE // 10
# Below every threshold used here, so that the chain passes it bit by bit.
QUIET = 2000
# A saw climbs by one a frame: any lost, repeated or changed frame breaks the climb.
SAW_PERIOD = 2 * QUIET + 1


def write(path, samples, lanes=2, rate=RATE):
    """A WAV file with the same samples on every lane."""
    data = array.array("h", (value for value in samples for _ in range(lanes)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(lanes)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.tobytes())


def read(path):
    """(lanes, samples interleaved)."""
    with wave.open(str(path), "rb") as file:
        data = array.array("h")
        data.frombytes(file.readframes(file.getnframes()))
        return file.getnchannels(), data


def left(path):
    """The samples of the first lane."""
    lanes, data = read(path)
    return data[::lanes]


def saw(periods=10):
    return [n % SAW_PERIOD - QUIET for n in range(periods * SAW_PERIOD)]


def level(value, seconds=1.0):
    return [value] * int(seconds * RATE)


def speak(path, text, lanes=2):
    """Speech of a synthesiser at our rate: each of its 22050 Hz samples twice."""
    raw = path.with_suffix(".raw.wav")
    subprocess.run(["espeak-ng", "-w", str(raw), text], check=True, timeout=60)
    with wave.open(str(raw), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (22050, 1, 2):
            raise AssertionError("espeak-ng does not speak 16 bit at 22050 Hz, one lane")
    write(path, (value for value in read(raw)[1] for _ in range(2)), lanes)


def first_sound(samples):
    """Index of the first sample that is not zero, their number when all are."""
    return next((i for i, value in enumerate(samples) if value), len(samples))


def breaks(samples, begin, end):
    """Where in [begin, end) a saw does not climb by one, or fall from top to bottom."""
    return [i for i in range(begin + 1, end)
            if samples[i] - samples[i - 1] not in (1, 1 - SAW_PERIOD)]


def steepest(samples, begin, end):
    """The largest difference between neighbours."""
    return max((abs(samples[i] - samples[i - 1]) for i in range(begin + 1, end)), default=0)


def raised_cosine(value, frames):
    """`value` fading out over so many frames."""
    return [value * (1 + math.cos(math.pi * n / frames)) / 2 for n in range(frames + 1)]

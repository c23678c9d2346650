# SPDX-License-Identifier: MIT
"""A compressor and limiter as one writes them in an evening: numpy arrays, a loop over samples.

    numpy_loop.py process|copy IN.wav OUT.wav
"""
import sys
import wave

import numpy


def process(samples, rate):
    left, envelope, limiter = samples.astype(numpy.float64) / 32768.0, 0.0, 1.0
    attack, release = numpy.exp(-1.0 / (0.010 * rate)), numpy.exp(-1.0 / (0.100 * rate))
    letting_go, ceiling = numpy.exp(-1.0 / (0.008 * rate)), 10.0 ** (-3.0 / 20.0)
    out = numpy.empty_like(left)
    for i in range(len(left)):
        peak = numpy.max(numpy.abs(left[i]))
        wanted = max(0.0, (20.0 * numpy.log10(peak + 1e-9) + 20.0) * 0.5)
        pole = attack if wanted > envelope else release
        envelope = pole * envelope + (1.0 - pole) * wanted
        gain = 10.0 ** (-envelope / 20.0)
        needed = min(1.0, ceiling / (peak * gain + 1e-9))
        limiter = min(needed, letting_go * limiter + (1.0 - letting_go))
        out[i] = left[i] * gain * limiter
    return numpy.clip(numpy.rint(out * 32768.0), -32768, 32767).astype(numpy.int16)


def main():
    what, source, target = sys.argv[1:]
    with wave.open(source) as file:
        parameters = file.getparams()
        samples = numpy.frombuffer(file.readframes(-1), numpy.int16)
    samples = samples.reshape(-1, parameters.nchannels)
    if what == "process":
        samples = process(samples, parameters.framerate)
    with wave.open(target, "wb") as file:
        file.setparams(parameters)
        file.writeframes(samples.tobytes())


if __name__ == "__main__":
    main()

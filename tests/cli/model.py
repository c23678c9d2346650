# SPDX-License-Identifier: MIT
"""The channel's sound in double precision, from the formulas and not from the program's source.

Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012:
feed-forward, sample peak over all lanes, soft knee (their eq. 4), smooth decoupled detector (their
eq. 17) after the gain computer. The limiter rises at once and falls exponentially in dB.
"""
import math


def _pole(time_ms, rate):
    return math.exp(-1000.0 / (rate * time_ms)) if time_ms > 0 else 0.0


def release_pole_ms(attack_ms, release_ms):
    """The release time of the first smoother for which both in cascade, let go from rest at 1, have
    come down to 1/e at release_ms: (r e^(-t/r) - a e^(-t/a)) / (r - a) = 1/e at t = release_ms."""
    def left(r):
        a, t = attack_ms, release_ms
        if a == 0:
            return math.exp(-t / r)
        if abs(r - a) < 1e-9 * a:
            return (1 + t / a) * math.exp(-t / a)
        return (r * math.exp(-t / r) - a * math.exp(-t / a)) / (r - a)
    low, high = 1e-6, release_ms * 2 + 1e-3
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) < math.exp(-1) else (low, middle)
    return (low + high) / 2


def gain_computer(over_db, ratio, knee_db):
    """Gain reduction in dB for a level `over_db` above the threshold."""
    slope = 1 - 1 / ratio
    if 2 * over_db <= -knee_db:
        return 0.0
    if 2 * over_db < knee_db:
        return slope * (over_db + knee_db / 2) ** 2 / (2 * knee_db)
    return slope * over_db


def chain(lanes, rate, ratio=2.0, threshold=-20.0, knee=0.0, attack=10.0, release=100.0, makeup=0.0,
          ceiling=-3.0, limiter_release=8.0, ahead=0):
    """Output lanes before rounding, clamped to the ceiling. Levels in dB; silence counts as a
    peak of 1, the smallest there is. ahead: frames of look-ahead; the sound is so much later, and
    the limiter's reduction is the largest of the last ahead + 1, and of those the mean of as
    many."""
    top = math.floor(32768 * 10 ** (ceiling / 20))
    top_db = 20 * math.log10(top / 32768)
    attack_a = _pole(attack, rate)
    release_a = _pole(release_pole_ms(attack, release), rate)
    limiter_a = _pole(limiter_release, rate)
    detector = compressor = limiter = 0.0
    before = [(0.0, 0.0, 0.0, [0] * len(lanes))] * (ahead + 1)
    out = [[] for _ in lanes]
    for frame in zip(*lanes):
        level = 20 * math.log10(max(1, *map(abs, frame)) / 32768)
        wanted = gain_computer(level - threshold, ratio, knee)
        detector = max(wanted, release_a * detector + (1 - release_a) * wanted)
        compressor = attack_a * compressor + (1 - attack_a) * detector
        target = max(0.0, level - compressor + makeup - top_db)
        limiter = max(target, limiter_a * limiter + (1 - limiter_a) * target)
        held = max([limiter] + [entry[0] for entry in before[1:]])
        before = before[1:] + [(limiter, held, makeup - compressor, frame)]
        eased = sum(entry[1] for entry in before) / (ahead + 1)
        gain = 10 ** ((before[0][2] - eased) / 20)
        for lane, x in zip(out, before[0][3]):
            lane.append(min(max(x * gain, -top), top))
    return out

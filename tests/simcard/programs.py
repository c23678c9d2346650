# SPDX-License-Identifier: MIT
"""Other people's programs on the simulated cards: arecord and aplay through the plug-in module.

argv: folder of the module, configuration file.
"""
import array
import os
import shutil
import subprocess
import sys
import tempfile
import wave

FRAMES = 8000


# Long enough that a crowded machine causes no overrun.
ROOMY = "--buffer-time=2000000"


def run(folder, configuration, *command):
    environment = dict(os.environ, ALSA_PLUGIN_DIR=folder,
                       ALSA_CONFIG_PATH="/usr/share/alsa/alsa.conf:" + configuration)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50,
                          check=False)
    if done.returncode:
        print("# " + " ".join(command) + ": " + done.stderr.replace("\n", "\n# "))
    return done.returncode


def samples(path):
    with wave.open(path) as file:
        return array.array("h", file.readframes(file.getnframes()))


def record_then_play(folder, configuration, scratch):
    """arecord captures half a second of a card, aplay plays it into another card's sink."""
    taken, heard = os.path.join(scratch, "taken.wav"), os.path.join(scratch, "heard.wav")
    common = ["-q", ROOMY, "-f", "S16_LE", "-r", "16000", "-c", "2"]
    if run(folder, configuration, "arecord", "-D", "sim:1", *common, "-s", str(FRAMES), taken):
        return False
    if run(folder, configuration, "aplay", "-D", "sim:CARD=2,SINK=" + heard, "-q", ROOMY, taken):
        return False
    sent, got = samples(taken), samples(heard)
    if len(sent) != 2 * FRAMES or not any(sent):
        print("# recorded %d samples" % len(sent))
        return False
    # aplay fills its last period with silence.
    return got[:len(sent)] == sent and not any(got[len(sent):])


def play_file_through_the_module(folder, configuration, scratch):
    """A WAV source comes back from arecord: 100 ms of silence, then the file."""
    source, taken = os.path.join(scratch, "source.wav"), os.path.join(scratch, "again.wav")
    ramp = array.array("h", (i * 3 + 1 for i in range(1000)))
    with wave.open(source, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(ramp.tobytes())
    if run(folder, configuration, "arecord", "-q", ROOMY, "-D", "sim:CARD=1,SOURCE=" + source,
           "-f", "S16_LE", "-r", "16000", "-c", "1", "-s", "2600", taken):
        return False
    return samples(taken) == array.array("h", bytes(3200)) + ramp


def main():
    folder, configuration = sys.argv[1:3]
    if not shutil.which("arecord") or not shutil.which("aplay"):
        print("1..0 # SKIP arecord and aplay are not here: install alsa-utils")
        return 0
    failed = 0
    cases = (record_then_play, play_file_through_the_module)
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as scratch:
            # alsa-lib splits ALSA_CONFIG_PATH at blanks, which a checkout's folder may have.
            here = os.path.join(scratch, "sim.conf")
            os.symlink(os.path.abspath(configuration), here)
            good = case(folder, here, scratch)
        failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number, case.__name__), flush=True)
    print("1..%d" % len(cases))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

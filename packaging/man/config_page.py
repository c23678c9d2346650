# SPDX-License-Identifier: MIT
"""config_page.py PROGRAM: makes the manual page mission-control-audio-config(5) of what `PROGRAM
check-config --reference` prints. So the page says what the program's own table says."""
import re
import subprocess
import sys

HEAD = r'''.\" SPDX-License-Identifier: MIT
.\" Made from `mission-control-audio check-config --reference`.
.TH MISSION-CONTROL-AUDIO-CONFIG 5 2026-11-22 "Mission Control Audio" "File Formats"
.SH NAME
mission-control-audio-config \- configuration of the audio service
.SH DESCRIPTION
.I /etc/mission-control-audio/config.json
is one JSON document. What is left out has its default; what is wrong is refused as a whole, with
every fault at once. Nothing is clamped or ignored, and unknown keys are faults.
.B mission-control-audio check\-config
.I FILE
lists the faults of a file.
.PP
.B systemctl reload mission-control-audio
makes a changed file live. A change under
.B dsp
costs no sample; a device restarts its own channel only;
.BR http ,
.B realtime
and
.B simulation
take effect at a restart.
'''
TAIL = r'''.SH EXAMPLE
.nf
{ \(dqsample_rate\(dq: 44100, \(dqblocksize\(dq: 512,
  \(dqlogical_channels\(dq: {
    \(dq1\(dq: {\(dqname\(dq: \(dqFlight Director\(dq,
          \(dqinput_device_id\(dq: \(dqpath:pci-0000:00:14.0-usb-2\(dq,
          \(dqoutput_device_id\(dq: \(dqhw:CARD=Console,DEV=0\(dq}},
  \(dqdsp\(dq: {\(dqcomp\(dq: {\(dqthreshold_db\(dq: \-24}} }
.fi
.SH SEE ALSO
.BR mission-control-audio (1),
.BR mission-control-audio-api (7)
'''


def escape(text):
    """Plain text for roff: its own signs, and the markdown that the reference uses."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    text = text.replace("'", r"\(aq")
    text = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", text)
    return r"\&" + text if text.startswith(".") else text


def pages_of(lines):
    for line in lines:
        line = line.strip()
        if not line or line.startswith(("|---", "| key ")):
            continue
        if line.startswith("|"):
            key, value, default, meaning = (cell.strip() for cell in line.strip("|").split("|"))
            known = {"": "", "required": "; required"}.get(default, f"; default {default}")
            yield f".TP\n{escape(key)}\n{escape(meaning)}\n.br\n{escape(value + known)}."
        elif line.startswith("`"):
            place, text = line.split(": ", 1)
            yield f".SS {escape(place)}\n{escape(text)}"
        else:
            yield f".SH KEYS\n{escape(line)}"


sys.stdout.write(HEAD)
reference = subprocess.run([sys.argv[1], "check-config", "--reference"], check=True,
                           capture_output=True, text=True).stdout
for part in pages_of(reference.splitlines()):
    print(part)
sys.stdout.write(TAIL)

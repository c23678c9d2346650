# SPDX-License-Identifier: MIT
"""A base file and a state folder that outlive the services which use them."""
import ctypes
import json
import pathlib
import re
import tempfile
import threading

from service import Service, config, plain_environment, program, wait_for

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def obey_permissions():
    """Even root then needs the permissions of a folder to write into it; of what is started from
    here on."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def ratio(value, **more):
    """A small configuration that is recognised by its ratio."""
    return config(pairs={"1": (1, 3)}, dsp={"comp": {"ratio": value}}, **more)


class Start(Service):
    """A service on files that outlive it. Without a port of its own: the document has it."""

    def __init__(self, life, arguments):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mca-e2e-"))
        self.arguments = ["run", "--simulate", "--port", "0", *arguments]
        self.environment = plain_environment(STATE_DIRECTORY=str(life.state))
        self.lines, self.heard = [], threading.Condition()
        self.process = self.reader = self.port = None


class Life:
    """A base file and a state folder."""

    def __init__(self, path, document=None):
        self.state, self.home = path / "state", path / "etc"
        self.state.mkdir()
        self.home.mkdir()
        self.base = self.home / "base.json"
        self.service = None
        if document:
            self.edit(document)

    def edit(self, document):
        """What the administrator does."""
        text = document if isinstance(document, str) else json.dumps(document)
        self.home.chmod(0o755)
        self.base.write_text(text, encoding="utf-8")

    def lock(self):
        """From here on the service may read the base file and not write it, as under the unit."""
        self.home.chmod(0o555)

    def start(self, *arguments):
        return Start(self, arguments or ("--config", str(self.base)))

    def run(self, *arguments, manager=None):
        """Runs the program to its end."""
        more = {"NOTIFY_SOCKET": manager} if manager else {}
        return program("run", *arguments, environment=plain_environment(
            STATE_DIRECTORY=str(self.state), **more))

    def saved(self):
        return self.state / "config.json"

    def aside(self):
        return sorted(p.name for p in self.state.iterdir()
                      if re.fullmatch(r"config\.json\.\d{8}T\d{6}Z", p.name))


def live(service):
    """(ratio, source, path) as the service tells them."""
    told = service.get("/status")["config"]
    return (service.get("/config")["dsp"]["comp"]["ratio"], told["source"], told["path"])


def reload(service):
    return service.ask("POST", "/reload", headers={"Content-Length": "0"})


def await_kept(life, text):
    """The last good configuration is written once the channels were tried."""
    kept = life.state / "last-good.json"
    wait_for(lambda: kept.exists() and kept.read_text(encoding="utf-8") == text, "it is kept")

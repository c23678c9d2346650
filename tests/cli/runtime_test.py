# SPDX-License-Identifier: MIT
"""The runtime file: client commands find the service that runs, whatever its configuration file has
become; a file that is left over or is not one of ours leads nobody astray."""
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import time

import program
import tap
from program import one_sentence, run
from service import Service, free_port

EXAMPLE = json.loads(pathlib.Path(program.sys.argv[2]).read_text())
F_OFD_SETLK = 37


@contextlib.contextmanager
def places(*names):
    """Fresh folders in these variables of the environment."""
    with tempfile.TemporaryDirectory(prefix="mca-run-") as top:
        for name in names:
            os.environ[name] = f"{top}/{name}"
            os.mkdir(os.environ[name])
        try:
            yield [pathlib.Path(top, name) for name in names]
        finally:
            for name in names:
                del os.environ[name]


@contextlib.contextmanager
def running(config=None, **more):
    """The real service on simulated cards; yields (process, port, configuration file)."""
    with tempfile.TemporaryDirectory(prefix="mca-run-") as folder:
        path = pathlib.Path(folder, "config.json")
        document = {**EXAMPLE, "blocksize": 4096, **(config or {})}
        path.write_text(json.dumps(document))
        child = subprocess.Popen([program.PROGRAM, "run", "--simulate", "--port", "0", "--config",
                                  str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True, cwd=folder, **more)
        try:
            port = None
            for line in child.stderr:
                if "listening on http://" in line:
                    port = int(line.strip().rsplit(":", 1)[1])
                    break
            tap.true(port, "it listens")
            yield child, port, path
        finally:
            child.kill()
            child.communicate()


def await_running():
    deadline = time.monotonic() + 60
    while json.loads(run("status", "--json")[0])["state"] != "running":
        tap.true(time.monotonic() < deadline, "every channel runs")
        time.sleep(0.05)


def lock(path):
    """Holds the lock that the file of a living service has."""
    file = open(path, "r+")
    fcntl.fcntl(file, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
    return file


def the_file_is_there_while_the_service_runs():
    for names, place in ((["RUNTIME_DIRECTORY", "STATE_DIRECTORY", "XDG_RUNTIME_DIR"], "api"),
                         (["STATE_DIRECTORY", "XDG_RUNTIME_DIR"], "api"),
                         (["XDG_RUNTIME_DIR"], "mission-control-audio/api")):
        with places(*names) as folders:
            path = folders[0] / place
            with running() as (child, port, _):
                tap.same(path.read_text(), f"address 127.0.0.1\nport {port}\npid {child.pid}\n",
                         "text")
                tap.same(stat.S_IMODE(path.stat().st_mode), 0o644, "mode")
                tap.same([p.name for p in path.parent.iterdir() if p.name != "instance.lock"],
                         ["api"], "files")
                child.send_signal(signal.SIGTERM)
                child.wait(60)
                tap.true(not path.exists(), "it is removed at the end")
    with running() as (_, port, _):  # nowhere to put it
        run("status", "--port", port)


def commands_find_the_service_and_not_its_broken_configuration():
    with places("RUNTIME_DIRECTORY") as [_], running() as (_, port, config):
        await_running()
        state = json.loads(run("status", "--json")[0])
        tap.same(state["config"]["path"], str(config), "the service that answers")
        # What would be found without the runtime file.
        os.environ["STATE_DIRECTORY"] = str(config.parent)
        try:
            document = json.loads(config.read_text())
            document["dsp"]["comp"]["ratio"] = 0.5
            document["http"] = {"port": free_port()}
            document["blocksize"] = 1
            config.write_text(json.dumps(document, indent=1))
            for wait in ([], ["--wait"]):
                stderr = run("reload", *wait, want=1)[1]
                one_sentence(stderr, "refused (422)")
                for part in ("/blocksize", "/dsp/comp/ratio", "line "):
                    tap.true(part in stderr, f"{part!r} is missing in: {stderr}")
            config.write_text("{ not JSON")
            one_sentence(run("reload", "--wait", want=1)[1], "refused (422)", "no JSON value")
            now = json.loads(run("status", "--json")[0])
            tap.same(now["config"]["generation"], 1, "generation")
            run("ptt", "--channel", 1, "--mute")
            run("vu")
            run("test-tone", "--channel", 1, "--seconds", "0.1")
        finally:
            del os.environ["STATE_DIRECTORY"]
        # What is given counts more.
        one_sentence(run("status", "--port", free_port(), want=1)[1], "no program listens")
        tap.true("not is no JSON value" in run("status", "--config", config, want=1)[1], "--config")
        run("status", "--host", "127.0.0.1", "--port", port)


def the_token_is_found_although_the_configuration_is_broken():
    with places("RUNTIME_DIRECTORY") as [_], tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder, "token")
        token.write_text("s3cret\n")
        token.chmod(0o600)
        with running({"http": {"token_file": str(token)}}) as (_, _, config):
            config.write_text("{ not JSON")
            one_sentence(run("reload", "--wait", want=1)[1], "refused (422)", "no JSON value")
            run("status")


def the_token_of_another_users_file_is_not_read():
    """What the file names would be sent to whoever wrote it."""
    if os.geteuid() != 0:
        raise tap.Skip("needs root to make a file of another user")
    with places("RUNTIME_DIRECTORY") as [folder], Service({}) as service:
        secret = folder / "secret"
        secret.write_text("root:secret:1:2:3\n")
        file = folder / "api"
        file.write_text(f"address 127.0.0.1\nport {service.port}\npid 1\ntoken_file {secret}\n")
        with lock(file):
            run("status", want=1)
            tap.same(service.asked[-1][1].get("Authorization"), "Bearer root:secret:1:2:3", "own")
            os.chown(file, 65534, 65534)
            run("status", want=1)
            tap.same(service.asked[-1][1].get("Authorization"), None, "another user's")


def a_file_that_is_left_over_is_told():
    with places("RUNTIME_DIRECTORY") as [folder]:
        with running() as (child, port, _):
            child.kill()
            child.wait(60)
        tap.true((folder / "api").exists(), "it is left over")
        os.environ["STATE_DIRECTORY"] = str(folder)
        (folder / "config.json").write_text(json.dumps({**EXAMPLE, "http": {"port": free_port()}}))
        try:
            for command in (["status"], ["vu"], ["ptt", "--channel", 1, "--mute"], ["reload"]):
                stderr = run(*command, want=1)[1]
                one_sentence(stderr, f"left over from process {child.pid}, which has ended",
                             "systemctl start")
        finally:
            del os.environ["STATE_DIRECTORY"]
        with running() as (child, port, _):  # the next start takes its place
            tap.true(f"port {port}\n" in (folder / "api").read_text(), "it is the new one's")
            run("status")


def a_living_service_keeps_its_file():
    with places("RUNTIME_DIRECTORY") as [folder], running() as (first, port, _):
        text = (folder / "api").read_text()
        with running() as (second, _, _):
            tap.same((folder / "api").read_text(), text, "file")
            second.send_signal(signal.SIGTERM)
            second.wait(60)
        tap.same((folder / "api").read_text(), text, "file after the second has ended")
        run("status")


def another_text_is_not_believed():
    good = "address 127.0.0.1\nport %d\npid 1\n"
    with places("RUNTIME_DIRECTORY", "STATE_DIRECTORY") as [folder, state], \
         Service({}) as service, Service({}) as wrong:
        (state / "config.json").write_text(json.dumps({**EXAMPLE, "http": {"port": service.port}}))
        if os.path.exists("/run/mission-control-audio/api"):
            raise tap.Skip("the service of this machine would be found")
        file = folder / "api"
        good %= wrong.port
        texts = ["", "\n", good + "x", good + "\n", good[:-1], good.replace("pid", "Pid"),
                 good.replace("127.0.0.1", "localhost"), good.replace("127.0.0.1", "1.2.3"),
                 good.replace("127.0.0.1", "::1"), good.replace("port ", "port 0"),
                 good.replace("port ", "port -"), good.replace("port ", "port  "),
                 good.replace("pid 1", "pid 0"), good.replace("pid 1", "pid 99999999999"),
                 good.replace("\n", "\r\n"), good + "token_file relative\n", good + "token_file \n",
                 good + "token_file /x\x1b[2J\n", good + "token_file /x\nmore y\n",
                 "pid 1\n" + good[:-6], good + "\0", good * 2, "x" * 100000, "\xff" * 10]
        for text in texts:
            file.write_text(text, encoding="latin-1")
            with lock(file):
                run("status", want=1)
            tap.same(len(wrong.asked), 0, f"requests to the address of {text!r}")
        tap.same(len(service.asked), len(texts), "requests to the address of the configuration")
        file.unlink()
        file.symlink_to(state / "config.json")
        run("status", want=1)
        file.unlink()
        os.mkfifo(file)
        run("status", want=1)
        file.unlink()
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(file))
            run("status", want=1)
        tap.same(len(service.asked), len(texts) + 3, "requests as configured")
        file.unlink()
        file.write_text(good)
        with lock(file):
            run("status", want=1)
        tap.same(len(wrong.asked), 1, "requests to the address of a right file")


def follow_finds_the_service_on_its_new_port():
    with places("RUNTIME_DIRECTORY"):
        with running() as (first, _, _):
            child = subprocess.Popen([program.PROGRAM, "vu", "--follow", "--json"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            child.stdout.readline()
            first.send_signal(signal.SIGTERM)
            first.wait(60)
            one_sentence(child.stderr.readline().decode(), "no levels")
        with running():
            tap.same(child.stderr.readline(), b"levels come again\n", "stderr")
            child.stdout.readline()
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=60)
            tap.same(child.returncode, 0, "exit status")


if __name__ == "__main__":
    tap.run(the_file_is_there_while_the_service_runs,
            commands_find_the_service_and_not_its_broken_configuration,
            the_token_is_found_although_the_configuration_is_broken,
            the_token_of_another_users_file_is_not_read, a_file_that_is_left_over_is_told,
            a_living_service_keeps_its_file, another_text_is_not_believed,
            follow_finds_the_service_on_its_new_port)

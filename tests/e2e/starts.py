# SPDX-License-Identifier: MIT
"""What runs when the configuration is refused or missing, and that a save never harms the file,
whatever kills the writer."""
import http.client
import json
import os
import resource
import signal
import socket
import threading

import tap
from life import Life, Start, await_kept, live, obey_permissions, ratio, reload
from service import PATIENCE_S, Problem, folder, program, wait_for


def a_refused_one_leaves_the_last_good_one_running():
    with folder() as path:
        life = Life(path, ratio(2))
        with life.start() as service:
            await_kept(life, life.base.read_text(encoding="utf-8"))
            service.end_well()
        life.edit(ratio(0))
        with life.start() as service:
            status = service.await_status(lambda status: status["state"] == "degraded",
                                          "it is degraded")
            tap.same(live(service), (2, "last_good", str(life.state / "last-good.json")), "live")
            tap.true("/dsp/comp/ratio" in status["config"]["last_error"], "last_error says why")
            tap.true(any(str(life.base) in reason for reason in status["reasons"]),
                     f"reasons: {status['reasons']}")
            service.await_line(f"{life.base}:.* /dsp/comp/ratio: ")
            service.await_line(f"{life.base} is refused, .*last-good.json runs in its place")
            try:
                reload(service)
                raise AssertionError("it was taken")
            except Problem as problem:
                tap.same(problem.status, 422, "reload of the bad file")
            tap.same(live(service)[1], "last_good", "source")
            life.edit(ratio(3))
            reload(service)
            tap.same(live(service), (3, "file", str(life.base)), "live once it is repaired")
            service.await_status(lambda status: status["state"] == "running"
                                 and not status["reasons"], "it is not degraded any more")
            service.end_well()


def a_last_good_one_that_cannot_be_read_is_the_end():
    """Not a loop: exit code 78 at once, and each file is named with its own fault."""
    for spoil in (lambda path: path.mkdir(), lambda path: path.write_text(" " * 70000),
                  lambda path: path.symlink_to(path)):
        with folder() as path:
            life = Life(path, "{broken")
            kept = life.state / "last-good.json"
            spoil(kept)
            done = life.run("--config", str(life.base))
            tap.same(done.returncode, 78, f"exit code ({done.stderr[:300]})")
            tap.true(len(done.stderr.splitlines()) < 8, f"lines: {done.stderr[:500]}")
            tap.true(any(line.count(str(kept)) and not line.count(str(life.base))
                         for line in done.stderr.splitlines()), done.stderr[:500])


def the_longest_text_is_kept_so_that_it_can_be_read():
    """With the sections that it leaves out it is longer than a configuration may be."""
    with folder() as path:
        life = Life(path, ratio(2, simulation={"duration_s": 3600}))
        with life.start() as service:
            text = json.dumps(ratio(3))
            link = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE_S)
            link.request("POST", "/config", text + " " * (65536 - len(text)),
                         {"Content-Type": "application/json"})
            tap.same(link.getresponse().status, 200, "taken")
            link.close()
            wait_for(lambda: '"ratio": 3' in (life.state / "last-good.json").read_text()
                     if (life.state / "last-good.json").exists() else False, "it is kept")
            tap.true((life.state / "last-good.json").stat().st_size <= 65536, "its length")
            service.end_well()
        life.edit("{broken")
        with life.start() as service:
            tap.same(live(service)[:2], (3, "last_good"), "live")
            service.end_well()


def a_missing_one_leaves_the_last_good_one_running():
    with folder() as path:
        life = Life(path, ratio(2))
        with life.start() as service:
            await_kept(life, life.base.read_text(encoding="utf-8"))
            service.end_well()
        life.base.unlink()
        with life.start() as service:
            tap.same(live(service)[:2], (2, "last_good"), "live")
            service.await_status(lambda status: status["state"] == "degraded", "it is degraded")
            answer = service.post("/config?save=1", ratio(4))
            tap.same(answer["saved"], str(life.saved()), "saved where")
            service.await_status(lambda status: not status["reasons"], "it is healthy")
            service.end_well()
        with life.start() as service:
            tap.same(live(service)[:2], (4, "state"), "live after a restart")
            service.end_well()


def without_a_last_good_one_the_exit_code_is_78():
    with folder() as path:
        life = Life(path, ratio(0))
        done = life.run("--config", str(life.base))
        tap.same(done.returncode, 78, f"exit code ({done.stderr})")
        tap.true("/dsp/comp/ratio" in done.stderr, done.stderr)
        (life.state / "last-good.json").write_text("{", encoding="utf-8")
        done = life.run("--config", str(life.base))
        tap.same(done.returncode, 78, f"exit code with a bad last good one ({done.stderr})")
        life.base.unlink()
        done = life.run("--config", str(life.base))
        tap.same(done.returncode, 78, f"exit code without a file ({done.stderr})")
        tap.true(f"write {life.base}" in done.stderr and "run --simulate" in done.stderr,
                 f"the cure: {done.stderr}")


def the_manager_is_told_why_it_does_not_start():
    with folder() as path:
        life = Life(path, ratio(0))
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(str(path / "notify"))
        manager.settimeout(PATIENCE_S)
        done = life.run("--config", str(life.base), manager=str(path / "notify"))
        tap.same(done.returncode, 78, "exit code")
        told = manager.recv(65536).decode()
        tap.true(told.startswith("STATUS=") and "/dsp/comp/ratio" in told, told)
        manager.close()


def simulated_cards_run_only_where_somebody_asked():
    if os.path.exists("/etc/mission-control-audio/config.json"):
        raise tap.Skip("this machine has a configuration of its own")
    with folder() as path:
        life = Life(path)
        for arguments in ((), ("--check",)):
            done = life.run(*arguments)
            tap.same(done.returncode, 1 if arguments else 78, f"exit code ({done.stderr})")
            tap.true("run --simulate" in done.stderr, done.stderr)
        with Start(life, ()) as service:
            tap.same(service.get("/status")["config"]["source"], "example", "source")
            said = [line for line in service.said() if "example" in line]
            tap.same(len(said), 1, f"one line says so: {said}")
            service.end_well()
        tap.same(os.listdir(life.state), ["instance.lock"],
                 "the example is not kept as the last good one")


def what_was_left_over_is_removed():
    with folder() as path:
        life = Life(path, ratio(2))
        left = [life.state / "config.json.new-AbCd12", life.state / "last-good.json.new-123456",
                life.state / "config.json.Ab12cD", life.home / "base.json.new-zzzzzz"]
        mine = [life.state / "config.json.backup", life.home / "base.json.backup",
                life.home / "base.json.Ab12cD", life.home / "other.json.new-AbCd12"]
        for file in left + mine:
            file.write_text("half a te", encoding="utf-8")
        with life.start() as service:
            tap.same([f.name for f in left if f.exists()], [], "left over")
            tap.same([f.name for f in mine if not f.exists()], [], "removed by mistake")
            left[3].write_text("half a te", encoding="utf-8")
            service.post("/config?save=1", ratio(3))
            tap.true(not left[3].exists(), "a save removes it too")
            service.end_well()


def a_disk_that_is_full_refuses_before_anything_changes():
    with folder() as path:
        life = Life(path, ratio(2))
        with life.start() as service:
            await_kept(life, life.base.read_text(encoding="utf-8"))
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (64, 64))
            problem = service.refused("/config?save=1", ratio(3))
            tap.same(problem.status, 507, "status")
            tap.true("limit" in problem.document["detail"], f"the cure: {problem}")
            tap.same(live(service)[0], 2, "nothing is applied")
            service.post("/config", ratio(4))
            service.await_line("the live configuration is not kept as the last good one")
            tap.same(live(service)[0], 4, "it is live all the same")
            tap.same(service.end(), 0, "exit code")
        tap.same(sorted(os.listdir(life.home)), ["base.json"], "nothing is left beside it")


def a_kill_during_saves_leaves_a_file_that_loads():
    with folder() as path:
        life = Life(path, ratio(2))
        life.lock()
        count = 0
        for attempt in range(8):
            with life.start() as service:
                tap.true(live(service)[1] in ("file", "state"), f"source: {live(service)}")
                done = threading.Event()

                def post():
                    nonlocal count
                    for value in range(2, 2000):
                        if done.is_set():
                            return
                        try:
                            service.post("/config?save=1", ratio(2 + value % 17))
                            count += 1
                        except (OSError, http.client.HTTPException, Problem):
                            return
                writers = [threading.Thread(target=post) for _ in range(3)]
                before = count
                for writer in writers:
                    writer.start()
                wait_for(lambda: count > before + attempt, "some are saved")
                service.process.send_signal(signal.SIGKILL)
                done.set()
                for writer in writers:
                    writer.join()
                service.process.wait(PATIENCE_S)
            checked = program("check-config", "--simulate", str(life.saved()))
            tap.same(checked.returncode, 0, f"{checked.stdout}{checked.stderr}")
        tap.say(f"{count} saves, 8 kills")
        with life.start() as service:
            tap.same(live(service)[1], "state", "the last one is used")
            names = sorted(os.listdir(life.state))
            tap.same([n for n in names if ".new-" in n], [], "left over")
            service.end_well()


if __name__ == "__main__":
    obey_permissions()
    tap.run(a_refused_one_leaves_the_last_good_one_running,
            a_missing_one_leaves_the_last_good_one_running,
            a_last_good_one_that_cannot_be_read_is_the_end,
            the_longest_text_is_kept_so_that_it_can_be_read,
            without_a_last_good_one_the_exit_code_is_78, the_manager_is_told_why_it_does_not_start,
            simulated_cards_run_only_where_somebody_asked, what_was_left_over_is_removed,
            a_disk_that_is_full_refuses_before_anything_changes,
            a_kill_during_saves_leaves_a_file_that_loads)

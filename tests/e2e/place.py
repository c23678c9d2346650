# SPDX-License-Identifier: MIT
"""Which configuration is live, as a table of sequences."""
import json
import os

import tap
from life import Life, live, obey_permissions, ratio, reload
from service import Problem, folder, plain_environment, program


def a_save_goes_to_the_file_that_is_in_use():
    with folder() as path:
        life = Life(path, ratio(2))
        before = life.base.read_text(encoding="utf-8")
        with life.start() as service:
            answer = service.post("/config?save=1", ratio(3))
            tap.same(answer["saved"], str(life.base), "saved where")
            tap.same(life.base.read_text(encoding="utf-8"), json.dumps(ratio(3)),
                     "what is saved is what was posted")
            tap.same(life.base.with_name("base.json.bak").read_text(encoding="utf-8"), before,
                     "the backup")
            service.post("/config?save=1", ratio(4))
            tap.same(sorted(os.listdir(life.home)), ["base.json", "base.json.bak"], "one backup")
            tap.same(live(service), (4, "file", str(life.base)), "live")
            service.end_well()
        with life.start() as service:
            tap.same(live(service), (4, "file", str(life.base)), "live after a restart")
            service.end_well()


def what_is_left_out_is_saved_as_it_stands():
    with folder() as path:
        life = Life(path, ratio(2, realtime={"priority": 40},
                                http={"bind": "127.0.0.1", "port": 0}))
        with life.start() as service:
            service.post("/config?save=1", ratio(3))
            text = life.base.read_text(encoding="utf-8")
            tap.true(json.dumps(ratio(3))[1:] in text, "the rest is byte for byte: " + text)
            saved = json.loads(text)
            tap.same(saved["realtime"], {"priority": 40}, "only the keys that were given")
            tap.same(saved["http"], {"bind": "127.0.0.1", "port": 0}, "the other section")
            service.end_well()


def saved(life, value):
    """Starts on the locked base file and saves through the API; everything says where."""
    life.lock()
    with life.start() as service:
        answer = service.post("/config?save=1", ratio(value))
        tap.same(answer["saved"], str(life.saved()), "saved where")
        tap.true(str(life.base) in answer["note"], f"the answer says when it counts: {answer}")
        tap.same(live(service), (value, "state", str(life.saved())), "live")
        tap.same(life.saved().read_text(encoding="utf-8"), json.dumps(ratio(value)), "the text")
        service.end_well()


def a_saved_one_counts_while_its_base_is_unchanged():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        with life.start() as service:
            tap.same(live(service), (3, "state", str(life.saved())), "live after a restart")
            told = service.get("/status")["config"]
            tap.true(str(life.base) in told["note"], f"why this one: {told}")
            service.await_line(f"using {life.saved()}: saved through the API")
            tap.same(reload(service)["changed"], [], "a reload keeps it")
            tap.same(live(service)[1], "state", "source")
            service.end_well()


def an_edited_base_wins_at_the_next_start():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        life.edit(ratio(5))
        life.lock()
        with life.start() as service:
            tap.same(live(service), (5, "file", str(life.base)), "live")
            tap.same(len(life.aside()), 1, "set aside under a dated name")
            told = service.get("/status")["config"]
            tap.true(life.aside()[0] in told["note"], f"the note names it: {told}")
            service.end_well()
        tap.same(json.loads((life.state / life.aside()[0]).read_text(encoding="utf-8")),
                 ratio(3), "nothing is lost")
        with life.start() as service:
            tap.same(live(service), (5, "file", str(life.base)), "live after another restart")
            tap.same(service.get("/status")["config"]["note"], None, "it is said once")
            service.end_well()


def an_edited_base_wins_at_a_reload():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        with life.start() as service:
            life.edit(ratio(5))
            answer = reload(service)
            tap.same(answer["changed"], ["/dsp/comp/ratio"], "changed")
            tap.true(life.aside()[0] in answer["note"], f"the answer says why: {answer}")
            service.await_line(f"The configuration is {life.base}: .* used and not the")
            tap.same(live(service), (5, "file", str(life.base)), "live")
            service.end_well()


def a_broken_edit_changes_nothing_at_a_reload():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        with life.start() as service:
            life.edit(ratio(0))
            try:
                reload(service)
                raise AssertionError("it was taken")
            except Problem as problem:
                tap.same((problem.status, problem.pointers()), (422, ["/dsp/comp/ratio"]), "why")
            tap.same(live(service), (3, "state", str(life.saved())), "live")
            tap.same(life.aside(), [], "the saved one stays")
            service.end_well()


def a_base_that_appears_wins_and_one_that_is_gone_does_not():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        life.home.chmod(0o755)
        life.base.unlink()
        with life.start() as service:
            tap.same(live(service), (3, "state", str(life.saved())), "live without a base file")
            service.post("/config?save=1", ratio(4))
            tap.same(live(service)[1], "state", "saved without a base file")
            service.end_well()
        life.edit(ratio(6))
        with life.start() as service:
            tap.same(live(service), (6, "file", str(life.base)), "live with a new base file")
            tap.same(len(life.aside()), 1, "set aside")
            service.end_well()


def a_save_that_the_next_start_would_not_use_is_refused():
    with folder() as path:
        life = Life(path, ratio(2))
        for locked in (True, False):
            if locked:
                life.lock()
            with life.start() as service:
                before = live(service)
                life.edit(ratio(7))
                if locked:
                    life.lock()
                problem = service.refused("/config?save=1", ratio(3))
                tap.same(problem.status, 507, "status")
                tap.true("reload" in problem.document["detail"], str(problem))
                tap.same(live(service)[0], before[0], "nothing is applied")
                tap.same(json.loads(life.base.read_text(encoding="utf-8")), ratio(7), "the file")
                tap.true(not life.saved().exists(), "nothing is saved")
                reload(service)
                service.post("/config?save=1", ratio(3))
                tap.same(live(service)[0], 3, "saved after a reload")
                service.end_well()
            life.home.chmod(0o755)
            for file in life.state.iterdir():
                file.unlink()
            life.edit(ratio(2))


def a_saved_one_beside_another_file_is_not_used():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        other = path / "other.json"
        other.write_text(json.dumps(ratio(8)), encoding="utf-8")
        with life.start("--config", str(other)) as service:
            tap.same(live(service), (8, "file", str(other)), "live")
            service.await_line(f"{life.saved()}, made through the API, is not used")
            service.end_well()
        tap.same(life.aside(), [], "it stays for a start with its own file")
        with life.start() as service:
            tap.same(live(service)[:2], (3, "state"), "live")
            service.end_well()


def a_saved_one_without_a_record_is_that_of_the_release_before():
    with folder() as path:
        life = Life(path, ratio(2))
        life.saved().write_text(json.dumps(ratio(3)), encoding="utf-8")
        with life.start() as service:
            tap.same(live(service)[:2], (2, "file"), "live with --config")
            service.await_line(f"{life.saved()}, made through the API, is not used")
            service.end_well()
        if os.path.exists("/etc/mission-control-audio/config.json"):
            return
        environment = plain_environment(STATE_DIRECTORY=f"{life.state}:/nowhere")
        done = program("run", "--check", "--simulate", environment=environment)
        tap.true(f"{life.saved()}: ok, 1 channel" in done.stdout, done.stdout + done.stderr)


def a_saved_one_that_does_not_load_falls_back():
    with folder() as path:
        life = Life(path, ratio(2))
        saved(life, 3)
        life.saved().write_text("{", encoding="utf-8")
        with life.start() as service:
            tap.same(live(service), (2, "file", str(life.base)), "live")
            told = service.get("/status")["config"]
            tap.true(told["last_error"] and life.aside()[0] in told["note"], str(told))
            service.end_well()


def the_dated_ones_are_bounded():
    with folder() as path:
        life = Life(path, ratio(2))
        for day in range(1, 9):
            (life.state / f"config.json.2026010{day}T000000Z").write_text("{}", encoding="utf-8")
        (life.state / "config.json.notes").write_text("mine", encoding="utf-8")
        saved(life, 3)
        life.edit(ratio(5))
        with life.start() as service:
            service.end_well()
        tap.same(len(life.aside()), 5, "kept")
        tap.true((life.state / "config.json.notes").exists(), "what is not ours stays")


if __name__ == "__main__":
    obey_permissions()
    tap.run(a_save_goes_to_the_file_that_is_in_use, what_is_left_out_is_saved_as_it_stands,
            a_saved_one_counts_while_its_base_is_unchanged, an_edited_base_wins_at_the_next_start,
            an_edited_base_wins_at_a_reload, a_broken_edit_changes_nothing_at_a_reload,
            a_base_that_appears_wins_and_one_that_is_gone_does_not,
            a_save_that_the_next_start_would_not_use_is_refused,
            a_saved_one_beside_another_file_is_not_used,
            a_saved_one_without_a_record_is_that_of_the_release_before,
            a_saved_one_that_does_not_load_falls_back, the_dated_ones_are_bounded)

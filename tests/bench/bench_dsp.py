# SPDX-License-Identifier: MIT
"""What a frame costs: instructions (callgrind, so that they repeat) and nanoseconds.

    bench_dsp.py BENCH_DSP

One table for every case and path with the goals beside, one for the parts of a cycle. Instructions
are the difference between a long run and a short one, so nothing but the frames counts. Exits 1
when a goal that must be met is missed; without valgrind only the times are shown.
"""
import collections
import re
import shutil
import subprocess
import sys
import tempfile

BENCH = sys.argv[1]
PATHS = ("portable", "avx2")
CASES = ("programme", "mono", "knee", "makeup", "noise", "closed", "ramp", "changes", "silent",
         "lookahead", "true-peak", "ceiling", "input-gain", "gate", "highpass", "voice",
         "everything")
# What is switched on there costs more than programme, and may; a change of the ceiling lasts 20 ms.
MORE = ("lookahead", "true-peak", "ceiling", "input-gain", "gate", "highpass", "voice",
        "everything")
SHORT, LONG, TIMED = 1, 3, 60
# (path, case): instructions that must be met, aimed at; nanoseconds likewise.
GOALS = {("portable", "programme"): (130, 90, 16, 9), ("avx2", "programme"): (56, 48, 7.5, 5.5),
         ("portable", "silent"): (6, 6, 0.6, 0.6), ("avx2", "silent"): (6, 6, 0.6, 0.6)}
WORST_BLOCK = 1.5
VALGRIND = shutil.which("valgrind")


def timed(path, case):
    done = subprocess.run([BENCH, str(path), case, str(TIMED)], stdout=subprocess.PIPE, text=True,
                          check=False)
    return [float(word) for word in done.stdout.split()] if done.returncode == 0 else None


def counted(path, case, rounds):
    """Instructions of each function."""
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run([VALGRIND, "--tool=callgrind", f"--callgrind-out-file={out.name}",
                        "--compress-strings=no", "--compress-pos=no", BENCH, str(path), case,
                        str(rounds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=True)
        return self_costs(out)


def self_costs(lines):
    """{function: its own instructions}; the line after calls= is the cost of what was called."""
    costs, function, skip = collections.Counter(), None, False
    for line in lines:
        if line.startswith("fn="):
            function = line[3:].strip().split("'")[0]
        elif line.startswith("calls="):
            skip = True
        elif re.match(r"[0-9+*-]", line):
            if not skip:
                costs[function] += int(line.split()[1])
            skip = False
    return costs


def per_frame(path, case, frames):
    """{function: instructions a frame}"""
    short, long = counted(path, case, SHORT), counted(path, case, LONG)
    return {name: (long[name] - short[name]) / ((LONG - SHORT) * frames) for name in long
            if long[name] != short[name] and not re.match(r"main|now_ns|process$|run_round|clock_"
                                                          r"|_*vdso|by_value|\(below", name)}


def goal_text(goals, first):
    return f"{goals[first]:g} / {goals[first + 1]:g}" if goals else ""


def judge(path, case, instructions, nanoseconds):
    """Faults. Times are told and never judged: this machine has other things to do as well."""
    goals = GOALS.get((path, case))
    if goals and instructions is not None and instructions > goals[0]:
        return [f"{path}, {case}: {instructions:.1f} instructions a frame, "
                f"must be {goals[0]} at most"]
    return []


def main():
    faults, parts, base = [], {}, {}
    print("| path | case | instructions a frame | must / aim | to programme | ns a frame "
          "| must / aim | slowest block |")
    print("|---|---|---:|---|---:|---:|---|---:|")
    for number, path in enumerate(PATHS):
        for case in CASES:
            times = timed(number, case)
            if times is None:
                print(f"| {path} | not on this processor | | | | | | |")
                break
            costs = per_frame(number, case, times[2]) if VALGRIND else {}
            total = sum(costs.values()) if VALGRIND else None
            if case == "programme":
                parts[path], base[path] = costs, total
            ratio = total / base[path] if total else 0
            goals = GOALS.get((path, case))
            shown = f"{total:.1f} | {goal_text(goals, 0)} | {ratio:.2f}" if total else "? | |"
            print(f"| {path} | {case} | {shown} | {times[0]:.2f} | {goal_text(goals, 2)} "
                  f"| {times[1]:.2f} |", flush=True)
            faults += judge(path, case, total, times[0])
            if ratio > WORST_BLOCK and case not in MORE:
                faults.append(f"{path}, {case}: {ratio:.2f} times what programme costs, "
                              f"must be {WORST_BLOCK} at most")
    print_parts(parts)
    if not VALGRIND:
        print("\nNo valgrind: instructions were not counted.")
    for fault in faults:
        print("missed: " + fault)
    return 1 if faults else 0


def print_parts(parts):
    for path, costs in parts.items():
        print(f"\n{path}, programme: part of a cycle | instructions a frame\n---|---:")
        for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
            if cost >= 0.05:
                print(f"{name} | {cost:.2f}")


if __name__ == "__main__":
    sys.exit(main())

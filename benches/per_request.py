#!/usr/bin/env python3
"""What a request costs: instructions counted by valgrind, which hold on a noisy machine, and time beside
programs that were written by hand for one model each.

    benches/per_request.py                the table of scenarios, beside reference.txt and what is aimed at
    benches/per_request.py in-flight      the same with more and more requests in flight (takes minutes)
    benches/per_request.py command        what a whole command, a row and a replication cost
    benches/per_request.py check          a few scenarios against baseline.txt; fails if more than 3 % worse
    benches/per_request.py check --update writes baseline.txt anew
    benches/per_request.py reference NAME writes reference.txt, of the program that SPOF names

Each scenario runs twice, for less and for longer, in as many time buckets; the difference leaves out
reading, compiling, the first peak, and writing the tables. SPOF names another program than the one that is
built from this tree. LIMIT names a folder with the program `limit`, and perhaps three-hosts.yaml; without
it nothing is timed. REFERENCE names the program that reference.txt tells of, to be timed as well. ROUNDS
says how often (5).
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORSE_MOST = 0.03
PLAIN = ["--rows", "none", "--no-charts", "--no-report", "--quiet"]


@dataclass
class Case:
    """A scenario, run for less and for longer; `aim` is in instructions, or else a share of the reference."""

    name: str
    file: str
    less: list
    longer: list
    aim: float = 0.0
    aim_share: float = 0.0


def lasting(less, longer, buckets=10):
    """Settings of two lengths in minutes that have equally many time buckets."""
    return tuple([f"run.duration={t}m", f"run.bucket={60 * t / buckets:g}s"] for t in (less, longer))


ONE = "scenarios/one-server.yaml"
FAULT = "timeline=[{ at: 5s, slow: mysql, by: 2x, for: 5s }]"
OF_REQUESTS = (["run.requests=100000", "run.bucket=10000s"], ["run.requests=400000", "run.bucket=40000s"])
OF_TIERS = (["run.requests=100000", "run.bucket=100s"], ["run.requests=300000", "run.bucket=300s"])
CASES = [
    Case("one-server", ONE, *lasting(10, 30), aim=3700),
    Case("one-server, a fault has ended", ONE, *([*s, FAULT] for s in lasting(10, 30)), aim=3700),
    Case("one-server, trouble far away", "benches/scenarios/trouble-far-away.yaml", *lasting(10, 30), aim=3700),
    Case("course/3-scaled-up", "scenarios/course/3-scaled-up.yaml", *lasting(7200, 21600), aim_share=0.65),
    Case("retry-storm, in the storm", "scenarios/retry-storm.yaml", *lasting(6, 10), aim_share=0.5),
    Case("a chain of ten held calls", "benches/scenarios/chain-of-ten.yaml", *lasting(5, 15), aim_share=0.65),
    Case("theory/three-tier", "scenarios/theory/three-tier.yaml", *OF_TIERS, aim_share=1.0),
    Case("theory/mm1", "scenarios/theory/mm1.yaml", *OF_REQUESTS, aim_share=1.0),
]
CHECKED = ["theory/mm1", "theory/three-tier", "one-server"]


def build():
    if "SPOF" in os.environ:
        return Path(os.environ["SPOF"]).resolve()
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/spof"


def simulate(spof, file, settings, options, folder):
    settings = [word for setting in settings for word in ("--set", setting)]
    return [spof, "simulate", ROOT / file, *settings, *options, "--out", folder]


def instructions(command):
    """Of one run of a program."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    told = subprocess.run([*valgrind, *map(str, command)], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", told.stderr)
    # 1 says that a goal of the scenario was missed, which is no affair of its cost.
    if found is None or told.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))} failed:\n{told.stderr}")
    return int(found[1])


def run_of(folder):
    return json.loads((Path(folder) / "summary.json").read_text())["run"]


def counted(spof, file, less, longer):
    """Instructions a request."""
    counts = []
    with tempfile.TemporaryDirectory() as folder:
        for settings in (less, longer):
            count = instructions(simulate(spof, file, settings, PLAIN, folder))
            counts.append((count, run_of(folder)["ended"]))
    (few, few_ended), (more, more_ended) = counts
    return (more - few) / (more_ended - few_ended)


def used(command):
    """Seconds of one core, and the most memory in bytes, of one run of a program."""
    child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def read(name):
    """The comment on top of a file of figures, and these by their names."""
    path = HERE / name
    lines = path.read_text().splitlines() if path.exists() else []
    figures = (line.rsplit(None, 1) for line in lines if line and not line.startswith("#"))
    told = [line.lstrip("# ") for line in lines if line.startswith("#")]
    return told, {name.strip(): float(figure) for name, figure in figures}


def write(name, told, figures):
    lines = [f"# {line}" for line in told] + [f"{name:<34}  {figure:.1f}" for name, figure in figures.items()]
    (HERE / name).write_text("\n".join(lines) + "\n")


def check(update):
    """What runs with all tests."""
    spof, baseline = build(), read("callgrind/baseline.txt")[1]
    found, failed = {}, False
    for case in (case for case in CASES if case.name in CHECKED):
        now = found[case.name] = counted(spof, case.file, case.less, case.longer)
        before = baseline.get(case.name)
        if update:
            print(f"{case.name:<20} {now:9.1f}")
        elif before is None:
            print(f"{case.name} has no baseline: run with --update")
            failed = True
        else:
            print(f"{case.name:<20} {now:9.1f}, was {before:9.1f}: {100 * (now / before - 1):+.1f} %")
            failed |= now / before - 1 > WORSE_MOST
    if update:
        told = ["Instructions a request; written by benches/callgrind/run.sh --update"]
        write("callgrind/baseline.txt", told, found)
    return int(failed)


def reference(commit):
    spof = build()
    found = {case.name: counted(spof, case.file, case.less, case.longer) for case in CASES}
    for name, size in ((name, size) for name in IN_FLIGHT for size in SIZES_REFERRED_TO):
        found[f"{name}, {size:,} in flight"] = counted(spof, *in_flight_case(name, size))
    found.update(command_figures(spof))
    write("reference.txt", [f"Instructions at commit {commit}; written by benches/per_request.py reference"], found)
    return 0


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def heading(*cells):
    row(*cells)
    print("|---|" + "--:|" * (len(cells) - 1), flush=True)


def table():
    spof, (told, before) = build(), read("reference.txt")
    print(f"{told[0] if told else 'There is no reference.txt.'}\n")
    heading("instructions a request", "now", "reference", "ratio", "aim")
    for case in CASES:
        now, was = counted(spof, case.file, case.less, case.longer), before.get(case.name)
        share = f"{now / was:.2f}" if was else "?"
        aim = f"{case.aim:,.0f}" if case.aim else f"ratio {case.aim_share}"
        row(case.name, f"{now:,.0f}", f"{was:,.0f}" if was else "?", share, aim)
    print()
    return timed(spof)


def limit_program():
    """The program, and its scenario of three hosts."""
    folder = os.environ.get("LIMIT")
    if folder is None:
        print("LIMIT does not name the folder of the hand-written programs: nothing was timed.")
        return None, None
    programs = [Path(folder) / "limit", Path(folder) / "target/release/limit"]
    program = next((program for program in programs if program.is_file()), None)
    if program is None:
        print(f"There is no program `limit` in {folder}: nothing was timed.")
    return program, Path(folder) / "three-hosts.yaml"


def seconds_a_request(commands, rounds):
    """Medians of what runs take more of the core when they are longer, in turns. Each command is made for
    a number of requests."""
    few, more = 500_000, 2_500_000
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            less, longer = used(command(few))[0], used(command(more))[0]
            times[name].append((longer - less) / (more - few))
    return {name: statistics.median(taken) for name, taken in times.items()}


def timed(spof):
    limit, three_hosts = limit_program()
    if limit is None:
        return 0
    rounds, old = int(os.environ.get("ROUNDS", 5)), os.environ.get("REFERENCE")
    heading(f"time a request, medians of {rounds}", "ns", "to the limit", "aim", *(["reference"] if old else []))
    cases = [
        ("one-server", ONE, ["w", "quad"], "2.8"),
        ("three hosts", three_hosts, ["w3", "quad"], "3.6"),
        ("theory/three-tier", "scenarios/theory/three-tier.yaml", ["t", "quad"], "1.0"),
        ("theory/mm1", "scenarios/theory/mm1.yaml", ["q", "quad"], "1.2"),
    ]
    for name, file, words, aim in cases:
        if not (ROOT / file).is_file():
            row(name, f"{file} is missing", "", aim, *([""] if old else []))
            continue
        with tempfile.TemporaryDirectory() as folder:
            def run(program):
                def command(requests):
                    length = [f"run.requests={requests}", "run.warmup=none", f"run.bucket={requests // 400}s"]
                    return simulate(program, file, length, PLAIN, folder)
                return command
            commands = {"spof": run(spof), "limit": lambda requests: [limit, *words, requests]}
            if old:
                commands["reference"] = run(old)
            taken = seconds_a_request(commands, rounds)
        more = [f"{1e9 * taken['reference']:.0f} ns"] if old else []
        row(name, f"{1e9 * taken['spof']:.0f}", f"{taken['spof'] / taken['limit']:.2f}", aim, *more)
    return 0


IN_FLIGHT = {"station": "in-flight-station.yaml", "held": "in-flight-held.yaml"}
SIZES = [10, 1_000, 100_000, 1_000_000]
# The larger ones take long under valgrind.
SIZES_REFERRED_TO = [10, 1_000, 100_000]


def in_flight_case(name, size):
    """File and settings. After eight seconds the number in flight is within a thousandth of `size`, and
    it is that in the difference of both lengths."""
    most = max(2 * size, 200_000)
    lengths = [8, 8 + most / size]
    settings = [
        [f"nodes.clients.arrivals={size}/s", f"run.duration={length:g}s", f"run.bucket={length / 4:g}s"]
        for length in lengths
    ]
    return f"benches/scenarios/{IN_FLIGHT[name]}", *settings


def in_flight():
    spof, before = build(), read("reference.txt")[1]
    limit, _ = limit_program()
    rounds, old = int(os.environ.get("ROUNDS", 5)), os.environ.get("REFERENCE")
    heading("requests in flight", "there in fact", "instructions", "reference", "ns", "ns, reference", "limit t, ns",
            "bytes each")
    least = {}
    for name, size in ((name, size) for name in IN_FLIGHT for size in SIZES):
        file, less, longer = in_flight_case(name, size)
        times, counts, memory = {"spof": [], "old": [], "limit": []}, [], 0
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds):
                for program, which in ((spof, "spof"), (old, "old")):
                    if program is None:
                        continue
                    taken = []
                    for settings in (less, longer):
                        second, most = used(simulate(program, file, settings, PLAIN, folder))
                        taken.append((second, run_of(folder)))
                    (a, first), (b, last) = taken
                    times[which].append((b - a) / (last["ended"] - first["ended"]))
                    if which == "spof":
                        memory, counts = most, [first["in_flight"], last["in_flight"]]
                if limit:
                    few, more = (used([limit, "t", "quad", number])[0] for number in (200_000, 1_200_000))
                    times["limit"].append((more - few) / 1e6)
        least.setdefault(name, memory)
        nanoseconds = {which: f"{1e9 * statistics.median(t):.0f}" if t else "?" for which, t in times.items()}
        counted_too = size <= SIZES_REFERRED_TO[-1] or "ALL" in os.environ
        now = f"{counted(spof, file, less, longer):,.0f}" if counted_too else "(set ALL)"
        was = before.get(f"{name}, {size:,} in flight")
        each = f"{(memory - least[name]) / size:.0f}" if size >= 100_000 else ""
        row(f"{name}, {size:,}", " and ".join(f"{count:,}" for count in counts), now, f"{was:,.0f}" if was else "?",
            nanoseconds["spof"], nanoseconds["old"], nanoseconds["limit"], each)
    return 0


def command_figures(spof):
    """Of the whole command `simulate` with its usual files, of a row, and of a replication."""
    with tempfile.TemporaryDirectory() as folder:
        whole = instructions(simulate(spof, ONE, [], ["--quiet"], folder))
        rows = json.loads((Path(folder) / "run.json").read_text())["rows"]
        # What is the same of all runs is left out as often as it is put in.
        quiet = ["--no-charts", "--no-report", "--quiet"]
        with_rows, without = (instructions(simulate(spof, ONE, [], ["--rows", wish, *quiet], folder))
                              for wish in ("all", "none"))
        short = ["run.duration=2m", "run.warmup=10s"]
        def study(runs, more=()):
            options = [*PLAIN, "--replications", str(runs)]
            return instructions(simulate(spof, ONE, [*short, *more], options, folder))
        replication = (study(42) - study(2)) / 40
    return {
        "the whole command": whole,
        "a row": (with_rows - without) / rows,
        "a replication of two minutes": replication,
    }


def command():
    spof, before = build(), read("reference.txt")[1]
    heading("instructions", "now", "reference", "ratio")
    for name, now in command_figures(spof).items():
        was = before.get(name)
        row(name, f"{now:,.0f}", f"{was:,.0f}" if was else "?", f"{now / was:.2f}" if was else "?")
    return 0


def main(words):
    match words:
        case []:
            return table()
        case ["in-flight"]:
            return in_flight()
        case ["command"]:
            return command()
        case ["check"] | ["check", "--update"]:
            return check("--update" in words)
        case ["reference", commit]:
            return reference(commit)
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

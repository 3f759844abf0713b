"""The commands, with the names and the keyword arguments of the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .asking import asked, words_of, written
from .errors import UsageError
from .results import Advice, Comparison, Folder, Ledger, Run, Solution, Sweep
from .scenario import Scenario, ScenarioLike, given, scenario_of

Values = str | Sequence[object]
"""Values as `--vary` takes them, such as `"1..16"`, or a list of them."""


def simulate(
    scenario: ScenarioLike,
    *,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    rows: str = "all",
    trace: str | None = None,
    replications: int | None = None,
    until: str | None = None,
    at_most: int | None = None,
    time_limit: str | None = None,
    out: str | Path | None = None,
    force: bool = False,
    engine: str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Run:
    """Simulates a scenario, once or as often as it takes, as `spof simulate` does.

    With `replications` or `until` (such as `"p99 ±2%"`) it is a study, whose runs are made on all
    cores (or on so many `threads`), or by `engine="ray"` or `"dask"` on many machines, to the same
    bits. With `out`, all files stay in that folder; without it, they go with the result.

    >>> import spof
    >>> study = simulate(spof.one_server(), replications=5, set={"run.duration": "1m", "run.warmup": "10s"})
    >>> len(study.replications)
    5
    """
    folder = Folder(out)
    options = {
        "seed": seed,
        "set": set,
        "rows": rows,
        "trace": trace,
        "replications": replications,
        "until": until,
        "at_most": at_most,
        "time_limit": time_limit,
        "out": folder.path,
        "force": force,
        "no_charts": not folder.is_kept,
        "no_report": not folder.is_kept,
        "no_rows_file": not folder.is_kept,
        "threads": threads,
    }
    if engine not in (None, "threads") and replications is None and until is None:
        raise UsageError(f"engine={engine!r} makes the runs of studies; give replications= or until=")
    answer = asked(
        words_of("simulate", options), given(scenario), progress=progress, engine=engine
    )
    return Run(folder, answer.text, answer.holds, answer.rows)


def open_run(folder: str | Path) -> Run:
    """A run that `spof simulate` has left in a folder."""
    found = Folder(folder)
    results = found.json("summary.json")["expectations"]
    return Run(found, f"the run in {folder}", all(result["holds"] for result in results))


def analyze(
    scenario: ScenarioLike,
    *,
    set: Mapping[str, Any] | None = None,
    order: int | None = None,
    simulate: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Ledger:
    """Tells which parts are single points of failure, and what each costs in a year, as
    `spof analyze` does: exactly, from the scenario alone; with `simulate`, measured as well.

    >>> import spof
    >>> site = spof.one_server().set({"server.mtbf": "180d", "server.mttr": "4h"})
    >>> ledger = analyze(site)
    >>> ledger.data["single_points"][0]["component"], round(ledger.data["parts"][0]["costs_minutes_per_year"])
    ('server', 487)
    """
    options = {"set": set, "order": order, "simulate": simulate, "seed": seed, "threads": threads}
    answer = asked(words_of("analyze", {**options, "json": True}), given(scenario), progress=progress)
    return Ledger(Folder(None), answer.aside, json.loads(answer.text), answer.holds)


def advise(
    scenario: ScenarioLike,
    *,
    set: Mapping[str, Any] | None = None,
    seed: int | None = None,
    replications: int | None = None,
    only: Sequence[str] = (),
    time_limit: str | None = None,
    out: str | Path | None = None,
    progress: bool | None = None,
) -> Advice:
    """Tells what would help, as `spof advise` does: changes that its diagnosis suggests, each tried with
    the same chance.

    >>> import spof
    >>> busy = spof.one_server().set({"visitors.arrivals": "140/s", "run.duration": "2m", "run.warmup": "30s"})
    >>> advise(busy, only=["capacity"], replications=3).best
    {'links.visitors -> server.bandwidth': '100Mbps'}
    """
    folder = Folder(out)
    options = {
        "set": set,
        "seed": seed,
        "replications": replications,
        "only": list(only),
        "time_limit": time_limit,
        "out": folder.path,
    }
    answer = asked(words_of("advise", options), given(scenario), progress=progress)
    return Advice(folder, answer.text, answer.holds)


def compare(
    *scenarios: ScenarioLike | Mapping[str, ScenarioLike],
    variant: Mapping[str, Mapping[str, Any]] | None = None,
    set: Mapping[str, Any] | None = None,
    replications: int | None = None,
    until: str | None = None,
    at_most: int | None = None,
    time_limit: str | None = None,
    seed: int | None = None,
    measure: Sequence[str] = (),
    classes: bool = False,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Comparison:
    """Tells how much better one scenario is than another, from runs that share their chance, as
    `spof compare` does: several scenarios, or one dictionary of them by their names, or one
    scenario with variants of it.

    >>> import spof
    >>> short = spof.one_server().set({"run.duration": "1m", "run.warmup": "10s"})
    >>> told = compare(short, variant={"one worker": {"gunicorn.workers": 1}}, replications=4)
    >>> [variant["name"] for variant in told.data["variants"]]
    ['as it stands', 'one worker']
    """
    folder = Folder(out)
    all_scenarios: list[Scenario] = []
    for each in scenarios:
        if isinstance(each, Mapping):
            named = each.items()
            all_scenarios.extend(scenario_of(scenario).set("name", name) for name, scenario in named)
        else:
            all_scenarios.append(scenario_of(each))
    options = {
        "variant": [_variant(name, changes) for name, changes in (variant or {}).items()],
        "set": set,
        "replications": replications,
        "until": until,
        "at_most": at_most,
        "time_limit": time_limit,
        "seed": seed,
        "measure": list(measure),
        "classes": classes,
        "out": folder.path,
        "threads": threads,
    }
    answer = asked(words_of("compare", options), given(*all_scenarios), progress=progress)
    return Comparison(folder, answer.text, answer.holds)


def sweep(
    scenario: ScenarioLike,
    vary: Mapping[str, Values],
    *,
    set: Mapping[str, Any] | None = None,
    replications: int | None = None,
    latin: int | None = None,
    measure: str | None = None,
    served: str | None = None,
    up_and_down: bool = False,
    hold: str | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    engine: str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Sweep:
    """Simulates a scenario with settings varied, as `spof sweep` does: a curve or a map of every
    figure, and where it breaks. With `out`, a sweep that was stopped goes on where it was.

    >>> import spof
    >>> short = spof.one_server().set({"run.duration": "30s", "run.warmup": "5s"})
    >>> sweep(short, {"gunicorn.workers": [1, 2, 4]}, replications=2).points["gunicorn.workers"].tolist()
    [1, 2, 4]
    """
    folder = Folder(out)
    options = {
        "vary": _varied(vary),
        "set": set,
        "replications": replications,
        "latin": latin,
        "measure": measure,
        "served": served,
        "up_and_down": up_and_down,
        "hold": hold,
        "seed": seed,
        "out": folder.path,
        "fresh": fresh,
        "threads": threads,
    }
    answer = asked(words_of("sweep", options), given(scenario), progress=progress, engine=engine)
    return Sweep(folder, answer.text, answer.holds)


def solve(
    scenario: ScenarioLike,
    vary: Mapping[str, Values],
    for_: str,
    *,
    minimize: str | None = None,
    set: Mapping[str, Any] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    engine: str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Solution:
    """Finds the smallest settings that meet goals, as `spof solve` does.

    >>> import spof
    >>> short = spof.one_server().set({"run.duration": "30s", "run.warmup": "5s"})
    >>> solve(short, {"gunicorn.workers": "1..4"}, "page p50 < 1s", replications=5).answer
    {'gunicorn.workers': '1'}
    """
    folder = Folder(out)
    options = {
        "vary": _varied(vary),
        "for_": for_,
        "minimize": minimize,
        "set": set,
        "replications": replications,
        "seed": seed,
        "out": folder.path,
        "fresh": fresh,
        "threads": threads,
    }
    answer = asked(words_of("solve", options), given(scenario), progress=progress, engine=engine)
    return Solution(folder, answer.text, answer.holds)


def _variant(name: str, changes: Mapping[str, Any]) -> str:
    """As `--variant` takes it, where some letters stand between names, settings and values."""
    settings = [f"{path}={written(value)}" for path, value in changes.items()]
    if ":" in name or any(";" in setting for setting in settings):
        raise UsageError(
            f"variant {name!r}: a colon in its name, or a semicolon in a value, cannot be told from those of"
            " `--variant`; give compare a dictionary of scenarios instead: {name: site.set(...)}"
        )
    return f"{name}: {'; '.join(settings)}"


def _varied(vary: Mapping[str, Values]) -> dict[str, str]:
    def all_of(values: Values) -> str:
        return values if isinstance(values, str) else ",".join(written(value) for value in values)

    return {path: all_of(values) for path, values in vary.items()}

"""The package gives what the command line gives, to the bit, in the shapes that Python likes."""

from __future__ import annotations

import filecmp
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy
import pytest

import spof
from spof import _spof

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHORT = {"run.duration": "1m", "run.warmup": "10s"}


def command_line(folder: Path, *words: str, code: int = 0) -> str:
    """Runs the command `spof` that was installed with the package."""
    program = Path(sys.executable).parent / "spof"
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout


def short() -> spof.Scenario:
    return spof.Scenario.from_file(SCENARIOS / "one-server.yaml").set(SHORT)


def settings() -> list[str]:
    return [f"--set={path}={value}" for path, value in SHORT.items()]


@pytest.fixture(scope="module")
def run() -> spof.Run:
    return spof.simulate(short())


def same_files(one: Path, other: Path, names: list[str]) -> None:
    same, different, missing = filecmp.cmpfiles(one, other, names, shallow=False)
    assert (sorted(same), different, missing) == (sorted(names), [], [])


def test_a_run_leaves_the_same_files_as_the_command_line(tmp_path: Path) -> None:
    file = str(SCENARIOS / "one-server.yaml")
    command_line(tmp_path, "simulate", file, "--out", "told", "--quiet", *settings())
    spof.simulate(short(), out=tmp_path / "asked")
    names = sorted(path.name for path in (tmp_path / "told").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "asked").iterdir())
    same_files(tmp_path / "told", tmp_path / "asked", [name for name in names if name != "run.json"])


def test_rows_in_memory_are_those_of_latency_csv(tmp_path: Path, run: spof.Run) -> None:
    spof.simulate(short(), out=tmp_path)
    pandas = pytest.importorskip("pandas")
    told = pandas.read_csv(tmp_path / "latency.csv")
    asked = run.to_pandas()
    assert list(told.columns) == list(asked.columns) and len(told) == len(asked) > 1000
    for name in told.columns:
        assert (told[name].to_numpy() == asked[name].to_numpy()).all(), name
    opened = spof.open_run(tmp_path)
    assert (opened.latencies["latency_ms"] == run.latencies["latency_ms"]).all()
    assert opened.holds and opened.summary == run.summary


def test_numpy_looks_into_the_memory_of_a_table(run: spof.Run) -> None:
    latencies = run.latencies["latency_ms"]
    assert not latencies.flags.owndata and not latencies.flags.writeable
    assert numpy.shares_memory(latencies, run.latencies["latency_ms"])
    arrow = pytest.importorskip("pyarrow").table(run.latencies)
    shared = arrow["latency_ms"].chunk(0).to_numpy(zero_copy_only=True)
    assert numpy.shares_memory(latencies, shared)


def test_an_array_outlives_its_run() -> None:
    latencies = spof.simulate(short()).latencies["latency_ms"]
    before = float(latencies.sum())
    spof.simulate(short().set("run.seed", 2))
    assert float(latencies.sum()) == before > 0


def test_pandas_polars_and_pyarrow_take_a_table(run: spof.Run) -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    rows = len(run.latencies)
    assert polars.DataFrame(run.latencies).shape == (rows, 11)
    assert pytest.importorskip("pyarrow").table(run.timeline).num_rows == len(run.timeline)
    frame = run.to_pandas()
    assert isinstance(frame["class"].dtype, pandas.CategoricalDtype)
    pages = run.latencies.where(class_="page", outcome="ok")["latency_ms"]
    theirs = frame[(frame["class"] == "page") & (frame["outcome"] == "ok")]["latency_ms"]
    assert numpy.quantile(pages, 0.5) == theirs.median()


def test_gaps_are_nulls_in_arrow_and_nan_in_numpy(run: spof.Run) -> None:
    arrow = pytest.importorskip("pyarrow").table(run.nodes)
    gaps = [name for name in arrow.column_names if arrow[name].null_count > 0]
    assert gaps, "a host has no line of its own"
    for name in gaps:
        assert int(numpy.isnan(run.nodes[name]).sum()) == arrow[name].null_count


def test_figures_are_those_of_the_summary(run: spof.Run) -> None:
    page = run.summary["classes"][0]
    assert run.quantile("p99", "page") == page["p99_ms"]["value"]
    assert run.quantile("p99.9", "page") == page["p999_ms"]["value"]
    assert run.mean("page") == page["mean_ms"]["value"] != run.mean()
    with pytest.raises(KeyError, match="there are page, asset"):
        run.mean("pages")


def test_tables_tell_how_full_each_resource_was(run: spof.Run) -> None:
    known = {each["name"]: each for each in run.summary["resources"]}
    assert list(run.resources["resource"]) == list(known)
    link = run.resources.where(resource="the link visitors -> server (answers)")
    expected = known["the link visitors -> server (answers)"]
    assert list(link["utilisation"]) == [expected["utilisation"]]
    assert list(link["way"]) == ["back"]
    over_time = run.resources_timeline.where(kind="bandwidth", way="back")
    assert len(over_time["start_s"]) * len(known) == len(run.resources_timeline)
    assert numpy.nanmax(over_time["utilisation_max"]) <= 1.0


def test_a_study_is_that_of_the_command_line(tmp_path: Path) -> None:
    file = str(SCENARIOS / "one-server.yaml")
    words = ["--replications", "4", "--out", "told", "--quiet", *settings()]
    command_line(tmp_path, "simulate", file, *words)
    study = spof.simulate(short(), replications=4, threads=1, out=tmp_path / "asked")
    same_files(tmp_path / "told", tmp_path / "asked", ["replications.csv", "replications.json"])
    assert study.study is not None and study.study["replications"] == 4
    assert study.replications is not None and len(study.replications) == 4
    assert study.figure("page p99")["value"] == numpy.mean(study.replications["page p99_ms"])
    with pytest.raises(KeyError, match="there are availability, errors"):
        study.figure("pages p99")


def test_until_goals_are_met() -> None:
    study = spof.simulate(short(), until="mean ±5%", at_most=100).study
    assert study is not None and study["goals"][0]["reached"] and 20 <= study["replications"] <= 100


@pytest.mark.parametrize("simulate", [False, True])
def test_a_ledger_is_that_of_the_command_line(tmp_path: Path, simulate: bool) -> None:
    changes = {"server.mtbf": "180d", "server.mttr": "4h"}
    words = [f"--set={path}={value}" for path, value in changes.items()] + ["--simulate"] * simulate
    told = command_line(tmp_path, "analyze", str(SCENARIOS / "one-server.yaml"), "--json", *words)
    ledger = spof.analyze(SCENARIOS / "one-server.yaml", set=changes, simulate=simulate)
    assert ledger.data == json.loads(told) and ledger.holds
    assert "single points of failure" in repr(ledger)
    assert ("years of failures" in repr(ledger)) == simulate


def test_a_comparison_is_that_of_the_command_line(tmp_path: Path) -> None:
    file = str(SCENARIOS / "one-server.yaml")
    words = ["--variant", "one: gunicorn.workers=1", "--replications", "3", *settings()]
    command_line(tmp_path, "compare", file, *words, "--out", "told", "--quiet")
    told = spof.compare(
        file, variant={"one": {"gunicorn.workers": 1}}, replications=3, set=SHORT, out=tmp_path / "asked"
    )
    names = [path.name for path in (tmp_path / "told").iterdir()]
    assert len(names) == 7
    same_files(tmp_path / "told", tmp_path / "asked", names)
    assert told.plot_differences().svg == (tmp_path / "told/compare-differences.svg").read_text()
    assert len(told.runs) == 6


def test_scenarios_are_compared_by_names(run: spof.Run) -> None:
    designs = {"one": short().set("gunicorn.workers", 1), "four": short()}
    told = spof.compare(designs, replications=2)
    assert [variant["name"] for variant in told.data["variants"]] == ["one", "four"]


def test_variants_take_python_values() -> None:
    site = spof.Scenario.from_file(SCENARIOS / "course/1-distributed.yaml")
    short = {"run.duration": "20s", "run.warmup": "2s", "run.fidelity": "requests"}
    told = spof.compare(site, variant={"no": {"haproxy.redispatch": False}}, set=short, replications=2)
    assert told.data["variants"][1]["settings"][-1] == "haproxy.redispatch=false"
    with pytest.raises(spof.UsageError, match="give compare a dictionary"):
        spof.compare(site, variant={"a: b": {"haproxy.redispatch": False}})


def test_who_keeps_no_rows_has_none() -> None:
    with pytest.raises(spof.InputOutputError, match="there is no latency.csv"):
        _ = spof.simulate(short(), rows="none").latencies


def test_a_sweep_is_that_of_the_command_line_and_goes_on(tmp_path: Path) -> None:
    file = str(SCENARIOS / "one-server.yaml")
    words = ["--vary", "gunicorn.workers=1,2", "--replications", "2", *settings()]
    command_line(tmp_path, "sweep", file, *words, "--out", "told", "--quiet")
    found = spof.sweep(short(), {"gunicorn.workers": [1, 2]}, replications=2, out=tmp_path / "asked")
    assert (tmp_path / "told/sweep.csv").read_bytes() == (tmp_path / "asked/sweep.csv").read_bytes()
    assert found.points["gunicorn.workers"].tolist() == [1, 2]
    assert found.plot().svg.startswith("<svg") and "gunicorn.workers" in repr(found)
    # The first sentence stands before all tables, in one line where it is data.
    assert " ".join(repr(found).split()).startswith(found.told["headline"]) and found.told["headline"].endswith(".")
    assert found.told["how_sure"].startswith("How sure: 2 runs of each point")
    study = spof.simulate(short(), replications=2, rows="none")
    assert study.told["headline"].startswith("Over 2 runs ") and study.told == study.study["told"]


def test_a_search_is_that_of_the_command_line(tmp_path: Path) -> None:
    file = str(SCENARIOS / "one-server.yaml")
    words = ["--vary", "gunicorn.workers=1..4", "--for", "page p50 < 1s", "--replications", "5", *settings()]
    command_line(tmp_path, "solve", file, *words, "--out", "told", "--quiet")
    found = spof.solve(short(), {"gunicorn.workers": "1..4"}, "page p50 < 1s", replications=5)
    assert found.data == json.loads((tmp_path / "told/solve.json").read_text())
    assert found.answer == {"gunicorn.workers": "1"} and found.holds
    nothing = spof.solve(short(), {"gunicorn.workers": "1..2"}, "page p50 < 1ms", replications=5)
    assert nothing.answer is None and not nothing.holds


def test_charts_are_those_of_the_command_line(tmp_path: Path) -> None:
    run = spof.simulate(short(), out=tmp_path)
    charts = ["availability", "timeline", "latency", "heatmap", "utilisation", "waterfall", "topology"]
    for name in charts:
        drawn = getattr(run, f"plot_{name}")()
        assert drawn.svg == (tmp_path / f"{name}.svg").read_text(), name
    assert run.plot("latency", theme="dark").svg != run.plot("latency").svg
    with pytest.raises(ValueError, match="there is no chart"):
        run.plot("pie")
    with pytest.raises(ValueError, match="480 to 4000"):
        run.plot("latency", width=10)


def test_notebooks_show_sites_and_runs(run: spof.Run) -> None:
    picture = short()._repr_svg_()
    assert picture.startswith("<svg") and "gunicorn" in picture
    page = run._repr_html_()
    assert page.count("<svg") == 2 and "one-server" not in run._folder.path.name
    assert "page p99 &lt; 500ms" in page and str(run._folder.path) not in page


def test_a_scenario_is_the_same_from_a_file_a_text_a_dictionary_and_a_builder() -> None:
    tree: dict[str, Any] = {
        "name": "A shop",
        "run": {"duration": "1m", "warmup": "none", "seed": 1},
        "nodes": {"visitors": {"kind": "user", "arrivals": "20/s"}, "app": {"kind": "app_server", "workers": 2}},
        "requests": {"page": {"path": [{"app": "exp(20ms)"}], "objective": "1s"}},
    }
    built = spof.Scenario.build(
        "A shop",
        run={"duration": "1m", "warmup": "none", "seed": 1},
        nodes={"visitors": spof.user(arrivals="20/s"), "app": spof.app_server(workers=2)},
        requests={"page": spof.request({"app": "exp(20ms)"}, objective="1s")},
    )
    text = """
name: A shop
run: { duration: 1m, warmup: none, seed: 1 }
nodes: { visitors: { kind: user, arrivals: 20/s }, app: { kind: app_server, workers: 2 } }
requests: { page: { path: [ app: exp(20ms) ], objective: 1s } }
"""
    summaries = [
        spof.simulate(scenario).summary
        for scenario in [spof.Scenario.from_dict(tree), built, spof.Scenario.from_text(text)]
    ]
    assert summaries[0] == summaries[1] == summaries[2]


def test_a_changed_scenario_is_another_one() -> None:
    first = short()
    second = first.set("gunicorn.workers", 8)
    assert first != second and first == short() and hash(first) == hash(short())
    assert (first.nodes["gunicorn"]["workers"], second.nodes["gunicorn"]["workers"]) == ("4", "8")
    assert pickle.loads(pickle.dumps(second)) == second
    assert first.defaults["gunicorn"]["backlog"]
    assert first.explain("asset")["journey"]


def test_errors_carry_their_places() -> None:
    text = "nodes:\n  visitors: { kind: user, arrivals: 10 }\nrequests: { order: { path: [ shop ] } }\n"
    with pytest.raises(spof.ScenarioError) as told:
        spof.Scenario.from_text(text)
    diagnostics = told.value.diagnostics
    assert [(each.line, each.severity) for each in diagnostics] == [(2, "error"), (3, "error")]
    assert "arrivals: 10" in diagnostics[0].text and diagnostics[0].hint
    assert "there is no node `shop`" in str(told.value)
    assert pickle.loads(pickle.dumps(told.value)).diagnostics == diagnostics


def test_what_cannot_be_understood_is_told_with_what_to_write() -> None:
    with pytest.raises(spof.UsageError, match="write all, none, or a share"):
        spof.simulate(short(), rows="some")
    with pytest.raises(spof.UsageError) as told:
        spof.simulate(short(), seed=-1)
    assert "--seed" in str(told.value) and "--help" not in str(told.value)
    with pytest.raises(spof.UsageError, match="--until"):
        spof.simulate(short(), until="p99 tolerably")
    with pytest.raises(spof.ScenarioError, match="gunicorn"):
        spof.compare(short(), variant={"none": {"gunicorn.workers": -1}})
    with pytest.raises(spof.UsageError, match="'threads', 'ray', 'dask'"):
        spof.simulate(short(), replications=3, engine="spark")
    with pytest.raises(spof.UsageError, match="give replications= or until="):
        spof.simulate(short(), engine="ray")
    with pytest.raises(spof.InputOutputError, match="cannot read nowhere.yaml"):
        spof.simulate("nowhere.yaml")
    with pytest.raises(spof.InputOutputError, match="did you mean .*one-server.yaml?"):
        spof.simulate(SCENARIOS / "one-sever.yaml")
    with pytest.raises(spof.InputOutputError, match="summary.json"):
        spof.open_run("nowhere")


def test_names_that_are_not_there_are_told_with_those_that_are(run: spof.Run) -> None:
    with pytest.raises(KeyError, match="there are id, class, start_s, latency_ms"):
        run.latencies["latency"]
    with pytest.raises(KeyError, match="there are p50, p90, p95, p99, p999"):
        run.quantile("p98")
    with pytest.raises(spof.ScenarioError, match="workers"):
        short().set("gunicorn.worker", 8)


def test_somebody_else_may_make_the_runs_but_none_twice() -> None:
    scenarios = [short()._given]
    words = ["simulate", "--replications=3", "--rows=none"]

    def spread(runs: list[tuple[int, int]], times: int = 1) -> Any:
        figures = _spof.figures(words, scenarios, runs, 1)
        yield []
        yield list(enumerate(figures))[::-1] * times

    def told(crew: Any, folder: Path) -> str:
        out = [*words, f"--out={folder}", "--no-charts", "--no-report"]
        assert _spof.ask(out, scenarios, None, crew)[0] == "good"
        return (folder / "replications.csv").read_text()

    here, there = spof.results.Folder(None), spof.results.Folder(None)
    assert told(None, here.path) == told(spread, there.path)
    with pytest.raises(RuntimeError, match="nobody waits for the run"):
        _spof.ask([*words, f"--out={there.path}"], scenarios, None, lambda runs: spread(runs, times=2))
    with pytest.raises(ZeroDivisionError):
        _spof.ask([*words, f"--out={there.path}"], scenarios, None, lambda runs: [1 / 0])


def test_the_interpreter_is_free_while_a_run_goes_on() -> None:
    # The run would last for hours, and only the other thread ends it, after many turns of its own:
    # how long these take is no matter, but without them nothing ends it before the time is up.
    program = (
        "import os, signal, spof, threading, time\n"
        "def interrupt():\n"
        "    for _ in range(100):\n"
        "        time.sleep(0.002)\n"
        "    print('a hundred turns', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "site = spof.one_server().set('run.duration', '1000d')\n"
        "threading.Thread(target=interrupt).start()\n"
        "spof.simulate(site, replications=2, rows='none')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.stdout == "a hundred turns\n" and "KeyboardInterrupt" in done.stderr, done.stderr


def test_progress_is_shown_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    seen: list[tuple[str, int, int]] = []

    def show(self: object, tasks: str, done: int, of: int) -> None:
        seen.append((tasks, done, of))

    monkeypatch.setattr(spof.progress.Progress, "show", show)
    spof.simulate(short(), replications=6, rows="none", progress=True)
    assert seen[-1] == ("replications", 6, 6)


def test_ctrl_c_ends_a_run() -> None:
    program = (
        "import spof, sys\n"
        "site = spof.one_server().set('run.duration', '100d')\n"
        "print('begun', flush=True)\n"
        "spof.simulate(site, rows='none')\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "begun\n"
    time.sleep(0.5)
    os.kill(child.pid, signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert "KeyboardInterrupt" in told and child.returncode in (1, -signal.SIGINT, 130)


def test_the_command_line_comes_with_the_package(tmp_path: Path) -> None:
    assert command_line(tmp_path, "--version").strip() == f"spof {spof.__version__}"
    assert "Usage" in command_line(tmp_path, "simulate", "--help")
    command_line(tmp_path, "simulate", "nowhere.yaml", code=3)
    command_line(tmp_path, "simulat", code=2)
    done = subprocess.run([sys.executable, "-m", "spof", "--version"], capture_output=True, text=True)
    assert done.stdout.strip() == f"spof {spof.__version__}"


def test_results_are_saved_and_their_folders_go_with_them(tmp_path: Path) -> None:
    run = spof.simulate(short())
    home = run._folder.path
    run.save(tmp_path / "kept")
    assert spof.open_run(tmp_path / "kept").summary == run.summary
    assert home.exists()
    del run
    assert not home.exists()

"""Studies on a Ray cluster of two nodes: the same bytes as on one machine, whatever happens."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import spof
from needing import needs
from same_files import Reports, assert_same, listening, site

needs("ray")

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
from spof import on_ray
from spof.shapes import Made, Runs
from two_nodes import PATIENCE_S, TwoNodes


@pytest.fixture(scope="module")
def nodes() -> Iterator[TwoNodes]:
    """The cluster that the engine finds by itself, since its address is in `RAY_ADDRESS`."""
    nodes = TwoNodes()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in nodes.surroundings.items():
            patch.setenv(name, value)
        try:
            nodes.start()
            yield nodes
        finally:
            ray.shutdown()
            nodes.end()


@pytest.fixture
def cluster(nodes: TwoNodes) -> TwoNodes:
    """With both nodes alive, and a worker on each, so that a study is short and yet on both."""
    nodes.start()
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level=logging.WARNING)
    _wait_for(lambda: len(_alive()) == 2, nodes)
    ray.get([_has_worker.options(scheduling_strategy=_only_at(node)).remote() for node in _alive()])
    return nodes


def _wait_for(condition: Callable[[], bool], nodes: TwoNodes) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, nodes.told()
        time.sleep(0.05)


def _alive() -> set[str]:
    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


@ray.remote(num_cpus=1)
def _has_worker() -> None:
    """A worker that has the package, which takes a second or so."""
    import spof

    assert spof


def _only_at(node: str) -> NodeAffinitySchedulingStrategy:
    return NodeAffinitySchedulingStrategy(node, soft=False)


ARRIVALS = "visitors.arrivals"
STUDIES: dict[str, tuple[Callable[..., object], list[str]]] = {
    "replications": (
        lambda **more: spof.simulate(site(), replications=60, **more),
        ["replications.csv", "replications.json", "summary.json"],
    ),
    "until it is known": (
        lambda **more: spof.simulate(site(), until="p50 ±1%", at_most=60, **more),
        ["replications.csv", "replications.json", "summary.json"],
    ),
    "sweep": (
        lambda **more: spof.sweep(site(), {"gunicorn.workers": "1..6"}, replications=10, **more),
        ["sweep.csv", "sweep.json"],
    ),
    "latin": (
        lambda **more: spof.sweep(site(), {ARRIVALS: "10/s,20/s,30/s"}, latin=20, replications=2, **more),
        ["sweep.csv", "sweep.json"],
    ),
    "up and down": (
        lambda **more: spof.sweep(
            site(), {ARRIVALS: "10/s,20/s,40/s"}, up_and_down=True, hold="1m", replications=20, **more
        ),
        ["sweep.csv", "sweep.json"],
    ),
    "solve": (
        lambda **more: spof.solve(
            site(), {"gunicorn.workers": "1..8"}, "page p50 < 1s", replications=20, **more
        ),
        ["solve.json"],
    ),
}


@pytest.mark.parametrize("study", STUDIES)
def test_two_nodes_give_the_bytes_of_one_machine(cluster: TwoNodes, tmp_path: Path, study: str) -> None:
    make, files = STUDIES[study]
    make(out=tmp_path / "here")
    with listening(Reports()) as reports:
        make(out=tmp_path / "there", engine="ray")
    assert_same(tmp_path / "here", tmp_path / "there", *files)
    assert reports.places == _alive(), "both nodes have worked"


SWEEP = """
import signal
import sys
import spof
from same_files import site

# Whoever is started in the background may have been told to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)

try:
    spof.sweep(site(), {"gunicorn.workers": "1..8"}, replications=60, out=sys.argv[1], engine="ray")
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_ctrl_c_ends_a_sweep_that_can_be_gone_on_with(cluster: TwoNodes, tmp_path: Path) -> None:
    there = tmp_path / "there"
    command = [sys.executable, "-c", SWEEP, str(there)]
    here = Path(__file__).parent
    with subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True) as sweep:
        kept = _wait_for_lines(there, lines=10)
        sweep.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        assert sweep.stdout is not None
        assert sweep.stdout.readline() == "stopped\n"
        assert time.monotonic() - pressed < 5.0
    with listening(Reports()) as reports:
        spof.sweep(site(), {"gunicorn.workers": "1..8"}, replications=60, out=there, engine="ray")
    assert 0 < reports.total <= 480 - kept, "what was done is not done again"
    spof.sweep(site(), {"gunicorn.workers": "1..8"}, replications=60, out=tmp_path / "here")
    assert_same(tmp_path / "here", there, "sweep.csv", "sweep.json")


def _wait_for_lines(folder: Path, lines: int) -> int:
    """How many runs a journal has, as soon as there are so many. Its first line says what it is of."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = [len(path.read_bytes().splitlines()) - 1 for path in folder.glob("*.journal")]
        if found and found[0] >= lines:
            return found[0]
        time.sleep(0.02)
    raise TimeoutError(f"no journal of {lines} lines in {folder}")


BESIDE = """
nodes: { visitors: { kind: user, arrivals: 5/s }, app: { kind: station, servers: 1 } }
requests: { page: { path: [ app: 5ms ] } }
run: { duration: 1m, warmup: 5s }
timeline: [ { at: 20s, surge: surge.csv } ]
"""


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that a scenario names, beside it, where we are and the nodes are not."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(BESIDE)
    Path("surge.csv").write_text("at,level\n0s,1x\n5s,3x\n")
    return tmp_path / "surge.csv"


def test_files_are_found_beside_a_scenario(cluster: TwoNodes, beside: Path, tmp_path: Path) -> None:
    spof.simulate("shop.yaml", replications=10, out="here")
    spof.simulate("shop.yaml", replications=10, out="there", engine="ray")
    assert_same(tmp_path / "here", tmp_path / "there", "replications.csv")


def test_what_goes_wrong_on_a_node_is_told_at_once(
    cluster: TwoNodes, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spread = on_ray.RayCrew.spread

    def without_file(crew: on_ray.RayCrew, runs: Runs) -> Made:
        beside.unlink()
        return spread(crew, runs)

    monkeypatch.setattr(on_ray.RayCrew, "spread", without_file)
    begun = time.monotonic()
    with pytest.raises(RuntimeError, match="surge.csv"):
        spof.simulate("shop.yaml", replications=1000, engine="ray")
    assert time.monotonic() - begun < 10.0


class KillsSecond(Reports):
    """When the second node has handed in some, and is in the middle of more."""

    def __init__(self, nodes: TwoNodes, head: str) -> None:
        super().__init__()
        self._nodes, self._head = nodes, head
        self.runs_before = self.reports_before = 0

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        seconds = [place for place, _ in self.runs if place != self._head]
        if not self.runs_before and len(seconds) == 3:
            self._nodes.kill_second_at("ray::_work")
            self.runs_before, self.reports_before = self.total, len(self.runs)


def test_a_node_that_dies_loses_nothing_and_counts_nothing_twice(cluster: TwoNodes, tmp_path: Path) -> None:
    def study(**more: Any) -> None:
        spof.simulate(site(), replications=120, **more)

    study(out=tmp_path / "here")
    head = ray.get_runtime_context().get_node_id()
    with listening(KillsSecond(cluster, head)) as reports:
        study(out=tmp_path / "there", engine="ray")
    assert 0 < reports.runs_before < 100, "it was in the middle"
    assert reports.total == 120
    assert {place for place, _ in reports.runs[reports.reports_before :]} == {head}
    assert_same(tmp_path / "here", tmp_path / "there", "replications.csv", "replications.json")
    _wait_for(lambda: _alive() == {head}, cluster)

"""Studies on a Ray cluster of two nodes: the same bytes as on one machine, whatever happens."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import spof
from needing import needs
from same_files import Reports, assert_same, listening, site

needs("ray")

import ray
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
        ray.init(log_to_driver=False, logging_level="WARNING")
    until = time.monotonic() + PATIENCE_S
    while len(_alive()) < 2 or len(_answering()) < 2:
        assert time.monotonic() < until, nodes.told()
    return nodes


def _alive() -> set[str]:
    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


@ray.remote(num_cpus=1)
def _where() -> str:
    time.sleep(0.1)
    return str(ray.get_runtime_context().get_node_id())


def _answering() -> set[str]:
    return set(ray.get([_where.remote() for _ in range(4)]))


STUDIES: dict[str, Any] = {
    "replications": lambda **more: spof.simulate(site(), replications=60, **more),
    "until it is known": lambda **more: spof.simulate(site(), until="p50 ±1%", at_most=60, **more),
    "sweep": lambda **more: spof.sweep(site(), {"gunicorn.workers": "1..6"}, replications=10, **more),
    "latin": lambda **more: spof.sweep(
        site(), {"visitors.arrivals": "10/s..60/s"}, latin=20, replications=2, **more
    ),
    "up and down": lambda **more: spof.sweep(
        site(), {"visitors.arrivals": "10/s..60/s*2"}, up_and_down=True, hold="1m", replications=30, **more
    ),
    "solve": lambda **more: spof.solve(
        site(), {"gunicorn.workers": "1..8"}, "page p50 < 1s", replications=20, **more
    ),
}
FILES = ["replications.csv", "replications.json", "sweep.csv", "sweep.json", "solve.json", "summary.json"]


@pytest.mark.parametrize("study", STUDIES)
def test_two_nodes_give_the_bytes_of_one_machine(cluster: TwoNodes, tmp_path: Path, study: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    STUDIES[study](out=here)
    with listening(Reports()) as reports:
        STUDIES[study](out=there, engine="ray")
    written = [name for name in FILES if (here / name).exists()]
    assert written
    assert_same(here, there, *written)
    assert reports.places == _alive(), "both nodes have worked"

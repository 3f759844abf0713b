"""Studies on a Dask cluster of two workers: the same bytes as on one machine."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spof
from needing import needs
from same_files import Reports, assert_same, listening, site

needs("distributed", extra="dask")

from distributed import Client


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, which are processes of their own."""
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        client.wait_for_workers(2)
        yield client


def test_two_workers_give_the_bytes_of_one_machine(client: Any, tmp_path: Path) -> None:
    def study(**more: Any) -> None:
        spof.sweep(site(), {"gunicorn.workers": "1..4"}, replications=10, **more)

    study(out=tmp_path / "here")
    with listening(Reports()) as reports:
        study(out=tmp_path / "there", engine="dask")
    assert_same(tmp_path / "here", tmp_path / "there", "sweep.csv", "sweep.json")
    assert reports.places == set(client.nthreads()), "both workers have worked"


class KillsWorker(Reports):
    """The first that has handed in three batches, and has more to do by then."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._workers: dict[str, int] = client.run(os.getpid)
        self._client = client
        self.killed: str | None = None
        self.runs_before = self.reports_before = 0

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        where = self.runs[-1][0]
        if self.killed is None and sum(place == where for place, _ in self.runs) == 3:
            until = time.monotonic() + 10.0
            while not self._client.processing([where])[where]:
                assert time.monotonic() < until, "it has nothing to do"
            os.kill(self._workers[where], signal.SIGKILL)
            self.killed = where
            self.runs_before, self.reports_before = self.total, len(self.runs)


def test_a_worker_that_dies_loses_nothing_and_counts_nothing_twice(client: Any, tmp_path: Path) -> None:
    def study(**more: Any) -> None:
        spof.simulate(site(), replications=120, **more)

    study(out=tmp_path / "here")
    with listening(KillsWorker(client)) as reports:
        study(out=tmp_path / "there", engine="dask")
    assert 0 < reports.runs_before < 100, "it was in the middle"
    assert reports.total == 120
    assert reports.killed not in {place for place, _ in reports.runs[reports.reports_before :]}
    assert_same(tmp_path / "here", tmp_path / "there", "replications.csv", "replications.json")


def test_without_a_client_it_makes_one_for_this_machine(tmp_path: Path) -> None:
    spof.simulate(site(), replications=10, out=tmp_path / "here")
    spof.simulate(site(), replications=10, out=tmp_path / "there", engine="dask")
    assert_same(tmp_path / "here", tmp_path / "there", "replications.csv")

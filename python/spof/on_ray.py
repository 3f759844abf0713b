"""Runs of studies on a Ray cluster: `engine="ray"`.

Ray is started here, or found, as `ray.init()` does it: at `RAY_ADDRESS`, or a cluster that this
machine belongs to. Every node needs this package, and the files that a scenario names, at the same
place. What a node was doing when it was lost is done again elsewhere; since a run's figures depend
on its number alone, they are the same.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import ray

from .batches import AHEAD, Batches
from .engines import made
from .shapes import Given, Made, Runs, Work

LOOK_S = 0.25
"""So often somebody may ask to stop."""
COUNT_S = 2.0
"""So often the cores are counted, since nodes come and go."""


@ray.remote(num_cpus=1, max_retries=-1)
def _work(job: tuple[list[str], list[Given]], runs: Runs) -> tuple[str, float, list[list[float]]]:
    """Where, in how many seconds, and what."""
    begun = time.perf_counter()
    words, scenarios = job
    work: Work = (words, scenarios, runs)
    figures = made(work)
    return ray.get_runtime_context().get_node_id(), time.perf_counter() - begun, figures


class _Cores:
    """How many there are, as of a short while ago: to ask the cluster for each batch would cost more."""

    def __init__(self) -> None:
        self._counted_at = float("-inf")
        self._number = 1

    @property
    def number(self) -> int:
        now = time.monotonic()
        if now - self._counted_at >= COUNT_S:
            self._number = max(1, int(ray.cluster_resources().get("CPU", 1)))
            self._counted_at = now
        return self._number


class RayCrew:
    """Keeps all cores of the cluster busy with batches of runs, and few results in flight."""

    def __init__(self, words: list[str], scenarios: list[Given]) -> None:
        if not ray.is_initialized():
            ray.init(log_to_driver=False, logging_level=logging.WARNING)
        # Nodes work in other folders than this one, and look for files beside the scenario's.
        elsewhere = [(os.path.abspath(path), text, settings) for path, text, settings in scenarios]
        self._job = ray.put((words, elsewhere))

    def spread(self, runs: Runs) -> Made:
        """See `Crew`."""
        batches, cores = Batches(runs), _Cores()
        under_way: dict[Any, range] = {}
        try:
            while batches.are_left or under_way:
                while batches.are_left and len(under_way) < AHEAD * cores.number:
                    places = batches.take(cores.number)
                    reference = _work.remote(self._job, [runs[place] for place in places])
                    under_way[reference] = places
                for reference in _done(list(under_way)):
                    where, seconds, figures = ray.get(reference)
                    places = under_way.pop(reference)
                    batches.took(places, seconds, where)
                    yield list(zip(places, figures, strict=True))
                yield []
        finally:
            for reference in under_way:
                ray.cancel(reference)


def _done(references: list[Any]) -> list[Any]:
    """All that have ended, as soon as one has; none, if that takes long."""
    done, _ = ray.wait(references, timeout=LOOK_S)
    if done:
        done, _ = ray.wait(references, num_returns=len(references), timeout=0)
    return list(done)


def crew(words: list[str], scenarios: list[Given]) -> RayCrew:
    """The crew for a command and its scenarios."""
    return RayCrew(words, scenarios)

"""Runs of studies on a Ray cluster: `engine="ray"`.

Ray is started here, or found, as `ray.init()` does it: at `RAY_ADDRESS`, or a cluster that this
machine belongs to. Every node needs this package, and the files that a scenario names, at the same
place. What a node was doing when it was lost is done again elsewhere; since a run's figures depend
on its number alone, they are the same.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import ray

from .batches import Batches
from .engines import made
from .shapes import Given, Made, Runs, Work

LOOK_S = 0.25
"""So often somebody may ask to stop."""


@ray.remote(num_cpus=1, max_retries=-1)
def _work(job: Any, runs: Runs) -> tuple[float, list[list[float]]]:
    begun = time.perf_counter()
    words, scenarios = job
    work: Work = (words, scenarios, runs)
    figures = made(work)
    return time.perf_counter() - begun, figures


class RayCrew:
    """Keeps all cores of the cluster busy with batches of runs, and few results in flight."""

    def __init__(self, words: list[str], scenarios: list[Given]) -> None:
        if not ray.is_initialized():
            ray.init(log_to_driver=False, logging_level=logging.WARNING)
        self._job = ray.put((words, scenarios))

    def spread(self, runs: Runs) -> Made:
        """See `Crew`."""
        batches = Batches(runs)
        under_way: dict[Any, range] = {}
        try:
            while batches.are_left or under_way:
                cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
                while batches.are_left and len(under_way) < 2 * cores:
                    places = batches.take(cores)
                    reference = _work.remote(self._job, [runs[place] for place in places])
                    under_way[reference] = places
                done, _ = ray.wait(list(under_way), timeout=LOOK_S)
                yield []
                for reference in done:
                    places = under_way.pop(reference)
                    seconds, figures = ray.get(reference)
                    batches.took(len(places), seconds)
                    yield list(zip(places, figures))
        finally:
            for reference in under_way:
                ray.cancel(reference)


def crew(words: list[str], scenarios: list[Given]) -> RayCrew:
    """The crew for a command and its scenarios."""
    return RayCrew(words, scenarios)

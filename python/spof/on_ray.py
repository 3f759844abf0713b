"""Runs of studies on a Ray cluster: `engine="ray"`.

Ray is started here, or found, as `ray.init()` does it: at `RAY_ADDRESS`, or a cluster that this
machine belongs to. Every node needs this package, and the files that a scenario names, at the same
place. What a node was doing when it was lost is done again elsewhere; since a run's figures depend
on its number alone, they are the same.
"""

from __future__ import annotations

import logging
from typing import Any

import ray

from .batches import LOOK_S, Handed, Job, job_of, spread, timed
from .shapes import Given, Made, Runs


@ray.remote(num_cpus=1, max_retries=-1)
def _work(job: Job, runs: Runs) -> Handed:
    return ray.get_runtime_context().get_node_id(), *timed(job, runs)


class RayCrew:
    """The nodes of a cluster, whose cores make batches of runs."""

    def __init__(self, words: list[str], scenarios: list[Given]) -> None:
        if not ray.is_initialized():
            ray.init(log_to_driver=False, logging_level=logging.WARNING)
        # Once for each node, and not once for each batch.
        self._job = ray.put(job_of(words, scenarios))

    def spread(self, runs: Runs) -> Made:
        """See `Crew`."""
        return spread(self, runs)

    def cores(self) -> int:
        """See `Machines`, as for all that follow."""
        return int(ray.cluster_resources().get("CPU", 1))

    def begin(self, runs: Runs) -> Any:
        return _work.remote(self._job, runs)

    def ended(self, under_way: list[Any]) -> list[Any]:
        first, _ = ray.wait(under_way, timeout=LOOK_S)
        if not first:
            return []
        ended, _ = ray.wait(under_way, num_returns=len(under_way), timeout=0)
        return list(ended)

    def handed(self, batch: Any) -> Handed:
        handed: Handed = ray.get(batch)
        return handed

    def cancel(self, under_way: list[Any]) -> None:
        for batch in under_way:
            ray.cancel(batch)


def crew(words: list[str], scenarios: list[Given]) -> RayCrew:
    """The crew for a command and its scenarios."""
    return RayCrew(words, scenarios)

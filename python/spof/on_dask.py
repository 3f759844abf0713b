"""Runs of studies on a Dask cluster: `engine="dask"`. The client is the one that is there, or a new
one for this machine."""

from __future__ import annotations

from typing import Any

from distributed import Client, as_completed, get_client

from .engines import made
from .shapes import Given, Made, Runs

BATCH = 16
"""Runs that a worker gets at once."""


class DaskCrew:
    """Hands out batches of runs, and takes their figures as they come."""

    def __init__(self, words: list[str], scenarios: list[Given]) -> None:
        self._work = (words, scenarios)
        try:
            self._client: Any = get_client()
        except ValueError:
            self._client = Client(threads_per_worker=1)

    def spread(self, runs: Runs) -> Made:
        """See `Crew`."""
        places = {}
        for first in range(0, len(runs), BATCH):
            some = runs[first : first + BATCH]
            places[self._client.submit(made, (*self._work, some), pure=False)] = first
        try:
            for future, figures in as_completed(list(places), with_results=True):
                yield list(enumerate(figures, places.pop(future)))
        finally:
            self._client.cancel(list(places))


def crew(words: list[str], scenarios: list[Given]) -> DaskCrew:
    """The crew for a command and its scenarios."""
    return DaskCrew(words, scenarios)

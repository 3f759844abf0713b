"""Runs of studies on a Dask cluster: `engine="dask"`. Workers need what `on_ray` says of nodes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from distributed import Client, TimeoutError, get_client, get_worker, wait

from .batches import LOOK_S, Handed, Job, job_of, spread, timed
from .shapes import Given, Made, Runs


class DaskCrew:
    """Those of the client that is there, or threads here; runs leave the interpreter alone."""

    def __init__(self, words: list[str], scenarios: list[Given]) -> None:
        self._job = job_of(words, scenarios)
        try:
            self._client: Any = get_client()
        except ValueError:
            self._client = Client(processes=False, dashboard_address=None)

    def spread(self, runs: Runs) -> Made:
        return spread(self, runs)

    def cores(self) -> int:
        return sum(self._client.nthreads().values())

    def begin(self, runs: Runs) -> Any:
        return self._client.submit(_work, self._job, runs, pure=False)

    def ended(self, under_way: list[Any]) -> list[Any]:
        with suppress(TimeoutError):
            wait(under_way, timeout=LOOK_S, return_when="FIRST_COMPLETED")
        return [batch for batch in under_way if batch.done()]

    def handed(self, batch: Any) -> Handed:
        return batch.result()  # type: ignore[no-any-return]

    def cancel(self, under_way: list[Any]) -> None:
        self._client.cancel(under_way)


def _work(job: Job, runs: Runs) -> Handed:
    return get_worker().address, *timed(job, runs)


crew = DaskCrew

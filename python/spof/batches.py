"""How many runs a machine gets at once: so many that handing them over costs little, and so few
that all end together."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sized
from typing import Any, Protocol

from .engines import made
from .shapes import Given, Made, Runs

BATCH_S = 1.0
"""About as long as a batch should take."""
ROUNDS = 4
"""What is left is enough for each core to be asked so often, until batches are of one run."""
AHEAD = 2
"""A core has this many batches, the one that it makes and the next: it need not wait, and however many
runs there are, no more than these are ever on their way."""
LOOK_S = 0.25
"""So often somebody may ask to stop."""
COUNT_S = 2.0
"""So often the cores are counted, since machines come and go."""
LOG = logging.getLogger(__name__)

Job = tuple[list[str], list[Given]]
"""A command and its scenarios."""
Handed = tuple[str, float, list[list[float]]]
"""What comes of a batch: the machine, the seconds that it took on a core, and the figures."""


class Machines(Protocol):
    """Those that make batches, whoever looks after them."""

    def cores(self) -> int:
        """How many there are just now."""
        ...

    def begin(self, runs: Runs) -> Any:
        """Has them made; what comes back stands for this batch, and can be a key of a dictionary."""
        ...

    def ended(self, under_way: list[Any]) -> list[Any]:
        """Those that have ended, as soon as one has; none, after `LOOK_S`."""
        ...

    def handed(self, batch: Any) -> Handed:
        """What has come of one that has ended."""
        ...

    def cancel(self, under_way: list[Any]) -> None:
        """Nobody waits for them any more."""
        ...


def spread(machines: Machines, runs: Runs) -> Made:
    """Keeps all cores busy, and hands in the figures as they come: see `Crew`."""
    batches = Batches(runs)
    under_way: dict[Any, range] = {}
    cores, counted_at = 0, float("-inf")
    try:
        while batches.are_left or under_way:
            if time.monotonic() - counted_at >= COUNT_S:
                cores, counted_at = max(1, machines.cores()), time.monotonic()
            while batches.are_left and len(under_way) < AHEAD * cores:
                places = batches.take(cores)
                under_way[machines.begin([runs[place] for place in places])] = places
            for batch in machines.ended(list(under_way)):
                where, seconds, figures = machines.handed(batch)
                places = under_way.pop(batch)
                batches.took(places, seconds, where)
                yield list(zip(places, figures, strict=True))
            yield []
    finally:
        machines.cancel(list(under_way))


def job_of(words: list[str], scenarios: list[Given]) -> Job:
    """As other machines can do it: they work in other folders than this one, and look for files
    beside the scenario."""
    return words, [(os.path.abspath(path), text, settings) for path, text, settings in scenarios]


def timed(job: Job, runs: Runs) -> tuple[float, list[list[float]]]:
    """The figures of runs, made on one core here, and how long it took."""
    begun = time.perf_counter()
    words, scenarios = job
    figures = made((words, scenarios, runs))
    return time.perf_counter() - begun, figures


class Batches:
    """Places of runs, batch by batch. The first are of one run, until it is known how long one takes.

    >>> batches = Batches(range(100))
    >>> batches.take(cores=2)
    range(0, 1)
    >>> batches.took(range(0, 1), seconds=0.1, where="a machine")
    >>> batches.take(cores=2), batches.take(cores=2)
    (range(1, 11), range(11, 21))
    """

    def __init__(self, runs: Sized) -> None:
        self._next, self._end = 0, len(runs)
        self._done, self._seconds = 0, 0.0

    @property
    def are_left(self) -> bool:
        """Whether there are runs that nobody has taken."""
        return self._next < self._end

    def take(self, cores: int) -> range:
        """The next ones."""
        left = self._end - self._next
        size = 1
        if self._done > 0:
            a_run_s = max(self._seconds / self._done, 1e-6)
            size = max(1, min(round(BATCH_S / a_run_s), left // (ROUNDS * cores)))
        places = range(self._next, min(self._next + size, self._end))
        self._next = places.stop
        return places

    def took(self, places: range, seconds: float, where: str) -> None:
        """These runs have taken so long on one core of a machine. Whoever asks for messages of the
        level DEBUG is told, and so sees which machines work."""
        self._done += len(places)
        self._seconds += seconds
        LOG.debug("%d runs took %.3f s at %s", len(places), seconds, where)

"""How many runs a machine gets at once: so many that handing them over costs little, and so few
that all end together."""

from __future__ import annotations

import logging
from collections.abc import Sized

BATCH_S = 1.0
"""About as long as a batch should take."""
ROUNDS = 4
"""What is left is enough for each core to be asked so often, until batches are of one run."""
AHEAD = 2
"""A core has this many batches, the one that it makes and the next: it never waits, and no more than
these results are ever on their way at once."""
LOG = logging.getLogger(__name__)


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

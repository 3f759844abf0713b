"""How many runs a machine gets at once: so many that handing them over costs little, and so few
that all end together."""

from __future__ import annotations

from collections.abc import Sized

BATCH_S = 1.0
"""About as long as a batch should take."""
ROUNDS = 4
"""What is left is enough for each core to be asked so often, until batches are of one run."""


class Batches:
    """Places of runs, batch by batch. The first are of one run, until it is known how long one takes.

    >>> batches = Batches(range(100))
    >>> batches.take(cores=2)
    range(0, 1)
    >>> batches.took(1, seconds=0.1)
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

    def took(self, runs: int, seconds: float) -> None:
        """So many runs have taken so long on one core."""
        self._done += runs
        self._seconds += seconds

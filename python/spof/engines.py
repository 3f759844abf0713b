"""Where the runs of studies are made: here, or by a crew of many machines."""

from __future__ import annotations

import importlib
from typing import Protocol

from . import _spof
from .errors import UsageError
from .shapes import Given, Made, Runs, Work


class Crew(Protocol):
    """Makes runs somewhere else, and hands in their figures as they come, in any order."""

    def spread(self, runs: Runs) -> Made:
        """Each that comes is a list of places among the runs with their figures; an empty one gives
        its caller the occasion to stop."""
        ...


ENGINES = {"ray": "on_ray", "dask": "on_dask"}
"""Names of engines, and the modules that know them."""


def crew_of(engine: str | None, words: list[str], scenarios: list[Given]) -> Crew | None:
    """Nobody, where runs are made here."""
    if engine is None or engine == "threads":
        return None
    if engine not in ENGINES:
        names = ", ".join(repr(name) for name in ["threads", *ENGINES])
        raise UsageError(f"engine={engine!r}: there are {names}")
    try:
        module = importlib.import_module(f".{ENGINES[engine]}", __package__)
    except ModuleNotFoundError as error:
        raise ImportError(f"engine={engine!r} needs more: pip install 'spof[{engine}]'") from error
    crew: Crew = module.crew(words, scenarios)
    return crew


def made(work: Work) -> list[list[float]]:
    """The figures of these runs, made on one core; this is what a crew does."""
    words, scenarios, runs = work
    return _spof.figures(words, scenarios, runs, 1)

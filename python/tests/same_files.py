"""Studies that were made in two ways, and have to have the same files."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import spof


def site(**settings: str) -> spof.Scenario:
    """One whose runs take about 40 ms."""
    return spof.one_server().set({"run.duration": "5m", "run.warmup": "10s", **settings})


def assert_same(here: Path, there: Path, *names: str) -> None:
    """To the byte."""
    for name in names:
        assert (here / name).read_bytes() == (there / name).read_bytes(), name


class Reports(logging.Handler):
    """What machines have made, as `spof.batches` tells it: how many runs each, in the order in which
    they came."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.runs: list[tuple[str, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = re.fullmatch(r"(\d+) runs took \S+ s at (\S+)", record.getMessage())
        assert told, record.getMessage()
        self.runs.append((told[2], int(told[1])))

    @property
    def places(self) -> set[str]:
        return {place for place, _ in self.runs}

    @property
    def total(self) -> int:
        return sum(runs for _, runs in self.runs)


Some = TypeVar("Some", bound=Reports)


@contextmanager
def listening(reports: Some) -> Iterator[Some]:
    """While a study is made."""
    logger = logging.getLogger("spof.batches")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(reports)
    try:
        yield reports
    finally:
        logger.removeHandler(reports)
        logger.setLevel(level)

"""How runs are spread over machines, whoever looks after those."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from spof.batches import Batches, Handed, spread
from spof.shapes import Runs


class Figures(list[float]):
    """Those of a run, of which one can see whether they are still there."""


class FakeMachines:
    """Three cores; batches end in the order in which they were begun, a run in a tenth of a second."""

    def __init__(self) -> None:
        self.under_way: list[tuple[int, ...]] = []
        self.at_most = 0
        self.cancelled: list[Any] = []
        self.results: list[weakref.ref[Figures]] = []

    def cores(self) -> int:
        return 3

    def begin(self, runs: Runs) -> tuple[int, ...]:
        batch = tuple(number for _, number in runs)
        self.under_way.append(batch)
        self.at_most = max(self.at_most, len(self.under_way))
        return batch

    def ended(self, under_way: list[Any]) -> list[Any]:
        assert under_way == self.under_way
        return under_way[:1]

    def handed(self, batch: tuple[int, ...]) -> Handed:
        self.under_way.remove(batch)
        made = [Figures([float(number)]) for number in batch]
        self.results = [result for result in self.results if result() is not None]
        self.results.extend(weakref.ref(figures) for figures in made)
        return "somewhere", 0.1 * len(made), [*made]

    def cancel(self, under_way: list[Any]) -> None:
        self.cancelled = under_way


RUNS = [(0, number) for number in range(5000)]


def test_all_runs_are_made_once_and_little_is_kept_at_a_time() -> None:
    machines = FakeMachines()
    seen: list[tuple[int, float]] = []
    kept_at_most = 0
    for some in spread(machines, RUNS):
        seen.extend((place, figures[0]) for place, figures in some)
        del some
        kept_at_most = max(kept_at_most, sum(result() is not None for result in machines.results))
    assert sorted(seen) == [(number, float(number)) for number in range(5000)]
    assert machines.at_most == 6, "each core has a batch, and the next one"
    assert 0 < kept_at_most <= 10, "the ten runs that take a second"


def test_nobody_works_on_for_one_who_has_gone() -> None:
    machines = FakeMachines()
    made = spread(machines, RUNS)
    next(iter(made))
    assert len(machines.under_way) == 5
    made.close()  # type: ignore[attr-defined]
    assert machines.cancelled == machines.under_way


def test_nothing_is_asked_for_where_nothing_is_wanted() -> None:
    assert list(spread(FakeMachines(), [])) == []


def test_what_comes_short_is_an_error() -> None:
    class Forgetful(FakeMachines):
        def handed(self, batch: tuple[int, ...]) -> Handed:
            where, seconds, figures = super().handed(batch)
            return where, seconds, figures[1:]

    with pytest.raises(ValueError, match="shorter"):
        list(spread(Forgetful(), RUNS))


def test_one_may_stop_while_nothing_comes() -> None:
    class Slow(FakeMachines):
        def ended(self, under_way: list[Any]) -> list[Any]:
            return []

    made = iter(spread(Slow(), RUNS))
    assert [next(made) for _ in range(3)] == [[], [], []]


def test_batches_are_as_long_as_a_second_and_shorter_towards_the_end() -> None:
    batches = Batches(range(1000))
    sizes = []
    while batches.are_left:
        places = batches.take(cores=4)
        sizes.append(len(places))
        batches.took(places, 0.05 * len(places), "somewhere")
    assert sizes[:3] == [1, 20, 20]
    assert sizes[-5:] == [1] * 5
    assert sum(sizes) == 1000
    assert sizes[1:] == sorted(sizes[1:], reverse=True)

"""What passes between Python and the compiled half."""

from __future__ import annotations

from collections.abc import Iterable

Given = tuple[str, str, list[tuple[str, str]]]
"""A scenario: its path, its text, and what is set in it."""

Runs = list[tuple[int, int]]
"""Runs of a study: the number of a point, and of a replication."""

Made = Iterable[list[tuple[int, list[float]]]]
"""Places among such runs with their figures, some at a time."""

Work = tuple[list[str], list[Given], Runs]
"""A command, its scenarios, and the runs that are wanted of it."""

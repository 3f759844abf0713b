"""How commands are called: keyword arguments become the words of a command line, so that both have
the same names, the same checks and the same answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import _spof
from .engines import Crew, crew_of
from .errors import InputOutputError, ScenarioError, UsageError
from .progress import Progress
from .shapes import Given, Made, Runs


@dataclass
class Answer:
    """What a command has said, and the rows of a simulation."""

    text: str
    aside: str
    holds: bool
    rows: _spof.Table | None


def words_of(command: str, options: dict[str, Any]) -> list[str]:
    """The words of a command line for keyword arguments.

    >>> words_of("simulate", {"at_most": 50, "rows": "1%", "force": True, "out": None, "set": {"a.b": 1}})
    ['simulate', '--at-most=50', '--rows=1%', '--force', '--set=a.b=1']
    """
    words = [command]
    for name, value in options.items():
        option = f"--{name.rstrip('_').replace('_', '-')}"
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
        elif isinstance(value, dict):
            words.extend(f"{option}={path}={written(value)}" for path, value in value.items())
        elif isinstance(value, (list, tuple)):
            words.extend(f"{option}={each}" for each in value)
        else:
            words.append(f"{option}={value}")
    return words


def written(value: Any) -> str:
    """As it would stand in a file."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def asked(
    words: Sequence[str],
    scenarios: Sequence[Given],
    *,
    progress: bool | None = False,
    engine: str | None = None,
) -> Answer:
    """Has the command done, and raises what went wrong."""
    crew: Crew | None = crew_of(engine, list(words), list(scenarios))
    spread: Callable[[Runs], Made] | None = crew.spread if crew else None
    with Progress(progress) as bar:
        ending, text, aside, rows = _spof.ask(list(words), list(scenarios), bar.show, spread)
    match ending:
        case "good" | "expectation_failed":
            return Answer(text, aside, ending == "good", rows)
        case "interrupted":
            raise KeyboardInterrupt(aside.strip())
        case "bad_scenario":
            raise ScenarioError("\n\n" + aside.strip())
        case "input_output":
            raise InputOutputError(aside.strip())
        case _:
            raise UsageError(aside.strip())

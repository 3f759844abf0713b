"""What can go wrong, as exceptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong with a scenario, or that looks odd: where, why, and what to write."""

    severity: str
    """`"error"` or `"warning"`"""
    message: str
    hint: str | None
    file: str
    line: int
    column: int
    text: str
    """All of it as a terminal shows it, with the line and a mark below."""

    def __str__(self) -> str:
        return self.text.rstrip()


class SpofError(Exception):
    """The parent of all exceptions of this package."""


class ScenarioError(SpofError, ValueError):
    """A scenario has errors. `diagnostics` has all of them, and the message shows them.

    >>> import spof
    >>> try:
    ...     spof.one_server().set("nginx.kind", "web_sever")
    ... except spof.ScenarioError as error:
    ...     first = error.diagnostics[0]
    ...     print(f"{first.severity} in {first.file}: {first.hint}")
    error in --set: did you mean `web_server`?
    """

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[str, tuple[Diagnostic, ...]]]:
        return (type(self), (str(self), self.diagnostics))


class UsageError(SpofError, ValueError):
    """An argument cannot be understood; the message says what to write instead."""


class InputOutputError(SpofError, OSError):
    """A file could not be read or written."""
